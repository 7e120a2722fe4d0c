"""/transparency: what the chain is in plain words, its head to keep, its entries, and all of it as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, current_app, request, url_for
from sqlalchemy.orm import Session

from portal.core import web
from portal.core.access import public
from portal.core.database import db
from portal.core.drawn import public_page
from portal.core.feature import Feature
from portal.core.paging import Page, page_number
from portal.core.shared import marked, shared
from portal.transparency import chain, kinds, models, queries

SIZE, PORTION, MOST = 25, 1_000, 10**9
LINES = "application/x-ndjson"
blueprint = Blueprint("transparency", __name__)
feature = Feature("transparency", blueprint)


@blueprint.get("/transparency")
@public
def show() -> Response | str:
    """The newest entries; the page with an entry where the address names its number."""
    head = queries.get_head()
    total = head.number if head else 0
    wanted = min(request.args.get("entry", 0, type=int), MOST)
    asked = (total - wanted) // SIZE + 1 if 0 < wanted <= total else page_number()
    number = max(1, min(asked, -(-total // SIZE)))

    first = total - number * SIZE + 1
    rows = queries.list_entries(first, first + SIZE)[::-1]
    names = kinds.names_of(rows)  # read each time: a title is taken out of public without an entry of the chain
    around = {"head": head, "page": Page(rows, number, SIZE, total), "names": names}
    values = (tuple(head or ()), number, tuple(sorted(names.items())))
    return public_page("transparency/show.html", values, lambda: _context(around))


@blueprint.get("/transparency/chain.jsonl")
@public
def chain_file() -> Response:
    """Every entry, one a line, as it is read: a long chain is never in memory."""
    last, mark = queries.get_end() or (0, chain.BEGIN)
    name = f"chain-{last}.jsonl"
    return marked(mark, lambda: web.download(_lines(Session(db.engine), last), name, LINES))


@blueprint.get("/transparency/head.json")
@public
@shared
def head_file() -> Response:
    """The head alone, to be kept: number, hash, and when it was entered."""
    head = queries.get_head()
    number, value, at = head or (0, chain.BEGIN, None)
    said = {"format": chain.FORMAT, "number": number, "hash": value, "published_at": at}
    return web.download(chain.canonical(said) + b"\n", f"chain-head-{number}.json", "application/json")


def _context(around: dict[str, Any]) -> dict[str, Any]:
    return {**around, "labels": models.ChainKind.labels(), "place": place}


def place(entry: Any) -> str | None:
    """Where the document of an entry is read, if the room that shows it is there."""
    found = kinds.place_of(entry.kind, entry.document, entry.version)
    return url_for(found[0], **found[1]) if found and found[0] in current_app.view_functions else None


def _lines(session: Session, last: int) -> Iterator[bytes]:
    """The file in portions of some kilobytes. It ends with the entry that was the last when it was asked for."""
    with session:
        found = session.execute(
            queries.ALL.where(models.ChainEntry.number <= last).execution_options(yield_per=PORTION)
        )
        for portion in found.partitions():
            yield b"".join(chain.line_of(queries.told(entry)) for entry in portion)
