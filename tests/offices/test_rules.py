"""When an office can be granted: persons, places, dates, duplicates, and no right that the actor lacks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.associations.models import Level
from portal.core.calendar import now, today
from portal.core.errors import RuleError
from portal.offices import access, services
from portal.offices.models import Appointment, Term
from portal.offices.rights import Position
from tests.harness.cases import each, either_engine
from tests.harness.factory import (
    affiliate,
    appoint,
    make_account,
    make_association,
    make_group,
    make_person,
    yesterday,
)


def refusal(actor, wanted) -> str | None:
    """The field of the refusal, or None when it was granted."""
    try:
        services.grant_appointment(actor, wanted)
    except RuleError as error:
        return error.field if str(error) else "without a word"
    return None


def days(count: int):
    return today() + timedelta(days=count)


# Persons


@either_engine
def test_somebody_unknown_here_only_by_a_number(cast, wanted):
    stranger = cast.stranger.person
    assert refusal(cast.secretary, wanted(person=stranger)) == "person"
    assert refusal(cast.secretary, wanted(person=stranger, is_identified=True)) is None


@either_engine
def test_somebody_who_left_is_unknown(cast, wanted):
    left = make_person("已退")
    affiliate(left, cast.community, end_on=yesterday())
    assert refusal(cast.secretary, wanted(person=left)) == "person"


def test_somebody_from_below_is_known_above(cast, wanted):
    assert refusal(cast.chair, wanted(association=cast.street)) is None


def test_somebody_from_above_is_not_known_below(cast, wanted):
    assert refusal(cast.chair, wanted(person=cast.chair.person)) == "person"


def test_a_removed_record_holds_no_office(cast, wanted):
    cast.member.person.removed_at = now()
    assert refusal(cast.secretary, wanted()) == "person"


# Places


def test_groups(cast, wanted):
    lead = {"position": Position.GROUP_LEADER}
    foreign, over = (
        make_group(cast.sibling_community, "听雨组"),
        make_group(cast.community, "旧组", ended_on=yesterday()),
    )
    assert refusal(cast.chair, wanted(**lead)) == "group"
    assert refusal(cast.chair, wanted(**lead, group=foreign)) == "group"
    assert refusal(cast.chair, wanted(**lead, group=over)) == "group"
    assert refusal(cast.chair, wanted(group=cast.group)) == "group"
    assert refusal(cast.chair, wanted(**lead, group=cast.group, covers_subtree=True)) == "covers_subtree"
    assert refusal(cast.chair, wanted(**lead, group=cast.group)) is None


def test_nothing_below_a_community(cast, wanted):
    assert refusal(cast.chair, wanted(covers_subtree=True)) == "covers_subtree"


def test_archived(cast, wanted):
    cast.community.archived_on = today()
    assert refusal(cast.secretary, wanted()) == ""
    assert refusal(None, wanted()) == ""


# Dates


@each(
    ("start", "end", "field"),
    [
        (0, None, None),
        (0, 0, None),
        (-400, None, None),
        (300, 400, None),
        (400, None, "start_on"),
        (-30_000, None, "start_on"),
        (5, 4, "end_on"),
        (-9, -1, "end_on"),
        (0, 4000, "end_on"),
    ],
)
def test_days(cast, wanted, start, end, field):
    asked = wanted(start_on=days(start), end_on=days(end) if end is not None else None)
    assert refusal(cast.secretary, asked) == field


@pytest.mark.parametrize(
    ("start", "end", "field"), [(0, 30, None), (0, None, "end_on"), (0, 31, "end_on"), (40, 60, "start_on")]
)
def test_within_the_term(cast, wanted, terms, start, end, field):
    end_on = days(end) if end is not None else None
    assert refusal(cast.secretary, wanted(term=terms[0], start_on=days(start), end_on=end_on)) == field


@either_engine
def test_a_term_of_another_association(cast, wanted, db_session):
    foreign = Term(association_id=cast.street.id, name="别届", start_on=days(-10), end_on=days(10))
    db_session.add(foreign)
    db_session.flush()
    assert refusal(cast.secretary, wanted(term=foreign, end_on=days(5))) == "term"


# Duplicates


@each(
    ("first", "second", "is_refused"),
    [
        ((0, None), (0, None), True),
        ((0, None), (50, 60), True),
        ((0, 10), (10, None), True),
        ((0, 10), (11, None), False),
        ((20, None), (0, 19), False),
        ((20, None), (0, 20), True),
    ],
)
def test_the_same_office_at_the_same_time(cast, wanted, first, second, is_refused):
    asked = [wanted(start_on=days(a), end_on=days(b) if b is not None else None) for a, b in (first, second)]
    assert refusal(cast.secretary, asked[0]) is None
    assert refusal(cast.secretary, asked[1]) == ("position" if is_refused else None)


def test_another_office_or_group_is_no_duplicate(cast, wanted):
    assert refusal(cast.chair, wanted()) is None
    assert refusal(cast.chair, wanted(position=Position.SUPERVISOR)) is None
    for group in (cast.group, cast.other_group):
        assert refusal(cast.chair, wanted(position=Position.GROUP_LEADER, group=group)) is None


def test_a_withdrawn_one_is_no_duplicate(cast, wanted):
    first = services.grant_appointment(cast.secretary, wanted())
    services.withdraw_appointment(cast.secretary, first, cast.community)
    assert refusal(cast.secretary, wanted()) is None


# Rights


def test_a_secretary_grants_what_she_holds(cast, wanted):
    for position in Position:
        group = cast.other_group if position == Position.GROUP_LEADER else None
        lacks = position in (Position.CHAIR, Position.TREASURER, Position.GROUP_LEADER)
        answer = refusal(cast.secretary, wanted(position=position, group=group))
        assert answer == ("position" if lacks else None), position


def test_without_the_right_to_grant_nothing_is(cast, wanted, held):
    accounts = cast.accounts()
    for who in ("treasurer", "publisher", "leader", "sibling", "member", "stranger", "ended"):
        assert refusal(accounts[who], wanted()) == "position", who
        lead = wanted(position=Position.GROUP_LEADER, group=cast.other_group)
        assert refusal(accounts[who], lead) == "position", who
    assert held(cast.member.person_id) == []


def test_nobody_raises_oneself(cast, wanted):
    """A chair hands the recording of dues to a treasurer, and never to the chair."""
    appoint(cast.chair.person, cast.community, Position.PUBLISHER)
    treasurer = {"position": Position.TREASURER}
    assert refusal(cast.chair, wanted(**treasurer, person=cast.chair.person)) == "position"
    assert refusal(cast.chair, wanted(**treasurer)) is None
    assert refusal(cast.secretary, wanted(position=Position.CHAIR, person=cast.secretary.person)) == "position"
    assert refusal(cast.secretary, wanted(position=Position.PUBLISHER, person=cast.secretary.person)) is None


def test_nobody_reaches_further_than_oneself(cast, wanted):
    place = make_association("独立街道", cast.federation, level=Level.TOWN)
    person, other = make_person("街道会长"), make_person("帮手")
    appoint(person, place, Position.CHAIR)
    affiliate(other, place)
    account = make_account(person)
    asked = {"association": place, "person": other, "position": Position.SUPERVISOR}
    assert refusal(account, wanted(**asked, covers_subtree=True)) == "covers_subtree"
    assert refusal(account, wanted(**asked)) is None


def test_nobody_grants_above(cast, wanted):
    assert refusal(cast.secretary, wanted(association=cast.street)) == "position"
    assert refusal(cast.chair, wanted(association=cast.federation)) == "position"


def test_an_administrator_appoints_administrators(cast, wanted):
    assert refusal(cast.administrator, wanted(association=cast.federation, position=Position.CHAIR)) == "position"
    assert refusal(cast.administrator, wanted(association=cast.federation, position=Position.ADMINISTRATOR)) is None


def test_two_offices_together_give_what_neither_gives_alone(cast, wanted, db_session):
    """An administrator who is also the publisher may appoint a publisher."""
    assert refusal(cast.administrator, wanted(association=cast.federation)) == "position"
    db_session.add(
        Appointment(
            person_id=cast.administrator.person_id,
            association_id=cast.federation.id,
            position=Position.PUBLISHER,
            start_on=today(),
        )
    )
    db_session.flush()
    access.forget_grants(cast.administrator)
    assert refusal(cast.administrator, wanted(association=cast.federation)) is None


def test_whoever_is_granted_rights_has_them_at_once(cast, wanted):
    assert not access.can(cast.member, "notices.write", cast.community)
    services.grant_appointment(cast.secretary, wanted())
    assert access.can(cast.member, "notices.write", cast.community)


# The record


def test_the_officers_record_lasts_as_long_as_the_last_office(cast, wanted, record_of):
    person = cast.member.person_id
    services.grant_appointment(cast.secretary, wanted(end_on=days(10)))
    assert record_of(person) == [(today(), days(10))]
    services.grant_appointment(cast.secretary, wanted(position=Position.SUPERVISOR, end_on=days(20)))
    assert record_of(person) == [(today(), days(20))]
    third = services.grant_appointment(cast.secretary, wanted(position=Position.SECRETARY))
    assert record_of(person) == [(today(), None)]
    services.end_appointment(cast.secretary, third, cast.community, days(5))
    assert record_of(person) == [(today(), days(20))]


def test_a_new_record_after_an_old_one_ended(cast, wanted, record_of):
    former = cast.ended.person_id
    services.grant_appointment(cast.secretary, wanted(person=cast.ended.person, is_identified=True))
    assert len(record_of(former)) == 2
    assert record_of(former)[1] == (today(), None)


def test_a_coming_officer_is_held_from_today(cast, wanted, record_of):
    coming = services.grant_appointment(cast.secretary, wanted(start_on=days(20)))
    assert record_of(cast.member.person_id) == [(today(), None)]
    services.withdraw_appointment(cast.secretary, coming, cast.community)
    assert record_of(cast.member.person_id) == [(today(), today())]
