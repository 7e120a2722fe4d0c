"""What was searched for, shown where it stands: in the title, and in a line of the text around the first place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy import and_, func, select

from portal.core.database import db
from portal.core.search import folded, text_query, text_runs
from portal.core.text import plain
from portal.notices.models import Notice, NoticeStatus, NoticeVersion
from portal.notices.queries import CURRENT_NUMBER
from portal.notices.search import names_of

READ = 30_000  # characters of a text that are looked through for a line to show
BEFORE, LENGTH = 24, 110
_STOP = re.compile(r"[\n。！？!?；;]")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Sought:
    """What was typed, as patterns of a folded text: each run as a whole, or the pairs of characters in it."""

    whole: re.Pattern[str] | None
    parts: re.Pattern[str] | None

    @classmethod
    def of(cls, words: str) -> Sought:
        return cls(_any_of(text_runs(words)), _any_of(text_query(words)))

    def places(self, text: str) -> list[tuple[int, int]]:
        """From where to where in the text something stands that was sought."""
        plain_text = folded(text)
        for pattern in (self.whole, self.parts):
            found = [match.span() for match in pattern.finditer(plain_text)] if pattern else []
            if found:
                return found
        return []

    def mark(self, text: str) -> Markup:
        """The text, escaped, with each place in <mark>."""
        made, at = Markup(), 0
        for start, end in self.places(text):
            made += escape(text[at:start]) + Markup("<mark>{}</mark>").format(text[start:end])
            at = end
        return made + escape(text[at:])

    def line(self, text: str) -> Markup | None:
        """Some words around the first place, nothing if there is none."""
        places = self.places(text)
        if not places:
            return None
        start = _beginning(text, places[0][0])
        cut = _SPACE.sub(" ", text[start : start + LENGTH]).strip()
        return (
            _dots(start > 0 and not _STOP.match(text[start - 1])) + self.mark(cut) + _dots(start + LENGTH < len(text))
        )


def shown(words: str, rows: Sequence[Any]) -> dict[str, Any]:
    """For a template: what was typed, as it is marked in a title, and why each row was found."""
    sought = Sought.of(words)
    return {"words": words, "sought": sought, "why": lines(rows, sought) if words else {}}


def lines(rows: Sequence[Any], sought: Sought) -> Mapping[str, Markup]:
    """For each row the line that shows why it was found, by its public id: of its text, or an attachment's name."""
    found = _texts([row.public_id for row in rows])
    names = names_of([row.id for row in found])
    shown = {row.public_id: _why(row, names.get(row.id, ()), sought) for row in found}
    return {public_id: line for public_id, line in shown.items() if line}


def _why(row: Any, names: Iterable[str], sought: Sought) -> Markup:
    numbers = " · ".join(filter(None, (row.document_number, row.issuer, row.subject, row.keywords)))
    for text in (plain(row.html), *names, numbers):
        line = sought.line(text)
        if line is not None:
            return line
    return escape(_SPACE.sub(" ", plain(row.html[: 3 * LENGTH]))[:LENGTH])


def _texts(public_ids: Sequence[str]) -> Sequence[Any]:
    """The beginning of what the current version of each says that is published. (The state is put so that SQLite,
    which does not know how many are published, does not look through all of them.)
    """
    html = func.substr(NoticeVersion.html, 1, READ).label("html")
    statement = (
        select(
            NoticeVersion.id,
            Notice.public_id,
            html,
            NoticeVersion.document_number,
            NoticeVersion.issuer,
            NoticeVersion.subject,
            NoticeVersion.keywords,
        )
        .join(Notice, and_(Notice.id == NoticeVersion.notice_id, NoticeVersion.number == CURRENT_NUMBER))
        .where(Notice.public_id.in_(public_ids), func.coalesce(Notice.status, "") == NoticeStatus.PUBLISHED)
    )
    return db.session.execute(statement).all()


def _any_of(words: Iterable[str]) -> re.Pattern[str] | None:
    """Any of the words, the longest first."""
    alternatives = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(alternatives) if alternatives else None


def _beginning(text: str, hit: int) -> int:
    """Where the line begins: after the sentence before, if that is near, else some characters before the place."""
    first = max(0, hit - BEFORE)
    stops = [match.end() for match in _STOP.finditer(text, first, hit)]
    return stops[-1] if stops else first


def _dots(cut: bool) -> Markup:
    return Markup("…") if cut else Markup()
