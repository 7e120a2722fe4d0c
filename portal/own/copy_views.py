"""A copy of everything held about oneself: as a file for machines, and as a document to read."""

from __future__ import annotations

import json
from typing import Any

from flask import current_app, flash
from flask_login import current_user

from portal.accounts import gate, sessions
from portal.core import web
from portal.core.access import signed_in
from portal.core.calendar import today
from portal.core.documents import MissingGlyphs, render_pdf
from portal.core.i18n import _
from portal.own.blueprint import blueprint
from portal.own.exports import SECTIONS, copy_of
from portal.own.readable import document
from portal.own.views import myself


@blueprint.get("/me/copy")
@signed_in
def copy() -> str:
    """What a copy holds, and the two ways to take it."""
    return web.page("own/copy.html", sections=SECTIONS)


@blueprint.get("/me/copy.json")
@signed_in
def copy_json() -> Any:
    """Every row about me, with numbers in clear: for nobody who merely found a browser open."""
    if not sessions.is_confirmed_lately():
        return gate.confirm_first("own.copy")
    held = {"made_on": today().isoformat(), **copy_of(current_user.person_id)}
    text = json.dumps(held, ensure_ascii=False, indent=1)
    return web.download(text.encode(), _("My data") + ".json", "application/json")


@blueprint.get("/me/copy.pdf")
@signed_in
def copy_pdf() -> Any:
    """The same to read and print."""
    if not sessions.is_confirmed_lately():
        return gate.confirm_first("own.copy")
    try:
        pdf = render_pdf("personal-copy", document(myself(), current_app.extensions["portal.site"]().name))
    except MissingGlyphs as error:
        message = _("Some characters cannot be printed: %(characters)s. Take the other file.", characters=error)
        flash(message, "warning")
        return web.go("own.copy")
    return web.download(pdf, _("My data") + ".pdf", "application/pdf")
