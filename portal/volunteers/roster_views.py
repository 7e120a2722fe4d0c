"""The roster: found by name, skill, time and place; many at once to another group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, abort, flash, g, request
from flask_login import current_user

from portal.accounts.reader import me
from portal.associations.models import Group
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import choices
from portal.core.i18n import _, ngettext, pgettext
from portal.core.paging import page_number
from portal.volunteers import roster_exports, roster_listing, roster_queries, roster_services
from portal.volunteers.blueprint import blueprint
from portal.volunteers.roster_forms import MoveForm
from portal.volunteers.roster_listing import NO_GROUP
from portal.volunteers.roster_words import Times


@blueprint.get("/office/<code>/volunteers")
@requires("volunteers.read")
def roster(code: str) -> str:
    """The volunteers of this association and, for officers of the tree, of all below it."""
    listing = roster_listing.read(request.args, me(), g.association)
    page = roster_queries.page_of(current_user, listing.scope, listing.wanted, page_number())
    template = "volunteers/_roster.html" if web.htmx else "volunteers/roster.html"
    return web.page(template, listing=listing, page=page, times=Times(), named=roster_exports.named, day=today())


@blueprint.get("/office/<code>/volunteers/list.<any(xlsx, csv):form>")
@requires("volunteers.read")
def roster_file(code: str, form: str) -> Response:
    """The rows of the list; who may see them is asked again."""
    listing = roster_listing.read(request.args, me(), g.association)
    return downloads.send(form, roster_exports.roster(listing.statement()), "volunteers.roster")


@blueprint.route("/office/<code>/volunteers/move", methods=["GET", "POST"])
@requires("volunteers.write")
def move(code: str) -> Any:
    """The ticked ones to a group: which one, then who would move and who would not, then what was said is done."""
    listing = roster_listing.read(request.args, me(), g.association)
    groups = roster_queries.list_groups(listing.scope)
    form, volunteers = _move_form(groups), roster_services.choose(current_user, listing.scope, _ticked())
    if not volunteers:
        flash(_("Tick at least one volunteer."), "warning")
        return web.go("volunteers.roster", **listing.arguments)
    is_chosen = "to" in request.args and form.validate()
    group = next((one for one in groups if one.public_id == form.to.data), None) if is_chosen else None
    summary = roster_services.summarise(volunteers, listing.place, group) if is_chosen else None
    if request.method == "GET":
        return web.page("volunteers/roster_move.html", form=form, summary=summary, chosen=volunteers, listing=listing)
    return _carry_out(volunteers, listing, group) if is_chosen else abort(400)


def _carry_out(volunteers: Any, listing: roster_listing.Listing, group: Group | None) -> Response:
    try:
        moved = roster_services.move_all(current_user, volunteers, listing.place, group)
    except RuleError as error:
        web.undo()
        flash(str(error), "warning")
        return web.go("volunteers.roster")
    db.session.commit()
    message = ngettext("%(num)d volunteer was moved.", "%(num)d volunteers were moved.", moved)
    return web.go("volunteers.roster", message, group=group.public_id if group else NO_GROUP)


def _ticked() -> list[str]:
    return request.args.getlist("chosen")[: roster_services.MOST]


def _move_form(groups: Sequence[Group]) -> MoveForm:
    form = MoveForm(formdata=request.args)
    named = [(group.public_id, group.name) for group in groups]
    form.to.choices = choices([("", _("Choose")), *named, (NO_GROUP, pgettext("volunteer", "In no group"))])
    return form
