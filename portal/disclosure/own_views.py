"""An association's own calendar in its office: write what is owed, link what is published; and the tree below."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, abort, g, request
from sqlalchemy import select

from portal.accounts.reader import me
from portal.associations.models import Association
from portal.core import downloads, web
from portal.core.access import requires, visible
from portal.core.calendar import read_date, today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.formats import date_long
from portal.core.forms import choices
from portal.core.i18n import _
from portal.core.paging import Page, page_number
from portal.disclosure import exports, queries, services
from portal.disclosure.blueprint import blueprint
from portal.disclosure.forms import LinkForm, PlainForm
from portal.disclosure.queries import Due, DueState
from portal.disclosure.standing import Tree
from portal.members.queries import root_id
from portal.notices.models import NoticeKind

ROWS = 50


@blueprint.get("/office/<code>/disclosure")
@requires("notices.read")
def calendar(code: str) -> str:
    """What the association has to publish: what is late, due or to come, and below it what is done."""
    dues = queries.owed(g.association, _day())
    return web.page(
        "disclosure/calendar.html",
        open_=sorted((due for due in dues if not due.is_met), key=lambda due: due.due_on),
        done=sorted((due for due in dues if due.is_met), key=lambda due: due.due_on, reverse=True),
        kinds=NoticeKind.labels(),
        form=PlainForm(formdata=None),
    )


@blueprint.get("/office/<code>/disclosure/list.<any(xlsx, csv):form>")
@requires("notices.read")
def calendar_file(code: str, form: str) -> Response:
    return downloads.send(form, exports.own(queries.owed(g.association, _day())))


@blueprint.post("/office/<code>/disclosure/<public_id>/<period>/write")
@requires("notices.write")
def write(code: str, public_id: str, period: str) -> Any:
    """Begin the notice, or go on with the one that was begun."""
    try:
        notice = services.begin_notice(me(), g.association, _due(public_id, period))
    except RuleError as error:  # another officer began one at the same moment
        web.undo()
        return web.go("disclosure.calendar", error.message)
    db.session.commit()
    return web.go(
        "notices.edit" if notice.published_at is None else "notices.office_page", public_id=notice.public_id
    )


@blueprint.route("/office/<code>/disclosure/<public_id>/<period>/link", methods=["GET", "POST"])
@requires("notices.write")
def link(code: str, public_id: str, period: str) -> Any:
    """Choose the published notice that fulfils it."""
    due, form = _due(public_id, period), LinkForm()
    found = queries.list_fitting(g.association, due)
    form.notice.choices = choices((one.public_id, _line(one)) for one in found)
    if not form.validate_on_submit():
        return web.form_page("disclosure/link.html", form, due=due)
    notice = queries.get_published(g.association, str(form.notice.data)) or abort(404)
    try:
        services.record(me(), g.association, due.duty, due.period_on, notice)
    except RuleError as error:
        return web.refused("disclosure/link.html", form, error, due=due)
    db.session.commit()
    return web.go("disclosure.calendar", _("“%(title)s” is linked.", title=notice.title))


@blueprint.post("/office/<code>/disclosure/<public_id>/<period>/undo")
@requires("notices.write")
def undo(code: str, public_id: str, period: str) -> Any:
    """What was linked by mistake no longer counts; the notice stays."""
    message: Any = _("The link is undone. The notice itself stays as it is.")
    try:
        services.undo(me(), g.association, _due(public_id, period))
    except RuleError as error:
        message = error.message
    db.session.commit()
    return web.go("disclosure.calendar", message)


@blueprint.get("/office/<code>/disclosure/below")
@requires("notices.read")
def below(code: str) -> str:
    """The tree below: how much of what was due is published, and who is late with what."""
    tree, state, duty = Tree(g.association, _day()), *_asked()
    lines, number = list(tree.lines(state, duty)), page_number()
    page, rows = Page(lines[(number - 1) * ROWS : number * ROWS], number, ROWS, len(lines)), list(tree.children())
    below = select(Association.code).where(Association.id.in_([place.id for place, _figures, _behind in rows]))
    context = {"rows": rows, "seen": set(db.session.scalars(visible(below, "notices.read", Association)))}
    asked = {"duties": queries.list_duties(root_id(g.association)), "states": DueState.labels()}
    return web.page("disclosure/below.html", page=page, state=state, duty=duty, **context, **asked)


@blueprint.get("/office/<code>/disclosure/below.<any(xlsx, csv):form>")
@requires("notices.read")
def below_file(code: str, form: str) -> Response:
    return downloads.send(form, exports.below(Tree(g.association, _day()).lines(*_asked())))


def _asked() -> tuple[str, str]:
    """The state and the duty that the address asks for; who is late, if it asks for nothing."""
    state = request.args.get("state", DueState.LATE)
    return (state if state in set(DueState) else ""), request.args.get("duty", "")[:12]


def _due(public_id: str, period: str) -> Due:
    """One of what this association owes."""
    period_on = read_date(period)
    return (queries.get_due(g.association, public_id, period_on, _day()) if period_on else None) or abort(404)


def _line(one: Any) -> str:
    return f"{one.index_number} {one.title} ({date_long(one.published_at)})"


def _day() -> date:
    return today(g.association.time_zone)
