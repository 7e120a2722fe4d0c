"""The register as officers see it: members by name, and everybody whose record is held here."""

from __future__ import annotations

from flask import g, request
from flask_login import current_user

from portal.core import web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.feature import Entry, Feature
from portal.core.i18n import lazy
from portal.core.paging import page_number, paginate
from portal.people.models import AffiliationKind
from portal.register import listing, queries
from portal.register.blueprint import blueprint
from portal.register.columns import COLUMNS, Words, values
from portal.register.everybody import asked as everybody_asked
from portal.register.everybody import people as everybody_of
from portal.register.scope import scope_of

BELONGING = ("people", "members", "applications", "cards", "imports", "duplicates", "own")

feature = Feature(
    "register",
    blueprint,
    office=(Entry(lazy("Register"), "register.members", 10, "members.read", also=BELONGING),),
)


@blueprint.get("/office/<code>/members")
@requires("members.read")
def members(code: str) -> str:
    """The memberships of this association and, for officers of the tree, of all below it."""
    shown = listing.read(request.args, current_user, g.association)
    page = queries.page_of(shown.scope, shown.wanted, page_number())
    covered, words, day = queries.count_covered(page.rows), Words(), today()
    rows = [(row, row.state_on(day), values(row, covered.get(row.id, 0), words, day)) for row in page.rows]
    template = "register/_members.html" if web.htmx else "register/members.html"
    return web.page(template, listing=shown, page=page, rows=rows, headings=COLUMNS)


@blueprint.get("/office/<code>/members/everybody")
@requires("members.read")
def everybody(code: str) -> str:
    """Everybody whose record is held here, as what one asks for."""
    asked = everybody_asked(request.args)
    page = paginate(everybody_of(scope_of(current_user, g.association), **asked), page_number())
    template = "register/_everybody.html" if web.htmx else "register/everybody.html"
    return web.page(template, page=page, kinds=list(AffiliationKind), **asked)


from portal.register import batch_views, figure_views, file_views  # noqa: E402, F401 - their routes belong to this blueprint
