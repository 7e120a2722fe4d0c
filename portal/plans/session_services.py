"""What may happen to a session: added, changed, cancelled; its needs, and who is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from blinker import Signal
from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.exc import IntegrityError

from portal.core import audit
from portal.core.audit import Actor
from portal.core.calendar import now
from portal.core.database import db, new_public_id
from portal.core.errors import RuleError
from portal.core.formats import local
from portal.core.i18n import _
from portal.plans import queries, recruitment
from portal.plans.models import Activity, ActivitySession, SessionNeed
from portal.volunteers.models import Skill

LIMITS = {"place": 80, "content": 2000, "conditions": 500, "risks": 1000, "safeguards": 1000, "contact_name": 40}
LONGEST = timedelta(hours=24)
MOST_PLACES = 5_000
MOST_REPEATED = 52
REASON = 200
TIMES = ("starts_at", "ends_at", "place")

# Sent with the session and why: whoever signed up is told.
cancelled = Signal("A session was cancelled.")
# Sent with the session: its time or place has changed.
moved = Signal("A session's time or place changed.")
# Sent with the session: it has more places than before.
widened = Signal("A session has more places.")


@dataclass(frozen=True, kw_only=True)
class SessionDetails:
    """What a session states. `needs` says how many are wanted with each skill (None: anybody)."""

    starts_at: datetime
    ends_at: datetime
    deadline_at: datetime
    place: str = ""
    content: str = ""
    conditions: str = ""
    risks: str = ""
    safeguards: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    min_people: int = 0
    min_age: int | None = None
    max_age: int | None = None
    own_only: bool = False
    needs: Sequence[tuple[Skill | None, int]] = ()


def add_session(
    actor: Actor, activity: Activity, details: SessionDetails, *, series: str | None = None
) -> ActivitySession:
    """Another session of an activity. One that is open takes only sessions that state all (order 67).

    Added twice at the same time and place, it is there once.
    """
    _check_activity(activity)
    _check(details)
    queries.lock(activity)
    known = queries.find_session(activity, details.starts_at, details.ends_at, details.place)
    if known is not None:
        return known
    if details.starts_at <= now():
        raise RuleError("day", _("The session must lie in the future."))
    session = ActivitySession(
        activity=activity,
        association_id=activity.association_id,
        group_id=activity.group_id,
        series=series,
        needs=[SessionNeed(skill_id=_id(skill), wanted=wanted, taken=0) for skill, wanted in details.needs],
        **_plain(details),
    )
    _check_complete(session, activity)
    db.session.add(session)
    db.session.flush()
    settle(activity)
    audit.record(actor, "plans.add_session", session, {"starts_at": session.starts_at.isoformat()})
    return session


def add_sessions(
    actor: Actor, activity: Activity, details: SessionDetails, days: Sequence[date], zone: str
) -> list[ActivitySession]:
    """The same session on several days, made together as one series: at most 52."""
    if not days:
        raise RuleError("until", _("No day lies in this pattern."))
    if len(days) > MOST_REPEATED:
        raise RuleError("until", _("At most %(count)s sessions are made at once.", count=MOST_REPEATED))
    series = new_public_id() if len(days) > 1 else None
    return [add_session(actor, activity, on_day(details, day, zone), series=series) for day in days]


def on_day(details: SessionDetails, day: date, zone: str) -> SessionDetails:
    """The same details on another day, at the same hours of the association's clock."""
    start = local(details.starts_at, zone)
    moved_to = datetime.combine(day, start.time(), ZoneInfo(zone))
    return replace(
        details,
        starts_at=moved_to,
        ends_at=moved_to + (details.ends_at - details.starts_at),
        deadline_at=moved_to + (details.deadline_at - details.starts_at),
    )


def change_session(actor: Actor, session: ActivitySession, details: SessionDetails) -> None:
    """Change what a session states. Places that are taken stay; a new time or place is told to who signed up."""
    _check_activity(session.activity)
    if session.cancelled_at is not None:
        raise RuleError("", _("This session is cancelled."))
    if session.ends_at <= now():
        raise RuleError("", _("This session is over; it is kept as it was."))
    _check(details)
    _check_start(session, details)
    before, after = {name: getattr(session, name) for name in _plain(details)}, _plain(details)
    wanted, places = session.wanted, {need.skill_id: need.wanted for need in session.needs}
    for name, value in after.items():
        setattr(session, name, value)
    _set_needs(session, {_id(skill): count for skill, count in details.needs})
    _check_complete(session, session.activity)
    db.session.flush()
    settle(session.activity)
    altered = [name for name in after if before[name] != after[name]]
    audit.record(actor, "plans.change_session", session, {"fields": altered, "wanted": [wanted, session.wanted]})
    if any(name in altered for name in TIMES):
        moved.send(session)
    if any(need.wanted > places.get(need.skill_id, 0) for need in session.needs):
        widened.send(session)


def cancel_session(actor: Actor, session: ActivitySession, reason: str) -> None:
    """Cancel a session that has not begun, with a reason that reaches those signed up. Cancelled twice, once told.

    The last one of an open activity is not cancelled alone: the activity is.
    """
    if session.cancelled_at is not None:
        return
    _check_reason(reason)
    if session.starts_at <= now():
        raise RuleError("", _("This session has begun already."))
    queries.lock(session.activity)
    if session.activity.opened_at is not None and queries.count_standing(session.activity) == 1:
        raise RuleError("", _("It is the only session: cancel the whole activity."))
    call_off(actor, session, reason)
    settle(session.activity)


def call_off(actor: Actor, session: ActivitySession, reason: str) -> None:
    """The act itself, once the rules are asked."""
    session.cancelled_at, session.cancel_reason = now(), reason
    db.session.flush()
    audit.record(actor, "plans.cancel_session", session, {"reason": reason})
    cancelled.send(session, reason=reason)


def settle(activity: Activity) -> None:
    """The activity's day and end follow its sessions: the day of the first, the end of the last."""
    start, end = queries.span_of(activity)
    activity.ends_at = end
    if start is not None:
        activity.planned_on = local(start, activity.association.time_zone).date()


def _plain(details: SessionDetails) -> dict[str, Any]:
    """What stands in the session's own columns."""
    return {one.name: getattr(details, one.name) for one in fields(details) if one.name != "needs"}


def _id(skill: Skill | None) -> int | None:
    return skill.id if skill else None


def _set_needs(session: ActivitySession, wanted: Mapping[int | None, int]) -> None:
    """Each need is changed by one conditional statement, so that a place taken meanwhile is never lost."""
    for need in list(session.needs):
        count = wanted.get(need.skill_id)
        if count is None:
            _drop(need)
        elif count != need.wanted:
            _resize(need, count)
    known = {need.skill_id for need in session.needs}
    db.session.add_all(
        SessionNeed(session_id=session.id, skill_id=skill_id, wanted=count, taken=0)
        for skill_id, count in wanted.items()
        if skill_id not in known
    )
    db.session.flush()
    db.session.refresh(session, ["needs"])


def _resize(need: SessionNeed, count: int) -> None:
    statement = update(SessionNeed).where(SessionNeed.id == need.id, SessionNeed.taken <= count)
    statement = statement.values(wanted=count).execution_options(synchronize_session=False)
    if cast("CursorResult[Any]", db.session.execute(statement)).rowcount != 1:
        message = _("%(count)d have a place already: no fewer can be wanted.", count=_taken(need))
        raise RuleError("needs", message)
    db.session.refresh(need, ["wanted", "taken"])


def _drop(need: SessionNeed) -> None:
    """A need goes only while nobody ever signed up for it."""
    statement = delete(SessionNeed).where(SessionNeed.id == need.id, SessionNeed.taken == 0)
    try:
        with db.session.begin_nested():
            gone = cast("CursorResult[Any]", db.session.execute(statement)).rowcount
    except IntegrityError:  # somebody waits for it, or has withdrawn
        gone = 0
    if gone != 1:
        raise RuleError("needs", _("Somebody signed up for this already: the line stays."))


def _taken(need: SessionNeed) -> int:
    return db.session.scalar(select(SessionNeed.taken).where(SessionNeed.id == need.id)) or 0


def _check_activity(activity: Activity) -> None:
    if activity.cancelled_at is not None:
        raise RuleError("", _("This activity is cancelled."))
    if activity.logged_at is not None:
        raise RuleError("", _("This activity is in the log book already."))


def _check_start(session: ActivitySession, details: SessionDetails) -> None:
    """Another beginning lies in the future; what has begun keeps its own."""
    if details.starts_at == session.starts_at:
        return
    if details.starts_at <= now():
        raise RuleError("day", _("The session must lie in the future."))
    if session.starts_at <= now():
        raise RuleError("day", _("The session has begun: what was held stays. Plan another session."))


def _check_complete(session: ActivitySession, activity: Activity) -> None:
    if activity.opened_at is not None and recruitment.missing(session, activity):
        what = recruitment.missing_words(session, activity)
        raise RuleError(
            "", _("The activity is open for sign-up, so each session states all. Missing: %(what)s.", what=what)
        )


def _check_reason(reason: str) -> None:
    if not reason:
        raise RuleError("reason", _("Say why: whoever signed up reads it."))
    if len(reason) > REASON:
        raise RuleError("reason", _("At most %(count)s characters", count=REASON))


def _check(details: SessionDetails) -> None:
    if not details.starts_at < details.ends_at <= details.starts_at + LONGEST:
        raise RuleError("ends", _("A session ends after it begins, and lasts at most 24 hours."))
    if details.deadline_at > details.starts_at:
        raise RuleError("deadline_day", _("Sign-up ends before the session begins."))
    for name, limit in LIMITS.items():
        if len(getattr(details, name)) > limit:
            raise RuleError(name, _("At most %(count)s characters", count=limit))
    if details.min_age is not None and details.max_age is not None and details.min_age > details.max_age:
        raise RuleError("max_age", _("The upper age lies below the lower one."))
    _check_needs(details)


def _check_needs(details: SessionDetails) -> None:
    skills = [_id(skill) for skill, _count in details.needs]
    if len(set(skills)) < len(skills):
        raise RuleError("needs", _("Each skill stands in one line only."))
    if any(not 0 < count <= MOST_PLACES for _skill, count in details.needs):
        raise RuleError("needs", _("Say how many are wanted, from 1 to %(most)s.", most=MOST_PLACES))
    if details.min_people > sum(count for _skill, count in details.needs):
        raise RuleError("min_people", _("No more can be needed than there are places."))
