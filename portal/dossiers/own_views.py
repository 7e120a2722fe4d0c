"""One's own dossier: the page that the office sees, with everything that was recorded anywhere."""

from __future__ import annotations

from flask import Response, abort
from flask_login import current_user

from portal.core import web
from portal.core.access import signed_in
from portal.core.calendar import today
from portal.core.i18n import _
from portal.core.spreadsheets import XLSX
from portal.dossiers import exports, queries
from portal.dossiers.blueprint import blueprint
from portal.dossiers.words import context_of


@blueprint.get("/me/dossier")
@signed_in
def own() -> str:
    """Whoever never was a volunteer reads how to become one."""
    found = _own()
    return web.page("dossiers/own.html", **(context_of(found) if found else {"dossier": None}))


@blueprint.get("/me/dossier/sheet")
@signed_in
def own_sheet() -> str:
    return web.page("dossiers/sheet.html", volunteer=None, **context_of(_own() or abort(404)))


@blueprint.get("/me/dossier.xlsx")
@signed_in
def own_download() -> Response:
    content = exports.workbook(_own() or abort(404))
    return web.download(content, f"{_('My dossier')}-{today()}.xlsx", XLSX)


def _own() -> queries.Dossier | None:
    return queries.own_dossier(queries.get_own_person(current_user.person_id))
