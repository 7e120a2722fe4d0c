"""What a reader asks a list of notices for, and the conditions that follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, bindparam, or_

from portal.core.calendar import DEFAULT_ZONE, today
from portal.notices.models import Notice, Validity
from portal.notices.search import BY_IDS, matching

HOLDS = (Validity.VALID, Validity.EXPIRED, Validity.SUPERSEDED)  # what is withdrawn or a draft stands in no list
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

    @property
    def shows_pinned(self) -> bool:
        """Whether what is pinned comes first: in a list that is read, not in one that is searched."""
        return not (self.words or self.since or self.until or self.holds)


def narrowed(wanted: Filter, is_superseded: Any) -> list[ColumnElement[bool]]:
    """All that is asked for but the association."""
    conditions = matching(wanted.words, wanted.way)
    if wanted.kind:
        conditions.append(Notice.kind == wanted.kind)
    if wanted.subject_id:
        conditions.append(Notice.subject_id == wanted.subject_id)
    return [*conditions, *_published_when(wanted), *_holding(wanted.holds, is_superseded)]


def is_root(path: str) -> bool:
    """Whether it is the path of the association above all others: what stands with it is everything."""
    return path.count("/") == 1


def aimed_at(path: str) -> tuple[ColumnElement[bool], ...]:
    """What stands here because an association above aimed it here, at those between, or at all below itself."""
    here_and_above = [int(part) for part in path.split("/") if part]
    return Notice.target_id.in_(here_and_above), Notice.association_id.in_(here_and_above[:-1])


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
