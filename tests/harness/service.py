"""Rows for tests about volunteers: skills, the roster, activities, sessions with needs, sign-ups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portal.associations.models import Association
from portal.core.calendar import DEFAULT_ZONE, now, today
from portal.core.database import db
from portal.core.formats import local
from portal.people.models import AffiliationKind, Person
from portal.plans.models import Activity, ActivitySession, SessionNeed
from portal.signups.models import HOLDING, SignUp
from portal.volunteers.models import Skill, Volunteer, VolunteerAbility
from tests.harness.factory import LONG_AGO, _add, affiliate


def make_skill(association: Association, name: str, **values: Any) -> Skill:
    """A skill of the list that the association's federation keeps; the one that is there, if it begins with it."""
    root = association.path_ids[0]
    begun = db.session.query(Skill).filter_by(association_id=root, name=name, ended_on=None, **values).first()
    return begun or _add(Skill(**{"association_id": root, "kind": "skill", "name": name, **values}))


def make_volunteer(
    person: Person, association: Association, skills: Sequence[Skill] = (), **values: Any
) -> Volunteer:
    """A place on the roster, with the affiliation by which the association holds the person's record."""
    known = {
        "person_id": person.id,
        "association_id": association.id,
        "sort_key": person.sort_key,
        "started_on": LONG_AGO,
        "term_end_on": date(today().year + 1, 12, 31),
        **values,
    }
    volunteer = _add(Volunteer(**known))
    for skill in skills:
        _add(VolunteerAbility(volunteer_id=volunteer.id, skill_id=skill.id))
    dates = {"start_on": volunteer.started_on, "end_on": volunteer.ended_on, "group_id": volunteer.group_id}
    affiliate(person, association, AffiliationKind.VOLUNTEER, **dates)
    return volunteer


def make_activity(association: Association, title: str = "河边清洁", **values: Any) -> Activity:
    """An activity that is open for sign-up; opened_at=None leaves it planned."""
    known = {
        "association_id": association.id,
        "kind": "service",
        "title": title,
        "planned_on": today() + timedelta(days=7),
        "opened_at": now(),
        **values,
    }
    return _add(Activity(**known))


def _at_ten(day: date) -> datetime:
    """In the morning, so that no session runs past midnight whenever the tests do."""
    return datetime.combine(day, time(10), ZoneInfo(DEFAULT_ZONE))


def make_session(
    activity: Activity,
    starts_at: datetime | None = None,
    needs: Mapping[Skill | None, int] | None = None,
    **values: Any,
) -> ActivitySession:
    """A session of two hours, in a week unless said otherwise; needs={None: 10, skill: 2} says whom it wants."""
    starts_at = starts_at or _at_ten(today() + timedelta(days=7))
    known = {
        "activity_id": activity.id,
        "association_id": activity.association_id,
        "group_id": activity.group_id,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
        "deadline_at": starts_at - timedelta(hours=1),
        "place": "望江桥头",
        **values,
    }
    session = _add(ActivitySession(**known))
    for skill, wanted in (needs or {None: 10}).items():
        _add(SessionNeed(session_id=session.id, skill_id=skill.id if skill else None, wanted=wanted))
    activity.ends_at = max(filter(None, (activity.ends_at, session.ends_at)))
    activity.planned_on = local(session.starts_at).date()
    db.session.flush()
    db.session.expire(session, ["needs"])
    return session


def make_sign_up(session: ActivitySession, person: Person | None, state: str = "confirmed", **values: Any) -> SignUp:
    """A place in the session's first need, counted there when the state holds one."""
    need = db.session.query(SessionNeed).filter_by(session_id=session.id).order_by(SessionNeed.id).first()
    assert need is not None
    if state in HOLDING:
        need.taken += 1
    known = {
        "session_id": session.id,
        "need_id": need.id,
        "association_id": session.association_id,
        "group_id": session.group_id,
        "person_id": person.id if person else None,
        "state": state,
        **values,
    }
    return _add(SignUp(**known))
