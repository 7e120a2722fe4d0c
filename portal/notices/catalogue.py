"""The start page of the catalogue of policies: by subject, by association, by year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, func, select

from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.database import db, read
from portal.core.formats import local
from portal.core.recent import recent
from portal.notices.models import Notice, NoticeKind, NoticeStatus, NoticeSubject

BRANCHES = 60


@dataclass(frozen=True)
class Subject:
    """A subject as readers see it."""

    id: int
    public_id: str
    name: str


@dataclass(frozen=True)
class Head:
    """What stands above the list as long as nothing is asked for."""

    subjects: Sequence[tuple[Subject, int]]  # with how many published notices are filed under it
    branches: Sequence[tuple[str, str]]  # code and name of what stands directly below the federation
    first_year: int  # in which a policy was published


def head(asked: Any) -> Head | None:
    if asked.is_narrowed or asked.place:
        return None
    filed = recent("notices:filed", _filed)
    counted = tuple((one, filed[one.id]) for one in subjects() if one.id in filed)
    return Head(counted, tuple(recent("notices:branches", _branches)), recent("notices:first", _first_year))


def subjects() -> Sequence[Subject]:
    """The federation's list in its order, without those that ended with nothing filed under them; at most a minute
    old.
    """
    return recent("notices:subjects", _subjects)


def find_subject(public_id: str) -> Subject | None:
    return next((one for one in subjects() if one.public_id == public_id), None)


def _subjects() -> Sequence[Subject]:
    is_filed = exists().where(Notice.subject_id == NoticeSubject.id, Notice.status == NoticeStatus.PUBLISHED)
    statement: Any = (
        select(NoticeSubject.id, NoticeSubject.public_id, NoticeSubject.name)
        .join(Association, Association.id == NoticeSubject.association_id)
        .where(Association.parent_id.is_(None), NoticeSubject.ended_on.is_(None) | is_filed)
        .order_by(NoticeSubject.ended_on.is_not(None), NoticeSubject.position, NoticeSubject.id)
    )
    rows: Any = read(statement)
    return tuple(Subject(*row) for row in rows)


def _filed() -> Mapping[int, int]:
    """How many published notices are filed under each subject: they are counted one by one."""
    published = (Notice.status == NoticeStatus.PUBLISHED, Notice.subject_id.is_not(None))
    statement: Any = select(Notice.subject_id, func.count()).where(*published).group_by(Notice.subject_id)
    rows: Any = read(statement)
    return {row[0]: row[1] for row in rows}


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
