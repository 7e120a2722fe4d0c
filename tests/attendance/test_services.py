"""What happens at the door: times kept, bounds, what counts, what waits to be looked at."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.attendance import rules, services
from portal.core import calendar
from portal.core.audit import AuditEntry
from portal.core.calendar import now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.hours import services as hours
from portal.signups.models import SignUp
from tests.attendance.rows import again, ago, came, credit, put, running
from tests.harness.cases import either_engine
from tests.harness.service import make_skill


@pytest.fixture
def me(cast, app):
    return cast.volunteer.person


def arrive(sign_up, moment, actor, origin="leader"):
    return services.check_in(sign_up, moment, origin, actor)


def leave(sign_up, moment, actor, origin="leader"):
    return services.check_out(sign_up, moment, origin, actor)


def test_in_and_out_come_to_the_minutes_inside_the_session(cast, session, me):
    made = put(session, me)
    start = session.starts_at
    assert arrive(made, start - timedelta(minutes=20), cast.secretary)
    assert leave(made, start + timedelta(minutes=29, seconds=50), cast.secretary)
    assert (again(made).state, credit(me, session)) == ("completed", [(29, "entered", "pending")])
    actions = [row.action for row in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert actions[-3:] == ["attendance.check_in", "attendance.check_out", "hours.record"]


def test_scanned_in_and_out_by_oneself_it_is_scanned(cast, session, me):
    made = put(session, me)
    arrive(made, ago(25), cast.volunteer, "scanned")
    leave(made, ago(5), cast.volunteer, "scanned")
    assert credit(me, session) == [(20, "scanned", "pending")]
    with pytest.raises(RuleError):
        hours.approve(cast.volunteer, _revision(me))


def test_scanned_in_and_taken_out_by_the_leader_it_is_entered(cast, session, me):
    made = put(session, me)
    arrive(made, ago(25), cast.volunteer, "scanned")
    leave(made, ago(5), cast.secretary)
    assert credit(me, session) == [(20, "entered", "pending")]


def test_scanned_out_after_the_leader_noted_the_check_in_the_leader_does_not_approve(cast, session, me):
    made = put(session, me)
    services.enter(made, ago(29), None, cast.secretary)
    leave(again(made), ago(1), cast.volunteer, "scanned")
    for barred in (cast.secretary, cast.volunteer):
        with pytest.raises(RuleError):
            hours.approve(barred, _revision(me))
    hours.approve(cast.chair, _revision(me))
    assert [state for _, _, state in credit(me, session)] == ["approved"]


def _revision(person):
    from portal.hours.models import HoursEntry, HoursRevision

    entry = db.session.query(HoursEntry).filter_by(person_id=person.id).one()
    return db.session.query(HoursRevision).filter_by(entry_id=entry.id).one()


def test_the_second_check_in_keeps_the_first_time_and_so_does_the_second_check_out(cast, session, me):
    made = put(session, me)
    arrive(made, ago(25), cast.secretary)
    first = again(made).in_at
    assert not arrive(again(made), ago(1), cast.chair)
    leave(again(made), ago(10), cast.secretary)
    last = again(made).out_at
    assert not leave(again(made), ago(2), cast.chair)
    assert not arrive(again(made), ago(2), cast.chair)
    stands = again(made)
    assert (stands.in_at, stands.out_at, stands.in_by_id) == (first, last, cast.secretary.person_id)
    assert len(credit(me, session)) == 1


@pytest.mark.parametrize(
    ("began", "field"), [(-61, "in"), (121, "in")], ids=["more than an hour early", "after the end"]
)
def test_outside_of_its_time_nobody_checks_in(cast, me, began, field):
    made = put(running(cast.community, began), me)
    with pytest.raises(RuleError) as error:
        arrive(made, now(), cast.secretary)
    assert (error.value.field, again(made).state) == (field, "confirmed")


def test_an_hour_before_the_start_it_opens(cast, me):
    assert arrive(put(running(cast.community, -59), me), now(), cast.secretary)


def test_until_two_hours_after_the_end_one_checks_out(cast, me):
    late, later = (running(cast.community, began, place=str(began)) for began in (239, 241))
    assert leave(came(late, me, 230), now(), cast.secretary)
    assert credit(me, late) == [(111, "entered", "pending")]
    with pytest.raises(RuleError):
        leave(came(later, me, 235), now(), cast.secretary)


def test_a_time_to_come_is_none(cast, session, me):
    with pytest.raises(RuleError):
        arrive(put(session, me), now() + timedelta(minutes=1), cast.secretary)


def test_nobody_leaves_who_has_not_come_nor_before_coming(cast, session, me):
    made = put(session, me)
    with pytest.raises(RuleError):
        leave(made, now(), cast.secretary)
    arrive(made, ago(5), cast.secretary)
    with pytest.raises(RuleError):
        leave(made, ago(6), cast.secretary)


def test_a_cancelled_session_has_no_door(cast, session, me):
    made = put(session, me)
    session.cancelled_at, session.cancel_reason = now(), "下雨"
    with pytest.raises(RuleError):
        arrive(made, now(), cast.secretary)


def test_guests_are_counted_and_given_no_time(cast, session):
    made = put(session, None, guest_name="来宾")
    arrive(made, ago(25), cast.secretary)
    leave(made, ago(1), cast.secretary)
    assert (again(made).state, again(made).review) == ("completed", "")
    assert db.session.query(hours.HoursEntry).count() == 0


def test_out_after_a_few_minutes_somebody_looks_first(cast, session, me):
    made = came(session, me, 5)
    leave(made, now(), cast.volunteer, "scanned")
    assert (again(made).review, credit(me, session)) == ("too_short", [])


def test_in_a_training_those_with_a_task_serve_and_the_others_learn(cast, me):
    skill = make_skill(cast.federation, "讲课")
    course = running(cast.community, kind="training", needs={None: 5, skill: 1})
    teacher = came(course, cast.member.person, 25, need_id=course.needs[1].id)
    learner = came(course, me, 25)
    assert (rules.category_of(teacher), rules.category_of(learner)) == ("service", "study")
    leave(learner, now(), cast.secretary)
    assert db.session.query(hours.HoursEntry.category).scalar() == "study"


def test_whoever_waits_gets_a_place_at_the_door_if_one_is_free(cast, me):
    full, free = (running(cast.community, needs={None: 1}, place=place) for place in ("满", "空"))
    put(full, cast.member.person)
    with pytest.raises(RuleError):
        arrive(put(full, me, "waitlisted"), now(), cast.secretary)
    db.session.rollback()
    made = put(free, me, "waitlisted")
    arrive(made, now(), cast.secretary)
    assert (again(made).state, again(made).need.taken) == ("arrived", 1)


# Taken back


def test_a_check_out_is_taken_back_and_its_minutes_with_it(cast, session, me):
    made = came(session, me, 25)
    leave(made, ago(5), cast.secretary)
    assert services.take_back(again(made), "arrived", cast.secretary)
    assert (again(made).state, again(made).out_at, credit(me, session)) == ("arrived", None, [])
    assert not services.take_back(again(made), "arrived", cast.secretary)
    leave(again(made), now(), cast.secretary)
    assert credit(me, session) == [(25, "entered", "pending")]


def test_a_check_in_is_taken_back(cast, session, me):
    made = came(session, me, 25)
    assert services.take_back(made, "confirmed", cast.secretary)
    assert (again(made).state, again(made).in_at, again(made).in_origin) == ("confirmed", None, None)
    assert not services.take_back(again(made), "confirmed", cast.secretary)


def test_what_is_approved_is_corrected_and_not_taken_back(cast, session, me):
    made = came(session, me, 25)
    leave(made, ago(5), cast.secretary)
    hours.approve(cast.chair, _revision(me))
    with pytest.raises(RuleError):
        services.take_back(again(made), "arrived", cast.secretary)


# From paper


def test_the_paper_list_says_both_times(cast, me):
    session = running(cast.community, 60 * 24)
    made, start = put(session, me), session.starts_at
    times = start + timedelta(minutes=5), start + timedelta(minutes=100)
    assert services.enter(made, *times, cast.secretary)
    assert (again(made).state, again(made).in_origin) == ("completed", "paper")
    assert credit(me, session) == [(95, "entered", "pending")]
    assert not services.enter(again(made), *times, cast.secretary)
    assert credit(me, session) == [(95, "entered", "pending")]


def test_the_paper_puts_right_what_stands_and_keeps_the_seconds_of_what_it_repeats(cast, me):
    session = running(cast.community, 60 * 24)
    scanned = session.starts_at.replace(second=0, microsecond=0) + timedelta(minutes=3, seconds=31)
    made = put(session, me, "arrived", in_at=scanned, in_origin="scanned", in_by_id=me.id)
    left = session.starts_at + timedelta(minutes=90)
    services.enter(made, scanned.replace(second=0), left, cast.secretary)
    assert (again(made).in_at, again(made).in_origin, again(made).out_origin) == (scanned, "scanned", "paper")
    services.enter(again(made), scanned, left + timedelta(minutes=10), cast.secretary)
    assert [row[2] for row in credit(me, session)] == ["superseded", "pending"]


@either_engine
def test_without_a_time_of_leaving_it_is_nobodys_credit(cast, me):
    session = running(cast.community, 60 * 24)
    made = put(session, me)
    services.enter(made, session.starts_at, None, cast.secretary)
    assert (again(made).state, rules.review_of(again(made)), credit(me, session)) == ("arrived", "no_check_out", [])


# Closed


def test_closing_marks_who_did_not_come_and_who_did_not_check_out(cast, me):
    session = running(cast.community, 125)
    absent, stayed = put(session, me), came(session, cast.member.person, 100)
    assert services.close_list(session, cast.secretary) == (1, 1)
    assert (again(absent).state, again(stayed).state, again(stayed).review) == ("no_show", "arrived", "no_check_out")
    assert services.close_list(session, cast.secretary) == (0, 0)
    leave(again(stayed), now(), cast.secretary)
    assert (again(stayed).review, credit(cast.member.person, session)) == ("", [(95, "entered", "pending")])


def test_before_the_end_no_list_is_closed(cast, session, me):
    put(session, me)
    with pytest.raises(RuleError):
        services.close_list(session, cast.secretary)


def test_an_absence_is_taken_back_and_entered(cast, me):
    session = running(cast.community, 125)
    made = put(session, me, "no_show")
    assert services.take_back(made, "confirmed", cast.secretary)
    assert again(made).state == "confirmed"


# Looked at


def test_a_forgotten_check_out_gets_minutes_for_a_reason(cast, me):
    session = running(cast.community, 300)
    made = came(session, me, 290)
    assert rules.review_of(made) == "no_check_out"
    assert services.settle(made, 60, "一起收拾完才走", cast.secretary)
    assert (again(made).state, credit(me, session)) == ("completed", [(60, "entered", "pending")])
    assert not services.settle(again(made), 80, "再来一次", cast.secretary)


def test_or_none(cast, me):
    session = running(cast.community, 300)
    made = came(session, me, 290)
    assert services.settle(made, 0, "中途离开", cast.secretary)
    assert (again(made).out_at, credit(me, session)) == (again(made).in_at, [])
    assert rules.review_of(again(made)) is None


@either_engine
@pytest.mark.parametrize(("minutes", "reason"), [(111, "太多"), (-1, "太少"), (20, " "), (20, "长" * 201)])
def test_never_more_than_was_left_of_the_session_and_never_without_a_reason(cast, me, minutes, reason):
    made = came(running(cast.community, 300), me, 290)
    with pytest.raises(RuleError):
        services.settle(made, minutes, reason, cast.secretary)


def test_the_day_is_that_of_the_place(cast, me):
    with calendar.at(now().replace(hour=17, minute=30)):
        session = running(cast.community)
        leave(came(session, me, 25), now(), cast.secretary)
        held_on = db.session.query(hours.HoursEntry.held_on).scalar()
    assert held_on == (session.starts_at + timedelta(hours=8)).date()
    assert db.session.query(SignUp).count() == 1


def test_who_came_beyond_the_places_is_entered_once_it_is_over(cast, me):
    full = running(cast.community, 150, needs={None: 1})
    put(full, cast.member.person)
    made = put(full, me, "waitlisted")
    services.enter(made, full.starts_at, full.ends_at, cast.secretary)
    assert (again(made).state, again(made).need.taken, again(made).need.wanted) == ("completed", 2, 2)


def test_in_charge_is_who_is_by_the_plan(cast, me):
    session = running(cast.community, contact_name="望江社区协会")
    made = came(session, me, 25)
    leave(made, now(), cast.secretary)
    assert db.session.query(hours.HoursEntry.in_charge).scalar() == "望江社区协会"
    session.activity.in_charge_id = cast.leader.person_id
    other = came(session, cast.member.person, 25)
    leave(other, now(), cast.secretary)
    named = db.session.query(hours.HoursEntry.in_charge).filter_by(person_id=cast.member.person_id)
    assert named.scalar() == cast.leader.person.name
