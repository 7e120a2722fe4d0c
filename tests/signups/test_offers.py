"""A place that came free goes to whoever waits: offered until a time, answered, lapsed, and never sold twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from portal.core.calendar import at, now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.plans import series
from portal.plans import services as plans
from portal.signups import offers, services
from portal.signups.models import SignUp
from portal.volunteers.models import Volunteer
from tests.harness.cases import either_engine
from tests.harness.service import make_sign_up, make_skill
from tests.signups.rows import helpers, loaded, opened, sign_up, state, tally

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def full(cast, app):
    """One place, held by the first; the second and the third wait."""
    session = opened(cast.community, now() + 3 * DAY, needs={None: 1})
    return session, [sign_up(session, person) for person in helpers(cast.community, 3)]


def test_who_withdraws_makes_room_for_the_first_who_waits(full):
    session, made = full
    services.withdraw(None, made[0])
    assert [state(one) for one in made] == ["withdrawn", "offered", "waitlisted"]
    assert tally(session) == [(1, 1)]
    assert made[1].offered_until - now() == pytest.approx(DAY, abs=timedelta(minutes=1))


def test_accepted_it_is_theirs_and_accepted_twice_it_is_once(full):
    session, made = full
    services.withdraw(None, made[0])
    for _ in range(2):
        services.accept_offer(None, made[1])
    assert (state(made[1]), made[1].offered_until, tally(session)) == ("confirmed", None, [(1, 1)])


def test_declined_it_goes_to_the_next(full):
    session, made = full
    services.withdraw(None, made[0])
    for _ in range(2):
        services.decline_offer(None, made[1])
    assert [state(one) for one in made] == ["withdrawn", "declined", "offered"]
    assert tally(session) == [(1, 1)]


def test_unanswered_it_lapses_and_goes_to_the_next_once(full):
    session, made = full
    services.withdraw(None, made[0])
    with at(now() + DAY + HOUR):
        with pytest.raises(RuleError):
            services.accept_offer(None, made[1])
        assert (services.expire_offers(now()), services.expire_offers(now())) == (1, 0)
    assert [state(one) for one in made] == ["withdrawn", "expired", "offered"]
    assert tally(session) == [(1, 1)]
    with pytest.raises(RuleError):
        services.accept_offer(None, made[1])


def test_a_lapsed_offer_is_seen_to_by_whoever_signs_up(cast, full):
    session, made = full
    services.withdraw(None, made[0])
    services.withdraw(None, made[2])
    with at(now() + DAY + HOUR):
        assert sign_up(session, cast.volunteer.person).state == "confirmed"
    assert state(made[1]) == "expired"
    assert tally(session) == [(1, 1)]


def test_nobody_is_let_in_before_those_who_wait(cast, full):
    session, made = full
    services.withdraw(None, made[0])
    assert sign_up(session, cast.volunteer.person).state == "waitlisted"


@pytest.mark.parametrize(
    ("before_start", "until_start"), [(30 * HOUR, 6 * HOUR), (10 * HOUR, HOUR), (70 * timedelta(minutes=1), None)]
)
def test_a_place_is_held_for_a_day_and_never_in_the_last_hour(full, before_start, until_start):
    session, made = full
    with at(session.starts_at - before_start):
        services.withdraw(None, made[0])
    assert state(made[1]) == ("offered" if until_start else "waitlisted")
    if until_start:
        assert session.starts_at - made[1].offered_until == until_start
    assert tally(session) == [(1, 1) if until_start else (0, 0)]


def test_nothing_is_offered_after_the_start_or_of_a_cancelled_session(full):
    session, made = full
    with at(session.starts_at + HOUR):
        services.withdraw(None, made[0], by_office=True)
    session.cancelled_at, session.cancel_reason = now(), "下雨"
    assert offers.offer_next(None, session, session.needs[0]) == []
    assert state(made[1]) == "waitlisted"


def test_whoever_waits_and_no_longer_serves_is_passed_over(full):
    _session, made = full
    db.session.query(Volunteer).filter_by(person_id=made[1].person_id).update(
        {"ended_on": now().date(), "end_reason": "own_wish"}
    )
    services.withdraw(None, made[0])
    assert [state(one) for one in made] == ["withdrawn", "waitlisted", "offered"]


def test_each_need_has_its_own_list(cast):
    skill = make_skill(cast.community, "急救")
    session = opened(cast.community, needs={skill: 1, None: 1})
    able = helpers(cast.community, 2, [skill])
    first = [sign_up(session, person, need=session.needs[0]) for person in able]
    others = [sign_up(session, person, need=session.needs[1]) for person in helpers(cast.community, 2)]
    services.withdraw(None, others[0])
    assert [state(one) for one in (*first, *others)] == ["confirmed", "waitlisted", "withdrawn", "offered"]


# Leaving, and what a leader does


def test_left_twice_it_is_left_once(full):
    session, made = full
    for _ in range(2):
        services.withdraw(None, made[0])
    assert (state(made[0]), made[0].is_late, tally(session)) == ("withdrawn", False, [(1, 1)])


def test_after_the_deadline_it_is_late(full):
    session, made = full
    with at(session.deadline_at + timedelta(minutes=1)):
        services.withdraw(None, made[0])
        services.withdraw(None, made[1])
    assert [one.is_late for one in made[:2]] == [True, False], "a wish on the waiting list is never late"


def test_once_it_has_begun_only_a_leader_takes_somebody_out(full):
    session, made = full
    with at(session.starts_at + HOUR):
        with pytest.raises(RuleError):
            services.withdraw(None, made[0])
        services.withdraw(None, made[0], by_office=True)
    assert state(made[0]) == "withdrawn"


def test_a_leader_gives_the_place_by_hand(cast, full):
    session, made = full
    with pytest.raises(RuleError):
        services.give_place(cast.secretary, made[1])
    with at(session.starts_at - HOUR):
        services.withdraw(None, made[0])
        for _ in range(2):
            services.give_place(cast.secretary, made[2])
    assert (state(made[2]), tally(session)) == ("confirmed", [(1, 1)])


def test_what_the_map_does_not_have_does_not_happen(full):
    _session, made = full
    for one, wrong in ((made[0], "completed"), (made[0], "offered"), (made[1], "arrived")):
        with pytest.raises(RuleError):
            services.move(one, wrong)


def test_a_move_from_what_it_no_longer_is_does_not_happen(full):
    session, made = full
    db.session.query(SignUp).filter_by(id=made[0].id).update({"state": "arrived"}, synchronize_session=False)
    with pytest.raises(RuleError):
        services.move(made[0], "withdrawn")
    assert (state(made[0]), tally(session)) == ("arrived", [(1, 1)])


# Guests


def test_a_guest_has_a_name_and_a_place_and_the_same_name_is_the_same_guest(cast):
    session = opened(cast.community, needs={None: 1})
    guests = [services.add_guest(cast.secretary, session, session.needs[0], " 王阿姨 ") for _ in range(2)]
    assert guests[0].id == guests[1].id
    assert (guests[0].guest_name, guests[0].person_id, tally(session)) == ("王阿姨", None, [(1, 1)])


@either_engine
@pytest.mark.parametrize("name", ["", "  ", "长" * 41])
def test_a_guest_without_a_name_is_refused(cast, name):
    session = opened(cast.community)
    with pytest.raises(RuleError):
        services.add_guest(cast.secretary, session, session.needs[0], name)


def test_no_guest_comes_where_no_place_is_free(cast, full):
    session, _made = full
    with pytest.raises(RuleError):
        services.add_guest(cast.secretary, session, session.needs[0], "王阿姨")
    assert tally(session) == [(1, 1)]


STATED = dict.fromkeys(("content", "conditions", "risks", "safeguards", "contact_name"), "照旧")


def changed(session, **values):
    session = loaded(session)
    details = replace(series.details_of(session), contact_phone="010-12345678", **STATED)
    plans.change_session(None, session, replace(details, **values))


def test_a_place_more_is_offered_also_where_there_are_fewer_elsewhere(cast, app):
    skill = make_skill(cast.community, "急救")
    session = opened(cast.community, now() + 3 * DAY, needs={None: 1, skill: 3})
    made = [sign_up(session, person) for person in helpers(cast.community, 2)]
    changed(session, needs=[(None, 2), (skill, 2)])
    assert [state(one) for one in made] == ["confirmed", "offered"]


def test_what_came_free_too_late_is_offered_once_the_session_is_put_off(cast, app):
    session = opened(cast.community, now() + HOUR, needs={None: 1}, deadline_at=now() + HOUR / 2)
    made = [sign_up(session, person) for person in helpers(cast.community, 2)]
    services.withdraw(None, made[0])
    assert [state(one) for one in made] == ["withdrawn", "waitlisted"]
    changed(session, **{name: getattr(session, name) + 7 * DAY for name in ("starts_at", "ends_at", "deadline_at")})
    assert state(made[1]) == "offered"


def test_who_is_taken_out_by_an_officer_did_not_leave_late(cast, app):
    session = opened(cast.community, now() + DAY, deadline_at=now() - HOUR)
    both = [make_sign_up(session, person) for person in helpers(cast.community, 2)]
    services.withdraw(cast.secretary, both[0], by_office=True)
    services.withdraw(None, both[1])
    assert [one.is_late for one in both] == [False, True]
