"""What waits for approval in an office: the oldest first, and above all what looks odd, with why in words."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from portal.accounts.models import Account
from portal.associations.models import Association, Group
from portal.core.calendar import record_deadline
from portal.core.database import db
from portal.core.formats import local, minutes
from portal.core.i18n import _, ngettext
from portal.hours.leading import own_time
from portal.hours.models import HoursEntry, HoursRevision, MinutesOrigin, RevisionState
from portal.hours.queries import STANDS, WAITING, came_by
from portal.hours.services import RIGHT, why_not
from portal.offices.access import can, visible

DAY_MOST = 480  # minutes: who serves longer on one day is asked about
MANY = 60  # people recorded in one go
ONE_GO = timedelta(minutes=1)  # a list of them is written down line by line
MOST = 1000  # of a longer queue the oldest are looked at first; the others follow as it gets shorter
Moments = dict[tuple[int | None, ...], list[datetime]]  # by who recorded, session and entry of the log
COUNTED = (RevisionState.APPROVED, RevisionState.PENDING)


@dataclass(frozen=True)
class Asked:
    """What the queue is asked for; what is left out is not asked."""

    group: str = ""
    origin: str = ""
    odd: bool = False
    only: frozenset[str] | None = None  # revisions by public_id


@dataclass
class Waiting:
    """A revision that waits, why it looks odd, and why the reader may not decide it (empty: may)."""

    entry: HoursEntry
    revision: HoursRevision
    bar: str = ""
    oddities: list[str] = field(default_factory=list)

    @property
    def recorded_on(self) -> date:
        return local(self.revision.recorded_at, self.entry.association.time_zone).date()

    @property
    def is_plain(self) -> bool:
        """Whether it can be approved among many, unopened."""
        return not self.oddities and not self.bar


def waiting(account: Account, association: Association) -> Select[Any]:
    """Revisions that wait at the association, of those the account may approve there."""
    statement = select(HoursRevision).join(HoursRevision.entry).where(WAITING, STANDS)
    return visible(statement.where(HoursRevision.association_id == association.id), account, RIGHT, HoursRevision)


def counting(account: Account, association: Association) -> Select[Any]:
    """How many of these the account may decide: not what it recorded, not its own time."""
    by_others = HoursRevision.recorded_by_id.is_distinct_from(account.person_id)
    statement = waiting(account, association).where(by_others, HoursEntry.person_id != account.person_id)
    return statement.with_only_columns(func.count())


def since(account: Account, association: Association) -> Select[Any]:
    """The day of the first activity whose time waits."""
    return counting(account, association).with_only_columns(func.min(HoursEntry.held_on))


def questions(account: Account, association: Association) -> dict[str, Select[Any]]:
    """What the work list asks: how many, and since when."""
    if not can(account, RIGHT, association):
        return {}
    return {"hours": counting(account, association), "hours_since": since(account, association)}


def list_waiting(account: Account, association: Association, asked: Asked | None = None) -> list[Waiting]:
    """The queue, what looks odd on top."""
    asked = asked or Asked()
    statement = waiting(account, association).order_by(HoursEntry.held_on, HoursRevision.id).limit(MOST)
    if asked.group:
        statement = statement.where(HoursRevision.group_id.in_(_group(asked.group)))
    if asked.origin in set(MinutesOrigin):
        statement = statement.where(HoursRevision.origin == asked.origin)
    if asked.only is not None:
        statement = statement.where(HoursRevision.public_id.in_(asked.only))
    found = _shown(account, statement)
    shown = [one for one in found if one.oddities] if asked.odd else found
    return sorted(shown, key=lambda one: not one.oddities)


def look_at(account: Account, entry: HoursEntry, association: Association) -> Waiting | None:
    """The revision of one entry that waits, in the same way."""
    statement = waiting(account, association).where(HoursEntry.id == entry.id)
    return next(iter(_shown(account, statement)), None)


def _group(public_id: str) -> Any:
    return select(Group.id).where(Group.public_id == public_id)


def _shown(account: Account, statement: Select[Any]) -> list[Waiting]:
    loaded = contains_eager(HoursRevision.entry)
    options = (
        loaded.joinedload(HoursEntry.person),
        loaded.joinedload(HoursEntry.group),
        loaded.joinedload(HoursEntry.association),
        joinedload(HoursRevision.recorder),
    )
    rows = db.session.scalars(statement.options(*options)).all()
    found = [Waiting(row.entry, row) for row in rows]
    beside, many, leading = _beside(rows), _recorded_in_one_go(rows), own_time([row.entry for row in rows])
    noted_by = came_by(rows)
    for one in found:
        one.bar = why_not(account, one.entry, one.revision, noted_by.get(one.entry.id))
        others = [other for other in beside[one.entry.person_id] if other.id != one.entry.id]
        one.oddities = [*_of_the_day(one, others), *_of_the_recording(one, many)]
        if one.entry.id in leading:
            one.oddities.append(_("Time of whoever leads there"))
    return found


def _of_the_day(one: Waiting, others: Sequence[Any]) -> list[str]:
    """What does not fit with the person's other time of that day, or of a night before or after it."""
    found, same_day = [], [other for other in others if other.held_on == one.entry.held_on]
    if _is_timed(one.entry) and one.revision.minutes > _length(one.entry):
        found.append(_("More than the hours of the activity"))
    total = one.revision.minutes + sum(other.minutes for other in same_day)
    if total > DAY_MOST:
        found.append(_("%(time)s on one day", time=minutes(total)))
    beside = [other.title for other in others if _overlap(one.entry, other)]
    found += [_("At the same time as “%(title)s”", title=title) for title in beside]
    perhaps = [other.title for other in same_day if _may_be_the_same(one.entry, other)]
    return found + [_("On the same day, at a time that is not known: “%(title)s”", title=title) for title in perhaps]


def _overlap(entry: HoursEntry, other: Any) -> bool:
    """Half open: one that begins when the other ends does not overlap it. Unknown times are not asked about."""
    if not (_is_timed(entry) and _is_timed(other)):
        return False
    return bool(entry.starts_at < other.ends_at and other.starts_at < entry.ends_at)


def _is_timed(entry: Any) -> bool:
    return entry.starts_at is not None and entry.ends_at is not None


def _length(entry: HoursEntry) -> int:
    """Whole minutes, those begun too."""
    assert entry.starts_at is not None
    assert entry.ends_at is not None
    return -(-int((entry.ends_at - entry.starts_at).total_seconds()) // 60)


def _may_be_the_same(entry: HoursEntry, other: Any) -> bool:
    """Of entries without hours nobody can say whether they overlap: one beside a session, or two of one title, may
    be the same time recorded twice.
    """
    known = [_is_timed(entry), _is_timed(other)]
    return any(known) != all(known) or (not any(known) and entry.title == other.title)


def _of_the_recording(one: Waiting, many: Moments) -> list[str]:
    """What is unusual in how it came to be recorded."""
    found, revision = [], one.revision
    if revision.recorded_by_id == one.entry.person_id and revision.origin != MinutesOrigin.SCANNED:
        found.append(_("Recorded for oneself"))
    if one.recorded_on > record_deadline(one.entry.held_on):
        found.append(_("Recorded later than ten working days"))
    count = _near(many.get((revision.recorded_by_id, *_source(one.entry)), ()), revision.recorded_at)
    if count > MANY:
        found.append(ngettext("%(num)d person recorded in one go", "%(num)d people recorded in one go", count))
    return found


def _beside(rows: Sequence[HoursRevision]) -> dict[int, list[Any]]:
    """Everything these people did on these days and a day around them that counts or would, each entry with its later
    number.
    """
    found: dict[int, list[Any]] = defaultdict(list)
    if not rows:
        return found
    days = {row.entry.held_on + timedelta(days=step) for row in rows for step in (-1, 0, 1)}
    columns: list[Any] = [HoursEntry.id, HoursEntry.person_id, HoursEntry.held_on, HoursEntry.title]
    statement = (
        select(*columns, HoursEntry.starts_at, HoursEntry.ends_at, HoursRevision.minutes)
        .join(HoursRevision, HoursRevision.entry_id == HoursEntry.id)
        .where(
            HoursEntry.person_id.in_({row.entry.person_id for row in rows}),
            HoursEntry.held_on.in_(days),
            STANDS,
            HoursRevision.state.in_(COUNTED),
        )
        .order_by(HoursRevision.number)
    )
    latest = {row.id: row for row in db.session.execute(statement)}
    for row in latest.values():
        found[row.person_id].append(row)
    return found


def _recorded_in_one_go(rows: Sequence[HoursRevision]) -> Moments:
    """When each hand recorded somebody's time of the same session or entry of the log, in order."""
    found: Moments = defaultdict(list)
    if not rows:
        return found
    entries = [row.entry for row in rows]
    sessions = {one.session_id for one in entries if one.session_id is not None}
    logs = {one.log_id for one in entries if one.log_id is not None}
    statement = (
        select(HoursRevision.recorded_by_id, HoursEntry.session_id, HoursEntry.log_id, HoursRevision.recorded_at)
        .join(HoursRevision.entry)
        .where(or_(HoursEntry.session_id.in_(sessions), HoursEntry.log_id.in_(logs)))
        .order_by(HoursRevision.recorded_at)
    )
    for *key, moment in db.session.execute(statement):
        found[tuple(key)].append(moment)
    return found


def _source(entry: HoursEntry) -> tuple[int | None, int | None]:
    return entry.session_id, entry.log_id


def _near(moments: Sequence[datetime], moment: datetime) -> int:
    """How many of the moments are one and the same for somebody at a desk."""
    return bisect_right(moments, moment + ONE_GO) - bisect_left(moments, moment - ONE_GO)
