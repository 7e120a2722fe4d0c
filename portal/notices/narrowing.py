"""What a reader asks a list of notices for, and the conditions that follow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, bindparam, func, or_, select

from portal.associations.queries import in_subtree
from portal.core.calendar import DEFAULT_ZONE, today
from portal.core.database import read
from portal.core.recent import recent
from portal.notices.models import Notice, NoticeStatus, Validity
from portal.notices.search import BY_IDS, count_holding, matching, way_for

HOLDS = (Validity.VALID, Validity.EXPIRED, Validity.SUPERSEDED)  # what is withdrawn or a draft stands in no list
FEW = 5_000  # notices cost less to put in order than all to go through
EARLIEST, LATEST = date(1900, 1, 1), date(9999, 12, 30)
TODAY = bindparam("today", type_=Date(), callable_=today)


@dataclass(frozen=True)
class Filter:
    """What a reader asks a list for; `path` is that of an association, meaning it and all below it; `year`, `since`
    and `until` are of the first publication; `holds` is one of HOLDS.
    """

    kind: str | None = None
    path: str | None = None
    year: int | None = None
    words: str = ""
    subject_id: int | None = None
    since: date | None = None
    until: date | None = None
    holds: str | None = None
    way: str = BY_IDS  # in which the words are looked for (`search.way_for`)
    leads: bool = False  # whether its place or its words lead to the notices, and not the order of all (`on_its_way`)

    @property
    def shows_pinned(self) -> bool:
        """Whether what is pinned comes first: in a list that is read, not in one that is searched."""
        return not (self.words or self.since or self.until or self.holds)


def on_its_way(wanted: Filter) -> Filter | None:
    """The same with the way on which little is read; None where nothing holds the words.

    No planner knows how many notices hold a word or stand in a place, and SQLite's not even how many are published:
    it would go through all of them from the newest, which is right for a large place alone.
    """
    if not wanted.words:
        return replace(wanted, leads=_stand_few(wanted.path))
    held_by = count_holding(wanted.words)
    way = way_for(held_by)
    return replace(wanted, way=way, leads=way == BY_IDS or _stand_few(wanted.path)) if held_by else None


def is_below_root(path: str | None) -> bool:
    return bool(path) and not is_root(str(path))


def _stand_few(path: str | None) -> bool:
    """Whether an association and those below it have few notices."""
    if not is_below_root(path):
        return False
    standing = select(Notice.id).join(Notice.association).where(*narrowed(Filter(leads=True), None))
    counted = select(func.count()).select_from(standing.where(in_subtree(str(path))).limit(FEW).subquery())
    return recent(f"notices:few:{path}", lambda: (read(counted).scalar() or 0) < FEW)


def narrowed(wanted: Filter, is_superseded: Any) -> list[ColumnElement[bool]]:
    """All that is asked for of what is published, but the association. Where that or the words lead, state and kind
    are put so that their index does not.
    """
    conditions = matching(wanted.words, wanted.way)
    state: Any = func.coalesce(Notice.status, "") if wanted.leads else Notice.status
    kind: Any = func.coalesce(Notice.kind, "") if wanted.leads else Notice.kind
    conditions.append(state == NoticeStatus.PUBLISHED)
    if wanted.kind:
        conditions.append(kind == wanted.kind)
    if wanted.subject_id:
        conditions.append(Notice.subject_id == wanted.subject_id)
    return [*conditions, *_published_when(wanted), *_holding(wanted.holds, is_superseded)]


def is_root(path: str) -> bool:
    """Whether it is the path of the association above all others: what stands with it is everything."""
    return path.count("/") == 1


def aimed_at(path: str) -> tuple[ColumnElement[bool], ...]:
    """What stands here because an association above aimed it here, at those between, or at all below itself."""
    here_and_above = [int(part) for part in path.split("/") if part]
    return Notice.target_id.in_(here_and_above), (Notice.association_id + 0).in_(here_and_above[:-1])


def _published_when(wanted: Filter) -> list[ColumnElement[bool]]:
    conditions = []
    if wanted.year:
        conditions.append(Notice.published_at >= _midnight(date(wanted.year, 1, 1)))
        conditions.append(Notice.published_at < _midnight(date(wanted.year + 1, 1, 1)))
    if wanted.since:
        conditions.append(Notice.published_at >= _midnight(wanted.since))
    if wanted.until:
        conditions.append(Notice.published_at < _midnight(min(wanted.until, LATEST) + timedelta(days=1)))
    return conditions


def _holding(holds: str | None, is_superseded: Any) -> list[ColumnElement[bool]]:
    """The conditions of `models.validity`, of a published notice."""
    if holds == Validity.SUPERSEDED:
        return [is_superseded]
    if holds == Validity.EXPIRED:
        return [Notice.expires_on < TODAY, ~is_superseded]
    if holds == Validity.VALID:
        return [or_(Notice.expires_on.is_(None), Notice.expires_on >= TODAY), ~is_superseded]
    return []


def _midnight(day: date) -> datetime:
    """Its first moment; what no calendar of ours holds is as good as the first or last day of one."""
    day = min(max(day, EARLIEST), LATEST)
    return datetime.combine(day, datetime.min.time(), ZoneInfo(DEFAULT_ZONE))
