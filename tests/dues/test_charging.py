"""Charging brings charges to what the plans say: who, how much, by whom; twice changes nothing, books are even."""

from __future__ import annotations

import random
from datetime import date

import pytest
from sqlalchemy import func, select

from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.errors import RuleError
from portal.dues import charging_queries, runs
from portal.dues.charging import Outcome, charge, preview
from portal.dues.models import Charge, ChargeOrigin, VoidReason
from portal.dues.prepared import Prepared
from portal.dues.services import settle, voided
from portal.ledger import closing
from portal.ledger.models import BookState, JournalEntry, LedgerAccount, PeriodBook
from portal.members.models import Membership
from portal.offices.rights import Position
from portal.people.models import Person
from tests.dues.test_settling import balance, member
from tests.harness.cases import either_engine
from tests.harness.counting import query_count
from tests.harness.factory import appoint, kind_of, make_account, make_person
from tests.harness.money import FEE, make_charge, make_payment, make_period, make_plan

YEAR = today().year


def day(month: int, of: int = 1) -> date:
    return date(YEAR, month, of)


def standing(db_session, membership) -> Charge | None:
    asked = (Charge.membership_id == membership.id, Charge.voided_at.is_(None))
    return db_session.scalar(select(Charge).where(*asked).execution_options(populate_existing=True))


def owed(db_session, membership) -> int | None:
    found = standing(db_session, membership)
    return found.amount_fen if found else None


@pytest.fixture
def period(cast):
    return make_period(cast.community)


@pytest.mark.parametrize(
    ("proration", "fees"),
    [
        ("whole", (1_000, 1_000, 1_000, 1_000, 1_000, 1_000)),
        ("halves", (1_000, 1_000, 500, 500, 1_000, 500)),
        ("months", (1_000, 500, 500, 83, 83, 83)),
    ],
)
def test_a_part_of_the_period(cast, db_session, period, proration, fees):
    make_plan(cast.federation, 1_000, proration=proration)
    spans = [
        (date(2020, 5, 3), None), (day(6, 30), day(11, 30)), (day(7, 1), None), (day(12, 31), None),
        (date(2019, 1, 1), day(1, 1)), (day(9, 1), day(9, 1)),
    ]  # fmt: skip
    ended = {"ended_on": None, "end_reason": None}
    made = [
        member(
            cast, f"甲{number}", joined_on=joined, **({"ended_on": last, "end_reason": "withdrew"} if last else ended)
        )
        for number, (joined, last) in enumerate(spans)
    ]
    charge(None, cast.community, period)
    assert tuple(owed(db_session, one) for one in made) == fees


def test_who_is_charged_and_who_pays(cast, db_session, period):
    make_plan(cast.federation)
    make_plan(cast.street, 3_000, kind_of(cast.street, 1))
    make_plan(cast.federation, 9_000, kind_of(cast.street, 1))
    make_plan(cast.federation, 0, kind_of(cast.street, 3))
    left = {"end_reason": "withdrew"}
    out = [
        member(cast, "早退", ended_on=date(YEAR - 1, 12, 31), **left),
        member(cast, "误录", ended_on=day(2), end_reason="in_error"),
        member(cast, "后来", joined_on=date(YEAR + 1, 1, 1)),
        member(cast, "暂停", suspended_on=day(1)),
        member(cast, "荣誉", kind=kind_of(cast.street, 3)),
        member(cast, "单位", kind=kind_of(cast.street, 2), organisation_name="清河布厂"),
    ]
    child = member(cast, "江小鱼", payer_id=cast.member.person_id, joined_on=day(8), group_id=cast.group.id)
    household = member(cast, "江大河", kind=kind_of(cast.street, 1), ended_on=day(1), **left)
    resting = member(cast, "半年", suspended_on=day(2))
    found = preview(cast.community, period)
    done = charge(cast.treasurer, cast.community, period)
    assert (found.new, found.new_fen) == (done.new, done.new_fen) == (4, FEE * 3 + 3_000)  # the cast's member too
    assert found.left_out == {"suspended": 1, "free": 1, "no_plan": 1}
    assert [owed(db_session, one) for one in out] == [None] * 6
    assert [owed(db_session, one) for one in (child, household, resting)] == [FEE, 3_000, FEE]
    made = standing(db_session, child)
    assert (made.payer_id, made.group_id, made.due_on) == (cast.member.person_id, cast.group.id, day(8))
    assert standing(db_session, household).due_on == period.due_on
    assert balance(db_session, LedgerAccount.RECEIVABLE) == done.new_fen == -balance(db_session, LedgerAccount.DUES)
    entry = db_session.scalars(select(JournalEntry)).one()
    assert (entry.entry_on, entry.recorded_by_id) == (today(), cast.treasurer.person_id)


def test_what_changed_is_followed(cast, db_session, period):
    plan = make_plan(cast.federation)
    same, gone, wrong, dearer, other = (member(cast, name) for name in ("不变", "离开", "误录", "改类", "改付"))
    opening = make_charge(member(cast, "期初"), period, 777, origin=ChargeOrigin.OPENING)
    charge(None, cast.community, period)
    before = standing(db_session, same).id
    settle(standing(db_session, dearer).id, paid=FEE)
    gone.suspended_on = day(1)
    wrong.ended_on, wrong.end_reason = today(), "in_error"
    dearer.kind_id = kind_of(cast.street, 1).id
    other.payer_id = cast.member.person_id
    same.group_id = cast.group.id
    make_plan(cast.community, 2_000, kind_of(cast.street, 1))
    told = []

    def free(sender, **details):
        told.append((sender.membership_id, details["on"]))
        settle(sender.id, paid=-sender.paid_fen)

    found = preview(cast.community, period)
    with voided.connected_to(free):
        done = charge(None, cast.community, period)
    assert told == [(dearer.id, today())]
    assert (done.new, done.changed, done.voided, done.unchanged) == (0, 2, 2, 3)
    assert (found.changed, found.voided, found.unchanged) == (2, 2, 3)
    assert (found.new_fen, found.void_fen) == (done.new_fen, done.void_fen) == (FEE + 2_000, FEE * 4)
    assert (standing(db_session, same).id, standing(db_session, same).group_id) == (before, cast.group.id)
    assert [owed(db_session, one) for one in (gone, wrong, dearer, other)] == [None, None, 2_000, FEE]
    assert standing(db_session, other).payer_id == cast.member.person_id
    assert db_session.get(Charge, opening.id).voided_at is None
    reasons = dict(
        db_session.execute(select(Charge.membership_id, Charge.void_reason).where(Charge.void_reason != "")).all()
    )
    assert {reasons[one.id] for one in (gone, wrong)} == {VoidReason.LEFT}
    plan.withdrawn_at = period.created_at
    db_session.flush()
    assert charge(None, cast.community, period).voided == 3
    assert {VoidReason.FREE, VoidReason.CHANGED} < set(db_session.scalars(select(Charge.void_reason)))


def test_what_was_paid_follows_a_changed_charge(cast, db_session, period):
    """Paid in full, then half as much is due: the rest is the payer's credit, and charging again moves nothing."""
    make_plan(cast.federation, proration="months")
    membership = member(cast)
    charge(cast.treasurer, cast.community, period)
    payer = db_session.get_one(Person, membership.person_id)
    payment = make_payment(payer, cast.community, actor=cast.treasurer)
    assert standing(db_session, membership).open_fen == 0
    membership.ended_on, membership.end_reason = day(6, 30), "withdrew"
    for expected in (1, 0):
        assert charge(cast.treasurer, cast.community, period).changed == expected
        found = standing(db_session, membership)
        db_session.refresh(payment)
        assert (found.amount_fen, found.open_fen, payment.credit_fen) == (FEE // 2, 0, FEE // 2)
        assert balance(db_session, LedgerAccount.RECEIVABLE) == FEE  # the cast's member
        assert balance(db_session, LedgerAccount.CREDIT) == -FEE // 2


def test_who_pays_is_followed_only_while_nothing_is_settled(cast, db_session, period):
    make_plan(cast.federation)
    membership = member(cast)
    charge(None, cast.community, period)
    settle(standing(db_session, membership).id, paid=1)
    membership.payer_id = cast.member.person_id
    assert charge(None, cast.community, period).differs == 0


def test_once_charged_never_again_elsewhere(cast, db_session, period):
    make_plan(cast.federation, proration="months")
    moved = member(cast)
    charge(None, cast.community, period)
    moved.association_id = cast.sibling_community.id
    make_plan(cast.sibling_community, 9_900)
    assert charge(None, cast.sibling_community, period) == Outcome()
    assert preview(cast.sibling_community, period).left_out == {"elsewhere": 1}
    assert preview(cast.street, period, below=True).left_out == {}
    moved.ended_on, moved.end_reason = day(6), "withdrew"
    done = charge(None, cast.community, period)
    assert (done.changed, done.unchanged) == (1, 1)
    found = standing(db_session, moved)
    assert (found.association_id, found.amount_fen, found.group_id) == (cast.community.id, FEE // 2, None)


@either_engine
def test_refused_with_words(cast, db_session):
    make_plan(cast.federation)
    past, future = make_period(cast.community, YEAR - 1), make_period(cast.community, YEAR + 1)
    for state in (BookState.CLOSED, BookState.LOCKED):
        book = db_session.scalar(select(PeriodBook))
        db_session.add(book or PeriodBook(association_id=cast.community.id, period_id=past.id, state=state))
        if book:
            book.state = state
        with pytest.raises(RuleError, match=past.name):
            charge(cast.treasurer, cast.community, past)
    with pytest.raises(RuleError, match=str(YEAR + 1)):
        charge(cast.treasurer, cast.community, future)
    cast.sibling_community.archived_on = today()
    with pytest.raises(RuleError):
        charge(cast.treasurer, cast.sibling_community, make_period(cast.community))
    assert not db_session.scalar(select(func.count(Charge.id)))


def test_a_period_that_is_over_is_charged_on_its_last_day(cast, db_session):
    make_plan(cast.federation)
    past = make_period(cast.community, YEAR - 1)
    assert charge(None, cast.community, past).new == 1
    assert db_session.scalars(select(JournalEntry.entry_on)).all() == [past.end_on]


@pytest.mark.parametrize("seed", range(2))
def test_any_sequence_keeps_the_promises(cast, db_session, period, seed):
    """Random changes of the register and of the plans: each time preview says what is done, twice changes nothing,
    each member has one charge at most, no row goes, and every account sums as charges do.
    """
    chance, made, rows = random.Random(seed), [member(cast, f"乙{number}") for number in range(6)], 0
    prepared = Prepared(period)
    places = (cast.community, cast.sibling_community)
    for _ in range(4):
        for _ in range(4):
            _change(chance, cast, chance.choice(made))
        for place in places:
            found = preview(place, period)
            done = charge(None, place, period, prepared)
            assert (found.new, found.changed, found.voided, found.unchanged) == (
                done.new, done.changed, done.voided, done.unchanged,
            )  # fmt: skip
        assert [charge(None, place, period, prepared).differs for place in places] == [0, 0]
        total = db_session.scalar(select(func.sum(Charge.amount_fen)).where(Charge.voided_at.is_(None))) or 0
        assert balance(db_session, LedgerAccount.RECEIVABLE) == -balance(db_session, LedgerAccount.DUES) == total
        count = db_session.scalar(select(func.count(Charge.id)))
        assert count >= rows
        rows = count


def _change(chance: random.Random, cast, membership: Membership) -> None:
    """Something that happens to a member, or a plan."""
    somewhere = (chance.randrange(1, 13), chance.randrange(1, 28))
    match chance.randrange(7):
        case 0:
            make_plan(
                chance.choice((cast.federation, cast.community)), chance.choice((0, 500, 777)), proration="months"
            )
        case 1:
            membership.ended_on, membership.end_reason = day(*somewhere), chance.choice(("withdrew", "in_error"))
        case 2:
            membership.ended_on, membership.end_reason = None, None
        case 3:
            membership.suspended_on = chance.choice((None, day(*somewhere), day(1)))
        case 4:
            membership.association_id = chance.choice((cast.community, cast.sibling_community)).id
        case 5:
            membership.payer_id = chance.choice((None, cast.member.person_id))
        case _:
            make_plan(cast.street, 1_000, kind_of(cast.street, chance.randrange(2)))


@pytest.mark.engines("sqlite")
def test_as_many_statements_for_many_as_for_few(cast, period):
    make_plan(cast.federation)
    with query_count() as few:
        charge(None, cast.community, period)
    for number in range(20):
        member(cast, f"丙{number}")
    with query_count() as many:
        assert charge(None, cast.community, period).new == 20
    assert len(many) <= len(few) <= 20


@either_engine
def test_nothing_is_charged_in_a_year_before_a_closed_one(cast, db_session):
    """Nobody dates anything there, so that the closed book begins with what it began with."""
    first, second = (make_period(cast.community, YEAR - years) for years in (2, 1))
    make_plan(cast.federation)
    charge(None, cast.community, second)
    closing.close(cast.treasurer, cast.community, second, seen=True)
    with pytest.raises(RuleError):
        charge(None, cast.community, first)
    account = make_account(make_person("柳大有"))
    appoint(account.person, cast.street, Position.TREASURER, covers_subtree=True)
    db_session.commit()
    street = db_session.get_one(Association, cast.street.id)
    below = [runs.list_places(account, street, period, below=True) for period in (first, make_period(cast.street))]
    assert [cast.community.id in places for places in below] == [False, True]
    assert charging_queries.count_closed(street, first) == 1
    assert db_session.query(JournalEntry).filter_by(period_id=first.id).count() == 0
