"""From nomination to decision by the services: nothing before its time, nobody about themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.commendations import consenting, nominating
from portal.commendations.models import CallState, NominationState
from portal.core.calendar import at
from portal.core.errors import RuleError
from portal.members.models import MembershipCover
from portal.objections import objecting
from portal.objections import services as periods
from portal.objections.models import PeriodState
from portal.offices.rights import Position
from portal.people.models import Person
from portal.reviews import conflicts, meetings, queries, services
from portal.reviews.models import ConflictKind
from portal.reviews.signals import decided
from tests.harness.factory import appoint, kind_of, make_account, make_membership, make_person
from tests.harness.praise import make_call
from tests.notices.rows import acting
from tests.reviews.rows import CONTACT, REASON, agree, chosen_by_meeting, give, held, noon, put_forward, to_review


@pytest.fixture
def call(cast, db_session):
    return make_call(cast.street)


@pytest.fixture
def reviewer(cast, call):
    """Somebody of the town, who knows nobody of the community."""
    person = make_person("鲁望舒")
    make_account(person)
    return services.ask_reviewer(acting(cast.chair), call, person)


def refused(field, what, *values, **more):
    with pytest.raises(RuleError) as error:
        what(*values, **more)
    assert error.value.field == field
    return str(error.value)


def test_the_whole_way(app, cast, call, reviewer, db_session):
    secretary, chair = acting(cast.secretary), acting(cast.chair)
    volunteer = put_forward(secretary, call, cast.community, acting(cast.volunteer).person)
    group = put_forward(secretary, call, cast.community, group=cast.group)
    assert volunteer.evidence["of"] == "person"
    assert group.evidence["of"] == "team"
    agree(volunteer)
    day = to_review(chair, call)
    with at(noon(day)):
        give(reviewer, volunteer, 40, 20, 10)
        give(reviewer, group, 50, 30, 20)
        refused("points-" + str(queries.criteria_of(call)[0].id), give, reviewer, volunteer, 51, 0, 0)
    ranked = queries.ranking(call, queries.nominations_in(call, NominationState.NOMINATED))
    assert [(row.rank, row.points) for rows in ranked.values() for row in rows] == [(1, 70), (1, 100)]
    meeting = chosen_by_meeting(chair, call, day, volunteer, group)
    assert [row["chosen"] for row in meeting.chosen] == [True, True]
    with at(noon(day)):
        refused("", give, reviewer, volunteer, 1, 1, 1)
        period = meetings.show(chair, call, CONTACT)
        assert meetings.show(chair, call, CONTACT) is period
        assert "陈晓明" in period.body
        assert "70" not in period.body
        assert "公示期" in refused("", meetings.decide, chair, call)
    with at(noon(period.end_on)):
        refused("", meetings.decide, chair, call)
    heard = []
    tell = decided.connected_to(lambda _call, **said: heard.append(said["nominations"]))
    with tell, at(noon(period.end_on + timedelta(days=1))):
        assert set(meetings.decide(chair, call)) == {volunteer, group}
        refused("", meetings.decide, chair, call)
    assert len(heard) == 1
    assert (call.state, volunteer.state, period.state) == ("decided", "honoured", PeriodState.PASSED)


def test_nobody_is_chosen_without_consent(app, cast, call, db_session):
    chair = acting(cast.chair)
    volunteer = put_forward(acting(cast.secretary), call, cast.community, acting(cast.volunteer).person)
    day = to_review(chair, call)
    assert "陈晓明" in refused("chosen", chosen_by_meeting, chair, call, day, volunteer)
    refused("", consenting.consent, acting(cast.member), volunteer)
    agree(volunteer)
    chosen_by_meeting(chair, call, day, volunteer)
    with at(noon(day)):
        consenting.refuse(acting(cast.volunteer), volunteer)
        assert volunteer.state == NominationState.WITHDRAWN
        refused("", meetings.show, chair, call, CONTACT)
        meetings.review_anew(chair, call)
    assert call.state == CallState.REVIEW


def test_the_database_refuses_a_name_without_consent(app, cast, call, db_session):
    volunteer = put_forward(acting(cast.secretary), call, cast.community, acting(cast.volunteer).person)
    db_session.flush()
    for state in ("chosen", "honoured"):
        change = text("UPDATE nomination SET state = :state WHERE id = :id")
        with db_session.begin_nested() as nested:
            with pytest.raises(DBAPIError):
                db_session.execute(change, {"state": state, "id": volunteer.id})
            nested.rollback()


def test_the_database_refuses_an_honour_before_the_decision(app, cast, call, db_session):
    volunteer = put_forward(acting(cast.secretary), call, cast.community, acting(cast.volunteer).person)
    agree(volunteer)
    chosen_by_meeting(acting(cast.chair), call, to_review(acting(cast.chair), call), volunteer)
    honoured = text("UPDATE nomination SET state = 'honoured' WHERE id = :id")
    for state in ("chosen", "shown"):
        db_session.execute(text("UPDATE commendation_call SET state = :state"), {"state": state})
        with db_session.begin_nested() as nested:
            with pytest.raises(DBAPIError):
                db_session.execute(honoured, {"id": volunteer.id})
            nested.rollback()
    db_session.execute(text("UPDATE commendation_call SET state = 'decided'"))
    assert db_session.execute(honoured, {"id": volunteer.id}).rowcount == 1  # the control


def test_an_upheld_objection_sends_it_back(app, cast, call, db_session):
    chair, supervisor = acting(cast.chair), make_person("监察员")
    appoint(supervisor, cast.street, Position.SUPERVISOR)
    answering = make_account(supervisor)
    volunteer = put_forward(acting(cast.secretary), call, cast.community, acting(cast.volunteer).person)
    agree(volunteer)
    day = to_review(chair, call)
    chosen_by_meeting(chair, call, day, volunteer)
    with at(noon(day)):
        period = meetings.show(chair, call, CONTACT)
        refused("", meetings.review_anew, chair, call)
        objection = objecting.record_objection(
            period, objecting.Given(body="推荐材料与实际不符。", name="某人", phone="13800000001")
        )
    with at(noon(period.end_on + timedelta(days=1))):
        assert "异议" in refused("", meetings.decide, chair, call)
        objecting.answer(answering, period, objection, "upheld", "经核实，材料有误。")
        assert "异议" in refused("", meetings.decide, chair, call)
        periods.stop(chair, period, "按异议答复，不予表彰。")
        refused("", meetings.decide, chair, call)
        meetings.review_anew(chair, call)
    assert (call.state, volunteer.state) == (CallState.REVIEW, NominationState.NOMINATED)
    again = chosen_by_meeting(chair, call, period.end_on + timedelta(days=1), volunteer)
    assert again.number == 2


def test_kept_out(app, cast, call, db_session):
    """Each conflict is found in the record; without it the same reviewer may."""
    chair, secretary = acting(cast.chair), acting(cast.secretary)
    volunteer, member = (
        put_forward(secretary, call, cast.community, acting(who).person) for who in (cast.volunteer, cast.member)
    )
    group = put_forward(secretary, call, cast.community, group=cast.group)
    everybody = {"own": cast.volunteer, "secretary": cast.secretary, "leader": cast.leader, "far": cast.sibling}
    found = {}
    for name, who in everybody.items():
        reviewer = services.ask_reviewer(chair, call, acting(who).person)
        found[name] = conflicts.of(reviewer, [volunteer, member, group])
    assert ConflictKind.NOMINEE in found["own"][volunteer.id]
    assert ConflictKind.NOMINATOR in found["secretary"][member.id]
    assert ConflictKind.OWN_GROUP in found["leader"][group.id]
    assert ConflictKind.OWN_ASSOCIATION in found["leader"][member.id]
    assert found["far"] == {}
    far = queries.find_reviewer(call.id, cast.sibling.person_id)
    services.declare(acting(cast.sibling), far, member, "同村")
    services.declare(acting(cast.sibling), far, member, "同村")
    assert conflicts.of(far, [volunteer, member]) == {member.id: [ConflictKind.DECLARED]}


def test_own_associations_where_the_call_lets_them(app, cast, db_session):
    call, chair, secretary = make_call(cast.street, keeps_own_out=False), acting(cast.chair), acting(cast.secretary)
    volunteer = put_forward(secretary, call, cast.community, acting(cast.volunteer).person)
    group = put_forward(secretary, call, cast.community, group=cast.group)
    leader = services.ask_reviewer(chair, call, acting(cast.leader).person)
    assert conflicts.of(leader, [volunteer, group]) == {group.id: [ConflictKind.OWN_GROUP]}


def test_a_household_keeps_out(app, cast, call, db_session):
    chair = acting(cast.chair)
    family = make_person("王小禾")
    make_account(family)
    reviewer = services.ask_reviewer(chair, call, family)
    nomination = put_forward(acting(cast.secretary), call, cast.community, acting(cast.member).person)
    assert conflicts.of(reviewer, [nomination]) == {}
    home = make_membership(family, cast.sibling_community, kind=kind_of(cast.federation, 1))
    db_session.add(MembershipCover(membership_id=home.id, person_id=cast.member.person_id, start_on=home.joined_on))
    db_session.flush()
    assert conflicts.of(reviewer, [nomination]) == {nomination.id: [ConflictKind.HOUSEHOLD]}
    to_review(chair, call)
    with at(noon(call.closes_on + timedelta(days=1))):
        refused("", give, reviewer, nomination, 1, 1, 1)


def test_who_may(app, cast, call, reviewer, db_session):
    secretary = acting(cast.secretary)
    refused("", services.ask_reviewer, secretary, call, acting(cast.member).person)
    refused("", put_forward, acting(cast.sibling), call, cast.community, acting(cast.volunteer).person)
    refused("", put_forward, acting(cast.leader), call, cast.community, acting(cast.volunteer).person)
    refused("person", put_forward, secretary, call, cast.community, acting(cast.stranger).person)
    refused("person", put_forward, secretary, call, cast.community, secretary.person)
    refused("", put_forward, acting(cast.secretary), call, cast.village, acting(cast.stranger).person)
    one = put_forward(secretary, call, cast.community, acting(cast.volunteer).person, key="k")
    assert put_forward(secretary, call, cast.community, acting(cast.volunteer).person, key="k") is one
    refused("person", put_forward, secretary, call, cast.community, acting(cast.volunteer).person)
    put_forward(secretary, call, cast.community, acting(cast.member).person)
    extra = make_person("第三人")
    make_membership(extra, cast.community)
    assert "2" in refused("", put_forward, secretary, call, cast.community, extra)
    nominating.withdraw(secretary, one, REASON)
    put_forward(secretary, call, cast.community, extra)
    refused("reason", put_forward, secretary, call, cast.community, acting(cast.leader).person, reason="好")
    day = to_review(acting(cast.chair), call)
    with at(noon(day)):
        refused("", put_forward, secretary, call, cast.community, acting(cast.volunteer).person)
        wrong = (
            ("held_on", {"held_on": call.closes_on}),
            ("held_on", {"held_on": day + timedelta(days=1)}),
            ("in_favour", {"in_favour": 3, "against": 4, "abstained": 0}),
            ("in_favour", {"in_favour": 9}),
            ("minutes", {"minutes": " "}),
        )
        for field, values in wrong:
            refused(field, meetings.record, acting(cast.chair), call, held(**{"day": day, **values}), [])
        refused("", meetings.record, secretary, call, held(day), [])
        refused("chosen", meetings.record, acting(cast.chair), call, held(day), [])


def test_a_notice_that_was_opened_before_is_not_the_showing(app, cast, call, reviewer, db_session):
    """Whoever publishes can name the key of a form: another notice, whose time is over, decides nothing."""
    secretary, chair = acting(cast.secretary), acting(cast.chair)
    volunteer = put_forward(secretary, call, cast.community, acting(cast.volunteer).person)
    agree(volunteer)
    before = periods.open_period(
        chair, cast.street, matter="commendation", title="其他事项", body="与表彰无关。", contact=CONTACT,
        entry_key=f"call-{call.public_id}-1",
    )  # fmt: skip
    day = to_review(chair, call)
    assert day > before.end_on
    chosen_by_meeting(chair, call, day, volunteer)
    with at(noon(day)):
        period = meetings.show(chair, call, CONTACT)
        assert period is not before
        assert volunteer.name in period.body
        refused("", meetings.decide, chair, call)


def test_who_saw_the_ranking_is_not_asked_to_review(app, cast, call, reviewer, db_session):
    secretary, chair = acting(cast.secretary), acting(cast.chair)
    volunteer = put_forward(secretary, call, cast.community, acting(cast.volunteer).person)
    agree(volunteer)
    day = to_review(chair, call)
    mine = services.ask_reviewer(chair, call, chair.person)
    services.end_reviewer(chair, mine)
    assert services.ask_reviewer(chair, call, chair.person) is mine
    services.end_reviewer(chair, mine)
    with at(noon(day)):
        give(reviewer, volunteer, 40, 20, 10)
    refused("person", services.ask_reviewer, chair, call, chair.person)
    for said in ("", "  ", "x", "长" * 201):
        refused("reason", services.end_reviewer, chair, reviewer, said)
    services.end_reviewer(chair, reviewer, "出差三个月，无法继续评审。")
    assert queries.ranking(call, [volunteer])[volunteer.category_id][0].points == 70  # nobody takes points out
    assert [one.end_reason for one in queries.counted_of(call)] == ["出差三个月，无法继续评审。"]
    person = db_session.get_one(Person, reviewer.person_id)
    assert services.ask_reviewer(chair, call, person) is reviewer


def test_who_was_not_chosen_refuses_until_it_is_decided(app, cast, call, db_session):
    """After a stop all are reviewed anew: whoever was passed over may say before that they do not wish it."""
    chair, secretary = acting(cast.chair), acting(cast.secretary)
    volunteer, member = (
        put_forward(secretary, call, cast.community, acting(who).person) for who in (cast.volunteer, cast.member)
    )
    agree(volunteer)
    agree(member)
    day = to_review(chair, call)
    chosen_by_meeting(chair, call, day, volunteer)
    with at(noon(day)):
        period = meetings.show(chair, call, CONTACT)
    with at(noon(period.end_on + timedelta(days=1))):
        periods.stop(chair, period, "按异议答复，不予表彰。")
        consenting.refuse(acting(cast.member), member)
        meetings.review_anew(chair, call)
        assert (volunteer.state, member.state) == (NominationState.NOMINATED, NominationState.WITHDRAWN)
    again = chosen_by_meeting(chair, call, period.end_on + timedelta(days=1), volunteer)
    with at(noon(again.held_on)):
        last = meetings.show(chair, call, CONTACT).end_on + timedelta(days=1)
    with at(noon(last)):
        meetings.decide(chair, call)
        refused("", consenting.refuse, acting(cast.volunteer), volunteer)
