"""Reading notices in public: columns for lists and the feed, one version for a page. The office reads in desk.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.core.calendar import DEFAULT_ZONE, today
from portal.core.database import db, read
from portal.core.paging import LIMIT, Page, paginate
from portal.core.recent import recent
from portal.notices.models import Notice, NoticeStatus, NoticeVersion
from portal.notices.subject_queries import list_subjects as list_subjects

PLACES = 200
SIZE = 25
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
    NoticeVersion.html,  # the first, so that the others can be told from it: they say when it has changed
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
        "number", "title", "kind", "subject", "issuer", "document_number", "signed_on",
        "effective_on", "expires_on", "keywords", "contact", "correction_note",
    )),
    NoticeVersion.published_at.label("version_published_at"),
    Notice.updated_at,
)  # fmt: skip

# Aliases, and what holds for every question, are made once: making them costs more than asking the database.
_newer, _newer_version, _older, _version = (
    aliased(Notice),
    aliased(NoticeVersion),
    aliased(Notice),
    aliased(NoticeVersion),
)
_TODAY = bindparam("today", type_=Date(), callable_=today)


def _current_number(notice: Any) -> Any:
    latest = select(func.max(_version.number)).where(
        _version.notice_id == notice.id, _version.published_at.is_not(None)
    )
    return latest.correlate(notice).scalar_subquery()


CURRENT_NUMBER = _current_number(Notice)
# Whether another published notice that has taken effect says that it supersedes this one.
IS_SUPERSEDED = (
    exists()
    .where(_newer.supersedes_id == Notice.id, _newer.status == NoticeStatus.PUBLISHED)
    .where(_newer_version.notice_id == _newer.id, _newer_version.number == _current_number(_newer))
    .where(or_(_newer_version.effective_on.is_(None), _newer_version.effective_on <= _TODAY))
    .label("is_superseded")
)
_IS_PUBLIC = Notice.status.in_((NoticeStatus.PUBLISHED, NoticeStatus.WITHDRAWN))
NEWEST_FIRST = (Notice.published_at.desc(), Notice.id.desc())
# When what supersedes it was last published or corrected; nothing if nothing does.
_SUPERSEDED_AT = (
    select(func.max(_newer.updated_at))
    .where(_newer.supersedes_id == Notice.id, _newer.status == NoticeStatus.PUBLISHED)
    .correlate(Notice)
    .scalar_subquery()
    .label("superseded_at")
)
_WITH_VERSION = (
    select(
        *VERSION_COLUMNS,
        IS_SUPERSEDED,
        _SUPERSEDED_AT,
        CURRENT_NUMBER.label("current_number"),
        _older.public_id.label("older_id"),
        _older.title.label("older_title"),
    )
    .select_from(Notice)
    .join(Notice.association)
    .join(NoticeVersion, NoticeVersion.notice_id == Notice.id)
    .outerjoin(_older, _older.id == Notice.supersedes_id)
)
_PUBLIC = _WITH_VERSION.where(
    Notice.public_id == bindparam("public_id"), _IS_PUBLIC, NoticeVersion.published_at.is_not(None)
)
_PUBLIC_CURRENT = _PUBLIC.where(NoticeVersion.number == CURRENT_NUMBER)
_PUBLIC_NUMBERED = _PUBLIC.where(NoticeVersion.number == bindparam("number"))
_VERSIONS = (
    select(NoticeVersion.number, NoticeVersion.published_at, NoticeVersion.correction_note)
    .where(NoticeVersion.notice_id == bindparam("notice_id"), NoticeVersion.published_at.is_not(None))
    .order_by(NoticeVersion.number.desc())
)
_SUCCESSORS = (
    select(Notice.public_id, Notice.title, NoticeVersion.effective_on)
    .join(NoticeVersion, and_(NoticeVersion.notice_id == Notice.id, NoticeVersion.number == CURRENT_NUMBER))
    .where(Notice.supersedes_id == bindparam("notice_id"), Notice.status == NoticeStatus.PUBLISHED)
    .order_by(*NEWEST_FIRST)
)
_PLACES = (
    select(Association.id, Association.code, Association.name, Association.path)
    .where(Association.archived_on.is_(None))
    .order_by(Association.path)
    .limit(PLACES)
)


@dataclass(frozen=True)
class Filter:
    """What a reader asks a list for; `path` is that of an association, meaning it and all below it."""

    kind: str | None = None
    path: str | None = None
    year: int | None = None
    words: str = ""


def list_published(wanted: Filter, number: int) -> Page[Any]:
    """The public list, newest first. What the list's own association has pinned stands above the rest.

    The list of everything counts as that of the association at the root. Each row brings the total along.
    """
    start = (max(1, number) - 1) * SIZE
    rows = read(_page_of(wanted), {"page_start": start}).all()
    if not rows and number > 1:  # past the end: the last page
        return paginate(_published(wanted), number, SIZE, scalars=False)
    total = rows[0].total if rows else 0
    return Page(rows, max(1, number), SIZE, total, total >= LIMIT)


def latest_published(limit: int, path: str | None = None) -> Sequence[Any]:
    """The first rows of the public list, for the front page, or with `path` for an association's page."""
    return read(_first(limit, path)).all()


@lru_cache(maxsize=256)
def _first(limit: int, path: str | None) -> Select[Any]:
    return _published(Filter(path=path)).limit(limit)


def list_changes(path: str | None = None) -> Sequence[Any]:
    """What was last published, corrected or withdrawn, with the beginning of its text, for the feed."""
    statement = (
        select(
            *LIST_COLUMNS,
            Notice.updated_at,
            Notice.withdrawal_reason,
            NoticeVersion.correction_note,
            func.substr(NoticeVersion.html, 1, BEGINNING).label("beginning"),
        )
        .select_from(Notice)
        .join(Notice.association)
        .join(NoticeVersion, and_(NoticeVersion.notice_id == Notice.id, NoticeVersion.number == CURRENT_NUMBER))
        .where(_IS_PUBLIC, *_below(path))
        .order_by(Notice.updated_at.desc(), Notice.id.desc())
    )
    return db.session.execute(statement.limit(FEED_LENGTH)).all()


def get_public(public_id: str, number: int | None = None) -> Any | None:
    """What the public page shows: the current version, or version `number`; withdrawn notices too, drafts never."""
    if number is None:
        return read(_PUBLIC_CURRENT, {"public_id": public_id}).first()
    return read(_PUBLIC_NUMBERED, {"public_id": public_id, "number": number}).first()


def get_checked(notice_id: int) -> Any | None:
    """The draft of a notice in the shape of the public page."""
    statement = _WITH_VERSION.where(Notice.id == notice_id, NoticeVersion.published_at.is_(None))
    return db.session.execute(statement).first()


def list_versions(notice_id: int) -> Sequence[Any]:
    """The published versions, the newest first."""
    return db.session.execute(_VERSIONS, {"notice_id": notice_id}).all()


def list_successors(notice_id: int) -> Sequence[Any]:
    """The published notices that say they supersede this one, with the day on which each takes effect."""
    return db.session.execute(_SUCCESSORS, {"notice_id": notice_id}).all()


def list_places() -> Sequence[Any]:
    """The associations to choose from, in the order of the tree; a new one comes in within a minute."""
    return recent("notices:places", lambda: db.session.execute(_PLACES).all())


def counting_drafts(association: Association) -> Select[Any]:
    """Drafts that wait to be published, corrections among them."""
    statement = select(func.count()).select_from(NoticeVersion).join(NoticeVersion.notice)
    return statement.where(Notice.association_id == association.id, NoticeVersion.published_at.is_(None))


@lru_cache(maxsize=256)
def _published(wanted: Filter) -> Select[Any]:
    """The rows of the public list as a statement, which is kept: most readers ask for the same."""
    is_pinned = _pinned(wanted.path)
    statement = select(*LIST_COLUMNS, IS_SUPERSEDED, is_pinned.label("is_pinned"))
    statement = statement.select_from(Notice).join(Notice.association)
    conditions = [Notice.status == NoticeStatus.PUBLISHED, *_below(wanted.path), *with_words(wanted.words)]
    if wanted.kind:
        conditions.append(Notice.kind == wanted.kind)
    if wanted.year:
        conditions += [
            Notice.published_at >= _new_year(wanted.year),
            Notice.published_at < _new_year(wanted.year + 1),
        ]
    return statement.where(*conditions).order_by(is_pinned.desc(), *NEWEST_FIRST)


@lru_cache(maxsize=256)
def _page_of(wanted: Filter) -> Select[Any]:
    """A page of `_published`, each row with the number of all."""
    statement = _published(wanted)
    counted: Any = (
        statement.with_only_columns(literal_column("1"), maintain_column_froms=True).order_by(None).limit(LIMIT)
    )
    total = select(func.count()).select_from(counted.subquery()).scalar_subquery().label("total")
    return statement.add_columns(total).limit(SIZE).offset(bindparam("page_start", type_=Integer()))


def _pinned(path: str | None) -> ColumnElement[Any]:
    here = Association.path == path if path else Association.parent_id.is_(None)
    return case((and_(Notice.is_pinned, here), 1), else_=0)


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
