"""What everybody reads: the lists of notices and policies, a notice with its versions, the feed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Response, abort, current_app, redirect, request, url_for

from portal.associations.queries import get_association
from portal.core import web
from portal.core.access import public
from portal.core.calendar import now, today
from portal.core.formats import local
from portal.core.i18n import _, locale
from portal.core.text import excerpt, is_chinese, printable
from portal.notices import feed as feeds
from portal.notices import queries
from portal.notices.blueprint import blueprint
from portal.notices.models import KINDS, NoticeKind, NoticeStatus, validity

YEARS = 10


@blueprint.get("/notices", strict_slashes=False)
@public
def public_list() -> str:
    """Everything published, newest first, as the address filters it."""
    kind = request.args.get("kind", "")
    return _list(kind if kind in set(NoticeKind) else None)


@blueprint.get("/policies", strict_slashes=False)
@public
def policies() -> str:
    """Disclosed policies: the same list, of one kind."""
    return _list(NoticeKind.POLICY)


@blueprint.get("/notices/<public_id>")
@public
def public_page(public_id: str) -> str:
    """A notice as it stands; of a withdrawn one the title, the reason and the date."""
    document = queries.get_public(public_id) or abort(404)
    return web.page("notices/public.html", **around(document))


@blueprint.get("/notices/<public_id>/versions/<int(max=9999):number>")
@public
def version(public_id: str, number: int) -> Any:
    """A version as it was published, however often it was corrected since; a withdrawn notice shows none."""
    document = queries.get_public(public_id, number) or abort(404)
    if document.status == NoticeStatus.WITHDRAWN:
        return redirect(url_for(".public_page", public_id=public_id), 303)
    return web.page("notices/public.html", **around(document))


@blueprint.get("/notices/feed.atom")
@public
def feed() -> Response:
    """The latest changes, of all associations or of one and those below it."""
    settings = current_app.extensions["portal.settings"]
    place, site = _place(request.args.get("association", "")), current_app.extensions["portal.site"]()
    path = url_for(".feed") + (f"?{urlencode({'association': place.code})}" if place else "")
    author = place.name if place else site.name
    rows = queries.list_changes(place.path if place else None)
    file = feeds.build(rows, settings.base_url, path, f"{_('Notices')} · {author}", author)
    return Response(file, mimetype="application/atom+xml")


@blueprint.app_template_global("notice_tag")
def notice_tag(row: Any, day: Any) -> tuple[str, str]:
    """The words and the tone of a row's tag in short lists: its validity, or its kind where that says more."""
    found = validity(row, day)
    if found != "valid" or row.kind in (NoticeKind.POLICY, NoticeKind.NOTICE):
        return found.label, found.tone
    return NoticeKind(row.kind).label, "amber" if row.kind == NoticeKind.CONSULTATION else "blue"


blueprint.add_app_template_filter(excerpt)


def around(document: Any) -> dict[str, Any]:
    """A document with what is said about it: its versions, and what supersedes it."""
    day = today(document.time_zone)
    return {
        "document": document,
        "versions": queries.list_versions(document.notice_id),
        "successors": queries.list_successors(document.notice_id),
        "holds": validity(document, day),
        "day": day,
        "now": now(),
        "local": local,
        "lang": "zh" if locale() == "en" and is_chinese(document.title) else None,
    }


def _list(kind: str | None) -> str:
    """The list with the filter that the address names; a word it does not know asks for nothing."""
    code, year, words = (request.args.get(name, "") for name in ("association", "year", "q"))
    day, places = today(), queries.list_places()
    years = [str(day.year - n) for n in range(YEARS)]
    place = next((place for place in places if place.code == code), None) or _place(code)
    chosen = int(year) if year in years else None
    words = " ".join(printable(words)[:60].split())
    page = queries.list_published(queries.Filter(kind, place.path if place else None, chosen, words), page_number())
    asked = {"kind": kind, "place": place, "year": year, "q": words}
    shown = {"kinds": KINDS, "validity": validity, "local": local, "day": day}
    return web.page("notices/list.html", page=page, places=places, years=years, **asked, **shown)


def _place(code: str) -> Any:
    """The association that an address names, or None if it names none."""
    return (get_association(printable(code)) or abort(404)) if code else None


def page_number() -> int:
    return whole(request.args.get("page", "")) or 1


def whole(text: str) -> int:
    """A number that came from outside; 0 if it is none, or larger than any page or version."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0
