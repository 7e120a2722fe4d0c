"""Whatever happens in whatever order, in this year or in the last, whose book is closed and opened again: every entry
of the journal and all of them sum to zero, neither side of an allocation is exceeded, what is kept equals what a slow
computation finds, no year ends with less than nothing owed, left or in the box, and no row is ever lost.
"""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.dues import services as dues
from portal.dues import waivers
from portal.dues.models import Charge, VoidReason, Waiver, WaiverState
from portal.ledger import closing
from portal.ledger.models import JournalEntry, JournalLine
from portal.members.models import Membership
from portal.payments import allocating, following, refunds, reversals
from portal.payments.models import Allocation, Method, Payment, Refund, Reversal, UndoState
from portal.people.models import Person
from tests.harness.factory import make_membership, make_person
from tests.harness.money import make_charge, make_payment, make_period
from tests.harness.soaking import SOAKING
from tests.payments.rows import LAST_YEAR, below_nothing

assert following
LATE = date(LAST_YEAR, 12, 31)
QUICK = settings(
    max_examples=100 if SOAKING else 5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
KEPT = (Charge, Payment, Allocation, Reversal, Refund, Waiver, JournalEntry, JournalLine)
pick, amount = st.integers(0, 5), st.sampled_from((1, 300, 1_200, 2_500))
step = st.one_of(
    st.tuples(st.just("charge"), pick, pick, amount),
    st.tuples(st.sampled_from(("pay", "pay late")), pick, st.integers(0, 1), amount),
    st.tuples(st.just("allocate"), pick, pick, amount),
    st.tuples(st.sampled_from(("release", "reverse", "ask", "sign", "void", "credit")), pick, pick, amount),
    st.tuples(st.sampled_from(("refund", "pay back")), pick, pick, amount),
    st.tuples(st.sampled_from(("waive", "agree", "close", "reopen", "credit late")), pick, st.integers(0, 1), amount),
)


def nth(kind, place):
    """One of the rows there are, as it is now; None where there is none."""
    rows = db.session.scalars(select(kind).order_by(kind.id)).all()
    return db.session.get(kind, rows[place % len(rows)].id, populate_existing=True) if rows else None


def payment_at(place):
    found = nth(Payment, place)
    loaded = (joinedload(Payment.association), joinedload(Payment.payer))
    return found and db.session.get(Payment, found.id, options=loaded, populate_existing=True)


def act(cast, house, what, first, second, fen):
    """One step; where there is nothing to act on, nothing happens."""
    treasurer, chair = (db.session.get_one(Account, one.id) for one in (cast.treasurer, cast.chair))
    place, payment = cast.community, payment_at(first)
    if what == "charge":
        member = db.session.get_one(Membership, house[first % len(house)].id)
        period = make_period(place, LAST_YEAR + second % 2)
        return dues.queries.standing(period.id, member.id) or make_charge(member, period, fen)
    if what in ("pay", "pay late"):
        payer = db.session.get_one(Person, house[first % len(house)].person_id)
        known = {"actor": treasurer, "method": Method.CASH, "received_on": LATE if "late" in what else today()}
        return make_payment(payer, place, fen, None if second else [], **known)
    if what in ("credit", "credit late"):
        payer_id = house[first % len(house)].person_id
        return allocating.use_credit(treasurer, place, payer_id, LATE if "late" in what else None)
    if what in ("close", "reopen"):
        last = make_period(place, LAST_YEAR)
        done = closing.reopen(treasurer, place, last, "试") if what == "reopen" else None
        return done or closing.close(treasurer, place, last, seen=True)
    if what in ("waive", "agree"):
        return _on_charge(treasurer, chair, place, nth(Charge if what == "waive" else Waiver, first), second, fen)
    if what == "void":
        charge = nth(Charge, first)
        if charge is not None:
            charge.association = place
            dues.void(treasurer, charge, VoidReason.IN_ERROR, today())
        return None
    return _on_payment(treasurer, chair, payment, what, second, fen)


def _on_charge(treasurer, chair, place, found, second, fen):
    """A question about a charge, or the second signature to one."""
    if found is None:
        return None
    found.association = place
    if isinstance(found, Charge):
        return waivers.ask(treasurer, found, ("waiver", "write_off")[second], fen, "试")
    found.charge = db.session.get_one(Charge, found.charge_id)
    return waivers.approve(chair, found)


def _on_payment(treasurer, chair, payment, what, second, fen):
    if payment is None:
        return None
    if what == "allocate":
        charge = nth(Charge, second)
        return charge and allocating.allocate(treasurer, payment, charge, fen)
    if what == "release":
        made = nth(Allocation, second)
        if made is not None:
            made.payment = db.session.get_one(Payment, made.payment_id)
            made.payment.association = payment.association
            allocating.release(treasurer, made)
        return None
    if what in ("reverse", "ask"):
        return (reversals.reverse if what == "reverse" else reversals.ask)(treasurer, payment, "试")
    if what == "refund":
        return refunds.ask(treasurer, payment, amount_fen=fen, method=Method.CASH, reason="试")
    kind, room = (Reversal, reversals) if what == "sign" else (Refund, refunds)
    asked = db.session.scalar(select(kind).where(kind.payment_id == payment.id, kind.state == UndoState.ASKED))
    if asked is not None:
        asked.payment = payment
        return room.approve(chair, asked)
    return None


def counts():
    """How many rows each table has, in one question."""
    return db.session.execute(
        select(*(select(func.count()).select_from(kind).scalar_subquery() for kind in KEPT))
    ).one()


def forget():
    """What was taken back is gone from the session too: the database gives its ids to others."""
    for one in list(db.session):
        if not isinstance(one, (Account, Association, Membership, Person)):
            db.session.expunge(one)
    db.session.expire_all()


def run(cast, house, steps):
    """Do them; what a rule refuses leaves everything as it was."""
    done = Counter()
    for one in steps:
        before = counts()
        try:
            with db.session.begin_nested():
                act(cast, house, *one)
                db.session.flush()
            done[one[0]] += 1
        except RuleError:
            db.session.expire_all()
            assert counts() == before
        assert all(now >= then for now, then in zip(counts(), before, strict=True))
    return done


def check():
    """By going through every row, one after the other."""
    db.session.expire_all()
    lines = db.session.scalars(select(JournalLine)).all()
    by_entry, by_account = Counter(), Counter()
    for line in lines:
        by_entry[line.entry_id] += line.debit_fen - line.credit_fen
        by_account[line.account] += line.debit_fen - line.credit_fen
    assert not any(by_entry.values())
    paid, used = Counter(), Counter()
    for one in db.session.scalars(select(Allocation).where(Allocation.released_at.is_(None))):
        paid[one.charge_id] += one.amount_fen
        used[one.payment_id] += one.amount_fen
    for one in db.session.scalars(select(Refund).where(Refund.state == UndoState.MADE)):
        used[one.payment_id] += one.amount_fen
    let_off = Counter()
    for one in db.session.scalars(select(Waiver).where(Waiver.state == WaiverState.APPROVED)):
        let_off[one.charge_id, one.kind] += one.amount_fen
    payments, charges = db.session.scalars(select(Payment)).all(), db.session.scalars(select(Charge)).all()
    for payment in payments:
        assert payment.used_fen == used[payment.id] <= (0 if payment.reversed_at else payment.amount_fen)
    for charge in charges:
        waived, lost = (let_off[charge.id, kind] for kind in ("waiver", "write_off"))
        assert (charge.paid_fen, charge.waived_fen, charge.written_off_fen) == (paid[charge.id], waived, lost)
        assert paid[charge.id] + waived + lost <= (0 if charge.voided_at else charge.amount_fen)
    refunded = sum(one.amount_fen for one in db.session.scalars(select(Refund).where(Refund.state == UndoState.MADE)))
    came = sum(one.amount_fen for one in payments if one.reversed_at is None)
    assert by_account["cash"] == came - refunded
    assert by_account["credit"] == -sum(one.credit_fen for one in payments)
    assert by_account["receivable"] == sum(charge.open_fen for charge in charges)
    assert by_account["waived"] == sum(charge.waived_fen for charge in charges)
    assert below_nothing() == []


@pytest.fixture
def house(cast, app):
    """Three members; the third is paid for by the first."""
    first, second = (make_membership(make_person(name), cast.community) for name in ("何淑兰", "赵铁生"))
    third = make_membership(make_person("何小禾"), cast.community, payer_id=first.person_id)
    make_period(cast.community)
    db.session.commit()
    return [first, second, third]


START = [("charge", 0, 1, 1_200), ("charge", 2, 1, 1_200), ("charge", 1, 1, 2_500), ("pay", 0, 1, 2_500)]
WHOLE = [
    *START, ("pay", 1, 0, 1_200), ("allocate", 1, 2, 300), ("allocate", 1, 2, 1_200), ("reverse", 0, 0, 1),
    ("refund", 1, 0, 300), ("pay back", 1, 0, 1), ("release", 1, 2, 1), ("void", 1, 0, 1), ("pay", 0, 1, 300),
    ("void", 0, 0, 1), ("charge", 0, 1, 300), ("credit", 0, 0, 1), ("ask", 2, 0, 1), ("sign", 2, 0, 1),
    ("charge", 1, 0, 1_200), ("waive", 4, 0, 300), ("agree", 0, 0, 1), ("pay late", 1, 1, 300), ("close", 0, 0, 1),
    ("pay late", 1, 1, 300), ("reopen", 0, 0, 1), ("pay late", 1, 1, 1_200), ("credit late", 1, 0, 1),
]  # fmt: skip


@pytest.mark.soak
@QUICK
@given(st.lists(step, max_size=8))
def test_the_books_balance_whatever_happens(cast, app, house, steps):
    with app.test_request_context(), db.session.begin_nested() as trial:
        run(cast, house, START + steps)
        check()
        trial.rollback()
    forget()


def test_every_kind_of_step_is_taken(cast, app, house):
    """The sequences above are no sequences of refusals: one of them, written out."""
    with app.test_request_context():
        done = run(cast, house, WHOLE)
    check()
    kinds = "charge pay allocate reverse refund release void credit ask sign waive agree close reopen"
    assert set(done) == {*kinds.split(), "pay back", "pay late", "credit late"}
    assert done["pay late"] == 2, "none into the closed book"


def test_control_a_kept_figure_that_is_off_by_one_is_seen(cast, app, house):
    run(cast, house, START)
    db.session.execute(Payment.__table__.update().values(used_fen=Payment.used_fen - 1))
    with pytest.raises(AssertionError):
        check()
