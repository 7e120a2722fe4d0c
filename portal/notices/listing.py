"""The public list as its address asks for it: rows as plain values, and the filter with its choices.

The list is the most read page of all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, abort, request
from markupsafe import Markup, escape

from portal.associations.queries import get_association
from portal.core.calendar import read_date, today
from portal.core.drawn import public_page
from portal.core.formats import local
from portal.core.paging import page_number
from portal.core.recent import recent
from portal.core.text import printable
from portal.notices import catalogue, hits, queries
from portal.notices.models import NoticeKind, Validity, validity
from portal.notices.narrowing import HOLDS, Filter

YEARS = 10
Line = tuple[str, Any, str, str, str, str, bool, Any]


@dataclass(frozen=True)
class Asked:
    """What the address asks for, each word of it known or empty."""

    kind: str
    place: Any
    subject: Any
    q: str
    year: str
    since: date | None
    until: date | None
    holds: str
    is_policies: bool

    @classmethod
    def read(cls, is_policies: bool) -> Asked:
        """A word that is not known asks for nothing, but for an association or a subject that is not there."""
        words = " ".join(printable(request.args.get("q", ""))[:60].split())
        return cls(
            kind="" if is_policies else _one_of(list(NoticeKind), "kind"),
            place=find_place(request.args.get("association", "")),
            subject=find_subject(request.args.get("subject", "")),
            q=words,
            year=_one_of(years(), "year"),
            since=read_date(request.args.get("since", "")),
            until=read_date(request.args.get("until", "")),
            holds=_one_of(list(HOLDS), "holds"),
            is_policies=is_policies,
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether less is asked for than an association's whole list."""
        return bool(self.kind or self.subject or self.q or self.year or self.has_more)

    @property
    def has_more(self) -> bool:
        """Whether something is asked for that stands behind “More”."""
        return bool(self.since or self.until or self.holds or (self.year and not self.is_policies))

    @property
    def filter(self) -> Filter:
        """Under a subject the catalogue holds what is filed there, of any kind; without one the policies."""
        kind = NoticeKind.POLICY if self.is_policies and not self.subject else self.kind
        return Filter(
            kind or None,
            self.place.path if self.place else None,
            int(self.year) if self.year else None,
            self.q,
            self.subject.id if self.subject else None,
            self.since,
            self.until,
            self.holds or None,
        )


def show(is_policies: bool) -> Response | str:
    """The list as the address filters it."""
    asked, day = Asked.read(is_policies), today()
    page = queries.list_published(asked.filter, page_number())
    sought = hits.Sought.of(asked.q)
    why = hits.lines(page.rows, sought) if asked.q else {}
    head = catalogue.head(asked) if is_policies and page.number == 1 else None

    def context() -> dict[str, Any]:
        lines = list(_lines(page.rows, asked, sought, why))
        return {"page": page, "lines": lines, "catalogue": head, "asked": asked, **vars(asked), **_choices(asked)}

    path = asked.place.path if asked.place else None
    values = (tuple(page.rows), page.number, path, day, tuple(why.items()), head)
    return public_page("notices/list.html", values, context)


def _choices(asked: Asked) -> dict[str, Any]:
    """What the filter offers, each as its value and its words."""
    return {
        "kinds": NoticeKind.labels(),
        "subjects": [(one.public_id, one.name) for one in catalogue.subjects()],
        "validities": [(one, one.label) for one in HOLDS],
        "years": [(year, year) for year in years()],
        "places": _options(asked.place),
    }


def _lines(rows: Iterable[Any], asked: Asked, sought: hits.Sought, why: Any) -> Iterator[Line]:
    """Each row as its id, title, date, what it is and whose, its tag's words and tone, whether it is pinned, and why
    it was found.
    """
    day, is_plain = today(), not asked.q
    hides_kind = asked.is_policies and not asked.subject
    kinds = {kind.value: "" if hides_kind else f"{kind.label} · " for kind in NoticeKind}
    tags = {holds: (holds.label, holds.tone) for holds in Validity}
    for row in rows:
        on, about = local(row.published_at).date().isoformat(), kinds[row.kind] + row.association
        title, reason = row.title if is_plain else sought.mark(row.title), why.get(row.public_id)
        yield row.public_id, title, on, about, *tags[validity(row, day)], bool(row.is_pinned), reason


def find_place(code: str) -> Any:
    """The association that an address names, or None if it names none."""
    if not code:
        return None
    known = next((place for place in _places() if place.code == code), None)
    return known or get_association(printable(code)) or abort(404)


def find_subject(public_id: str) -> Any:
    """The subject that an address names, or None if it names none."""
    if not public_id:
        return None
    return catalogue.find_subject(printable(public_id)) or abort(404)


def years() -> Sequence[str]:
    return [str(today().year - n) for n in range(YEARS)]


def _one_of(known: Sequence[str], name: str) -> str:
    value = request.args.get(name, "")
    return value if value in known else ""


def _places() -> Any:
    return recent("notices:places", queries.list_places)


def _options(chosen: Any) -> Markup:
    """The associations to choose from."""
    options = recent("notices:options", lambda: "".join(_option(place.code, place.name) for place in _places()))
    value = f'value="{escape(chosen.code)}"' if chosen else ""
    return Markup(options.replace(value, f"{value} selected", 1) if chosen else options)  # noqa: S704 - see _option


def _option(code: str, name: str) -> str:
    return f'<option value="{escape(code)}">{escape(name)}</option>'


def whole(text: str) -> int:
    """A number that came from outside; 0 if it is none, or larger than any page or version."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0
