"""Reading the log book: one entry, the filtered list, the year's months, what is due, what everybody may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, extract, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal.accounts.models import Account
from portal.activities.models import ActivityLog, ActivityParticipant, ActivityRevision
from portal.activities.story_rules import is_story
from portal.associations.models import Association, Group
from portal.core.calendar import record_deadline, today, working_days_between
from portal.core.database import db, read
from portal.hours.queries import summing_below
from portal.offices.access import subtree, visible
from portal.plans.kinds import ActivityKind

NEWEST = (ActivityLog.held_on.desc(), ActivityLog.id.desc())
STANDS = ActivityLog.removed_at.is_(None)


@dataclass(frozen=True)
class Filter:
    """What a list of entries asks for; what is left out is not asked."""

    start: date | None = None
    end: date | None = None
    kind: str = ""
    place: str = ""
    group: str = ""
    text: str = ""
    complete: bool | None = None
    below: bool = False
    struck: bool = False


@dataclass(frozen=True)
class MonthState:
    """A month of the log book. One that has ended without an entry is a gap."""

    month: date
    entries: int
    complete: int
    is_over: bool
    is_future: bool

    @property
    def incomplete(self) -> int:
        return self.entries - self.complete

    @property
    def is_gap(self) -> bool:
        return self.is_over and not self.entries


@dataclass(frozen=True)
class DueLog:
    """An incomplete entry with the last day to complete it, and the working days left (negative: late)."""

    log: ActivityLog
    deadline: date
    days_left: int


def get_entry(
    account: Account,
    right: str,
    association: Association,
    public_id: str,
    *,
    photos: bool = True,
    fresh: bool = False,
) -> ActivityLog | None:
    """One entry of the association with all that belongs to it, if the account may see it by the right.

    `fresh` reads again what the session holds already, when somebody else may have changed it.
    """
    statement = (
        select(ActivityLog)
        .where(ActivityLog.public_id == public_id, ActivityLog.association_id == association.id)
        .options(
            joinedload(ActivityLog.association),
            joinedload(ActivityLog.group),
            joinedload(ActivityLog.recorder),
            joinedload(ActivityLog.reviewer),
            selectinload(ActivityLog.participants).joinedload(ActivityParticipant.person),
            selectinload(ActivityLog.materials),
            *([selectinload(ActivityLog.photos)] if photos else []),
        )
    )
    statement = visible(statement, account, right, ActivityLog).execution_options(populate_existing=fresh)
    entry: ActivityLog | None = db.session.scalar(statement)
    return entry


def find_by_key(entry_key: str | None) -> ActivityLog | None:
    """The entry that a form with this key has made."""
    if not entry_key:
        return None
    return db.session.scalar(select(ActivityLog).where(ActivityLog.entry_key == entry_key))


def list_writers(log: ActivityLog) -> set[int | None]:
    """Who recorded the entry or ever corrected it, by the person's row."""
    editors = select(ActivityRevision.replaced_by).where(ActivityRevision.log_id == log.id)
    return {log.recorded_by, *db.session.scalars(editors)}


def list_entries(account: Account, association: Association, wanted: Filter) -> Select[Any]:
    """The entries of the association (and of those below, when asked) that the account may see, newest first."""
    statement = select(ActivityLog).join(Association, ActivityLog.association_id == Association.id)
    here = subtree(association.path) if wanted.below else ActivityLog.association_id == association.id
    statement = visible(statement.where(here), account, "activities.read", ActivityLog)
    return (
        statement.outerjoin(Group, ActivityLog.group_id == Group.id)
        .where(*_asked(wanted))
        .options(contains_eager(ActivityLog.association), contains_eager(ActivityLog.group))
        .order_by(*NEWEST)
    )


def _asked(wanted: Filter) -> list[ColumnElement[bool]]:
    """The filter as conditions."""
    asked: list[ColumnElement[bool]] = [ActivityLog.removed_at.is_not(None) if wanted.struck else STANDS]
    if wanted.start:
        asked.append(ActivityLog.held_on >= wanted.start)
    if wanted.end:
        asked.append(ActivityLog.held_on <= wanted.end)
    if wanted.kind:
        asked.append(ActivityLog.kind == wanted.kind)
    if wanted.place:
        asked.append(ActivityLog.place.icontains(wanted.place, autoescape=True))
    if wanted.group:
        asked.append(Group.public_id == wanted.group)
    if wanted.complete is not None:
        asked.append(ActivityLog.is_complete.is_(wanted.complete))
    if wanted.text:
        asked.append(_says(wanted.text))
    return asked


def _says(text: str) -> ColumnElement[bool]:
    """The words in the name, place or summary, or the entry's reference as it is printed."""
    columns = (ActivityLog.title, ActivityLog.place, ActivityLog.summary)
    reference = text.replace("-", "").replace(" ", "").lower()
    return or_(ActivityLog.public_id == reference, *(c.icontains(text, autoescape=True) for c in columns))


def month_states(association: Association, year: int) -> list[MonthState]:
    """The twelve months of a year of the association's log book."""
    month = extract("month", ActivityLog.held_on)
    statement = (
        select(month, func.count(), func.sum(case((ActivityLog.is_complete, 1), else_=0)))
        .where(
            ActivityLog.association_id == association.id,
            ActivityLog.held_on.between(date(year, 1, 1), date(year, 12, 31)),
            STANDS,
        )
        .group_by(month)
    )
    found = {int(row[0]): (row[1], int(row[2])) for row in db.session.execute(statement)}
    now = today(association.time_zone)
    here = (now.year, now.month)
    return [
        MonthState(date(year, n, 1), *found.get(n, (0, 0)), is_over=(year, n) < here, is_future=(year, n) > here)
        for n in range(1, 13)
    ]


def due_logs(association: Association, account: Account | None = None, limit: int = 50) -> list[DueLog]:
    """Incomplete entries, the first held first, with the last day to record them: 10 working days after the
    activity. With an account only those it may complete (a group leader's own).
    """
    statement = select(ActivityLog).where(
        ActivityLog.association_id == association.id, ActivityLog.is_complete.is_(False), STANDS
    )
    if account is not None:
        statement = visible(statement, account, "activities.write", ActivityLog)
    day = today(association.time_zone)
    logs = db.session.scalars(statement.order_by(ActivityLog.held_on, ActivityLog.id).limit(limit))
    deadlines = [(log, record_deadline(log.held_on)) for log in logs]
    return [DueLog(log, deadline, working_days_between(day, deadline)) for log, deadline in deadlines]


@lru_cache(maxsize=128)
def list_public(path: str = "", kind: str = "", code: str = "") -> Select[Any]:
    """Entries that everybody may read, newest first: of a branch of the tree, an association, a kind."""
    statement = (
        select(ActivityLog)
        .join(ActivityLog.association)
        .options(contains_eager(ActivityLog.association))
        .where(*is_story())
    )
    for value, condition in (
        (path, subtree(path) if path else None),
        (kind, ActivityLog.kind == kind),
        (code, Association.code == code),
    ):
        if value and condition is not None:
            statement = statement.where(condition)
    return statement.order_by(*NEWEST)


def list_showing(limit: int) -> Sequence[Any]:
    """Code and name of the associations that show activities, in the order of the tree."""
    shown = exists().where(ActivityLog.association_id == Association.id, *is_story())
    statement = select(Association.code, Association.name).where(shown).order_by(Association.path).limit(limit)
    return db.session.execute(statement).all()


def latest_public(path: str = "", limit: int = 6) -> Sequence[Any]:
    """The newest public entries of a branch (the whole federation): what a line about them shows."""
    return read(_newest_public(path, limit)).all()


@lru_cache(maxsize=128)
def _newest_public(path: str, limit: int) -> Select[Any]:
    took_part = select(func.count()).where(ActivityParticipant.log_id == ActivityLog.id).scalar_subquery()
    name = func.coalesce(func.nullif(Association.short_name, ""), Association.name).label("association")
    columns: list[Any] = [ActivityLog.public_id, ActivityLog.title, ActivityLog.held_on, ActivityLog.place, name]
    return (
        select(*columns, (ActivityLog.others_count + took_part).label("people"))
        .join(ActivityLog.association)
        .where(*is_story(), *([subtree(path)] if path else []))
        .order_by(*NEWEST)
        .limit(limit)
    )


def get_public(public_id: str) -> ActivityLog | None:
    """A public entry as everybody may read it: nobody who took part is loaded."""
    statement = list_public().where(ActivityLog.public_id == public_id)
    return db.session.scalar(statement.options(selectinload(ActivityLog.materials)))  # type: ignore[no-any-return]


def count_figures(path: str, year: int) -> dict[str, int]:
    """A year of a branch: `activities`, `courses` (training), `service_minutes` that were approved."""
    held = and_(ActivityLog.held_on.between(date(year, 1, 1), date(year, 12, 31)), STANDS, subtree(path))
    training = case((ActivityLog.kind == ActivityKind.TRAINING, 1), else_=0)
    statement = select(
        func.count().label("activities"),
        func.coalesce(func.sum(training), 0).label("courses"),
        summing_below(path, year).scalar_subquery().label("service_minutes"),
    )
    row = db.session.execute(statement.select_from(ActivityLog).join(ActivityLog.association).where(held)).one()
    return {name: int(value) for name, value in row._mapping.items()}
