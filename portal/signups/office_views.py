"""A leader's list of who signed up: somebody added, taken out or given a place; called; on a sheet; as a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, abort, flash, g, request
from flask_login import current_user

from portal.accounts.reader import me
from portal.core import downloads, mail, web
from portal.core.access import requires
from portal.core.calendar import now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.plans.models import ActivitySession
from portal.plans.queries import get_office_session
from portal.signups import calling, clashes, exports, office_queries, queries, services, telling
from portal.signups.blueprint import blueprint
from portal.signups.models import SignUp
from portal.signups.office_part import lines_of

WRITE, READ = services.RIGHT, "volunteers.read"
BLANK = 8  # lines on the sheet for those who come without having signed up


@blueprint.get("/office/<code>/sessions/<public_id>/sign-ups/list.<any(xlsx, csv):form>")
@requires(READ)
def download(code: str, public_id: str, form: str) -> Response:
    """Everybody who signed up, as a file; who may see them is asked again."""
    session = load(public_id, READ)
    return downloads.send(form, exports.sign_ups(session, queries.of_session(session)), "plans.office_plan")


@blueprint.get("/office/<code>/sessions/<public_id>/sign-ups/sheet")
@requires(READ)
def sheet(code: str, public_id: str) -> str:
    """The list to sign: names and places, columns for coming and going, empty lines."""
    session = load(public_id, READ)
    lines = lines_of(session, queries.list_of_session(session))
    return web.page("signups/sheet.html", session=session, lines=lines, blank=BLANK)


@blueprint.get("/office/<code>/sign-ups/to-call")
@requires(WRITE)
def to_call(code: str) -> str:
    """Sessions of which somebody has to be told something by phone."""
    rows = office_queries.list_to_call(current_user, g.association, by_mail=mail.is_set())
    return web.page("signups/to_call.html", rows=rows)


@blueprint.route("/office/<code>/sessions/<public_id>/sign-ups/<sign_up_id>/out", methods=["GET", "POST"])
@requires(WRITE)
def take_out(code: str, public_id: str, sign_up_id: str) -> Any:
    session = load(public_id)
    sign_up = _of(session, sign_up_id)
    if request.method == "GET":
        return web.page("signups/take_out.html", session=session, sign_up=sign_up, moment=now())
    message = _("%(name)s is taken out.", name=sign_up.person.name if sign_up.person else sign_up.guest_name)
    return _done(public_id, lambda: services.withdraw(me(), sign_up, by_office=True), message)


@blueprint.post("/office/<code>/sessions/<public_id>/sign-ups/<sign_up_id>/place")
@requires(WRITE)
def give_place(code: str, public_id: str, sign_up_id: str) -> Response:
    """To somebody who waits, or who has said by phone that the offer is taken."""
    sign_up = _of(load(public_id), sign_up_id)
    return _done(public_id, lambda: services.give_place(me(), sign_up), _("The place is given."))


@blueprint.route("/office/<code>/sessions/<public_id>/sign-ups/call", methods=["GET", "POST"])
@requires(WRITE)
def call(code: str, public_id: str) -> str:
    """The list to call: whom and why. Numbers in clear are shown on request, and each look is recorded."""
    session = load(public_id)
    phones: dict[int, str] = {}
    sign_ups = calling.list_reachable(session)
    if request.method == "POST":
        phones = calling.reveal_phones(me(), session, sign_ups, g.association)
        db.session.commit()
    moment = now()
    news = {one.id: telling.news_of(one, session, moment) for one in sign_ups}
    context = {"news": news, "clashes": clashes.of_session(session, sign_ups)}
    return web.page("signups/call.html", session=session, sign_ups=sign_ups, phones=phones, **context)


@blueprint.post("/office/<code>/sessions/<public_id>/sign-ups/told")
@requires(WRITE)
def told(code: str, public_id: str) -> Response:
    """Those who were called have heard; they are not on the list to call any more."""
    session = load(public_id)
    count = calling.mark_told(me(), session, request.form.getlist("told"))
    if not count:
        flash(str(_("Tick whom you have told.")), "error")
        return web.go("signups.call", public_id=public_id)
    db.session.commit()
    return web.go("plans.session", _("It is written down that they have heard."), public_id=public_id)


def _done(public_id: str, act: Callable[[], None], message: str) -> Response:
    """Do it and go back to the session; a refusal is said there."""
    try:
        act()
    except RuleError as error:
        web.undo()
        flash(str(error), "error")
        return web.go("plans.session", public_id=public_id)
    db.session.commit()
    return web.go("plans.session", message, public_id=public_id)


def load(public_id: str, right: str = WRITE) -> ActivitySession:
    """A session that is open for sign-up, if the reader holds the right over it; another's is not there."""
    session = get_office_session(current_user, right, g.association, public_id)
    return session if session is not None and session.activity.opened_at is not None else abort(404)


def _of(session: ActivitySession, public_id: str) -> SignUp:
    return queries.get_of_session(session, public_id) or abort(404)
