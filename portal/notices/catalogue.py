"""The start page of the catalogue of policies: by subject, by association, by year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.database import db, read
from portal.core.formats import local
from portal.core.recent import recent
from portal.notices.models import Notice, NoticeKind, NoticeStatus, NoticeSubject

BRANCHES = 60


@dataclass(frozen=True)
class Subject:
    """A subject as readers see it: `count` published notices are filed under it."""

    id: int
    public_id: str
    name: str
    count: int
    is_ended: bool


@dataclass(frozen=True)
class Head:
    """What stands above the list as long as nothing is asked for."""

    subjects: Sequence[Subject]
    branches: Sequence[tuple[str, str]]  # code and name of what stands directly below the federation
    first_year: int  # in which a policy was published


def head(asked: Any) -> Head | None:
    if asked.is_narrowed or asked.place:
        return None
    filed = tuple(one for one in subjects() if one.count)
    return Head(filed, tuple(recent("notices:branches", _branches)), recent("notices:first", _first_year))


def subjects() -> Sequence[Subject]:
    """The federation's list in its order, without those that ended with nothing filed under them; at most a minute
    old.
    """
    return recent("notices:subjects", _subjects)


def find_subject(public_id: str) -> Subject | None:
    return next((one for one in subjects() if one.public_id == public_id), None)


def _subjects() -> Sequence[Subject]:
    filed = (
        select(Notice.subject_id, func.count().label("count"))
        .where(Notice.status == NoticeStatus.PUBLISHED, Notice.subject_id.is_not(None))
        .group_by(Notice.subject_id)
        .subquery()
    )
    count = func.coalesce(filed.c.count, 0)
    columns = (NoticeSubject.id, NoticeSubject.public_id, NoticeSubject.name, count, NoticeSubject.ended_on)
    statement: Any = (
        select(*columns)
        .join(Association, Association.id == NoticeSubject.association_id)
        .outerjoin(filed, filed.c.subject_id == NoticeSubject.id)
        .where(Association.parent_id.is_(None), (NoticeSubject.ended_on.is_(None)) | (count > 0))
        .order_by(NoticeSubject.ended_on.is_not(None), NoticeSubject.position, NoticeSubject.id)
    )
    rows: Any = read(statement)
    return tuple(Subject(one[0], one[1], one[2], one[3], one[4] is not None) for one in rows)


def _branches() -> Sequence[tuple[str, str]]:
    """The associations of the first floor below the federation."""
    root = select(Association.id).where(Association.parent_id.is_(None)).scalar_subquery()
    statement = select(Association.code, Association.name).where(Association.parent_id == root)
    live = statement.where(Association.archived_on.is_(None)).order_by(Association.code).limit(BRANCHES)
    return [(code, name) for code, name in db.session.execute(live)]


def _first_year() -> int:
    first = select(func.min(Notice.published_at))
    first = first.where(Notice.kind == NoticeKind.POLICY, Notice.status == NoticeStatus.PUBLISHED)
    moment = read(first).scalar()
    return local(moment).year if moment else today().year
