"""What a volunteer's phone opens: the scanned code with one button, and one's own attendance with one's own code."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, make_response, request
from flask_login import current_user

from portal.accounts.reader import me
from portal.attendance import joining, rules, services, tokens
from portal.attendance.blueprint import blueprint
from portal.attendance.listing import Listing
from portal.attendance.tokens import Standing
from portal.core import web
from portal.core.access import public, signed_in
from portal.core.calendar import now
from portal.core.database import db
from portal.core.documents import qr_svg
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.people.queries import get_own as get_person
from portal.plans.models import ActivitySession
from portal.plans.queries import get_public_session
from portal.signups import queries as signups
from portal.signups.models import Origin, SignUp


@blueprint.get("/in/<token>")
@public
def scanned(token: str) -> Any:
    """What was scanned, with one button. It changes nothing; who must sign in first comes back here."""
    session, standing = _read(token)
    if standing is Standing.EXPIRED:
        return web.page("attendance/expired.html", session=session), 410
    is_known = current_user.is_authenticated
    response = make_response(_page(session, token) if is_known else current_app.extensions["portal.sign_in"]())
    return tokens.keep_scan(response, token) if standing is Standing.FRESH else response


@blueprint.post("/in/<token>")
@signed_in
def scan(token: str) -> Any:
    """In or out, for oneself. Done twice, the first time stays."""
    session, standing = _read(token)
    if standing is Standing.EXPIRED:
        return web.page("attendance/expired.html", session=session), 410
    try:
        sign_up = _act(session, request.form.get("what", ""))
    except RuleError as error:
        web.undo()
        return _page(session, token, str(error)), 422
    db.session.commit()
    return web.go("attendance.own", public_id=sign_up.public_id)


@blueprint.get("/me/attendance/<public_id>")
@signed_in
def own(public_id: str) -> str:
    """One's own check-in and check-out with what happens next; and the code to show to the leader."""
    sign_up = signups.get_own(current_user.person_id, public_id) or abort(404)
    shown = tokens.own_code(sign_up)
    context = {
        "sign_up": sign_up,
        "session": sign_up.session,
        "minutes": rules.minutes_of(sign_up),
        "review": rules.review_of(sign_up),
        "shown": shown,
        "shuts_at": rules.shuts_at(sign_up.session),
        "qr": qr_svg(shown.text, _("QR code for the leader's scanner")),
        "is_open": rules.opens_at(sign_up.session) <= now() <= rules.shuts_at(sign_up.session),
    }
    return web.page("attendance/_own_code.html" if web.htmx else "attendance/own.html", **context)


def _read(token: str) -> tuple[ActivitySession, Standing]:
    """The session that the token names rightly, be it too late; a forged one names nothing."""
    session = get_public_session(tokens.session_of(token)) or abort(404)
    standing = tokens.judge(token, session)
    if standing is Standing.FORGED:
        abort(404)
    return session, standing


def _page(session: ActivitySession, token: str, error: str = "") -> str:
    person = get_person(current_user.person_id)
    known = signups.get_live(session.id, person.id)
    context = {
        "sign_up": known,
        "has_room": known is None and joining.has_room(session, person),
        "listing": Listing(session),
    }
    return web.page("attendance/scanned.html", session=session, token=token, error=error, **context)


def _act(session: ActivitySession, what: str) -> SignUp:
    """`join` is for whoever comes without having signed up: a place, if one is free, and in."""
    actor = me()
    sign_up = signups.get_live(session.id, actor.person_id)
    if what == "join":
        rules.check_in_time(session, now())
        sign_up = joining.add(actor, session, get_person(actor.person_id))
    if sign_up is None:
        raise RuleError("", _("You are not signed up for this session. Ask whoever is in charge."))
    if what == "out":
        services.check_out(sign_up, now(), Origin.SCANNED, actor)
    else:
        services.check_in(sign_up, now(), Origin.SCANNED, actor)
    return sign_up
