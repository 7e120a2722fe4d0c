"""Letters in the office: the list and its file, entering one from paper, the phone or a visit, one letter."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request
from flask_login import current_user

from portal.accounts.reader import me
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.letters import desk, entering, exports, queries
from portal.letters.blueprint import blueprint
from portal.letters.sight import RIGHT


@blueprint.get("/office/<code>/letters")
@requires(RIGHT)
def office_list(code: str) -> str:
    """What waits, what is overdue on top; or those in one state."""
    return desk.list_page()


@blueprint.get("/office/<code>/letters/list.<any(xlsx, csv):form>")
@requires(RIGHT)
def download(code: str, form: str) -> Response:
    """The same letters as a file; who may see them is asked again."""
    statement = queries.list_of(me(), g.association, desk.asked())
    return downloads.send(form, exports.letters(statement), "letters.office_list")


@blueprint.route("/office/<code>/letters/new", methods=["GET", "POST"])
@requires(RIGHT)
def enter(code: str) -> Any:
    """Enter what came on paper, by phone or with a visitor; what is answered at once is closed."""
    form = entering.form_of(g.association)
    if not form.validate_on_submit():
        return web.form_page("letters/enter.html", form)
    try:
        letter = entering.enter(me(), g.association, form)
    except RuleError as error:
        return web.refused("letters/enter.html", form, error)
    db.session.commit()
    return web.go("letters.entered", key=letter.key)


@blueprint.get("/office/<code>/letters/entered")
@requires(RIGHT)
def entered(code: str) -> Any:
    """What to tell whoever wrote: the reference, shown to who entered it; and where the letter is."""
    letter = entering.just_entered(current_user, request.args.get("key", ""))
    if letter is None:
        return web.go("letters.office_list")
    seen = queries.get(current_user, g.association, letter.public_id)
    return web.page("letters/entered.html", letter=letter, seen=seen)


@blueprint.get("/office/<code>/letters/<public_id>")
@requires(RIGHT)
def show(code: str, public_id: str) -> Any:
    """One letter with its steps, and what can be done with it."""
    return desk.letter_page(desk.load(public_id))
