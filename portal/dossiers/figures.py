"""Figures of volunteering without individuals: hours, attendance, days of activity, the log books' completeness.

Everything is counted by the database, as far as the account may see it; five questions, however large the tree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, case, extract, func, or_, select
from sqlalchemy.orm import aliased

from portal.accounts.models import Account
from portal.activities.models import ActivityLog
from portal.associations.models import Association, Group
from portal.associations.queries import in_subtree, list_children, subtree_end
from portal.core.calendar import now
from portal.core.database import db
from portal.hours.models import Category, HoursEntry, HoursRevision, RevisionState
from portal.offices.access import visible
from portal.plans.models import ActivitySession
from portal.signups.models import SignUp

RIGHT = "reports.read"
MONTHS = range(1, 13)
CAME = ("arrived", "completed")
EXPECTED = (*CAME, "confirmed", "no_show")  # whoever had a place when the session began


@dataclass(frozen=True)
class Row:
    """Minutes of a group, or of an association of the next step with all below it, month by month."""

    name: str
    minutes: list[int]


@dataclass(frozen=True)
class Turnout:
    """A month's sessions that have ended: how many had a place in them, and how many came."""

    month: int
    expected: int = 0
    came: int = 0


@dataclass(frozen=True)
class Book:
    """The log books of an association (of a branch of the next step): a year's entries, and how many are complete."""

    name: str
    entries: int
    complete: int


@dataclass(frozen=True)
class Figures:
    """A year of an association and all below it."""

    year: int
    rows: Sequence[Row]
    turnout: Sequence[Turnout]
    days: dict[date, int]
    books: Sequence[Book]

    @property
    def by_month(self) -> list[int]:
        return [sum(row.minutes[month - 1] for row in self.rows) for month in MONTHS]

    @property
    def total(self) -> int:
        return sum(self.by_month)

    @property
    def entries(self) -> int:
        return sum(self.days.values())

    @property
    def expected(self) -> int:
        return sum(one.expected for one in self.turnout)

    @property
    def came(self) -> int:
        return sum(one.came for one in self.turnout)


@dataclass(frozen=True)
class Scope:
    """What is counted: a year of an association and all below it, as far as the account may see it; of one that has
    others below it by those of the next step, else by groups.
    """

    account: Account
    association: Association
    year: int
    below: Sequence[Association]

    def of(self, statement: Select[Any], entity: Any, day: Any) -> Select[Any]:
        here = select(Association.id).where(in_subtree(self.association.path))
        statement = statement.where(entity.association_id.in_(here), day.between(*self._span(day)))
        return visible(statement, self.account, RIGHT, entity)

    def _span(self, day: Any) -> tuple[date, date]:
        first, last = date(self.year, 1, 1), date(self.year, 12, 31)
        if day.type.python_type is date:
            return first, last
        return self.moment(first), datetime.combine(last, time.max, ZoneInfo(self.association.time_zone))

    def moment(self, day: date) -> datetime:
        return datetime.combine(day, time.min, ZoneInfo(self.association.time_zone))

    def named(self, entity: Any, *counted: Any) -> Select[Any]:
        """What is counted, by the id and name of the part that it belongs to; of none the id is none."""
        if not self.below:
            statement: Select[Any] = select(Group.id, Group.name, *counted).select_from(entity)
            return statement.outerjoin(Group, Group.id == entity.group_id).group_by(Group.id, Group.name)
        place, part = aliased(Association), aliased(Association)
        within = and_(place.path >= part.path, place.path < subtree_end(part.path))
        name = func.coalesce(func.nullif(part.short_name, ""), part.name)
        statement = select(part.id, name, *counted).select_from(entity).join(place, place.id == entity.association_id)
        return statement.outerjoin(part, and_(part.parent_id == self.association.id, within)).group_by(part.id, name)


def figures_of(account: Account, association: Association, year: int) -> Figures:
    scope = Scope(account, association, year, list_children(association))
    return Figures(year, _minutes(scope), _turnout(scope), _days(scope), _books(scope))


def _minutes(scope: Scope) -> list[Row]:
    """Approved minutes of service by part and month, the part with most of them first."""
    month = extract("month", HoursEntry.held_on)
    statement = scope.named(HoursEntry, month, func.sum(HoursRevision.minutes)).group_by(month)
    statement = statement.join(HoursRevision, HoursRevision.entry_id == HoursEntry.id).where(
        HoursEntry.voided_at.is_(None),
        HoursEntry.category == Category.SERVICE,
        HoursRevision.state == RevisionState.APPROVED,
    )
    found: dict[int | None, Row] = {}
    itself = scope.association.display_name if scope.below else ""
    for key, name, at, minutes in db.session.execute(scope.of(statement, HoursEntry, HoursEntry.held_on)):
        row = found.setdefault(key, Row(name or itself, [0] * 12))
        row.minutes[int(at) - 1] = int(minutes)
    return sorted(found.values(), key=lambda row: -sum(row.minutes))


def _turnout(scope: Scope) -> list[Turnout]:
    """Of sessions that have ended; whoever withdrew in time was not expected."""
    starts = ActivitySession.starts_at
    month = case(*((starts < scope.moment(date(scope.year, n + 1, 1)), n) for n in range(1, 12)), else_=12)
    came = func.sum(case((SignUp.state.in_(CAME), 1), else_=0))
    statement = (
        select(month, func.count(), came)
        .select_from(SignUp)
        .join(ActivitySession, ActivitySession.id == SignUp.session_id)
        .where(or_(SignUp.state.in_(EXPECTED), SignUp.is_late))
        .where(ActivitySession.ends_at <= now(), ActivitySession.cancelled_at.is_(None))
        .group_by(month)
    )
    rows = db.session.execute(scope.of(statement, SignUp, starts))
    found = {int(at): (int(expected), int(there)) for at, expected, there in rows}
    return [Turnout(n, *found.get(n, (0, 0))) for n in MONTHS]


def _days(scope: Scope) -> dict[date, int]:
    """Entries of the log books by the day on which it was."""
    columns: tuple[Any, ...] = (ActivityLog.held_on, func.count())
    statement = select(*columns).where(ActivityLog.removed_at.is_(None)).group_by(ActivityLog.held_on)
    return dict(db.session.execute(scope.of(statement, ActivityLog, ActivityLog.held_on)).all())


def _books(scope: Scope) -> list[Book]:
    """Each association of the next step, those without an entry too; the association itself where it has some."""
    complete = func.sum(case((ActivityLog.is_complete, 1), else_=0))
    of_all = Scope(scope.account, scope.association, scope.year, scope.below or [scope.association])
    statement = of_all.named(ActivityLog, func.count(), complete).where(ActivityLog.removed_at.is_(None))
    rows = db.session.execute(scope.of(statement, ActivityLog, ActivityLog.held_on))
    found = {key: (int(entries), int(done)) for key, _name, entries, done in rows}
    own = [Book(scope.association.display_name, *found[None])] if None in found else []
    if not scope.below:
        return own or [Book(scope.association.display_name, 0, 0)]
    return own + [Book(one.display_name, *found.get(one.id, (0, 0))) for one in scope.below]
