"""A month as a calendar shows it: weeks of days, each with its festival, what the State Council makes of it, and
what is planned on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask_login import current_user

from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.formats import local
from portal.plans import festivals, plan_queries, queries, restdays
from portal.plans.models import Activity, ActivitySession

SHOWN = 6  # of a day; the rest is counted
WRITTEN = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


@dataclass(frozen=True)
class Item:
    """A line of a day: a session, or an activity that has none."""

    activity: Activity
    session: ActivitySession | None = None


@dataclass
class Day:
    on: date
    note: restdays.DayNote
    is_today: bool
    is_outside: bool  # of the month before or after
    festivals: Sequence[festivals.Day] = ()
    items: list[Item] = field(default_factory=list)

    @property
    def shown(self) -> list[Item]:
        return self.items[:SHOWN]

    @property
    def more(self) -> int:
        return max(0, len(self.items) - SHOWN)

    @property
    def is_bare(self) -> bool:
        """A list on a phone leaves it out."""
        return self.is_outside or not (self.items or self.festivals or self.note.holiday or self.note.is_made_up)


def chosen(text: str, day: date) -> date:
    """The first day of the month that an address names, else of the present one."""
    match = WRITTEN.fullmatch(text)
    year, month = (int(part) for part in match.groups()) if match else (0, 0)
    return date(year, month, 1) if 2000 <= year <= 2100 and 1 <= month <= 12 else day.replace(day=1)


def beside(first: date) -> tuple[date, date]:
    """The months before and after."""
    return (first - timedelta(days=1)).replace(day=1), (first + timedelta(days=31)).replace(day=1)


def weeks(association: Association, first: date) -> list[list[Day]]:
    """The month in weeks from Monday, with what is planned in it."""
    now_on = today(association.time_zone)
    own = queries.list_own_days(association)
    named = [day for day in festivals.days_of(first.year, own) if day.on.month == first.month]
    start = first - timedelta(days=first.weekday())
    end = beside(first)[1]
    days = {}
    for n in range(-(-(end - start).days // 7) * 7):
        on = start + timedelta(days=n)
        outside = on.month != first.month
        held = [] if outside else [day for day in named if day.on == on]
        days[on] = Day(on, restdays.note_of(on), on == now_on, outside, held)
    for on, item in _items(association, first, end):
        days[on].items.append(item)
    listed = list(days.values())
    return [listed[n : n + 7] for n in range(0, len(listed), 7)]


def _items(association: Association, first: date, end: date) -> Iterable[tuple[date, Item]]:
    """First what has no hours, then the sessions in their order."""
    zone = ZoneInfo(association.time_zone)
    for activity in plan_queries.list_without_session(current_user, association, first, end):
        yield activity.planned_on, Item(activity)
    start, stop = (datetime.combine(day, datetime.min.time(), zone) for day in (first, end))
    for session in plan_queries.list_between(current_user, association, start, stop):
        yield local(session.starts_at, association.time_zone).date(), Item(session.activity, session)
