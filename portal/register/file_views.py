"""The list as a file: what it shows to everybody who sees it; numbers in clear for a reason that is kept."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, request
from flask_login import current_user
from sqlalchemy import Select

from portal.core import downloads, web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.paging import count_rows
from portal.register import everybody, exports, listing, services
from portal.register.blueprint import blueprint
from portal.register.forms import NumbersForm
from portal.register.scope import scope_of

MOST_NUMBERS = 5_000  # people whose numbers go into one file


@blueprint.get("/office/<code>/members/list.<any(xlsx, csv):form>")
@requires("members.read")
def download(code: str, form: str) -> Response:
    """The rows and columns of the list; who may see them is asked again."""
    shown = listing.read(request.args, current_user, g.association)
    return downloads.send(form, exports.members(shown.statement(), shown.columns), "register.members")


@blueprint.get("/office/<code>/members/everybody.<any(xlsx, csv):form>")
@requires("members.read")
def everybody_file(code: str, form: str) -> Response:
    """Everybody, as the page shows them."""
    asked = everybody.asked(request.args)
    statement = everybody.people(scope_of(current_user, g.association), **asked)
    return downloads.send(form, exports.everybody(statement, asked["kind"]), "register.everybody")


@blueprint.route("/office/<code>/members/numbers", methods=["GET", "POST"])
@requires("members.read_sensitive")
def numbers(code: str) -> Any:
    """The same with identity numbers or phones in clear. Each person can read who took them, and why."""
    shown, form = listing.read(request.args, current_user, g.association, "members.read_sensitive"), NumbersForm()
    total = count_rows(shown.statement(), MOST_NUMBERS + 1)
    context = {"listing": shown, "total": total, "most": MOST_NUMBERS}
    if not form.is_submitted():
        return web.page("register/numbers.html", form=form, **context)
    if not form.validate():
        return web.invalid("register/numbers.html", form, **context)
    if total > MOST_NUMBERS:
        abort(400)
    try:
        file = _with_numbers(shown, shown.statement(), form)
    except RuleError as error:
        return web.refused("register/numbers.html", form, error, **context)
    db.session.commit()
    return file


def _with_numbers(shown: listing.Listing, statement: Select[Any], form: NumbersForm) -> Response:
    """The file, made before the transaction ends: what is kept of it names exactly those who stand in it."""
    clear = [name for name in exports.CLEAR if name in (form.fields.data or ())]
    found = db.session.scalars(statement).all()
    people = [membership.person for membership in found]
    services.reveal_all(current_user, g.association, people, clear, str(form.reason.data), shown.arguments)
    return downloads.send(form.form.data, exports.members_in_clear(found, shown.columns, clear))
