"""The leader's screens: the code that volunteers scan, and the scanner for the codes that volunteers show."""

from __future__ import annotations

from typing import Any

from flask import current_app, make_response, request

from portal.accounts.reader import me
from portal.attendance import list_views, queries, rules, services, tokens
from portal.attendance.blueprint import blueprint
from portal.attendance.forms import CodeForm
from portal.attendance.listing import Row
from portal.core import web
from portal.core.access import requires
from portal.core.calendar import now
from portal.core.database import db
from portal.core.documents import qr_svg
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.plans.models import ActivitySession
from portal.signups.models import Origin, SignUp


def _code(text: str) -> Any:
    address = f"{current_app.extensions['portal.settings'].base_url}/in/{text}"
    return qr_svg(address, _("QR code to check in and out"))


@blueprint.get("/office/<code>/attendance/<public_id>/screen")
@requires(queries.RIGHT)
def screen(code: str, public_id: str) -> Any:
    """The session's code of this moment, large; htmx asks for the next one when its time has run out, and where no
    script runs the page renews itself once that is asked for.
    """
    session = list_views.load(public_id)
    shown = tokens.draw(session)
    context = {
        "qr": _code(shown.text),
        "shown": shown,
        "figures": queries.figures_of_all([session])[session.id],
        "is_open": rules.opens_at(session) <= now() <= rules.shuts_at(session),
    }
    if web.htmx:
        return web.partial("attendance/_code.html", session=session, **context)
    page = web.page("attendance/screen.html", session=session, activity=session.activity, **context)
    response = make_response(page)
    if "renew" in request.args:
        response.headers["Refresh"] = str(shown.left)
    return response


@blueprint.route("/office/<code>/attendance/<public_id>/scanner", methods=["GET", "POST"])
@requires(queries.RIGHT)
def scanner(code: str, public_id: str) -> Any:
    """A volunteer's code, read by the camera or typed: in or out, as the leader has chosen."""
    session = list_views.load(public_id)
    is_late = now() >= session.starts_at + (session.ends_at - session.starts_at) / 2
    form = CodeForm(what="out" if is_late else "in")
    if not form.validate_on_submit():
        return web.form_page("attendance/scanner.html", form, session=session, row=None)
    try:
        sign_up = _scan(session, form.code.data or "", is_in=form.what.data == "in")
    except RuleError as error:
        return web.refused("attendance/scanner.html", form, error, session=session, row=None)
    db.session.commit()
    form.code.data = form.code.raw_data = None
    return web.page(
        "attendance/scanner.html", form=form, session=session, row=Row(sign_up, session.association.time_zone)
    )


def _scan(session: ActivitySession, typed: str, *, is_in: bool) -> SignUp:
    """Whoever shows the code is checked in or out by the leader who reads it."""
    known = [one for one in queries.list_of(session) if tokens.is_own_code(one, typed)]
    if not known:
        raise RuleError("code", _("This is nobody's code for this session now. Codes change every five minutes."))
    actor = me()
    if is_in:
        services.check_in(known[0], now(), Origin.LEADER, actor)
    else:
        services.check_out(known[0], now(), Origin.LEADER, actor)
    return known[0]
