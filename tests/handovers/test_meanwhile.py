"""A hand-over is declared void while a year is charged: the book before the payments, as whoever charges does."""

from __future__ import annotations

import secrets

import pytest

from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.database import db
from portal.handovers import queries, services
from portal.handovers.services import Counted
from portal.ledger.models import DuesPeriod
from portal.ledger.services import hold_book
from tests.harness.meanwhile import WAITS, Meanwhile
from tests.harness.money import make_payment, make_period
from tests.notices.rows import acting


@pytest.mark.engines("postgresql")
def test_the_book_is_held_before_the_payments(live_app, cast, db_session, monkeypatch):
    make_payment(cast.member.person, cast.community, 700, collector=cast.leader.person)
    counted = Counted(expected_fen=700, counted_fen=700, handed_on=today(), key=secrets.token_hex(8))
    made = services.record(acting(cast.treasurer), cast.community, cast.leader.person, counted)
    period, place, public_id = make_period(cast.community), cast.community, made.public_id
    db_session.commit()
    charging = Meanwhile(
        live_app,
        lambda: hold_book(db.session.get_one(Association, place.id), db.session.get_one(DuesPeriod, period.id)),
    )
    charging.before(monkeypatch, queries, "hold_payments_of")
    treasurer = acting(cast.treasurer)
    services.void(treasurer, queries.get_hand_over(treasurer, place, public_id), "数错了")
    assert charging.told == [WAITS]
