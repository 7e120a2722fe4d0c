"""Sessions to take along: a file of one, and the private address of one's own."""

from __future__ import annotations

from flask import Response, abort, current_app
from flask_login import current_user

from portal.accounts.reader import me
from portal.core import icalendar, web
from portal.core.access import public, signed_in
from portal.core.database import db
from portal.core.i18n import _
from portal.people.queries import get_own as get_person
from portal.plans import queries as plans
from portal.signups import calendars, feeds, own_queries
from portal.signups.blueprint import blueprint


def _base_url() -> str:
    return str(current_app.extensions["portal.settings"].base_url)


@blueprint.get("/activities/sessions/<public_id>/session.ics")
@public
def session_ics(public_id: str) -> Response:
    """One session for a calendar program."""
    session = plans.get_public_session(public_id) or abort(404)
    text = calendars.calendar([session], session.activity.title, _base_url())
    return web.download(text.encode(), f"{session.activity.title}.ics", icalendar.MIMETYPE)


@blueprint.get("/feed/<token>.ics")
@public
def feed(token: str) -> Response:
    """What its owner has signed up for. A revoked address answers like one that was never made."""
    owner = feeds.owner_of(token)
    if owner is None:
        abort(404)
    text = calendars.calendar(own_queries.list_for_calendar(owner), _("My activities"), _base_url())
    response = Response(text, mimetype=icalendar.MIMETYPE)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.get("/me/sign-ups/calendar")
@signed_in
def own_calendar() -> str:
    return web.page("signups/calendar.html", feed=feeds.live_feed(current_user.person_id), address="")


@blueprint.post("/me/sign-ups/calendar")
@signed_in
def make_feed() -> str:
    """A new address, shown this once: only a hash of it is kept."""
    token = feeds.make(me(), get_person(current_user.person_id))
    db.session.commit()
    address = f"{_base_url()}/feed/{token}.ics"
    return web.page("signups/calendar.html", feed=feeds.live_feed(current_user.person_id), address=address)


@blueprint.post("/me/sign-ups/calendar/revoke")
@signed_in
def revoke_feed() -> Response:
    feeds.revoke(me(), current_user.person_id)
    db.session.commit()
    return web.go("signups.own_calendar", _("The address no longer works."))
