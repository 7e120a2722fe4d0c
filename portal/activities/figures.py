"""What is counted of the entries of a page, in one query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import Session

from portal.activities.models import ActivityLog, ActivityParticipant, ActivityPhoto
from portal.activities.pictured import TITLE_FIRST, is_open
from portal.core.database import db
from portal.hours.models import Category, HoursEntry, HoursRevision, RevisionState


@dataclass(frozen=True)
class Figures:
    """What is counted of an entry: everybody who took part, minutes of service that were approved and that wait,
    photos.
    """

    people: int
    minutes: int
    waiting: int
    photos: int
    cover: str | None


@cache
def _figures() -> Select[Any]:
    """Made once: making it costs more than asking it."""
    took_part = ActivityParticipant.log_id == ActivityLog.id
    shown = ActivityPhoto.log_id == ActivityLog.id
    cover = select(ActivityPhoto.public_id).where(shown, is_open()).order_by(*TITLE_FIRST).limit(1)
    return select(
        ActivityLog.id,
        ActivityLog.others_count + select(func.count()).where(took_part).scalar_subquery(),
        _minutes(RevisionState.APPROVED),
        _minutes(RevisionState.PENDING),
        select(func.count()).select_from(ActivityPhoto).where(shown).scalar_subquery(),
        cover.correlate(ActivityLog).scalar_subquery(),
    ).where(ActivityLog.id.in_(bindparam("ids", expanding=True)))


def _minutes(state: str) -> Any:
    """Minutes of service that volunteers have by an entry, in revisions of one state: those of its session and those
    of the entry itself, asked apart, for SQLite finds neither by its index where either would do.
    """
    of_entry = HoursEntry.log_id == ActivityLog.id
    of_session = HoursEntry.session_id == ActivityLog.session_id
    return _minutes_by(of_entry, state) + _minutes_by(of_session, state)


def _minutes_by(of: ColumnElement[bool], state: str) -> Any:
    asked = (of, HoursEntry.voided_at.is_(None), HoursEntry.category == Category.SERVICE)
    total = select(func.coalesce(func.sum(HoursRevision.minutes), 0)).join(HoursRevision.entry)
    return total.where(HoursRevision.state == state, *asked).correlate(ActivityLog).scalar_subquery()


def figures_of(logs: Sequence[ActivityLog], session: Session | None = None) -> dict[int, Figures]:
    """The figures of the entries of a page, in one query, by their ids."""
    rows = (session or db.session).execute(_figures(), {"ids": [log.id for log in logs]})
    return {
        key: Figures(int(people), int(minutes), int(waiting), photos, cover)
        for key, people, minutes, waiting, photos, cover in rows
    }
