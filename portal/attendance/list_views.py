"""What a leader does with a list: a tap in or out, everybody at once, somebody added, the list closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, flash, g, request
from flask_login import current_user

from portal.accounts.reader import me
from portal.accounts.sessions import let_idle
from portal.attendance import joining, queries, services
from portal.attendance.blueprint import blueprint
from portal.attendance.listing import Listing
from portal.core import web
from portal.core.access import requires
from portal.core.calendar import now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import ngettext
from portal.plans.models import ActivitySession
from portal.plans.queries import get_office_session
from portal.signups.models import Origin, SignUp, SignUpState
from portal.signups.queries import get_of_session

EVERYBODY = "everybody"


def load(public_id: str) -> ActivitySession:
    """The session, if the reader may keep its list: another group's or association's is not there."""
    return get_office_session(current_user, queries.RIGHT, g.association, public_id) or abort(404)


@blueprint.post("/office/<code>/attendance/<public_id>/tap")
@requires(queries.RIGHT)
def tap(code: str, public_id: str) -> Any:
    """`tap` says what and for whom, `in:<sign-up>`: in and out, of one or of everybody; or take that back."""
    session = load(public_id)
    act, _colon, who = request.form.get("tap", "").partition(":")
    do = EVERYBODY_ACTS.get(act) if who == EVERYBODY else ACTS.get(act)
    chosen = queries.list_of(session) if who == EVERYBODY else get_of_session(session, who)
    if do is None or chosen is None:
        abort(400 if do is None else 404)
    try:
        do(chosen)
    except RuleError as error:
        return answer(public_id, str(error))
    db.session.commit()
    return answer(public_id)


def _in(sign_up: SignUp) -> bool:
    return services.check_in(sign_up, now(), Origin.LEADER, me())


def _out(sign_up: SignUp) -> bool:
    return services.check_out(sign_up, now(), Origin.LEADER, me())


def _all_in(sign_ups: Any) -> None:
    for one in sign_ups:
        if one.state == SignUpState.CONFIRMED:
            _in(one)


def _all_out(sign_ups: Any) -> None:
    for one in sign_ups:
        if one.state == SignUpState.ARRIVED:
            _out(one)


ACTS: dict[str, Callable[[Any], Any]] = {
    "in": _in,
    "out": _out,
    "not-out": lambda one: services.take_back(one, SignUpState.ARRIVED, me()),
    "not-in": lambda one: services.take_back(one, SignUpState.CONFIRMED, me()),
}
EVERYBODY_ACTS: dict[str, Callable[[Any], Any]] = {"in": _all_in, "out": _all_out}


@blueprint.post("/office/<code>/attendance/<public_id>/add")
@requires(queries.RIGHT)
def add(code: str, public_id: str) -> Any:
    """Somebody who stands at the door: a volunteer who was found, or a guest by name. Here at once, if it is time."""
    session, key = load(public_id), request.form.get("person", "")
    people = queries.get_helpers(current_user, session, [key]) if key else []
    if key and not people:
        abort(404)
    try:
        if people:
            made = joining.add(me(), session, people[0], request.form.get("reason", ""))
        else:
            made = joining.add_guest(me(), session, request.form.get("name", ""))
        joining.arrive(me(), made)
    except RuleError as error:
        return answer(public_id, str(error))
    db.session.commit()
    return answer(public_id)


@blueprint.post("/office/<code>/attendance/<public_id>/close")
@requires(queries.RIGHT)
def close(code: str, public_id: str) -> Any:
    try:
        absent, open_ended = services.close_list(load(public_id), me())
    except RuleError as error:
        return answer(public_id, str(error))
    db.session.commit()
    said = ngettext("The list is closed: %(num)d did not come.", "The list is closed: %(num)d did not come.", absent)
    if open_ended:
        said += " " + ngettext("%(num)d check-out waits.", "%(num)d check-outs wait to be looked at.", open_ended)
    flash(said, "done")
    return answer(public_id)


def read_again(session: ActivitySession, seen: str) -> Any:
    """What the open page asks by itself: nothing while the list is as it shows it, so that nothing moves under a
    finger; the list once somebody has come or gone.
    """
    let_idle()
    listing = Listing(session)
    if listing.mark == seen:
        return "", 204
    return web.partial("attendance/_list.html", session=session, listing=listing)


def answer(public_id: str, error: str = "") -> Any:
    """The list read anew: the part of it for htmx, the page for all others; with what a rule said."""
    if error:
        web.undo()
    if web.htmx:
        session = load(public_id)
        return web.partial("attendance/_list.html", session=session, listing=Listing(session), error=error)
    if error:
        flash(error, "error")
    return web.go("attendance.one_list", public_id=public_id)
