"""What search engines ask for first: what they may read, and the map of it."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, current_app, url_for

from portal.core.access import public
from portal.core.shared import FILE, mark_of, marked, shared_file
from portal.home import sitemap
from portal.home.views import blueprint

XML = "application/xml"
# Pages of somebody's own, and those behind which something is entered: nothing is found there.
CLOSED = ("/office", "/me", "/sign-in", "/join/", "/verify", "/preferences")
PAGES = (
    "home.front", "notices.public_list", "notices.policies", "disclosure.public_guides", "disclosure.public_calendar",
    "objections.public_list", "charters.public_list", "letters.start", "letters.answers", "activities.public_list",
    "plans.public_open", "associations.directory", "statements.public_list", "transparency.show",
    "commendations.public_list", "honours.public_list",
)  # fmt: skip


@blueprint.get("/robots.txt")
@public
@shared_file
def robots() -> Response:
    """Everything public may be read; where it stands is told."""
    closed = "".join(f"Disallow: {path}\n" for path in CLOSED)
    return Response(f"User-agent: *\n{closed}\nSitemap: {_base_url()}/sitemap.xml\n", mimetype="text/plain")


@blueprint.get("/sitemap.xml")
@public
@shared_file
def sitemap_index() -> Response:
    return Response(sitemap.index(_base_url()), mimetype=XML)


@blueprint.get("/sitemaps/pages.xml")
@public
@shared_file
def sitemap_pages() -> Response:
    """The pages that are always there."""
    return Response(sitemap.pages([_base_url() + url_for(page) for page in PAGES]), mimetype=XML)


@blueprint.get("/sitemaps/<room>-<int:number>.xml")
@public
def sitemap_file(room: str, number: int) -> Response:
    """Some of a room's addresses; whoever has the file as it stands gets none of it again."""
    known = {(name, place): standing for name, place, *standing in sitemap.files()}
    if (room, number) not in known:
        abort(404)
    mark = mark_of(f"{room} {number} {known[room, number]} {_base_url()}".encode())
    return marked(mark, lambda: Response(sitemap.addresses(room, number, _pattern(room)), mimetype=XML), FILE)


def _pattern(room: str) -> str:
    """The address of a row with %(name)s where its values go: ids and codes, which need no quoting."""
    source = sitemap.SOURCES[room]
    marks: dict[str, Any] = {name: f"zq{place}qz" for place, name in enumerate(source.arguments)}
    address = (_base_url() + url_for(source.endpoint, **marks)).replace("%", "%%")
    for name, mark in marks.items():
        address = address.replace(mark, f"%({name})s")
    return address


def _base_url() -> str:
    return str(current_app.extensions["portal.settings"].base_url)
