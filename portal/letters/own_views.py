"""One's own letters: those that were written with the own name while signed in."""

from __future__ import annotations

from flask_login import current_user

from portal.core import web
from portal.core.access import signed_in
from portal.core.paging import page_number, paginate
from portal.letters import queries
from portal.letters.blueprint import blueprint
from portal.letters.deadlines import day_of


@blueprint.get("/me/letters")
@signed_in
def own() -> str:
    page = paginate(queries.list_of_writer(current_user.person_id), page_number())
    return web.page("letters/own.html", page=page, day_of=day_of)
