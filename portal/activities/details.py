"""What an entry of the log book says, and what it must say: kind, date, group, numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.accounts.models import Account
from portal.activities.models import ActivityLog
from portal.associations.models import Association, Group
from portal.core.calendar import today
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.offices.access import group_ids
from portal.people.models import Person
from portal.plans.kinds import ActivityKind
from portal.plans.models import Activity, ActivitySession

YEARS_BACK = 3
DAY = 1440
LIMITS = {"title": 80, "place": 80, "summary": 2000}
MOST_OTHERS = 100_000
MOST_HANDED_OUT = 1_000_000


@dataclass(frozen=True)
class Participation:
    """Somebody who took part; a volunteer with the minutes served, travel not counted."""

    person: Person
    is_volunteer: bool = False
    minutes: int = 0


@dataclass(frozen=True, kw_only=True)
class Details:
    """What an entry says. Without a title it is named for its kind and date. `activity` and `session` of the plan
    are said once, when it is logged.
    """

    kind: str
    held_on: date
    title: str = ""
    place: str = ""
    minutes: int = 0
    group: Group | None = None
    others_count: int = 0
    summary: str = ""
    is_public: bool = True
    participants: Sequence[Participation] = ()
    materials: Sequence[tuple[str, int]] = ()
    activity: Activity | None = None
    session: ActivitySession | None = None


def check(actor: Account, association: Association, details: Details, kept: ActivityLog | None = None) -> None:
    if details.kind not in set(ActivityKind):
        raise RuleError("kind", _("Choose what kind of activity it was."))
    for name, limit in LIMITS.items():
        if len(getattr(details, name)) > limit:
            raise RuleError(name, _("At most %(count)s characters", count=limit))
    if kept is None or kept.held_on != details.held_on:
        check_date(details.held_on, today(association.time_zone))
    if kept is None or kept.group_id != (details.group.id if details.group else None):
        _check_group(details.group, association, group_ids(actor, "activities.write", association))
    _check_counts(details)


def _check_counts(details: Details) -> None:
    if not 0 <= details.minutes <= DAY:
        raise RuleError("minutes", _("An activity lasts at most 24 hours; log several days one by one."))
    if any(not 0 <= one.minutes <= DAY for one in details.participants):
        raise RuleError("person", _("Nobody serves more than 24 hours in one activity."))
    if not 0 <= details.others_count <= MOST_OTHERS:
        raise RuleError("others_count", _("This number is too large."))
    if any(not name or len(name) > 40 or not 0 < count <= MOST_HANDED_OUT for name, count in details.materials):
        raise RuleError("materials", _("Write what was handed out in a few words, and how many."))


def check_date(held_on: date, day: date) -> None:
    """An activity was held by `day`, and less than three years before it. Raises RuleError("held_on")."""
    if held_on > day:
        raise RuleError("held_on", _("The date of an activity cannot lie after today."))
    if (held_on.year + YEARS_BACK, held_on.month, held_on.day) <= (day.year, day.month, day.day):
        raise RuleError("held_on", _("An activity of three years ago or more is no longer logged here."))


def _check_group(group: Group | None, association: Association, limited_to: list[int] | None) -> None:
    if group is not None and (group.association_id != association.id or group.ended_on is not None):
        raise RuleError("group", _("Choose a group of this association."))
    if limited_to is not None and (group is None or group.id not in limited_to):
        raise RuleError("group", _("Choose a group that you lead."))
