"""One's own sign-ups: made with a tap, answered, withdrawn; what is to come and what was; an activity found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, abort, flash, request
from flask_login import current_user

from portal.accounts.reader import me
from portal.core import web
from portal.core.access import signed_in
from portal.core.calendar import now, today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.core.paging import page_number, paginate
from portal.lending.queries import borrowers
from portal.people.queries import get_own as get_person
from portal.plans import queries as plans
from portal.plans.recruitment import standing
from portal.signups import clashes, feeds, own_queries, queries, rules, services
from portal.signups.blueprint import blueprint
from portal.signups.models import SignUp, SignUpState
from portal.signups.panel import panel_of

PAST = 10
FOUND = 15


@blueprint.post("/activities/sessions/<public_id>/sign-up")
@signed_in
def sign_up(public_id: str) -> Any:
    """Take a place for oneself, or one on the waiting list."""
    session = plans.get_public_session(public_id) or abort(404)
    wanted = request.form.get("need", "")
    need = next((one for one in session.needs if one.public_id == wanted), None) or abort(400)
    try:
        made = services.sign_up(me(), session, get_person(current_user.person_id), need)
    except RuleError as error:
        return _refused(public_id, error)
    db.session.commit()
    if web.htmx:
        return _panel(public_id)
    waits = made.state == SignUpState.WAITLISTED
    message = _("You are on the waiting list.") if waits else _("You are signed up. Thank you!")
    return web.go("plans.notice", message, public_id=public_id)


def _refused(public_id: str, error: RuleError) -> Any:
    """The panel again with what the rule says, alone for htmx or on a page of its own."""
    web.undo()
    return _panel(public_id, str(error)), 422


def _panel(public_id: str, error: str = "") -> str:
    session = plans.get_public_session(public_id) or abort(404)
    template, moment = "signups/_answer.html" if web.htmx else "signups/refused.html", now()
    context = {"moment": moment, "standing": standing(session, moment), "part": None}
    return web.page(template, session=session, panel=panel_of(session, error), **context)


@blueprint.get("/me/sign-ups")
@signed_in
def own() -> str:
    """Offers to answer, what is to come, where I wait, and what is over."""
    moment, mine = now(), own_queries.list_present(current_user.person_id)
    past = paginate(own_queries.past_of_person(current_user.person_id), page_number(), PAST)
    offers = [one for one in mine if _is_open_offer(one)]
    groups = {
        "clashes": clashes.among(mine),
        "offers": offers,
        "coming": [one for one in mine if one.state not in (SignUpState.WAITLISTED, SignUpState.OFFERED)],
        "waiting": [one for one in mine if one.state == SignUpState.WAITLISTED and one.session.starts_at > moment],
    }
    feed = feeds.live_feed(current_user.person_id)
    return web.page("signups/own.html", past=past, moment=moment, feed=feed, **groups)


def _is_open_offer(one: SignUp) -> bool:
    until = one.offered_until
    return until is not None and until > now() and one.session.cancelled_at is None


@blueprint.get("/me/sign-ups/find")
@signed_in
def find() -> str:
    """Sessions to come, those that want my skills on top."""
    helper = rules.helper_of(get_person(current_user.person_id))
    paths = [place.path for place in helper.places]
    lent = borrowers(helper.person.id, today())
    page = paginate(own_queries.fitting(plans.upcoming(), helper.skills, paths, lent), page_number(), FOUND)
    moment, mine = now(), own_queries.states_in(current_user.person_id, page.rows)
    fits = {one.id: [need for need in one.needs if need.skill_id in helper.skills] for one in page.rows}
    standings = {one.id: standing(one, moment) for one in page.rows}
    return web.page(
        "signups/find.html", page=page, mine=mine, fits=fits, standings=standings, is_registered=bool(helper.places)
    )


@blueprint.route("/me/sign-ups/<public_id>/withdraw", methods=["GET", "POST"])
@signed_in
def withdraw(public_id: str) -> Any:
    """Asked once more before the place is given away."""
    sign_up = load(public_id)
    if request.method == "GET":
        return web.page("signups/withdraw.html", sign_up=sign_up, session=sign_up.session, moment=now())
    return _done(lambda: services.withdraw(me(), sign_up), _("You have withdrawn."))


@blueprint.post("/me/sign-ups/<public_id>/accept")
@signed_in
def accept(public_id: str) -> Response:
    sign_up = load(public_id)
    return _done(lambda: services.accept_offer(me(), sign_up), _("The place is yours. Thank you!"))


@blueprint.post("/me/sign-ups/<public_id>/decline")
@signed_in
def decline(public_id: str) -> Response:
    sign_up = load(public_id)
    return _done(lambda: services.decline_offer(me(), sign_up), _("The place goes to the next on the list."))


def _done(act: Callable[[], None], message: str) -> Response:
    """Do it and go back to the list; a refusal stands there too."""
    try:
        act()
    except RuleError as error:
        web.undo()
        flash(str(error), "error")
        return web.go("signups.own")
    db.session.commit()
    return web.go("signups.own", message)


def load(public_id: str) -> SignUp:
    return queries.get_own(current_user.person_id, public_id) or abort(404)
