"""Reading notices in public: columns for lists and the feed, one version for a page. The office reads in desk.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Label, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.core.calendar import DEFAULT_ZONE, today
from portal.core.database import db
from portal.core.paging import Page, paginate
from portal.notices.models import Notice, NoticeStatus, NoticeVersion

PLACES = 200
FEED_LENGTH = 30
BEGINNING = 2000  # characters of a text that an excerpt needs

LIST_COLUMNS = (
    Notice.public_id,
    Notice.title,
    Notice.kind,
    Notice.status,
    Notice.published_at,
    Notice.expires_on,
    Association.name.label("association"),
)
VERSION_COLUMNS = (
    Notice.id.label("notice_id"),
    Notice.public_id,
    Notice.index_number,
    Notice.status,
    Notice.published_at,
    Notice.withdrawn_at,
    Notice.withdrawal_reason,
    Association.name.label("association"),
    Association.code,
    Association.time_zone,
    *(getattr(NoticeVersion, name) for name in (
        "number", "title", "kind", "subject", "html", "body", "issuer", "document_number", "signed_on",
        "effective_on", "expires_on", "keywords", "contact", "correction_note",
    )),
    NoticeVersion.published_at.label("version_published_at"),
)  # fmt: skip


@dataclass(frozen=True)
class Filter:
    """What a reader asks a list for; `path` is that of an association, meaning it and all below it."""

    kind: str | None = None
    path: str | None = None
    year: int | None = None
    words: str = ""


def list_published(wanted: Filter, number: int) -> Page[Any]:
    """The public list, newest first. What the list's own association has pinned stands above the rest.

    The list of everything counts as that of the association at the root.
    """
    statement = _published(wanted).order_by(_pinned(wanted.path).desc(), *newest_first())
    return paginate(statement, number, scalars=False)


def latest_published(limit: int, path: str | None = None) -> Sequence[Any]:
    """The first rows of the public list, for the front page, or with `path` for an association's page."""
    wanted = Filter(path=path)
    statement = _published(wanted).order_by(_pinned(path).desc(), *newest_first())
    return db.session.execute(statement.limit(limit)).all()


def list_changes(path: str | None = None) -> Sequence[Any]:
    """What was last published, corrected or withdrawn, with the beginning of its text, for the feed."""
    statement = (
        select(
            *LIST_COLUMNS,
            Notice.updated_at,
            Notice.withdrawal_reason,
            NoticeVersion.correction_note,
            func.substr(NoticeVersion.body, 1, BEGINNING).label("beginning"),
        )
        .join(Notice.association)
        .join(NoticeVersion, and_(NoticeVersion.notice_id == Notice.id, NoticeVersion.number == _current_number()))
        .where(_is_public(), *_below(path))
        .order_by(Notice.updated_at.desc(), Notice.id.desc())
    )
    return db.session.execute(statement.limit(FEED_LENGTH)).all()


def get_public(public_id: str, number: int | None = None) -> Any | None:
    """What the public page shows: the current version, or version `number`; withdrawn notices too, drafts never."""
    version = NoticeVersion.number == (_current_number() if number is None else number)
    statement = _with_version().where(
        Notice.public_id == public_id, _is_public(), version, NoticeVersion.published_at.is_not(None)
    )
    return db.session.execute(statement).first()


def get_checked(notice_id: int) -> Any | None:
    """The draft of a notice in the shape of the public page."""
    statement = _with_version().where(Notice.id == notice_id, NoticeVersion.published_at.is_(None))
    return db.session.execute(statement).first()


def list_versions(notice_id: int) -> Sequence[Any]:
    """The published versions, the newest first."""
    statement = (
        select(NoticeVersion.number, NoticeVersion.published_at, NoticeVersion.correction_note)
        .where(NoticeVersion.notice_id == notice_id, NoticeVersion.published_at.is_not(None))
        .order_by(NoticeVersion.number.desc())
    )
    return db.session.execute(statement).all()


def list_successors(notice_id: int) -> Sequence[Any]:
    """The published notices that say they supersede this one, with the day on which each takes effect."""
    statement = (
        select(Notice.public_id, Notice.title, NoticeVersion.effective_on)
        .join(NoticeVersion, and_(NoticeVersion.notice_id == Notice.id, NoticeVersion.number == _current_number()))
        .where(Notice.supersedes_id == notice_id, Notice.status == NoticeStatus.PUBLISHED)
    )
    return db.session.execute(statement.order_by(*newest_first())).all()


def list_places() -> Sequence[Any]:
    """The associations to choose from, in the order of the tree."""
    statement = select(Association.id, Association.code, Association.name, Association.path)
    return db.session.execute(
        statement.where(Association.archived_on.is_(None)).order_by(Association.path).limit(PLACES)
    ).all()


def count_drafts(association: Association) -> int:
    """Drafts that wait to be published, corrections among them."""
    statement = select(func.count()).select_from(NoticeVersion).join(NoticeVersion.notice)
    wanted = statement.where(Notice.association_id == association.id, NoticeVersion.published_at.is_(None))
    return db.session.scalar(wanted) or 0


def _published(wanted: Filter) -> Select[Any]:
    columns = (*LIST_COLUMNS, is_superseded(today()), _pinned(wanted.path).label("is_pinned"))
    statement = select(*columns).join(Notice.association)
    conditions = [Notice.status == NoticeStatus.PUBLISHED, *_below(wanted.path), *with_words(wanted.words)]
    if wanted.kind:
        conditions.append(Notice.kind == wanted.kind)
    if wanted.year:
        conditions += [
            Notice.published_at >= _new_year(wanted.year),
            Notice.published_at < _new_year(wanted.year + 1),
        ]
    return statement.where(*conditions)


def _with_version() -> Select[Any]:
    older = aliased(Notice)
    return (
        select(
            *VERSION_COLUMNS,
            is_superseded(today()),
            older.public_id.label("older_id"),
            older.title.label("older_title"),
        )
        .select_from(Notice)
        .join(Notice.association)
        .join(NoticeVersion, NoticeVersion.notice_id == Notice.id)
        .outerjoin(older, older.id == Notice.supersedes_id)
    )


def is_superseded(day: date) -> Label[bool]:
    """Whether another published notice that has taken effect says that it supersedes this one."""
    newer, version = aliased(Notice), aliased(NoticeVersion)
    in_effect = or_(version.effective_on.is_(None), version.effective_on <= day)
    return (
        exists()
        .where(newer.supersedes_id == Notice.id, newer.status == NoticeStatus.PUBLISHED)
        .where(version.notice_id == newer.id, version.number == _current_number(newer), in_effect)
        .label("is_superseded")
    )


def _current_number(notice: Any = Notice) -> Any:
    version = aliased(NoticeVersion)
    latest = select(func.max(version.number)).where(version.notice_id == notice.id, version.published_at.is_not(None))
    return latest.correlate(notice).scalar_subquery()


def _is_public() -> ColumnElement[bool]:
    return Notice.status.in_((NoticeStatus.PUBLISHED, NoticeStatus.WITHDRAWN))


def _pinned(path: str | None) -> ColumnElement[Any]:
    here = Association.path == path if path else Association.parent_id.is_(None)
    return case((and_(Notice.is_pinned, here), 1), else_=0)


def newest_first() -> tuple[ColumnElement[Any], ...]:
    return Notice.published_at.desc(), Notice.id.desc()


def _below(path: str | None) -> list[ColumnElement[bool]]:
    return [in_subtree(path)] if path else []


def with_words(words: str) -> list[ColumnElement[bool]]:
    """Every word typed stands in the title or is the beginning of the index number."""
    return [
        or_(Notice.title.icontains(word, autoescape=True), Notice.index_number.istartswith(word, autoescape=True))
        for word in words.split()[:5]
    ]


def _new_year(year: int) -> datetime:
    return datetime.combine(date(year, 1, 1), datetime.min.time(), ZoneInfo(DEFAULT_ZONE))
