"""The public list as its address asks for it: rows as plain values, and the filter with its choices.

The list is the most read page of all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask import Response, abort, request
from markupsafe import Markup, escape

from portal.associations.queries import get_association
from portal.core.calendar import today
from portal.core.drawn import public_page
from portal.core.formats import local
from portal.core.recent import recent
from portal.core.text import printable
from portal.notices import queries
from portal.notices.models import NoticeKind, Validity, validity

YEARS = 10
Line = tuple[str, str, str, str, str, str, bool]


def show(kind: str | None, is_policies: bool) -> Response | str:
    """The list as the address filters it; a word in it that is not known asks for nothing."""
    code, year, words = (request.args.get(name, "") for name in ("association", "year", "q"))
    place, day = find_place(code), today()
    years = [str(day.year - n) for n in range(YEARS)]
    words = " ".join(printable(words)[:60].split())
    path, chosen = place.path if place else None, int(year) if year in years else None
    page = queries.list_published(queries.Filter(kind, path, chosen, words), page_number())
    asked = {"kind": kind, "place": place, "year": year, "q": words, "is_policies": is_policies}

    def context() -> dict[str, Any]:
        lines = list(_lines(page.rows, is_policies))
        choices = {"kinds": NoticeKind.labels(), "years": years, "places": _options(code)}
        return {"page": page, "lines": lines, **asked, **choices}

    return public_page("notices/list.html", (tuple(page.rows), page.number, path, day), context)


def _lines(rows: Iterable[Any], is_policies: bool) -> Iterator[Line]:
    """Each row as its id, title, date, what it is and whose, its tag's words and tone, and whether it is pinned."""
    day = today()
    kinds = {kind.value: "" if is_policies else f"{kind.label} · " for kind in NoticeKind}
    tags = {holds: (holds.label, holds.tone) for holds in Validity}
    for row in rows:
        on, about = local(row.published_at).date().isoformat(), kinds[row.kind] + row.association
        yield row.public_id, row.title, on, about, *tags[validity(row, day)], bool(row.is_pinned)


def find_place(code: str) -> Any:
    """The association that an address names, or None if it names none."""
    if not code:
        return None
    known = next((place for place in _places() if place.code == code), None)
    return known or get_association(printable(code)) or abort(404)


def _places() -> Any:
    return recent("notices:places", queries.list_places)


def _options(chosen: str) -> Markup:
    """The associations to choose from."""
    options = recent("notices:options", lambda: "".join(_option(place.code, place.name) for place in _places()))
    value = f'value="{escape(chosen)}"'
    return Markup(options.replace(value, f"{value} selected", 1) if chosen else options)  # noqa: S704 - see _option


def _option(code: str, name: str) -> str:
    return f'<option value="{escape(code)}">{escape(name)}</option>'


def page_number() -> int:
    return whole(request.args.get("page", "")) or 1


def whole(text: str) -> int:
    """A number that came from outside; 0 if it is none, or larger than any page or version."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0
