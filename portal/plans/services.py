"""What may happen to an activity of the plan: planned, changed, opened, cancelled, logged; festival days."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from portal.accounts.models import Account
from portal.associations.models import Association, Group
from portal.core import audit
from portal.core.calendar import now
from portal.core.database import add_once, db
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.offices.access import group_ids
from portal.people.models import Person
from portal.plans import queries, recruitment
from portal.plans.kinds import ActivityKind
from portal.plans.models import Activity, ActivitySession, FestivalDay
from portal.plans.session_services import (
    REASON,
    SessionDetails,
    add_session,
    add_sessions,
    call_off,
    cancel_session,
    cancelled,
    change_session,
    moved,
    settle,
    widened,
)

__all__ = [
    "REASON", "Plan", "SessionDetails", "add_festival", "add_session", "add_sessions", "cancel_activity",
    "cancel_session", "cancelled", "change", "change_session", "mark_logged", "moved", "open_activity", "plan",
    "put_in_charge", "remove_festival", "widened",
]  # fmt: skip

RIGHT = "activities.write"
LIMITS = {"title": 80, "place": 80, "content": 2000, "festival": 40}
FIRST_YEAR, LAST_YEAR = 2000, 2100
LEAP_YEAR = 2024


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is planned. Without a title it is named for its kind and date."""

    kind: str
    planned_on: date
    title: str = ""
    festival: str = ""
    place: str = ""
    content: str = ""
    group: Group | None = None
    in_charge: Person | None = None


def plan(
    actor: Account, association: Association, details: Plan, *, entry_key: str, copied_from: Activity | None = None
) -> Activity:
    """Put an activity into the plan, once for each `entry_key` however often the form is sent."""
    known = queries.find_by_key(entry_key)
    if known is not None:
        return _own(known, association, actor)
    _check(actor, association, details)
    activity = Activity(
        association=association,
        entry_key=entry_key,
        created_by=actor.person_id,
        copied_from_id=copied_from.id if copied_from else None,
    )
    _apply(activity, details)
    known = add_once(activity, lambda: queries.find_by_key(entry_key))
    if known is not activity:
        return _own(known, association, actor)
    audit.record(actor, "plans.plan", activity, {"planned_on": str(activity.planned_on)})
    return activity


def change(actor: Account, activity: Activity, details: Plan) -> None:
    """Change what is planned. With sessions the day follows them; the group stays once somebody has a place."""
    if activity.cancelled_at is not None:
        raise RuleError("", _("This activity is cancelled."))
    if activity.logged_at is not None:
        raise RuleError("", _("This activity is in the log book already."))
    _check(actor, activity.association, details, kept=activity)
    before = _values(activity)
    group_id = details.group.id if details.group else None
    if group_id != activity.group_id:
        _move_to_group(activity, group_id)
    _apply(activity, details)
    if activity.opened_at is not None and any(recruitment.missing(one, activity) for one in _to_come(activity)):
        raise RuleError("content", _("A session to come has no content of its own: this one is read for it."))
    db.session.flush()
    settle(activity)
    audit.record(actor, "plans.change", activity, audit.changed(before, _values(activity)))


def put_in_charge(actor: Account, activity: Activity, person: Person) -> None:
    """Somebody else is in charge from now on; nothing else of the plan changes."""
    if activity.cancelled_at is not None:
        raise RuleError("", _("This activity is cancelled."))
    if activity.logged_at is not None:
        raise RuleError("", _("This activity is in the log book already."))
    before, activity.in_charge_id = activity.in_charge_id, person.id
    db.session.flush()
    audit.record(actor, "plans.change", activity, {"in_charge_id": [before, person.id]})


def open_activity(actor: Account, activity: Activity) -> None:
    """Open it for sign-up: at least one session is to come, and each states what a recruitment notice must
    (order 67): time, place, content, conditions, number wanted, how to apply, risks, safeguards, contact.
    """
    if activity.opened_at is not None:
        return
    if activity.cancelled_at is not None or activity.logged_at is not None:
        raise RuleError("", _("Only a planned activity can be opened for sign-up."))
    coming = _to_come(activity)
    if not coming:
        raise RuleError("", _("Add a session first: nobody can sign up without a time and a place."))
    for session in coming:
        if recruitment.missing(session, activity):
            what = recruitment.missing_words(session, activity)
            raise RuleError("", _("A recruitment notice states all (order 67). Missing: %(what)s.", what=what))
    activity.opened_at = now()
    audit.record(actor, "plans.open", activity, {"sessions": len(coming)})


def cancel_activity(actor: Account, activity: Activity, reason: str) -> None:
    """Cancel it with a reason that reaches whoever signed up. Once a session has begun, what was held stays and
    only the sessions to come are cancelled. Cancelled twice, once told.
    """
    if activity.cancelled_at is not None:
        return
    if not reason or len(reason) > REASON:
        raise RuleError(
            "reason", _("Say why, in at most %(count)s characters: whoever signed up reads it.", count=REASON)
        )
    if activity.logged_at is not None:
        raise RuleError("", _("This activity is in the log book already."))
    standing = [session for session in activity.sessions if session.cancelled_at is None]
    coming = _to_come(activity)
    if standing and not coming:
        raise RuleError("", _("This activity was held already."))
    for session in coming:
        call_off(actor, session, reason)
    if len(coming) == len(standing):
        activity.cancelled_at, activity.cancel_reason = now(), reason
        if activity.copied_from_id is not None:
            activity.entry_key = None  # it can be taken over once more
    settle(activity)
    audit.record(actor, "plans.cancel", activity, {"reason": reason, "sessions": len(coming)})


def mark_logged(activity: Activity, moment: datetime | None) -> None:
    """The log book has a complete entry of it (None: no longer). Asked by the floor of the log book."""
    activity.logged_at = moment


def add_festival(actor: Account, association: Association, name: str, month: int, day: int) -> FestivalDay:
    """A day that the association plans around every year. Added twice, it stands once."""
    _check_whole(actor, association)
    if not name or len(name) > LIMITS["festival"]:
        raise RuleError("name", _("Name the day, in at most %(count)s characters.", count=LIMITS["festival"]))
    try:
        date(LEAP_YEAR, month, day)
    except ValueError:
        raise RuleError("day", _("There is no such day.")) from None
    for known in queries.list_own_days(association):
        if (known.name, known.month, known.day) == (name, month, day):
            return known
    added = FestivalDay(association_id=association.id, name=name, month=month, day=day)
    db.session.add(added)
    db.session.flush()
    audit.record(actor, "plans.add_festival", added, {"name": name, "month": month, "day": day})
    return added


def remove_festival(actor: Account, association: Association, festival: FestivalDay) -> None:
    """The day is no longer named beside the months; activities tied to it keep its name."""
    _check_whole(actor, association)
    audit.record(actor, "plans.remove_festival", festival, {"name": festival.name})
    db.session.delete(festival)


def _check_whole(actor: Account, association: Association) -> None:
    if group_ids(actor, RIGHT, association) is not None:
        raise RuleError("", _("These days are the whole association's: a group's leader does not change them."))


def _own(activity: Activity, association: Association, actor: Account) -> Activity:
    """The activity, if this person made it here; a key that somebody else used is no key."""
    if (activity.association_id, activity.created_by) != (association.id, actor.person_id):
        raise RuleError("", _("This form was used already. Open a new one."))
    return activity


def _to_come(activity: Activity) -> list[ActivitySession]:
    moment = now()
    return [one for one in activity.sessions if one.cancelled_at is None and one.starts_at > moment]


def _values(activity: Activity) -> dict[str, Any]:
    names = ("kind", "title", "festival", "place", "content", "group_id", "in_charge_id")
    return {name: getattr(activity, name) for name in names} | {"planned_on": str(activity.planned_on)}


def _apply(activity: Activity, details: Plan) -> None:
    for one in fields(details):
        setattr(activity, one.name, getattr(details, one.name))
    activity.title = details.title or ActivityKind(details.kind).title_on(details.planned_on)


def _move_to_group(activity: Activity, group_id: int | None) -> None:
    """Its sessions go with it; whoever signed up did so for a session of the group that it had."""
    if any(session.taken for session in activity.sessions):
        raise RuleError("group", _("Somebody has signed up: the group stays."))
    for session in activity.sessions:
        session.group_id = group_id


def _check(actor: Account, association: Association, details: Plan, kept: Activity | None = None) -> None:
    if details.kind not in set(ActivityKind):
        raise RuleError("kind", _("Choose what kind of activity it is."))
    for name, limit in LIMITS.items():
        if len(getattr(details, name)) > limit:
            raise RuleError(name, _("At most %(count)s characters", count=limit))
    if not FIRST_YEAR <= details.planned_on.year <= LAST_YEAR:
        raise RuleError(
            "planned_on", _("Choose a day between %(first)s and %(last)s.", first=FIRST_YEAR, last=LAST_YEAR)
        )
    group_id = details.group.id if details.group else None
    if kept is None or kept.group_id != group_id:
        _check_group(details.group, association, group_ids(actor, RIGHT, association))


def _check_group(group: Group | None, association: Association, limited_to: list[int] | None) -> None:
    if group is not None and (group.association_id != association.id or group.ended_on is not None):
        raise RuleError("group", _("Choose a group of this association."))
    if limited_to is not None and (group is None or group.id not in limited_to):
        raise RuleError("group", _("Choose a group that you lead."))
