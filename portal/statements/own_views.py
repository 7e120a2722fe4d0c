"""One's own dues: what I owe and for whom, what I paid, what is left to my credit, how to pay."""

from __future__ import annotations

from flask_login import current_user

from portal.core import web
from portal.core.access import signed_in
from portal.people.queries import get_own
from portal.statements import account
from portal.statements.blueprint import blueprint
from portal.statements.year_views import labels


@blueprint.get("/me/dues")
@signed_in
def own() -> str:
    """By association; the oldest debt first."""
    places = account.of_person(get_own(current_user.person_id))
    return web.page("statements/own.html", places=places, methods=labels()["methods"])
