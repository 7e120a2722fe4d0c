"""What a cheat, or whoever goes back in the browser and changes something, does not come through with."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from portal.core.calendar import now, today
from portal.core.errors import RuleError
from portal.dues import charging
from portal.dues.queries import open_charges, standing
from portal.handovers import services as handovers
from portal.handovers.services import Counted
from portal.ledger import queries as journal
from portal.members.models import Membership
from portal.offices.rights import Position
from portal.payments import many, queries, refunds, reversals, services
from portal.payments.models import Allocation, Payment, UndoState
from portal.receipts import queries as receipts_of
from portal.receipts import services as receipts
from portal.upkeep.ledger import list_faults
from tests.harness.factory import appoint, make_membership, make_person
from tests.harness.money import FEE, make_charge, make_payment, make_period, make_plan
from tests.payments.rows import LAST_YEAR, balances, debtor, owes, payer_of

PAGE = "/office/wangjiang/dues/collect"


@pytest.fixture
def owed(cast):
    return debtor(cast.community, group_id=cast.group.id)


def typed(payer, **values):
    known = {"who": payer.public_id, "on": today().isoformat(), "method": "cash", "amount": "5", "advance": "y"}
    return {**known, "key": "one-form", "collector": "", **values}


def test_a_form_that_says_something_else_is_not_told_as_recorded(cast, sign_in, db_session, owed):
    """Back in the browser, another method or collector chosen, sent again: that was not recorded."""
    client, payer = sign_in(cast.treasurer), payer_of(owed)
    assert client.force(PAGE, typed(payer)).status_code == 303
    assert client.force(PAGE, typed(payer)).status_code == 303
    for other in ({"method": "transfer"}, {"collector": cast.leader.person.public_id}, {"amount": "6"}):
        assert client.force(PAGE, typed(payer, **other)).status_code == 422, other
    assert db_session.scalar(select(func.count()).select_from(Payment)) == 1


def test_the_key_of_another_association_is_not_told_as_recorded(cast, sign_in, db_session, owed):
    appoint(cast.treasurer.person, cast.sibling_community, Position.TREASURER)
    payer = payer_of(owed)
    make_charge(make_membership(payer, cast.sibling_community))
    db_session.commit()
    client = sign_in(cast.treasurer)
    assert client.force(PAGE, typed(payer)).status_code == 303
    assert client.force("/office/tingyu/dues/collect", typed(payer)).status_code == 422
    assert db_session.scalars(select(Payment.association_id)).all() == [cast.community.id]


def test_a_leader_frees_nothing_of_another_group(cast, db_session, owed):
    """One payment of a family in two groups: what it settles in the other one is the treasurer's to move."""
    payer = payer_of(owed)
    other = make_membership(make_person("何小禾"), cast.community, payer_id=payer.id, group_id=cast.other_group.id)
    theirs = make_charge(other)
    paid = make_payment(
        payer, cast.community, 2 * FEE, [(owed, FEE), (theirs, FEE)], actor=cast.treasurer, group_id=cast.group.id
    )
    for one in queries.list_allocations(paid):
        one.payment = paid
        if one.charge_id == theirs.id:
            with pytest.raises(RuleError):
                services.release(cast.leader, one)
        else:
            services.release(cast.leader, one)
    assert (db_session.scalar(select(func.sum(Allocation.amount_fen)).where(Allocation.released_at.is_(None)))) == FEE


def test_a_reversal_is_not_dated_before_the_cash_was_in_the_box(cast, db_session, owed):
    """Taken last year, handed over today, taken back: not out of a box that did not have it yet."""
    before = make_period(cast.community, LAST_YEAR).end_on
    paid = make_payment(payer_of(owed), cast.community, FEE, [], received_on=before, collector=cast.leader.person)
    counted = Counted(expected_fen=FEE, counted_fen=FEE, handed_on=today(), key="h")
    handovers.record(cast.treasurer, cast.community, cast.leader.person, counted)
    with pytest.raises(RuleError) as error:
        reversals.ask(cast.treasurer, paid, "记错人", before)
    assert error.value.field == "on"


def test_what_happened_since_it_was_asked_for_counts_too(cast, db_session, owed):
    """Asked for of last year, settled something this year, signed then: nothing is freed before it was settled."""
    before = make_period(cast.community, LAST_YEAR).end_on
    make_period(cast.community)
    paid = make_payment(payer_of(owed), cast.community, FEE, [], received_on=before)
    asked = reversals.ask(cast.treasurer, paid, "记错人", before)
    services.allocate(cast.treasurer, paid, owed, FEE)
    with pytest.raises(RuleError):
        reversals.approve(cast.chair, asked)
    db_session.refresh(paid)
    assert (paid.reversed_at, paid.used_fen, asked.state) == (None, FEE, UndoState.ASKED)
    assert list_faults() == []


def test_credit_is_not_paid_back_nor_used_before_it_was_free(cast, db_session, owed):
    """Taken and settled last year, free today: last year's book shows no credit that there was not."""
    before = make_period(cast.community, LAST_YEAR).end_on
    make_period(cast.community)
    held = db_session.get_one(Membership, owed.membership_id)
    last = owes(held, LAST_YEAR)
    paid = make_payment(payer_of(owed), cast.community, FEE, [(last, FEE)], received_on=before)
    (settled,) = queries.list_allocations(paid)
    settled.payment = paid
    services.release(cast.treasurer, settled)
    how = {"amount_fen": FEE, "method": "transfer", "reason": "多交了"}
    with pytest.raises(RuleError) as error:
        refunds.ask(cast.treasurer, paid, on=before, **how)
    assert error.value.field == "on"
    assert refunds.ask(cast.treasurer, paid, **how).state == UndoState.ASKED
    assert services.use_credit(cast.treasurer, cast.community, paid.payer_id, before) == FEE
    assert journal.credit_on(paid.id, before) == 0
    assert list_faults() == []


def test_credit_is_not_paid_back_nor_used_from_a_day_after_which_it_settled_something(cast, db_session, owed):
    """Left in November, settled in December, free again today: last year's book ends with no credit."""
    end = make_period(cast.community, LAST_YEAR).end_on
    early = end - timedelta(days=40)
    make_period(cast.community)
    last = owes(db_session.get_one(Membership, owed.membership_id), LAST_YEAR)
    paid = make_payment(payer_of(owed), cast.community, FEE, [], received_on=early)
    settled = services.allocate(cast.treasurer, paid, last, FEE, end - timedelta(days=10))
    settled.payment = paid
    services.release(cast.treasurer, settled)
    assert (journal.credit_on(paid.id, early), journal.credit_from(paid.id, early)) == (FEE, 0)
    with pytest.raises(RuleError) as error:
        refunds.ask(cast.treasurer, paid, amount_fen=FEE, method="transfer", reason="多交了", on=early)
    assert error.value.field == "on"
    assert services.use_credit(cast.treasurer, cast.community, paid.payer_id, early) == FEE
    assert [journal.credit_on(paid.id, end - timedelta(days=days)) for days in (40, 10, 0)] == [FEE, 0, 0]
    assert list_faults() == []


def test_money_of_last_year_settles_what_was_freed_this_year_from_then_on(cast, db_session, owed):
    """Paid last year and freed today: what came last year, too, and is entered now settles it from today on."""
    end = make_period(cast.community, LAST_YEAR).end_on
    last = owes(db_session.get_one(Membership, owed.membership_id), LAST_YEAR)
    paid = make_payment(payer_of(owed), cast.community, FEE, [(last, FEE)], received_on=end)
    (settled,) = queries.list_allocations(paid)
    settled.payment = paid
    services.release(cast.treasurer, settled)
    one = make_payment(payer_of(owed), cast.community, FEE, [(last, FEE)], received_on=end)
    assert (journal.credit_on(one.id, end), journal.credit_on(one.id, today())) == (FEE, 0)
    assert journal.balance_before(cast.community, "receivable", end + timedelta(days=1)) == 0
    assert list_faults() == []


def test_what_is_void_since_last_year_was_settled_by_nothing_since_then(cast, db_session, owed):
    """Paid last year, freed this year, then the plan of last year changes: its book ends with the new charge settled
    and nothing less than nothing owed of the old one.
    """
    period = make_period(cast.community, LAST_YEAR)
    make_plan(cast.federation)
    charging.charge(None, cast.community, period)
    old = standing(period.id, owed.membership_id)
    paid = make_payment(payer_of(old), cast.community, FEE, [(old, FEE)], received_on=period.end_on)
    (settled,) = queries.list_allocations(paid)
    settled.payment = paid
    services.release(cast.treasurer, settled)
    make_plan(cast.community, 500)
    charging.charge(cast.treasurer, cast.community, period)
    new, left = standing(period.id, owed.membership_id), open_charges(cast.community)
    assert (new.amount_fen, new.open_fen) == (500, 0)
    open_last = sum(one.open_fen for one in left if one.period_id == period.id)
    assert journal.balance_before(cast.community, "receivable", period.end_on + timedelta(days=1)) == open_last
    assert journal.credit_on(paid.id, period.end_on) == FEE - 500
    assert list_faults() == []


def test_money_of_last_year_settles_this_years_dues_from_the_day_on_which_they_were_charged(cast, db_session, owed):
    """Entered after the new year's charging: last year's book ends with credit, not with less than nothing owed."""
    before = make_period(cast.community, LAST_YEAR).end_on
    paid = make_payment(payer_of(owed), cast.community, FEE, received_on=before)
    (settled,) = queries.list_allocations(paid)
    assert (settled.charge_id, settled.amount_fen, owed.paid_fen) == (owed.id, FEE, FEE)
    assert (journal.credit_on(paid.id, before), journal.credit_on(paid.id, today())) == (FEE, 0)
    other = debtor(cast.community, "赵铁生")
    sure = many.Sure(
        payer_id=other.payer_id, amount_fen=FEE, received_on=before, method="transfer", key="b", bank_reference="b",
        parts={other.id: FEE},
    )  # fmt: skip
    (made,) = many.record_all(cast.treasurer, cast.community, [sure])
    assert (journal.credit_on(made.id, before), journal.credit_on(made.id, today())) == (FEE, 0)
    third = debtor(cast.community, "陶小满")
    make_payment(payer_of(third), cast.community, FEE, [], received_on=before)
    assert services.use_credit(cast.treasurer, cast.community, third.payer_id, before) == FEE
    assert journal.balance_before(cast.community, "receivable", before.replace(before.year + 1, 1, 1)) == 0
    assert list_faults() == []


def test_a_refund_that_waits_is_not_signed_for_a_day_on_which_its_credit_was_used(cast, db_session, owed):
    """It settled something after it was asked for, and is free again: paid back from now on."""
    before = make_period(cast.community, LAST_YEAR).end_on
    make_period(cast.community)
    paid = make_payment(payer_of(owed), cast.community, FEE, [], received_on=before)
    asked = refunds.ask(cast.treasurer, paid, amount_fen=FEE, method="transfer", reason="多交了", on=before)
    made = services.allocate(cast.treasurer, paid, owed, FEE, before)
    made.payment = paid
    services.release(cast.treasurer, made)
    with pytest.raises(RuleError):
        refunds.approve(cast.chair, asked)
    db_session.refresh(paid)
    assert (paid.used_fen, asked.state, list_faults()) == (0, UndoState.ASKED, [])


def test_nobody_signs_what_is_paid_back_to_them(cast, db_session):
    make_period(cast.community)
    make_membership(cast.chair.person, cast.community)
    paid = make_payment(cast.chair.person, cast.community, FEE, [])
    asked = refunds.ask(cast.treasurer, paid, amount_fen=FEE, method="cash", reason="多交")
    with pytest.raises(RuleError):
        refunds.approve(cast.chair, asked)
    assert paid.credit_fen == FEE


def test_odd_characters_are_no_fault_of_the_portal(cast, sign_in, db_session, owed):
    """What no keyboard types and a database does not take."""
    client, payer = sign_in(cast.treasurer), payer_of(owed)
    paid = make_payment(payer, cast.community, 5, [], actor=cast.treasurer)
    db_session.commit()
    odd = "何\x00兰"
    for path in (
        f"{PAGE}?q=%00a",
        f"{PAGE}?who=%00",
        "/office/wangjiang/dues/payments?q=a%00b",
        f"{PAGE}?on=0000-01-01",
    ):
        assert client.get(path).status_code < 500, path
    for values in (
        {"note": odd},
        {"key": odd},
        {"who": odd},
        {"settle": odd},
        {"collector": odd},
        {"on": "9999-12-31"},
    ):
        assert client.force(PAGE, typed(payer, **values)).status_code < 500, values
    page = f"/office/wangjiang/dues/payments/{paid.public_id}"
    for path, values in (("reverse", {"reason": odd, "on": today().isoformat()}), ("move", {"from": odd, "to": odd})):
        assert client.force(f"{page}/{path}", values).status_code < 500, path


def test_what_the_association_holds_is_not_a_leaders_to_read(cast, sign_in):
    make_period(cast.community)
    assert sign_in(cast.leader).get("/office/wangjiang/dues/payments/opening").status_code == 403


def test_no_cash_is_paid_back_that_is_not_in_the_box(cast, db_session, owed):
    """A leader holds it still: it is handed over first, or goes back through the bank."""
    paid = make_payment(payer_of(owed), cast.community, FEE, [], collector=cast.leader.person)
    asked = refunds.ask(cast.treasurer, paid, amount_fen=FEE, method="cash", reason="多交")
    with pytest.raises(RuleError):
        refunds.approve(cast.chair, asked)
    assert (paid.credit_fen, asked.state, list_faults()) == (FEE, UndoState.ASKED, [])
    counted = Counted(expected_fen=FEE, counted_fen=FEE, handed_on=today(), key="h")
    handovers.record(cast.treasurer, cast.community, cast.leader.person, counted)
    refunds.approve(cast.chair, asked)
    db_session.refresh(paid)
    assert (paid.credit_fen, balances().get("cash", 0)) == (0, 0)


def test_what_was_taken_back_meanwhile_gets_no_receipt(cast, db_session, owed):
    """The page was opened before; what the row says now counts."""
    paid = make_payment(payer_of(owed), cast.community, FEE, [], actor=cast.treasurer)
    receipts.void(cast.treasurer, receipts_of.list_of_payment(paid.id)[0], "纸坏了")
    taken_back = update(Payment).values(reversed_at=now())
    db_session.execute(taken_back.execution_options(synchronize_session=False))
    assert paid.reversed_at is None  # as it was read
    with pytest.raises(RuleError):
        receipts.reissue(cast.treasurer, paid)
    assert [one.voided_at is None for one in receipts_of.list_of_payment(paid.id)] == [False]
