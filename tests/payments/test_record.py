"""Recording money: what it settles, what stays as credit, the journal, who may, and what is refused with words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.core.calendar import today
from portal.core.errors import RuleError
from portal.core.money import MOST_FEN
from portal.payments import following, services
from portal.payments.models import Allocation, Method, Payment
from tests.harness.cases import either_engine
from tests.harness.factory import make_membership, make_person
from tests.harness.money import FEE, make_charge, make_payment
from tests.payments.rows import LAST_YEAR, balances, close_book, debtor, kinds, membership_of, owes, payer_of

assert following  # what follows from charges is part of recording money


@pytest.fixture
def owed(cast, db_session):
    """The member's charge of this year, in group one."""
    return make_charge(membership_of(cast.member))


def test_a_payment_settles_the_oldest_and_the_rest_is_credit(cast, db_session, owed):
    before, sent = owes(membership_of(cast.member), LAST_YEAR), []
    with services.recorded.connected_to(lambda _place, payments, **_more: sent.extend(payments)):
        payment = make_payment(cast.member.person, cast.community, FEE + 500, actor=cast.treasurer)
    assert (before.paid_fen, owed.paid_fen, payment.used_fen, payment.credit_fen) == (FEE, 500, FEE + 500, 0)
    assert payment.group_id == cast.group.id
    assert sent == [payment]
    more = make_payment(cast.member.person, cast.community, FEE, actor=cast.treasurer)
    assert (owed.paid_fen, more.credit_fen) == (FEE, 500)
    assert balances() == {"cash": 2 * FEE + 500, "credit": -500, "dues": -2 * FEE}
    assert kinds() == ["charge"] * 2 + ["payment", "allocation"] * 2


def test_where_the_money_is(cast, db_session):
    payer, at = cast.member.person, cast.community
    make_payment(payer, at, 1, method=Method.TRANSFER)
    make_payment(payer, at, 2, method=Method.MOBILE)
    make_payment(payer, at, 4, method=Method.OPENING)
    make_payment(payer, at, 8, collector=cast.leader.person)
    assert balances() == {"bank": 3, "opening": 4, "collectors": 8, "credit": -15}
    assert kinds() == ["payment", "payment", "opening", "payment"]


def test_one_payment_for_several_people(cast, db_session, owed):
    """A grandson brings the dues of the house: his name, three charges of three payers, part of the last."""
    others = [debtor(cast.community, name) for name in ("赵铁生", "陶小满")]
    parts = [(owed, FEE), (others[0], FEE), (others[1], 300)]
    payment = make_payment(cast.member.person, cast.community, 2 * FEE + 300, parts, actor=cast.treasurer)
    assert [one.paid_fen for one in (owed, *others)] == [FEE, FEE, 300]
    assert payment.used_fen == 2 * FEE + 300
    assert balances()["receivable"] == FEE - 300


def test_the_same_form_twice_is_one_payment(cast, db_session, owed):
    known = {"actor": cast.treasurer, "key": "one form"}
    payment = make_payment(cast.member.person, cast.community, FEE, **known)
    assert make_payment(cast.member.person, cast.community, FEE, **known) is payment
    assert db_session.scalar(select(func.count()).select_from(Payment)) == 1
    assert owed.paid_fen == FEE
    for change in ({"amount_fen": 1}, {"method": Method.MOBILE}, {"actor": cast.secretary}):
        with pytest.raises(RuleError) as error:
            make_payment(cast.member.person, cast.community, **{"amount_fen": FEE, **known, **change})
        assert error.value.field == ""


def test_the_same_line_of_the_bank_is_recorded_once(cast, db_session):
    make_payment(cast.member.person, cast.community, method=Method.TRANSFER, bank_reference="9001")
    with pytest.raises(RuleError) as refused:
        make_payment(cast.member.person, cast.community, method=Method.TRANSFER, bank_reference="9001")
    assert refused.value.field == "bank_reference"


@either_engine
def test_what_is_refused_with_words(cast, db_session, owed):
    elsewhere = debtor(cast.village, "何远桥")
    tomorrow, closed = today() + timedelta(days=1), close_book(cast.community)
    refused = {
        "amount": [
            {"amount_fen": 0}, {"amount_fen": -FEE}, {"amount_fen": MOST_FEN + 1}, {"settles": [(owed, FEE + 1)]},
            {"settles": [(owed, -1)]}, {"settles": [(elsewhere, 100)]}, {"amount_fen": 50, "settles": [(owed, 100)]},
        ],
        "payer": [{"payer": cast.stranger.person}],
        "received_on": [{"received_on": day} for day in (tomorrow, closed, closed.replace(year=1999))],
        "method": [{"method": "beads"}],
        "collector": [{"method": Method.TRANSFER, "collector": cast.leader.person}],
    }  # fmt: skip
    for field, cases in refused.items():
        for case in cases:
            with pytest.raises(RuleError) as error:
                make_payment(**{"payer": cast.member.person, "association": cast.community, "amount_fen": FEE} | case)
            assert error.value.field == field, case
            assert str(error.value)
    assert db_session.scalar(select(func.count()).select_from(Payment)) == 0
    assert db_session.scalar(select(func.count()).select_from(Allocation)) == 0
    assert kinds() == ["charge", "charge"]


def test_a_leader_takes_cash_from_the_own_group_and_holds_it(cast, db_session, owed):
    outside = debtor(cast.community, group_id=cast.other_group.id)
    own = {"actor": cast.leader, "collector": cast.leader.person}
    payment = make_payment(cast.member.person, cast.community, FEE, **own)
    assert (payment.collector_id, owed.paid_fen) == (cast.leader.person_id, FEE)
    cases = [
        ("payer", {"payer": payer_of(outside)}),
        ("method", {"method": Method.MOBILE, "collector": None}),
        ("collector", {"collector": None}),
        ("collector", {"collector": cast.treasurer.person}),
        ("", {"settles": [(outside, 100)], "group_id": cast.group.id}),
    ]
    for field, case in cases:
        with pytest.raises(RuleError) as error:
            make_payment(**{"payer": cast.member.person, "association": cast.community, **own, **case})
        assert error.value.field == field, case
    for account in (cast.secretary, cast.member, cast.sibling, cast.ended):
        with pytest.raises(RuleError) as error:
            make_payment(cast.member.person, cast.community, actor=account)
        assert error.value.field == ""


@either_engine
def test_a_leader_settles_nothing_of_another_group(cast, db_session):
    """Somebody of group one also pays for a child in group two: to the leader's cash that is out of reach."""
    child = make_membership(
        make_person("小禾"), cast.community, group_id=cast.other_group.id, payer_id=cast.member.person_id
    )
    charge = make_charge(child)
    payment = make_payment(cast.member.person, cast.community, actor=cast.leader, collector=cast.leader.person)
    assert (charge.paid_fen, payment.credit_fen) == (0, FEE)


def test_allocate_and_release(cast, db_session, owed):
    payment = make_payment(cast.member.person, cast.community, FEE + 100, [], actor=cast.treasurer)
    made = services.allocate(cast.treasurer, payment, owed, FEE)
    assert (owed.paid_fen, payment.used_fen, payment.credit_fen) == (FEE, FEE, 100)
    other = debtor(cast.community)
    for charge, amount in ((owed, 1), (other, 101), (debtor(cast.village), 100), (other, 0)):
        with pytest.raises(RuleError):
            services.allocate(cast.treasurer, payment, charge, amount)
    with pytest.raises(RuleError):
        services.allocate(cast.secretary, payment, other, 100)
    services.release(cast.treasurer, made)
    db_session.refresh(owed)
    assert (owed.paid_fen, payment.used_fen, made.released_at is None) == (0, 0, False)
    with pytest.raises(RuleError):
        services.release(cast.treasurer, made)
    assert balances()["receivable"] == 3 * FEE
    assert kinds()[-1] == "release"


def test_credit_follows_charges(cast, db_session):
    """Paid in advance, then charged; the charge becomes void, another takes its place: the money goes along."""
    from portal.dues import charging
    from portal.dues import services as charges
    from portal.dues.models import VoidReason
    from tests.harness.money import make_period, make_plan

    period, membership = make_period(cast.community), membership_of(cast.member)
    make_payment(cast.member.person, cast.community, FEE)
    make_plan(cast.federation)
    charging.charge(cast.treasurer, cast.community, period)
    charge = charges.queries.standing(period.id, membership.id)
    assert charge.open_fen == 0
    charges.void(cast.treasurer, charge, VoidReason.IN_ERROR, today())
    assert balances() == {"cash": FEE, "credit": -FEE}
    charging.charge(cast.treasurer, cast.community, period)
    db_session.expire_all()
    again = charges.queries.standing(period.id, membership.id)
    assert (again.voided_at, again.open_fen) == (None, 0)
    assert balances() == {"cash": FEE, "dues": -FEE}
