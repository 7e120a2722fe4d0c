"""The map of what everybody may read, for search engines (sitemaps.org): an index, and files of addresses.

A file holds the rows of one table whose ids lie in one range of LENGTH, so that it never holds more addresses than
the protocol allows, and stays the same file as the table grows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from xml.sax.saxutils import escape

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from portal.activities.models import ActivityLog
from portal.activities.story_rules import is_story
from portal.associations.models import Association
from portal.charters.models import Charter, ConsultationRound
from portal.charters.queries import SECRET
from portal.core.database import db, read
from portal.core.recent import recent
from portal.disclosure.models import Guide
from portal.letters.models import Letter
from portal.notices.models import Notice, NoticeStatus
from portal.objections.models import NoticePeriod
from portal.statements.models import YearStatement
from portal.statements.queries import STANDS

LENGTH = 50_000
CHUNK = 1000
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@dataclass(frozen=True)
class Source:
    """The public rows of a table: which, where each is read, and when it last changed."""

    entity: Any
    endpoint: str
    arguments: tuple[str, ...]
    changed: Any
    conditions: Callable[[], Sequence[Any]]

    def files(self) -> Sequence[Any]:
        """The number of each file, the last change of an address in it, and how many it holds."""
        number = (self.entity.id // LENGTH).label("number")
        statement = select(number, func.max(self.changed), func.count()).where(*self.conditions())
        return read(statement.group_by(number).order_by(number)).all()

    def rows(self, number: int) -> Select[Any]:
        columns = [getattr(self.entity, name).label(name) for name in self.arguments]
        within = self.entity.id.between(number * LENGTH, (number + 1) * LENGTH - 1)
        return select(*columns, self.changed).where(within, *self.conditions()).order_by(self.entity.id)


def _notices() -> Sequence[Any]:
    return (Notice.status == NoticeStatus.PUBLISHED,)


def _associations() -> Sequence[Any]:
    return (Association.archived_on.is_(None),)


def _guides() -> Sequence[Any]:
    return Guide.is_open, Guide.ended_on.is_(None)


def _stories() -> Sequence[Any]:
    return ActivityLog.association_id == Association.id, *is_story()


def _charters() -> Sequence[Any]:
    """Those that were shown to everybody in a round."""
    return Charter.state.not_in(SECRET), exists().where(ConsultationRound.charter_id == Charter.id)


def _answers() -> Sequence[Any]:
    return (Letter.published_at.is_not(None),)


def _statements() -> Sequence[Any]:
    return (STANDS,)


SOURCES = {
    "notices": Source(Notice, "notices.public_page", ("public_id",), Notice.updated_at, _notices),
    "associations": Source(Association, "home.association", ("code",), Association.created_at, _associations),
    "guides": Source(Guide, "disclosure.public_guide", ("block", "public_id"), Guide.revised_at, _guides),
    "activities": Source(
        ActivityLog,
        "activities.story",
        ("public_id",),
        func.coalesce(ActivityLog.reviewed_at, ActivityLog.recorded_at),
        _stories,
    ),
    "notice-periods": Source(
        NoticePeriod,
        "objections.public_page",
        ("public_id",),
        func.coalesce(NoticePeriod.decided_at, NoticePeriod.opened_at),
        tuple,
    ),
    "charters": Source(
        Charter,
        "charters.public_page",
        ("public_id",),
        func.coalesce(Charter.ended_at, Charter.created_at),
        _charters,
    ),
    "answers": Source(Letter, "letters.answer_page", ("public_id",), Letter.published_at, _answers),
    "statements": Source(YearStatement, "statements.public", ("public_id",), YearStatement.published_at, _statements),
}
Files = Sequence[tuple[str, int, Any, int]]


def files() -> Files:
    """Each file by room and number, with the last change and the number of its addresses; a minute old at most."""
    return recent("sitemap", lambda: [(name, *row) for name, source in SOURCES.items() for row in source.files()])


def index(base_url: str) -> str:
    """The file of files."""
    listed = _entry("sitemap", f"{base_url}/sitemaps/pages.xml", None)
    for name, number, changed, _count in files():
        listed += _entry("sitemap", f"{base_url}/sitemaps/{name}-{number}.xml", changed)
    return f"{HEAD}<sitemapindex {SPACE}>\n{listed}</sitemapindex>\n"


def pages(addresses: Sequence[str]) -> str:
    """The file of the pages that are always there."""
    return f"{HEAD}<urlset {SPACE}>\n{''.join(_entry('url', address, None) for address in addresses)}</urlset>\n"


def addresses(name: str, number: int, pattern: str) -> Iterator[bytes]:
    """A file of addresses, read in portions in a session of its own; `pattern` is the address with %(name)s."""
    return _addresses(Session(db.engine), SOURCES[name].rows(number), pattern)


def _addresses(session: Session, rows: Select[Any], pattern: str) -> Iterator[bytes]:
    yield f"{HEAD}<urlset {SPACE}>\n".encode()
    with session:
        found = session.execute(rows.execution_options(yield_per=CHUNK))
        for portion in found.partitions():
            listed = (_entry("url", pattern % row._mapping, row[-1]) for row in portion)
            yield "".join(listed).encode()
    yield b"</urlset>\n"


def _entry(tag: str, address: str, changed: Any) -> str:
    day = f"<lastmod>{_moment(changed)}</lastmod>" if changed else ""
    return f"<{tag}><loc>{escape(address)}</loc>{day}</{tag}>\n"


def _moment(changed: Any) -> str:
    """To the second, in UTC: W3C's form."""
    return str(changed.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
