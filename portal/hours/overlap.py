"""Time served in the same hours as other time of the person: no minute counts twice.

Two entries may overlap: somebody leaves one activity for another before it is over. Both count together at most the
time that has passed, and whoever approves the second says why; of one day never more than its 24 hours count. Source:
order 67, time actually served.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.formats import minutes as in_words
from portal.core.i18n import _
from portal.hours.models import HoursEntry, HoursRevision
from portal.hours.queries import APPROVED, STANDS
from portal.people.models import Person

NEAR = timedelta(days=2)  # a session lasts a day at most
REASON = 200
DAY = 1440
Span = tuple[datetime, datetime]


def lock_people(entry_ids: Collection[int]) -> None:
    """Whoever approves time of a person waits for whoever does so already: each sees what the other lets count."""
    people = select(HoursEntry.person_id).where(HoursEntry.id.in_(entry_ids))
    statement = select(Person.id).where(Person.id.in_(people)).order_by(Person.id)
    db.session.execute(statement.with_for_update(key_share=True))


def check(entry: HoursEntry, minutes: int, reason: str) -> None:
    """Raises RuleError where both would count more time than has passed, and where it is not said why both count."""
    if minutes and minutes + _of_the_day(entry) > DAY:
        raise RuleError("despite", _("More than 24 hours of this day would count. Correct one of the entries first."))
    others = list_beside(entry) if minutes else []
    if not others:
        return
    title, room = others[0].title, room_of(entry, others)
    if minutes > room:
        message = _("Together with “%(title)s” more time would count than has passed.", title=title)
        raise RuleError("despite", f"{message} {_most(room)}")
    if not reason:
        message = _("At the same time as “%(title)s”, which counts already: say why both count.", title=title)
        raise RuleError("despite", message)
    if len(reason) > REASON:
        raise RuleError("despite", _("At most %(count)s characters", count=REASON))


def _most(room: int) -> str:
    if not room:
        return _("Correct one of the two first.")
    return _("At most %(time)s of this can count; correct one of the two first.", time=in_words(room))


def _of_the_day(entry: HoursEntry) -> int:
    """Minutes of the person's other entries of the day that count already, those without hours of the clock too."""
    others = (HoursEntry.person_id == entry.person_id, HoursEntry.id != entry.id, STANDS)
    counted = select(func.coalesce(func.sum(HoursRevision.minutes), 0)).join(HoursRevision.entry)
    return int(db.session.scalar(counted.where(*others, APPROVED, HoursEntry.held_on == entry.held_on)) or 0)


def still_fits(entry: HoursEntry) -> bool:
    """Whether the minutes that were approved before can count in its hours as they are now, beside what counts."""
    if entry.approved is None or not _is_timed(entry):
        return True
    return entry.approved.minutes <= room_of(entry, list_beside(entry))


def list_beside(entry: HoursEntry) -> list[HoursEntry]:
    """The person's other time that counts already and overlaps this, the earliest first, with what overlaps that."""
    if not _is_timed(entry):
        return []
    asked = (HoursEntry.person_id == entry.person_id, HoursEntry.id != entry.id, STANDS)
    near = HoursEntry.held_on.between(entry.held_on - NEAR, entry.held_on + NEAR)
    statement = select(HoursEntry).where(*asked, near).order_by(HoursEntry.starts_at, HoursEntry.id)
    loaded = statement.options(selectinload(HoursEntry.revisions)).execution_options(populate_existing=True)
    left = [one for one in db.session.scalars(loaded) if one.minutes and _is_timed(one)]
    found: list[HoursEntry] = []
    edge = [entry]
    while edge:
        edge = [one for one in left if any(_overlap(one, other) for other in edge)]
        left = [one for one in left if one not in edge]
        found += edge
    return found


def room_of(entry: HoursEntry, others: Sequence[HoursEntry]) -> int:
    """How many minutes of an entry fit between those of the others: in no span of hours counts more than it holds."""
    start, end = _span(entry)
    known = [(*_span(one), one.minutes) for one in others]
    starts = {start, *(one[0] for one in known if one[0] < start)}
    ends = {end, *(one[1] for one in known if one[1] > end)}
    left = [
        _length(first, last) - sum(minutes for begins, stops, minutes in known if first <= begins and stops <= last)
        for first in starts
        for last in ends
    ]
    return max(0, min(left))


def _overlap(one: HoursEntry, other: HoursEntry) -> bool:
    """Half open: one that begins when the other ends does not overlap it."""
    (start, end), (other_start, other_end) = _span(one), _span(other)
    return start < other_end and other_start < end


def _is_timed(entry: HoursEntry) -> bool:
    return entry.starts_at is not None and entry.ends_at is not None


def _span(entry: HoursEntry) -> Span:
    assert entry.starts_at is not None
    assert entry.ends_at is not None
    return entry.starts_at, entry.ends_at


def _length(start: datetime, end: datetime) -> int:
    """Whole minutes, those begun too: check-ins are to the second, time served is to the minute."""
    return -(-int((end - start).total_seconds()) // 60)
