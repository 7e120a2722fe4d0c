"""The one rule: what an appointment gives, where and when, asked of one place, of lists and of the register."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from portal.associations.models import Association, Group
from portal.core import calendar
from portal.core.calendar import today
from portal.offices import access
from portal.offices.access import Grant
from portal.offices.models import Appointment
from portal.offices.rights import GRANTS, RIGHTS, Position, gives, may_give, only_reads, rights_of
from portal.people.models import Affiliation, Person
from tests.harness.cases import each, either_engine
from tests.harness.factory import affiliate, appoint, make_account, make_association, make_person, yesterday


@pytest.fixture
def officer(cast):
    """officer(place, position, …) gives the account of somebody appointed there."""

    def officer(place, position: str = Position.SECRETARY, **values):
        person = make_person("任某")
        appoint(person, place, position, **values)
        return make_account(person)

    return officer


def holds(account, place) -> bool:
    return access.can(account, "members.write", place)


# Positions and rights


def test_every_position_has_rights_that_exist():
    assert set(GRANTS) == set(Position)
    assert {right for rights in GRANTS.values() for right in rights} <= set(RIGHTS)
    assert all("office.enter" in rights for rights in GRANTS.values())


@pytest.mark.parametrize("position", Position)
def test_to_write_implies_to_read(position):
    writes = [right for right in RIGHTS if right.endswith(".write") and gives(position, right)]
    assert all(gives(position, right[: -len("write")] + "read") for right in writes)


@pytest.mark.parametrize(
    ("records", "approves"), [("dues.record", "dues.approve"), ("activities.write", "commendations.decide")]
)
def test_whoever_records_money_does_not_approve_it(records, approves):
    both = [each for each in Position if gives(each, records) and gives(each, approves)]
    assert both == ([] if records == "dues.record" else [Position.CHAIR])


def test_an_unknown_right_is_a_mistake():
    with pytest.raises(ValueError, match="no right"):
        gives(Position.CHAIR, "members.adore")


# One place


def test_here_and_nowhere_else(cast, officer):
    account = officer(cast.community)
    reached = {place.code for place in (cast.federation, cast.street, cast.community, cast.sibling_community)}
    assert {place.code for place in _places(cast) if holds(account, place)} == {"wangjiang"}
    assert reached >= {"wangjiang"}


def test_here_and_everywhere_below(cast, officer):
    account = officer(cast.street, covers_subtree=True)
    assert {place.code for place in _places(cast) if holds(account, place)} == {"liuan", "wangjiang", "tingyu"}


def _places(cast) -> list[Association]:
    return [cast.federation, cast.street, cast.town, cast.community, cast.sibling_community, cast.village]


def test_a_longer_number_is_no_descendant(cast, officer):
    """Path 1/2/ must not reach 1/20/."""
    account = officer(cast.street, covers_subtree=True)
    decoy = make_association("相近", cast.federation, code="decoy")
    decoy.path = cast.street.path[:-1] + "0/"
    assert not holds(account, decoy)
    listed = access.visible(select(Association.code), account, "members.write", Association)
    assert "decoy" not in set(_codes(listed))


def _codes(statement):
    from portal.core.database import db

    return db.session.scalars(statement)


@each(
    ("start", "end", "is_live"),
    [
        (-10, None, True),
        (0, None, True),
        (0, 0, True),
        (-10, 0, True),
        (-10, -1, False),
        (1, None, False),
        (1, 5, False),
        (0, -1, False),  # withdrawn
        (5, -1, False),
    ],
)
def test_from_the_first_day_to_the_last(cast, officer, start, end, is_live):
    days = {"start_on": today() + timedelta(days=start)}
    person = make_person("任某")
    held = Appointment(
        person_id=person.id,
        association_id=cast.community.id,
        position=Position.SECRETARY,
        end_on=today() + timedelta(days=end) if end is not None else None,
        **days,
    )
    _add(held)
    assert holds(make_account(person), cast.community) is is_live
    assert held.is_live_on(today()) is is_live


def _add(row) -> None:
    from portal.core.database import db

    db.session.add(row)
    db.session.flush()


def test_it_ends_at_midnight_where_the_associations_are(cast, officer):
    account = officer(cast.community, end_on=today())
    day = datetime.combine(today(), datetime.min.time(), ZoneInfo("Asia/Shanghai"))
    with calendar.at(day + timedelta(hours=23, minutes=59)):
        assert holds(account, cast.community)
    with calendar.at(day + timedelta(hours=24)):
        assert not holds(account, cast.community), "the grants kept with the account are of yesterday"


@either_engine
def test_an_ended_officer_sees_nothing(cast, sign_in):
    account = cast.ended
    assert access.grants_of(account) == []
    assert not any(access.can(account, right, cast.community) for right in RIGHTS)
    for entity in (Association, Person, Appointment, Group):
        assert list(_codes(access.visible(select(entity.id), account, "members.read", entity))) == []
    client = sign_in(account)
    for path in ("", "/appointments", "/groups", "/settings", "/members", "/terms"):
        assert client.get(f"/office/wangjiang{path}").status_code == 404


def test_asked_once_for_a_request(cast, query_count):
    access.forget_grants(cast.secretary)
    with query_count() as statements:
        for right in RIGHTS:
            access.can(cast.secretary, right, cast.community)
    assert len(statements) == 1


# An empty path, which no stored association has, reaches nothing


@either_engine
def test_an_empty_path_reaches_nothing(cast):
    grant = Grant(Position.CHAIR, 0, "", covers_subtree=True, group_id=None)
    assert not any(grant.reaches(place) for place in _places(cast))
    assert not grant.includes(Grant(Position.CHAIR, cast.community.id, cast.community.path, False, None))


# Groups


def test_a_leader_holds_the_rights_for_the_group(cast):
    leader = cast.leader
    assert access.can(leader, "members.read", cast.community)
    assert not access.can(leader, "members.read", cast.community, whole=True)
    assert access.group_ids(leader, "members.read", cast.community) == [cast.group.id]
    assert access.group_ids(leader, "members.write", cast.community) == []
    assert access.group_ids(cast.secretary, "members.read", cast.community) is None
    assert access.group_ids(cast.sibling, "members.read", cast.community) == []


def test_a_leader_who_is_also_an_officer_is_not_limited(cast):
    _add(
        Appointment(
            person_id=cast.leader.person_id,
            association_id=cast.community.id,
            position=Position.SUPERVISOR,
            start_on=today(),
        )
    )
    access.forget_grants(cast.leader)
    assert access.group_ids(cast.leader, "members.read", cast.community) is None
    assert access.group_ids(cast.leader, "activities.write", cast.community) == [cast.group.id]
    assert access.can(cast.leader, "members.read", cast.community, whole=True)
    assert not access.can(cast.leader, "activities.write", cast.community, whole=True)


def test_a_leader_sees_the_people_of_the_group(cast, db_session):
    other = make_person("他组")
    affiliate(other, cast.community, group_id=cast.other_group.id)
    seen = set(db_session.scalars(select(Person.name).where(access.reached(cast.leader, "members.read"))))
    assert cast.member.person.name in seen
    assert not seen & {"他组", cast.volunteer.person.name, cast.secretary.person.name}


def test_a_leader_with_a_subtree_is_still_limited(cast, officer):
    account = officer(cast.street, Position.GROUP_LEADER, group_id=cast.group.id, covers_subtree=True)
    assert not access.can(account, "members.read", cast.sibling_community)
    assert access.group_ids(account, "members.read", cast.street) == [cast.group.id]


# Lists


def test_lists_and_single_answers_agree(cast, officer, db_session):
    """For each officer, right and place: what `can` says of the place is what `visible` lists."""
    accounts = [*cast.accounts().values(), officer(cast.street), officer(cast.town, covers_subtree=True)]
    cast.village.archived_on = today()
    db_session.flush()
    for account in accounts:
        for right in RIGHTS:
            listed = set(db_session.scalars(access.visible(select(Association.id), account, right, Association)))
            single = {place.id for place in _places(cast) if access.can(account, right, place, whole=True)}
            assert listed == single, (account.name, right)


def test_people_are_reached_while_their_record_is_held(cast, db_session):
    left, moved = make_person("已退"), make_person("已转")
    affiliate(left, cast.community, end_on=yesterday())
    affiliate(moved, cast.community, end_on=yesterday())
    affiliate(moved, cast.sibling_community)
    seen = set(db_session.scalars(select(Person.name).where(access.reached(cast.secretary, "members.read"))))
    assert not seen & {"已退", "已转"}
    seen = set(db_session.scalars(select(Person.name).where(access.reached(cast.chair, "members.read"))))
    assert "已转" in seen
    assert "已退" not in seen


def test_rows_with_a_group_are_limited_to_it(cast, db_session):
    statement = select(Appointment.position)
    whole = access.visible(statement, cast.secretary, "members.read", Appointment)
    limited = access.visible(statement, cast.leader, "members.read", Appointment)
    assert len(db_session.scalars(whole).all()) > 1
    assert db_session.scalars(limited).all() == [Position.GROUP_LEADER]
    held = access.visible(select(Affiliation.id), cast.sibling, "members.read", Affiliation)
    assert len(db_session.scalars(held).all()) == 1


# Archived


def test_archived_can_be_read_only(cast, db_session):
    cast.community.archived_on = today()
    db_session.flush()
    for account, position in ((cast.secretary, Position.SECRETARY), (cast.chair, Position.CHAIR)):
        for right in RIGHTS:
            may = only_reads(right) and gives(position, right)
            assert access.can(account, right, cast.community) is may, right
            listed = set(db_session.scalars(access.visible(select(Association.id), account, right, Association)))
            assert (cast.community.id in listed) is may, right
    assert access.can(cast.chair, "members.write", cast.sibling_community)


# What may be passed on


@pytest.mark.parametrize("right", RIGHTS)
def test_a_right_is_passed_on_by_who_holds_it_or_stands_above_it(right):
    givers = {each for each in Position if may_give(each, right)}
    holders = {each for each in Position if gives(each, right)}
    above = {
        "dues.record": {Position.CHAIR},
        "objections.answer": {Position.VICE_CHAIR, Position.SECRETARY, Position.PUBLISHER},
    }
    assert givers - holders == above.get(right, set())


def test_what_each_may_grant_here(cast):
    """Read once by a human, kept so: who may appoint whom at their own association."""
    may = {
        name: {each for each in Position if not access.lacking(account, each, cast.community)}
        for name, account in cast.accounts().items()
    }
    assert may["chair"] == set(Position)
    assert may["secretary"] == set(Position) - {Position.CHAIR, Position.TREASURER, Position.GROUP_LEADER}
    assert may["administrator"] == {Position.ADMINISTRATOR}
    assert not any(may[name] for name in may if name not in ("chair", "secretary", "administrator"))


def test_nobody_passes_on_what_they_lack(cast, officer):
    """Every position against every position, at its own place, below it and over the subtree."""
    for actor in Position:
        for covers in (False, True):
            compare(cast, officer, actor, covers)


def compare(cast, officer, actor: Position, covers: bool) -> None:
    values = {"group_id": cast.group.id} if actor == Position.GROUP_LEADER else {"covers_subtree": covers}
    place = cast.community if actor == Position.GROUP_LEADER else cast.street
    account = officer(place, actor, **values)
    reaches_below = covers and actor != Position.GROUP_LEADER
    grants = gives(actor, "appointments.grant")
    for wanted in Position:
        right = {each for each in rights_of(wanted) if gives(actor, each)}
        whole = right == set(rights_of(wanted))
        passes = all(may_give(actor, each) for each in rights_of(wanted))
        answers = {
            "here": access.lacking(account, wanted, cast.street),
            "subtree": access.lacking(account, wanted, cast.street, below=True),
            "below": access.lacking(account, wanted, cast.community),
            "oneself": access.lacking(account, wanted, cast.street, oneself=True),
            "above": access.lacking(account, wanted, cast.federation),
            "beside": access.lacking(account, wanted, cast.town),
        }
        may = {name for name, lacking in answers.items() if not lacking}
        expected = {"here"} if grants and passes else set()
        expected |= {"subtree", "below"} if grants and passes and reaches_below else set()
        expected |= {"oneself"} if grants and whole else set()
        assert may == expected, (actor, covers, wanted)


def test_archived_nothing_is_granted(cast):
    cast.community.archived_on = today()
    assert access.lacking(cast.chair, Position.PUBLISHER, cast.community) == rights_of(Position.PUBLISHER)
