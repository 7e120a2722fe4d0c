"""A leader collects while the cash is counted: every fen is handed over or still held, never both and never neither.

Two who count at once: one takes it over, the other looks again. The control shows the same money handed over twice.
"""

from __future__ import annotations

import secrets
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.handovers import queries, services
from portal.handovers.models import HandOver
from portal.handovers.services import Counted
from portal.offices.rights import Position
from portal.payments import services as payments
from portal.payments.models import Method, Payment
from portal.people.models import Person
from portal.upkeep.ledger import list_faults
from tests.harness.factory import appoint, make_account, make_person
from tests.harness.money import make_payment, make_period
from tests.harness.together import together

ROUNDS = 4
WHO = (joinedload(Account.person),)


@pytest.fixture
def counting(cast, db_session):
    """Two who may take cash over; the leader holds something."""
    other = make_person("苏明理")
    appoint(other, cast.community, Position.TREASURER)
    second = make_account(other)
    make_period(cast.community)
    make_payment(cast.member.person, cast.community, 1_000, collector=cast.leader.person)
    db_session.commit()
    return cast.treasurer.id, second.id


def counted(works) -> Counter[str]:
    """What those who begin together were told in all their rounds."""
    return sum(together([lambda work=work: Counter(work() for _ in range(ROUNDS)) for work in works]), Counter())


def taking_over(app, cast, account_id, seen=None):
    """Counts what the books say the leader holds, at once."""
    place_id, leader_id = cast.community.id, cast.leader.person_id

    def work() -> str:
        with app.app_context():
            expected = seen or queries.held_fen(place_id, leader_id)
            db.session.rollback()
            counted = Counted(
                expected_fen=expected, counted_fen=expected, handed_on=today(), key=secrets.token_hex(8)
            )
            place, leader = db.session.get_one(Association, place_id), db.session.get_one(Person, leader_id)
            try:
                services.record(db.session.get_one(Account, account_id, options=WHO), place, leader, counted)
                db.session.commit()
            except RuleError:
                db.session.rollback()
                return "again"
            return "taken over"

    return work


def collecting(app, cast, amount):
    place_id, leader_id, payer_id = cast.community.id, cast.leader.person_id, cast.member.person_id

    def work() -> str:
        with app.app_context():
            place, payer = db.session.get_one(Association, place_id), db.session.get_one(Person, payer_id)
            known = {"received_on": today(), "method": Method.CASH, "key": secrets.token_hex(8)}
            leader = db.session.get_one(Person, leader_id)
            payments.record(None, place, payer=payer, amount_fen=amount, collector=leader, **known)
            db.session.commit()
        return "collected"

    return work


def test_every_fen_is_in_one_place(live_app, cast, db_session, counting):
    first, second = counting
    works = [taking_over(live_app, cast, first), taking_over(live_app, cast, second)]
    told = counted([*works, collecting(live_app, cast, 7), collecting(live_app, cast, 1_100)])
    assert told["collected"] == 2 * ROUNDS
    told[taking_over(live_app, cast, first)()] += 1  # by herself at last, who may have come too late each time before
    assert told["taken over"] >= 1
    db_session.expire_all()
    place, leader = cast.community, cast.leader.person_id
    taken = 1_000 + ROUNDS * 1_107
    handed = db_session.scalar(select(func.sum(HandOver.credited_fen)))
    held = queries.held_fen(place.id, leader)
    assert handed + held == taken
    assert queries.waiting_fen(place.id, leader) == held
    assert queries.balance(place, "collectors") == held
    assert queries.cash_fen(place) == handed
    for one in db_session.scalars(select(HandOver)):
        within = select(func.sum(Payment.amount_fen)).where(Payment.hand_over_id == one.id)
        assert db_session.scalar(within) == one.expected_fen
    assert list_faults() == []


def test_two_who_count_the_same_money(live_app, cast, db_session, counting):
    works = [taking_over(live_app, cast, account_id, 1_000) for account_id in counting * 2]
    assert counted(works) == {"taken over": 1, "again": len(works) * ROUNDS - 1}
    assert queries.held_fen(cast.community.id, cast.leader.person_id) == 0


@pytest.mark.engines("postgresql")
@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "the control: the sum read once more"])
def test_what_is_collected_between_two_statements(live_app, cast, db_session, counting, monkeypatch, guarded):
    """A hand-over is of the payments that it marks, whatever is committed after they were held."""
    place_id, leader_id = cast.community.id, cast.leader.person_id
    hold, lacking = services.queries.hold_payments, services.queries.lacking_fen

    def held(*of):
        found = hold(*of)
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(collecting(live_app, cast, 7)).result(20) == "collected"
        return found

    monkeypatch.setattr(services.queries, "hold_payments", held)
    if not guarded:
        monkeypatch.setattr(services.queries, "lacking_fen", lambda *of: lacking(*of) + queries.held_fen(*of) - 1_000)
    told = taking_over(live_app, cast, counting[0], 1_000 if guarded else 1_007)()
    assert told == "taken over"
    db_session.expire_all()
    handed = db_session.scalar(select(func.sum(Payment.amount_fen)).where(Payment.hand_over_id.is_not(None)))
    assert handed == 1_000
    assert db_session.scalar(select(HandOver.expected_fen)) == (1_000 if guarded else 1_007)
    assert queries.held_fen(place_id, leader_id) == (7 if guarded else 0)
    assert queries.waiting_fen(place_id, leader_id) == 7


@pytest.mark.engines("postgresql")
def test_the_control_takes_it_over_twice(live_app, cast, db_session, counting, monkeypatch):
    """Without holding the collector and the payments, and marking whatever was read. (SQLite has one writer.)"""
    gate = threading.Barrier(2)

    def read(association_id, collector_id):
        found = db.session.scalars(queries.held_payments(association_id, collector_id)).all()
        gate.wait(20)
        return found

    monkeypatch.setattr(services, "_hold", lambda _person_id: None)
    monkeypatch.setattr(services.queries, "hold_payments", read)
    monkeypatch.setattr(services, "change", lambda statement: db.session.execute(statement) and 1)
    monkeypatch.setattr(services.queries, "HELD", ())
    monkeypatch.setattr(services.queries, "lacking_fen", lambda *_of: 0)
    works = [taking_over(live_app, cast, account_id, 1_000) for account_id in counting]
    monkeypatch.setattr("tests.handovers.test_at_once.ROUNDS", 1)
    assert counted(works) == {"taken over": 2}
    db_session.expire_all()
    assert queries.cash_fen(cast.community) == 2_000
