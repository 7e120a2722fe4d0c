"""What everybody reads: the lists of notices and policies, a notice with its versions, the feed."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Response, abort, current_app, redirect, request, url_for

from portal.core.access import public
from portal.core.calendar import now, today
from portal.core.drawn import public_page as drawn_page
from portal.core.formats import local
from portal.core.i18n import _, locale
from portal.core.shared import shared_file
from portal.core.text import beginning, is_chinese
from portal.notices import attachments, changes, listing, queries, versions
from portal.notices import feed as feeds
from portal.notices.blueprint import blueprint
from portal.notices.models import NoticeKind, NoticeStatus, validity


class Entry(NamedTuple):
    """A version's entry in the chain."""

    number: int
    hash: str


@blueprint.get("/notices", strict_slashes=False)
@public
def public_list() -> Response | str:
    """Everything published, newest first, as the address filters it."""
    return listing.show(is_policies=False)


@blueprint.get("/policies", strict_slashes=False)
@public
def policies() -> Response | str:
    """The catalogue: what was disclosed by subject, and the policies as the same list."""
    return listing.show(is_policies=True)


@blueprint.get("/notices/<public_id>")
@public
def public_page(public_id: str) -> Response | str:
    """A notice as it stands; of a withdrawn one the title, the reason and the date."""
    document = queries.get_public(public_id) or abort(404)
    return _page(document)


@blueprint.get("/notices/<public_id>/versions/<int(max=9999):number>")
@public
def version(public_id: str, number: int) -> Any:
    """A version as it was published, however often it was corrected since; a withdrawn notice shows none."""
    document = queries.get_public(public_id, number) or abort(404)
    if document.status == NoticeStatus.WITHDRAWN:
        return redirect(url_for(".public_page", public_id=public_id), 303)
    return _page(document)


@blueprint.get("/notices/<public_id>/versions/<int(min=2, max=9999):number>/changes")
@public
def version_changes(public_id: str, number: int) -> Any:
    """What a version changed of the one before it; of a withdrawn notice nothing is shown."""
    document = queries.get_public(public_id, number) or abort(404)
    if document.status == NoticeStatus.WITHDRAWN:
        return redirect(url_for(".public_page", public_id=public_id), 303)
    pair = changes.get_pair(document.notice_id, number)

    def context() -> dict[str, Any]:
        return {"document": document, "changed": changes.of(*pair), "local": local}

    return drawn_page("notices/changes.html", tuple(document)[1:], context)


def _page(document: Any) -> Response | str:
    """The page of a notice. It is drawn anew when a value of it, what supersedes it, or the day has changed."""
    values = (tuple(document)[1:], today(document.time_zone))
    return drawn_page("notices/public.html", values, lambda: around(document))


@blueprint.get("/notices/feed.atom")
@public
@shared_file
def feed() -> Response:
    """The latest changes, of all associations or of one and those below it, of all subjects or of one."""
    settings, site = current_app.extensions["portal.settings"], current_app.extensions["portal.site"]()
    place = listing.find_place(request.args.get("association", ""))
    subject = listing.find_subject(request.args.get("subject", ""))
    asked = {"association": place and place.code, "subject": subject and subject.public_id}
    query = urlencode({name: value for name, value in asked.items() if value})
    path = url_for(".feed") + (f"?{query}" if query else "")
    author = place.name if place else site.name
    title = " · ".join((_("Notices"), *([subject.name] if subject else []), author))
    rows = queries.list_changes(place.path if place else None, subject.id if subject else None)
    return Response(feeds.build(rows, settings.base_url, path, title, author), mimetype="application/atom+xml")


@blueprint.app_template_global("notice_tag")
def notice_tag(row: Any, day: Any) -> tuple[str, str]:
    """The words and the tone of a row's tag in short lists: its validity, or its kind where that says more."""
    found = validity(row, day)
    if found != "valid" or row.kind in (NoticeKind.POLICY, NoticeKind.NOTICE):
        return found.label, found.tone
    return NoticeKind(row.kind).label, "amber" if row.kind == NoticeKind.CONSULTATION else "blue"


blueprint.add_app_template_filter(beginning)


def around(document: Any) -> dict[str, Any]:
    """A document with what is said about it: its versions, and what supersedes it."""
    day = today(document.time_zone)
    published = versions.list_versions(document.notice_id, document.public_id)
    this = next((one for one in published if one.number == document.number), None)  # none is a draft
    return {
        "document": document,
        "versions": published,
        "entry": Entry(this.entry, this.hash) if this and this.entry else None,
        "attachments": attachments.shown(document.notice_id, document.number) if not this or this.has_files else (),
        "successors": queries.list_successors(document.notice_id) if document.superseded_at else (),
        "holds": validity(document, day),
        "day": day,
        "now": now(),
        "local": local,
        "lang": "zh" if locale() == "en" and is_chinese(document.title) else None,
    }
