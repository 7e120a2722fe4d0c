"""Recording money: what it settles, what stays as credit, the journal, who may, and what is refused with words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.core.calendar import today
from portal.core.errors import RuleError
from portal.ledger.models import BookState, JournalEntry, JournalLine
from portal.ledger.services import hold_book
from portal.payments import queries, services
from portal.payments.models import Allocation, Method, Payment
from tests.harness.factory import make_membership, make_person
from tests.harness.money import FEE, make_charge, make_payment, make_period


@pytest.fixture
def owed(cast, db_session):
    """The member's charge of this year."""
    membership = db_session.scalar(queries.select(queries.Membership).filter_by(person_id=cast.member.person_id))
    return make_charge(membership)


def accounts(db_session) -> dict[str, int]:
    """Debit less credit of every account."""
    total = func.sum(JournalLine.debit_fen) - func.sum(JournalLine.credit_fen)
    rows = db_session.execute(select(JournalLine.account, total).group_by(JournalLine.account))
    return {account: int(fen) for account, fen in rows if fen}


def test_a_payment_settles_the_oldest_and_the_rest_is_credit(cast, db_session, owed):
    sent = []
    with services.recorded.connected_to(lambda payment, **_more: sent.append(payment)):
        payment = make_payment(cast.member.person, cast.community, FEE + 500, actor=cast.treasurer)
    db_session.refresh(owed)
    assert (owed.paid_fen, payment.used_fen, payment.credit_fen) == (FEE, FEE, 500)
    assert payment.group_id == cast.group.id
    assert sent == [payment]
    assert accounts(db_session) == {"cash": FEE + 500, "credit": -500, "dues": -FEE}
    kinds = db_session.scalars(select(JournalEntry.kind).order_by(JournalEntry.id)).all()
    assert kinds == ["charge", "payment", "allocation"]
