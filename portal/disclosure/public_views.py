"""What everybody reads: how each association keeps the calendar, and the guides."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, request, url_for

from portal.associations.models import Association
from portal.associations.queries import get_association, get_root
from portal.core.access import public
from portal.core.calendar import today
from portal.core.drawn import public_page
from portal.core.paging import Page, page_number
from portal.core.recent import recent
from portal.core.text import printable, render
from portal.disclosure import guide_queries, guides, queries
from portal.disclosure.blueprint import blueprint
from portal.disclosure.models import Block
from portal.disclosure.standing import Tree

ROWS = 25


@blueprint.get("/policies/calendar")
@public
def public_calendar() -> Response | str:
    """Every association with how much of what was due is published; of one of them, each duty with its day."""
    code = request.args.get("association", "")
    if code:
        return _calendar_of(get_association(printable(code)) or abort(404))
    words = " ".join(printable(request.args.get("q", ""))[:60].split())
    rows = [row for row in recent("disclosure:calendar", _standing) if words.casefold() in row[1].casefold()]
    number = page_number()
    page = Page(rows[(number - 1) * ROWS : number * ROWS], number, ROWS, len(rows))
    context = {"page": page, "words": words}
    return public_page("disclosure/public_list.html", (tuple(page.rows), number, len(rows)), lambda: context)


def _standing() -> list[tuple[Any, ...]]:
    """Code, name, how much was due, how much of it is late: plain values, in the order of the tree."""
    root = get_root()
    if root is None:
        return []
    tree = Tree(root, today(root.time_zone))
    figures = tree.figures()
    places = sorted(tree.places, key=lambda place: [int(part) for part in place.path.split("/") if part])
    return [(place.code, place.name, figures[place.id].owed, figures[place.id].late) for place in places]


def _calendar_of(place: Association) -> Response | str:
    dues = queries.owed(place, today(place.time_zone))
    values = tuple((due.duty.title, due.due_on, due.state, due.published_on) for due in dues)
    return public_page(
        "disclosure/public_calendar.html", (place.name, values), lambda: {"place": place, "dues": dues}
    )


@blueprint.get("/policies/guides")
@public
def public_guides() -> Response | str:
    """The five blocks of questions, each with its guides."""
    place = _place()
    blocks = guide_queries.list_public(place) if place else {}
    values = tuple(guide_queries.mark_of(listed) for listed in blocks.values())
    return public_page("disclosure/guides.html", values, lambda: {"place": place, "blocks": blocks})


@blueprint.get("/policies/guides/<block>")
@public
def public_block(block: str) -> Response | str:
    """The guides of one block: the association's own first."""
    known, place = Block(block) if block in set(Block) else abort(404), _place()
    listed = guide_queries.list_public(place)[known] if place else []
    context = {"block": known, "place": place, "guides": listed}
    return public_page("disclosure/block.html", guide_queries.mark_of(listed), lambda: context)


@blueprint.get("/policies/guides/<block>/<public_id>")
@public
def public_guide(block: str, public_id: str) -> Response | str:
    """A start page: what it is, for whom, the steps, what to bring, where and when, what it costs, whom to ask."""
    guide = guide_queries.get_public(block, public_id) or abort(404)
    return public_page("disclosure/guide.html", (public_id, guide.revised_at), lambda: shown(guide))


def shown(guide: Any) -> dict[str, Any]:
    """A guide with its texts as HTML, and the page where it can be begun."""
    texts = {name: render(getattr(guide, name)) for name in guides.TEXTS if getattr(guide, name)}
    return {"guide": guide, "block": Block(guide.block), "html": texts, "start": guides.LINKS.get(guide.link or "-")}


def _place() -> Association | None:
    """The association whose guides are asked for; the federation if none is named."""
    code = request.args.get("association", "")
    return (get_association(printable(code)) or abort(404)) if code else get_root()


@blueprint.app_template_global("guide_address")
def guide_address(guide: Any) -> str:
    return url_for("disclosure.public_guide", block=guide.block, public_id=guide.public_id)


@blueprint.app_template_global("guide_blocks")
def guide_blocks() -> list[Block]:
    """The five questions, for the start page of the catalogue."""
    return list(Block)
