"""Notices by what stands in them: the index `notice_text`, and a question to it.

Each published notice is one row of the index, of the words of its current version: title, numbers, issuer, keywords,
subject, text, and the names of its attachments. SQLite keeps them in FTS5, PostgreSQL in a tsvector with GIN; both
hold the same words (`core.search.text_words`), so both find the same. `notices.indexing` keeps it up to date.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Dialect,
    Select,
    String,
    and_,
    bindparam,
    column,
    exists,
    false,
    func,
    literal_column,
    select,
    table,
    text,
    true,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import Boolean, TypeDecorator

from portal.core.database import db, read
from portal.core.search import text_query, text_words
from portal.core.text import plain
from portal.notices.models import Notice, NoticeAttachment, NoticeStatus, NoticeVersion

MOST_ASKED = 12  # words of a question: each narrows it, and a sentence has many
PREFIX = 3  # so many letters or digits ask for all words that begin with them
BY_IDS, GONE_THROUGH, ENTRY_BY_ENTRY = "by ids", "gone through", "entry by entry"
COMMON = {"sqlite": 3_000, "postgresql": 20_000}
PORTION = 500
ENTRY = {
    "sqlite": "INSERT INTO notice_text (rowid, words) VALUES (:id, :words)",
    "postgresql": "INSERT INTO notice_text (rowid, words) VALUES (:id, array_to_tsvector(:words))",
}
REMOVAL = "DELETE FROM notice_text WHERE rowid = :id"
EMPTYING = "DELETE FROM notice_text"


class Asked(TypeDecorator[tuple[str, ...]]):
    """Words that must all occur, as the engine takes them. They consist of letters and digits only."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str:
        is_sqlite = dialect.name == "sqlite"
        quote, join, begins = ('"', " AND ", "*") if is_sqlite else ("'", " & ", ":*")
        return join.join(f"{quote}{word}{quote}{begins if _is_prefix(word) else ''}" for word in value or ())


class Holds(FunctionElement[bool]):
    """Whether an entry of the index holds the words."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        """SQLite, which has no truth values, would have it compared with 1."""
        return self


@compiles(Holds, "sqlite")
def _in_fts(element: Any, compiler: Any, **options: Any) -> str:
    return f"notice_text MATCH {compiler.process(element.clauses, **options)}"


@compiles(Holds, "postgresql")
def _in_tsvector(element: Any, compiler: Any, **options: Any) -> str:
    return f"notice_text.words @@ CAST({compiler.process(element.clauses, **options)} AS tsquery)"


_INDEX = table("notice_text", column("rowid"))


def matching(words: str, way: str = BY_IDS) -> list[ColumnElement[bool]]:
    """Published notices in which all that was typed occurs; none if there is no letter in it.

    No planner knows how many that are, nor what it costs PostgreSQL to unpack an entry, so each way is put so that it
    is kept: an OFFSET is not looked behind, of a sum no index is used.
    """
    if not words:
        return []
    found = _found(words)
    if found is None:
        return [false()]
    if way == GONE_THROUGH:
        return [(Notice.id + 0).in_(found)]
    behind: Any = literal_column("0")
    if way == ENTRY_BY_ENTRY:
        return [exists(found.where(_INDEX.c.rowid == Notice.id).correlate(Notice).offset(behind))]
    return [Notice.id.in_(found.offset(behind))]


def count_holding(words: str) -> int:
    """How many notices hold the words, counted as far as decides in which way they are looked for."""
    found = _found(words)
    if found is None:
        return 0
    return read(select(func.count()).select_from(found.limit(COMMON[_engine()]).subquery())).scalar() or 0


def way_for(count: int) -> str:
    """Rare words are looked up by the ids of their notices. For common ones a list is gone through from its beginning
    until enough is met: against all ids at once, or entry by entry, as costs the engine least.
    """
    if count < COMMON[_engine()]:
        return BY_IDS
    return GONE_THROUGH if _engine() == "sqlite" else ENTRY_BY_ENTRY


def _found(words: str) -> Select[Any] | None:
    asked = tuple(text_query(words)[:MOST_ASKED])
    return select(_INDEX.c.rowid).where(Holds(bindparam(None, asked, type_=Asked()))) if asked else None


def titled(words: str) -> ColumnElement[bool]:
    """Notices whose title holds every word as it is typed, drafts too, which the index does not know."""
    return and_(true(), *(Notice.title.icontains(word, autoescape=True) for word in words.split()))


def enter(notice_id: int, words: Sequence[str]) -> None:
    """Put the notice into the index, in the place of what stood there of it."""
    remove(notice_id)
    _write([(notice_id, words)])


def remove(notice_id: int) -> None:
    db.session.execute(text(REMOVAL), {"id": notice_id})


def rebuild() -> int:
    """The whole index anew, of everything published: how many notices it holds."""
    db.session.flush()
    db.session.execute(text(EMPTYING))
    last = count = 0
    while portion := db.session.execute(_CURRENT, {"last": last}).all():
        names = names_of([row.id for row in portion])
        _write([(row.notice_id, words_of(row, names.get(row.id, ()))) for row in portion])
        last, count = portion[-1].notice_id, count + len(portion)
    return count


def get_entered(version_id: int) -> Any:
    """What of a version is entered."""
    return db.session.execute(_ENTERED.where(NoticeVersion.id == version_id)).one()


def words_of(version: Any, names: Iterable[str]) -> list[str]:
    """The words by which a version is found; `names` are those of its attachments."""
    numbers = (version.index_number or "", version.document_number)
    fields = (version.title, *numbers, version.issuer, version.keywords, version.subject)
    return text_words("\n".join((*fields, *names, plain(version.html))))


def names_of(version_ids: Sequence[int]) -> Mapping[int, list[str]]:
    """The names of the attachments of versions, with what their pictures show."""
    columns = (NoticeAttachment.version_id, NoticeAttachment.name, NoticeAttachment.alternative)
    statement = select(*columns).where(NoticeAttachment.version_id.in_(version_ids))
    found: dict[int, list[str]] = {}
    for version_id, *names in db.session.execute(statement.order_by(NoticeAttachment.position)):
        found.setdefault(version_id, []).extend(filter(None, names))
    return found


_latest = select(func.max(NoticeVersion.number)).where(
    NoticeVersion.notice_id == Notice.id, NoticeVersion.published_at.is_not(None)
)
_ENTERED = select(
    NoticeVersion.id,
    NoticeVersion.notice_id,
    NoticeVersion.title,
    Notice.index_number,
    NoticeVersion.document_number,
    NoticeVersion.issuer,
    NoticeVersion.keywords,
    NoticeVersion.subject,
    NoticeVersion.html,
).join(NoticeVersion.notice)
_CURRENT = (
    _ENTERED.where(Notice.status == NoticeStatus.PUBLISHED, Notice.id > bindparam("last"))
    .where(NoticeVersion.number == _latest.correlate(Notice).scalar_subquery())
    .order_by(Notice.id)
    .limit(PORTION)
)


def _write(entries: Sequence[tuple[int, Sequence[str]]]) -> None:
    """FTS5 takes the words as one text, PostgreSQL as an array."""
    is_sqlite = _engine() == "sqlite"
    rows = [{"id": notice_id, "words": " ".join(words) if is_sqlite else list(words)} for notice_id, words in entries]
    db.session.execute(text(ENTRY[_engine()]), rows)


def _is_prefix(word: str) -> bool:
    return word.isascii() and len(word) >= PREFIX


def _engine() -> str:
    return db.engine.dialect.name
