"""Reading notices in public: columns for lists and the feed, one version for a page. The office reads in desk.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.core.database import db, look, read
from portal.core.paging import LIMIT, Page
from portal.core.recent import recent
from portal.notices.models import Notice, NoticeStatus, NoticeVersion
from portal.notices.narrowing import TODAY, Filter, aimed_at, is_below_root, narrowed, on_its_way
from portal.notices.subject_queries import list_subjects as list_subjects

PLACES = 200
SIZE = 25
FEED_LENGTH = 30
MOST_FOUND = 500
BEGINNING = 2000  # characters of a text that an excerpt needs

_target = aliased(Association)
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
    _target.name.label("target"),
    *(getattr(NoticeVersion, name) for name in (
        "number", "title", "kind", "subject", "issuer", "document_number", "signed_on",
        "effective_on", "expires_on", "keywords", "contact", "correction_note",
    )),
    NoticeVersion.published_at.label("version_published_at"),
    Notice.updated_at,
)  # fmt: skip

# Aliases, and what holds for every question, are made once: making them costs more than asking the database.
_newer, _older = aliased(Notice), aliased(Notice)
_newer_version, _version = aliased(NoticeVersion), aliased(NoticeVersion)


def _current_number(notice: Any) -> Any:
    latest = select(func.max(_version.number)).where(
        _version.notice_id == notice.id, _version.published_at.is_not(None)
    )
    return latest.correlate(notice).scalar_subquery()


CURRENT_NUMBER = _current_number(Notice)
_has_taken_effect = and_(
    _newer_version.notice_id == _newer.id,
    _newer_version.number == _current_number(_newer),
    or_(_newer_version.effective_on.is_(None), _newer_version.effective_on <= TODAY),
)
_newer_is_published = func.coalesce(_newer.status, "") == NoticeStatus.PUBLISHED
# Whether another published notice that has taken effect says that it supersedes this one: asked of each row, or,
# where a list is narrowed by it, of all at once. Few supersede another, nearly all are published: those few are found
# by what they supersede, which the planner is led to.
IS_SUPERSEDED = (
    exists().where(_newer.supersedes_id == Notice.id, _newer_is_published, _has_taken_effect).label("is_superseded")
)
_supersedes = (_newer.supersedes_id > 0, _newer_is_published)
_IS_AMONG_SUPERSEDED = Notice.id.in_(select(_newer.supersedes_id).where(*_supersedes, _has_taken_effect))
_START, _SIZE = bindparam("page_start", type_=Integer()), bindparam("page_size", type_=Integer())
_IS_PUBLIC = Notice.status.in_((NoticeStatus.PUBLISHED, NoticeStatus.WITHDRAWN))
NEWEST_FIRST = (Notice.published_at.desc(), Notice.id.desc())
# When what supersedes it was last published or corrected; nothing if nothing does.
_SUPERSEDED_AT = (
    select(func.max(_newer.updated_at))
    .where(_newer.supersedes_id == Notice.id, _newer_is_published)
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
    .outerjoin(_target, _target.id == Notice.target_id)
    .join(NoticeVersion, NoticeVersion.notice_id == Notice.id)
    .outerjoin(_older, _older.id == Notice.supersedes_id)
)
_PUBLIC = _WITH_VERSION.where(
    Notice.public_id == bindparam("public_id"), _IS_PUBLIC, NoticeVersion.published_at.is_not(None)
)
_PUBLIC_CURRENT = _PUBLIC.where(NoticeVersion.number == CURRENT_NUMBER)
_PUBLIC_NUMBERED = _PUBLIC.where(NoticeVersion.number == bindparam("number"))
_SUCCESSORS = (
    select(Notice.public_id, Notice.title, NoticeVersion.effective_on)
    .join(NoticeVersion, and_(NoticeVersion.notice_id == Notice.id, NoticeVersion.number == CURRENT_NUMBER))
    .where(Notice.supersedes_id == bindparam("notice_id"), func.coalesce(Notice.status, "") == NoticeStatus.PUBLISHED)
    .order_by(*NEWEST_FIRST)
)
_PLACES = select(Association.id, Association.code, Association.name, Association.path).order_by(Association.path)


def list_published(wanted: Filter, number: int) -> Page[Any]:
    """The public list, newest first. What the list's own association has pinned stands above the rest.

    The list of everything counts as that of the association at the root. Each row brings the total along.
    """
    number, end = max(1, number), most(wanted)
    on_way = on_its_way(wanted)
    if on_way is None:
        return Page([], 1, SIZE, 0, False)
    wanted, rows = on_way, _page(on_way, number)
    if not rows and number > 1:  # past the end: the last page
        total = db.session.scalar(counting(wanted)) or 0
        number = max(1, -(-total // SIZE))
        rows = _page(wanted, number)
    total = rows[0].total if rows else 0
    return Page(rows, number, SIZE, total, total >= end)


def most(wanted: Filter) -> int:
    """How far a list is counted: whoever searches asks anew rather than read a thousand."""
    return MOST_FOUND if wanted.words else LIMIT


def latest_published(limit: int, path: str | None = None) -> Sequence[Any]:
    """The first rows of the public list, for the front page, or with `path` for an association's page."""
    wanted = on_its_way(Filter(path=path)) or Filter(path=path)
    return read(_published(wanted), {"page_start": 0, "page_size": limit}).all()


def _page(wanted: Filter, number: int) -> Sequence[Any]:
    return read(_published(wanted), {"page_start": (number - 1) * SIZE, "page_size": SIZE}).all()


def list_changes(path: str | None = None, subject_id: int | None = None) -> Sequence[Any]:
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
        .where(Notice.id.in_(_last_changed(path, subject_id)))
        .order_by(Notice.updated_at.desc(), Notice.id.desc())
    )
    return db.session.execute(statement.limit(FEED_LENGTH)).all()


def _last_changed(path: str | None, subject_id: int | None) -> Any:
    """The ids of what was changed last: here and below, and aimed at it from above."""
    every = select(Notice.id).where(_IS_PUBLIC, *([Notice.subject_id == subject_id] if subject_id else []))
    places = [every]
    if path and is_below_root(path):
        places = [every.join(Notice.association).where(in_subtree(path)), every.where(*aimed_at(path))]
    last = (Notice.updated_at.desc(), Notice.id.desc())
    return union_all(*(select(one.order_by(*last).limit(FEED_LENGTH).subquery()) for one in places))


def get_public(public_id: str, number: int | None = None) -> Any | None:
    """What the public page shows: the current version, or version `number`; withdrawn notices too, drafts never."""
    if number is None:
        return look(_PUBLIC_CURRENT, {"public_id": public_id})
    return look(_PUBLIC_NUMBERED, {"public_id": public_id, "number": number})


def get_checked(notice_id: int) -> Any | None:
    """The draft of a notice in the shape of the public page."""
    statement = _WITH_VERSION.where(Notice.id == notice_id, NoticeVersion.published_at.is_(None))
    return db.session.execute(statement).first()


def list_successors(notice_id: int) -> Sequence[Any]:
    """The published notices that say they supersede this one, with the day on which each takes effect."""
    return read(_SUCCESSORS, {"notice_id": notice_id}).all()


def list_places() -> Sequence[Any]:
    """The associations to choose from, in the order of the tree; a new one comes in within a minute."""
    live = _PLACES.where(Association.archived_on.is_(None)).limit(PLACES)
    return recent("notices:places", lambda: db.session.execute(live).all())


def counting(wanted: Filter) -> Select[Any]:
    """How many rows a list has, counted no further than `most`."""
    led = replace(wanted, leads=wanted.leads or is_below_root(wanted.path))  # to count needs no order
    counted = [one.limit(most(wanted)).subquery() for one in _both(led, literal_column("1"))]
    return select(sum(select(func.count()).select_from(one).scalar_subquery() for one in counted))  # type: ignore[arg-type]


@lru_cache(maxsize=256)
def _published(wanted: Filter) -> Select[Any]:
    """A page of the public list as a statement, which is kept: most readers ask for the same. Its place in the list
    is settled by ids alone; what a row shows is worked out for its own rows only.
    """
    page, total = _pinned_first(wanted) if wanted.shows_pinned else _found(wanted)
    statement = select(*LIST_COLUMNS, IS_SUPERSEDED, page.c.is_pinned, total.label("total"))
    statement = statement.select_from(page).join(Notice, Notice.id == page.c.id).join(Notice.association)
    return statement.order_by(page.c.is_pinned.desc(), *NEWEST_FIRST)


def _pinned_first(wanted: Filter) -> tuple[Any, Any]:
    """The ids of a page, those that are pinned here before the others, and the number of all."""
    is_pinned = _is_pinned(wanted.path), Notice.is_pinned
    pinned = [one.where(is_it) for one, is_it in zip(_both(wanted, *_places(1)), is_pinned, strict=False)]
    others = [one.where(~is_it) for one, is_it in zip(_both(wanted, *_places(0)), is_pinned, strict=False)]
    both = union_all(*pinned, *(_newest(one, _START + _SIZE) for one in others)).subquery("both")
    newest = (both.c.is_pinned.desc(), both.c.published_at.desc(), both.c.id.desc())
    page = select(both).order_by(*newest).limit(_SIZE).offset(_START)
    return page.subquery("page"), counting(wanted).scalar_subquery()


def _found(wanted: Filter) -> tuple[Any, Any]:
    """The ids of a page, and how many were found: they are looked for once."""
    both = [_newest(one, most(wanted)) for one in _both(wanted, *_places(0))]
    found = (both[0] if len(both) == 1 else union_all(*both)).cte("found")
    page = select(found).order_by(found.c.published_at.desc(), found.c.id.desc()).limit(_SIZE).offset(_START)
    return page.subquery("page"), select(func.count()).select_from(found).scalar_subquery()


def _places(pinned: int) -> tuple[Any, ...]:
    return Notice.id, Notice.published_at, literal_column(str(pinned)).label("is_pinned")


def _newest(statement: Select[Any], count: Any) -> Select[Any]:
    """The newest rows, so that they can stand in a union."""
    return select(statement.order_by(*NEWEST_FIRST).limit(count).subquery())


def _both(wanted: Filter, *columns: Any) -> list[Select[Any]]:
    """Columns of all that is published and asked for: of the association and those below it; and, asked for apart so
    that each has its index, what those above aim at it.
    """
    every: Select[Any] = select(*columns).select_from(Notice)
    here = every.where(*narrowed(wanted, _IS_AMONG_SUPERSEDED))
    if not wanted.path or not is_below_root(wanted.path):
        return [here]
    aimed = every.where(*narrowed(replace(wanted, leads=True), _IS_AMONG_SUPERSEDED), *aimed_at(wanted.path))
    return [here.join(Notice.association).where(in_subtree(wanted.path)), aimed]


def _is_pinned(path: str | None) -> ColumnElement[bool]:
    """Pinned by the association whose list it is; what those above have pinned stands first beside it."""
    here = Association.path == path if path else Association.parent_id.is_(None)
    return and_(
        Notice.is_pinned, Notice.association_id == select(Association.id).where(here).limit(1).scalar_subquery()
    )
