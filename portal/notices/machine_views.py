"""What programs fetch: all notices as JSON or CSV; and a notice as a sheet to print, with its address to scan."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Response, abort, current_app, url_for
from markupsafe import Markup

from portal.core import web
from portal.core.access import public
from portal.core.documents import qr_svg
from portal.core.i18n import _
from portal.core.shared import FILE, mark_of, marked, shared
from portal.core.spreadsheets import write_csv
from portal.notices import linked, machine, queries
from portal.notices.blueprint import blueprint
from portal.notices.models import NoticeStatus
from portal.notices.public_views import around


@blueprint.get("/notices.json")
@public
def all_json() -> Response:
    """Every notice that was ever published, a record on each line."""
    return _listed("json", "application/json", machine.as_json(machine.records(_base_url())))


@blueprint.get("/notices.csv")
@public
def all_csv() -> Response:
    """The same as a table."""
    return _listed("csv", "text/csv", write_csv(machine.FIELDS, machine.lines(machine.records(_base_url()))))


@blueprint.get("/notices/<public_id>/print")
@public
@shared
def sheet(public_id: str) -> Any:
    """A notice to print or to hang up."""
    document = queries.get_public(public_id) or abort(404)
    if document.status == NoticeStatus.WITHDRAWN:
        return web.go(".public_page", public_id=public_id)
    address = _base_url() + url_for(".public_page", public_id=public_id)
    qr = qr_svg(address, _("QR code of this notice"))
    return web.page("notices/sheet.html", address=address, qr=qr, **around(document))


@blueprint.app_template_global("notice_data")
def notice_data(document: Any, holds: Any, site_name: str) -> Markup:
    """The block of data about a notice for search engines."""
    return linked.block(document, holds, _base_url(), site_name)


@blueprint.app_template_global("site_address")
def site_address() -> str:
    """The portal's own address, for links that are read elsewhere."""
    return _base_url()


def _listed(form: str, kind: str, content: Iterable[bytes]) -> Response:
    """Streamed, with the mark of what it holds: whoever has it already is told so, and nothing is read."""
    count, changed_at = machine.standing()
    mark = mark_of(f"{form} {count} {changed_at} {_base_url()}".encode())
    response = marked(mark, lambda: Response(content, mimetype=kind), FILE)
    response.last_modified = changed_at
    response.headers["Access-Control-Allow-Origin"] = "*"  # open data, read by pages of others too
    return response


def _base_url() -> str:
    return str(current_app.extensions["portal.settings"].base_url)
