"""In the same moment: no number twice, no membership twice, one answer to a transfer."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from portal.associations.models import Association, Level
from portal.core.calendar import now, today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.members import numbers, places, queries, services, transfers
from portal.members.models import EndReason, Membership, MembershipStay, NumberCounter, Transfer, TransferState
from portal.people.models import Person
from tests.harness.factory import kind_of, make_association, make_membership, make_person
from tests.harness.together import at_once

AT_ONCE = 6


@pytest.fixture
def place(live_app) -> tuple[int, int]:
    """A federation and an association of it whose first members come now; their ids."""
    root = make_association("赛跑联合会", None, level=Level.FEDERATION)
    services.begin_kinds(root)
    here = make_association("赛跑协会", root)
    db.session.commit()
    return root.id, here.id


def joining(person_id: int, place_id: int) -> Callable[[], str]:
    def join() -> str:
        person, here = db.session.get(Person, person_id), db.session.get(Association, place_id)
        return services.join(None, person, here, kind_of(here), today()).number

    return join


def newcomers(count: int) -> list[int]:
    ids = [make_person(f"新人{number}").id for number in range(count)]
    db.session.commit()
    return ids


def test_no_number_twice(live_app, place, rounds):
    for _ in range(rounds(1, 100)):
        given = at_once(live_app, [joining(one, place[1]) for one in newcomers(AT_ONCE)])
        assert None not in given
        assert len(set(given)) == len(given) == AT_ONCE
    held = db.session.scalars(select(Membership.number).where(Membership.association_id == place[1])).all()
    serials = sorted(int(number.rpartition("-")[2]) for number in held)
    assert serials == list(range(1, len(held) + 1)), "and none is left out"


def test_control_a_counter_that_is_read_and_written_gives_a_number_twice(live_app, place, monkeypatch):
    read = threading.Barrier(2)

    def careless(stem: str, by: int) -> int:
        last = queries.get_counter(stem)
        db.session.rollback()
        read.wait(10)
        db.session.execute(update(NumberCounter).where(NumberCounter.stem == stem).values(last=last + by))
        return last + by

    numbers.next_numbers(db.session.get(Association, place[1]), today())
    db.session.commit()
    monkeypatch.setattr(numbers, "advance", careless)

    def ask() -> str:
        return numbers.next_numbers(db.session.get(Association, place[1]), today())[0]

    given = at_once(live_app, [ask, ask])
    assert len(set(given)) == 1


def test_one_membership_for_one_person(live_app, place):
    person = newcomers(1)[0]
    given = at_once(live_app, [joining(person, place[1])] * 3)
    assert given.count(None) == 2
    assert len(queries.list_of_person(person)) == 1


# Transfers


@pytest.fixture
def waiting(live_app, place) -> tuple[int, int]:
    """A transfer that waits: its id and that of the membership."""
    here, there = (
        db.session.get(Association, place[1]),
        make_association("另一协会", db.session.get(Association, place[0])),
    )
    held = make_membership(make_person("转会的人"), here)
    person_id = held.person_id
    transfer = transfers.propose(None, person_id, held, here, there, here, "搬家到那边")
    db.session.commit()
    return transfer.id, held.id


def accepting(ids: tuple[int, int]) -> Callable[[], str]:
    def accept() -> str:
        transfer, held = db.session.get(Transfer, ids[0]), db.session.get(Membership, ids[1])
        there = db.session.get(Association, transfer.to_association_id)
        transfers.accept(None, held.person_id, transfer, held, there)
        return "accepted"

    return accept


def declining(ids: tuple[int, int]) -> Callable[[], str]:
    def decline() -> str:
        transfer = db.session.get(Transfer, ids[0])
        there = db.session.get(Association, transfer.to_association_id)
        transfers.refuse(None, None, transfer, TransferState.DECLINED, "不在本地", there)
        return "declined"

    return decline


def stays(membership_id: int) -> int:
    return db.session.query(MembershipStay).filter_by(membership_id=membership_id, end_on=None).count()


@pytest.mark.parametrize("other", [accepting, declining])
def test_one_answer(live_app, waiting, other):
    given = at_once(live_app, [accepting(waiting), other(waiting)])
    assert given.count(None) == 1
    state = next(one for one in given if one)
    assert db.session.get(Transfer, waiting[0]).state == state
    assert stays(waiting[1]) == 1
    moved = (
        db.session.get(Membership, waiting[1]).association_id
        != db.session.get(Transfer, waiting[0]).from_association_id
    )
    assert moved == (state == "accepted")


@pytest.mark.engines("postgresql")  # SQLite lets one writer in at a time: there is nothing to take away
def test_control_without_the_guards_there_are_two_answers(live_app, waiting, monkeypatch):
    asked = threading.Barrier(2)

    def careless(transfer, state, person_id, note) -> None:
        asked.wait(10)
        transfer.state = state

    monkeypatch.setattr(transfers, "_decide", careless)
    monkeypatch.setattr(places, "lock", lambda _membership: None)
    monkeypatch.setattr(services, "settle", lambda *_arguments: None)
    given = at_once(live_app, [accepting(waiting), declining(waiting)])
    assert None not in given
    assert len(given) == 2


# --- a record that is merged or removed ---------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["join", "cover", "contact", "payer"])
def test_a_record_that_was_merged_meanwhile_takes_nothing(cast, what):
    """It was loaded for the page, and then another officer made it one with another record."""
    here, gone, holder = cast.community, make_person("许又新"), make_person("许新")
    home, firm = (kind_of(here, number) for number in (1, 2))
    held = make_membership(holder, here, kind=home)
    shop = make_membership(make_person("茶厂联系人"), here, kind=firm, organisation_name="望江茶厂")
    acts = {
        "join": lambda: services.join(None, gone, here, home, today()),
        "cover": lambda: services.cover(None, held, home, here, None, gone, today()),
        "contact": lambda: services.set_contact(None, shop, here, gone),
        "payer": lambda: services.set_payer(None, held, gone),
    }
    merged = update(Person).where(Person.id == gone.id).values(removed_at=now(), merged_into_id=holder.id)
    db.session.execute(merged.execution_options(synchronize_session=False))
    assert gone.removed_at is None, "as the page had it"
    with pytest.raises(RuleError):
        acts[what]()


def test_nobody_is_covered_by_one_that_ended_meanwhile(cast):
    here, kind = cast.community, kind_of(cast.community, 1)
    held = make_membership(make_person("许新"), here, kind=kind)
    ended = update(Membership).where(Membership.id == held.id).values(ended_on=today(), end_reason="withdrew")
    db.session.execute(ended.execution_options(synchronize_session=False))
    with pytest.raises(RuleError):
        services.cover(None, held, kind, here, None, make_person("许又新"), today())


# --- a second membership of the kind, from two sides at once -----------------------------------------------------


@pytest.fixture
def elsewhere(live_app, waiting) -> tuple[int, int]:
    """The taking association of the transfer that waits, where an end of the same person was entered today."""
    transfer = db.session.get(Transfer, waiting[0])
    there, person = (
        db.session.get(Association, transfer.to_association_id),
        db.session.get(Membership, waiting[1]).person_id,
    )
    held = make_membership(db.session.get(Person, person), there)
    services.end_membership(None, held, today(), EndReason.IN_ERROR)
    db.session.commit()
    return there.id, held.id


def reinstating(held_id: int, place_id: int) -> Callable[[], str]:
    def reinstate() -> str:
        services.reinstate(None, db.session.get(Membership, held_id), db.session.get(Association, place_id))
        return "reinstated"

    return reinstate


def in_force(place_id: int) -> int:
    return db.session.query(Membership).filter_by(association_id=place_id, ended_on=None).count()


def ways(waiting, elsewhere) -> dict[str, Callable[[], str]]:
    person_id = db.session.get(Membership, waiting[1]).person_id
    db.session.rollback()
    return {
        "accept": accepting(waiting),
        "reinstate": reinstating(elsewhere[1], elsewhere[0]),
        "join": joining(person_id, elsewhere[0]),
    }


def test_of_three_ways_in_at_once_one_is_taken(live_app, waiting, elsewhere):
    given = at_once(live_app, list(ways(waiting, elsewhere).values()))
    assert given.count(None) == 2, "and each of the others is told by the rule, not by a fault"
    assert in_force(elsewhere[0]) == 1


@pytest.mark.parametrize("second", ["accept", "reinstate", "join"])
def test_what_the_rule_was_too_early_to_see_the_index_refuses_in_words(
    live_app, waiting, elsewhere, second, monkeypatch
):
    """Control: with the rule and its lock taken away the index speaks, and nothing stays half-written."""
    person = db.session.get(Person, db.session.get(Membership, waiting[1]).person_id)
    make_membership(person, db.session.get(Association, elsewhere[0]))
    db.session.commit()
    act = ways(waiting, elsewhere)[second]
    with pytest.raises(RuleError) as by_rule:
        act()
    db.session.rollback()
    monkeypatch.setattr(services, "check_not_held", lambda *_arguments: None)
    monkeypatch.setattr(services, "_check_joining", lambda *_arguments: None)
    monkeypatch.setattr(places, "lock_person", lambda _person: None)
    with pytest.raises(RuleError, match="已有同类会籍") as by_index:
        act()
    assert by_index.value.field == by_rule.value.field
    assert in_force(elsewhere[0]) == 1
    assert db.session.get(Membership, elsewhere[1]).ended_on == today()
    assert stays(waiting[1]) == 1, "where it was"
    assert stays(elsewhere[1]) == 0
