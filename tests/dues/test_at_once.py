"""Many charge the same period at once, and settle one charge: each member has one charge, no fen is paid twice."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal.associations.models import Association
from portal.core.database import db
from portal.dues.charging import charge
from portal.dues.models import Charge
from portal.dues.services import settle
from portal.ledger.models import DuesPeriod, LedgerAccount
from tests.dues.test_settling import balance, member
from tests.harness.money import FEE, make_charge, make_period, make_plan
from tests.harness.together import told

AT_ONCE = 6
MEMBERS = 20


def test_a_member_is_charged_once_and_no_more_is_settled_than_is_open(live_app, cast, db_session):
    make_plan(cast.federation)
    period_id, place_id = make_period(cast.community).id, cast.community.id
    for number in range(MEMBERS):
        member(cast, f"己{number}")

    def work():
        charge(None, db.session.get_one(Association, place_id), db.session.get_one(DuesPeriod, period_id))

    assert told(live_app, [work] * AT_ONCE) == ["done"] * AT_ONCE
    live = (Charge.voided_at.is_(None), Charge.period_id == period_id)
    found = db.session.scalars(select(Charge.membership_id).where(*live)).all()
    assert len(found) == len(set(found)) == MEMBERS + 1
    assert balance(db_session, LedgerAccount.RECEIVABLE) == (MEMBERS + 1) * FEE
    wanted = db.session.scalar(select(func.min(Charge.id)))

    def pay():
        settle(wanted, paid=FEE // 2)

    assert sorted(told(live_app, [pay] * AT_ONCE)) == ["done"] * 2 + ["told"] * (AT_ONCE - 2)
    assert db.session.scalar(select(Charge.paid_fen).where(Charge.id == wanted)) == FEE


def test_control_the_table_refuses_a_second_charge(cast, db_session):
    """Without the question whether one stands, it is the index that says no."""
    membership = member(cast)
    make_charge(membership)
    with pytest.raises(IntegrityError), db_session.begin_nested():
        make_charge(membership)
