"""One's own dues: what I owe and for whom, what I paid, what is left to my credit, how to pay."""

from __future__ import annotations

from typing import Any

from flask import abort, flash
from flask_login import current_user

from portal.core import web
from portal.core.access import signed_in
from portal.core.calendar import today
from portal.core.documents import MissingGlyphs
from portal.core.i18n import _
from portal.people.queries import get_own
from portal.statements import account, printing
from portal.statements.blueprint import blueprint
from portal.statements.year_views import labels


@blueprint.get("/me/dues")
@signed_in
def own() -> str:
    """By association; the oldest debt first."""
    places = account.of_person(get_own(current_user.person_id))
    return web.page("statements/own.html", places=places, methods=labels()["methods"])


@blueprint.get("/me/dues/<at>.pdf")
@signed_in
def own_pdf(at: str) -> Any:
    """My account with one association, to keep."""
    place, found = account.of_person_at(get_own(current_user.person_id), at) or abort(404)
    try:
        pdf = printing.print_statement(place, found, today(place.time_zone))
    except MissingGlyphs as error:
        flash(_("The fonts lack %(characters)s.", characters=str(error)), "warning")
        return web.go("statements.own")
    return web.download(pdf, f"{_('Statement of dues')}-{place.display_name}.pdf", "application/pdf")
