"""Who may sign up for what, and what the same again does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.core.audit import AuditEntry
from portal.core.calendar import now, today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.plans import services as plans
from portal.signups import services
from portal.volunteers.models import Volunteer
from tests.harness.cases import each, either_engine
from tests.harness.factory import make_person
from tests.harness.service import make_activity, make_session, make_skill, make_volunteer
from tests.signups.rows import helpers, loaded, opened, sign_up, tally

HOUR = timedelta(hours=1)


@pytest.fixture
def session(cast, app):
    return opened(cast.community, needs={None: 2})


@pytest.fixture
def me(cast, app):
    return cast.volunteer.person


def refused(*arguments, **values) -> RuleError:
    with pytest.raises(RuleError) as error:
        sign_up(*arguments, **values)
    return error.value


def test_a_place_is_taken_and_written_down(cast, session, me):
    made = sign_up(session, me, cast.volunteer)
    assert (made.state, made.session_id, made.added_by_id, tally(session)) == (
        "confirmed",
        session.id,
        None,
        [(1, 1)],
    )
    entry = db.session.query(AuditEntry).filter_by(action="signups.sign_up").one()
    assert (entry.person_id, entry.association_id) == (me.id, session.association_id)


def test_the_same_again_changes_nothing(session, me):
    assert sign_up(session, me).id == sign_up(session, me).id
    assert tally(session) == [(1, 1)]


def test_when_all_places_are_gone_one_waits(cast, session):
    made = [sign_up(session, person) for person in helpers(cast.community, 4)]
    assert [one.state for one in made] == ["confirmed", "confirmed", "waitlisted", "waitlisted"]
    assert (session.needs[0].taken, tally(session)) == (2, [(2, 2)])


def test_whoever_withdrew_can_come_back(session, me):
    services.withdraw(None, sign_up(session, me))
    assert sign_up(session, me).state == "confirmed"
    assert tally(session) == [(1, 1)]


def test_only_a_registered_volunteer(cast, session):
    assert refused(session, cast.member.person).field == ""
    left = cast.volunteer.person
    db.session.query(Volunteer).filter_by(person_id=left.id).update({"ended_on": today(), "end_reason": "own_wish"})
    assert refused(session, left)


def test_a_volunteer_of_a_sister_association_comes_too_but_not_where_it_is_kept_to_its_own(cast, session):
    sister = make_person("隔壁的人")
    make_volunteer(sister, cast.sibling_community)
    assert sign_up(session, sister).state == "confirmed"
    kept = opened(cast.community, now() + timedelta(days=9), own_only=True)
    assert cast.community.name in str(refused(kept, sister))
    above = opened(cast.street, now() + timedelta(days=10), own_only=True)
    assert sign_up(above, sister).state == "confirmed", "the street's own are those below too"


def test_a_skill_that_is_wanted_must_be_there(cast):
    skill, other = make_skill(cast.community, "急救"), make_skill(cast.community, "理发")
    session = opened(cast.community, needs={skill: 1})
    able, unable = helpers(cast.community, 1, [skill])[0], helpers(cast.community, 1, [other])[0]
    assert "急救" in str(refused(session, unable))
    assert sign_up(session, able).state == "confirmed"


@either_engine
def test_a_need_of_another_session_is_none_of_this(cast, session, me):
    elsewhere = opened(cast.community, now() + timedelta(days=3)).needs[0]
    assert refused(loaded(session), me, need=elsewhere).field == "need"


def test_another_place_of_the_same_session_is_not_a_second_one(cast):
    skill = make_skill(cast.community, "急救")
    session = opened(cast.community, needs={skill: 1, None: 1})
    able = helpers(cast.community, 1, [skill])[0]
    sign_up(session, able, need=session.needs[0])
    assert refused(session, able, need=session.needs[1]).field == "need"


@pytest.mark.parametrize(("born", "fits"), [(18, True), (17, False), (61, False), (None, False)])
def test_ages_are_those_of_the_day(cast, born, fits):
    session = opened(cast.community, min_age=18, max_age=60)
    day = session.starts_at.date()
    person = make_person("某人", birth_on=date(day.year - born, 1, 1) if born else None)
    make_volunteer(person, cast.community)
    if fits:
        assert sign_up(session, person).state == "confirmed"
    else:
        assert refused(session, person)


def test_after_the_deadline_only_a_leader_adds_somebody(cast, me):
    session = opened(cast.community, now() + HOUR, deadline_at=now() - HOUR)
    assert refused(session, me)
    made = sign_up(session, me, cast.secretary, by_office=True)
    assert (made.state, made.added_by_id) == ("confirmed", cast.secretary.person_id)


@pytest.mark.parametrize("what", ["cancelled", "not_open", "logged"])
def test_what_is_not_open_takes_nobody_not_by_a_leader_either(cast, me, what):
    values = {"opened_at": None} if what == "not_open" else {}
    session = loaded(make_session(make_activity(cast.community, **values)))
    if what == "cancelled":
        plans.cancel_activity(cast.secretary, _with_sessions(cast, session), "下雨")
    if what == "logged":
        plans.mark_logged(session.activity, now())
    assert refused(session, me, cast.secretary, by_office=True)
    assert tally(session) == [(0, 0)]


def _with_sessions(cast, session):
    from portal.plans.queries import get_activity

    return get_activity(cast.secretary, "activities.write", cast.community, session.activity.public_id)


# Clashes


@each(("shift", "clashes"), [(2, False), (-2, False), (1, True), (-1, True), (0, True)])
def test_half_open_times_clash_and_back_to_back_does_not(cast, session, me, shift, clashes):
    sign_up(session, me)
    other = opened(cast.community, session.starts_at + shift * HOUR)
    if clashes:
        error = refused(other, me)
        assert (error.field, session.activity.title in str(error)) == ("override_reason", True)
    else:
        assert sign_up(other, me).state == "confirmed"


def test_what_was_left_or_cancelled_clashes_with_nothing(cast, session, me):
    services.withdraw(None, sign_up(session, me))
    second = opened(cast.community, session.starts_at)
    sign_up(second, me)
    db.session.refresh(second)
    second.cancelled_at, second.cancel_reason = now(), "下雨"
    third = opened(cast.community, session.starts_at)
    assert sign_up(third, me).state == "confirmed"


def test_a_place_on_a_waiting_list_clashes_too(cast, me):
    full = opened(cast.community, needs={None: 1})
    sign_up(full, helpers(cast.community, 1)[0])
    assert sign_up(full, me).state == "waitlisted"
    assert refused(opened(cast.community, full.starts_at), me)


def test_a_leader_lets_a_clash_pass_for_a_reason(cast, session, me):
    sign_up(session, me)
    other = opened(cast.community, session.starts_at + HOUR)
    assert refused(other, me, cast.secretary, by_office=True)
    assert refused(other, me, cast.volunteer, override_reason="我可以"), "nobody lets oneself pass"
    assert refused(other, me, cast.secretary, by_office=True, override_reason="长" * 201)
    made = sign_up(other, me, cast.secretary, by_office=True, override_reason="只来后半场")
    assert made.clash_reason == "只来后半场"


def test_without_a_clash_no_reason_is_kept(cast, session, me):
    assert sign_up(session, me, cast.secretary, by_office=True, override_reason="多余").clash_reason == ""
