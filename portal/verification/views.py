"""One space of codes and one page for everything that can be verified: typed in, or scanned."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote_plus

from flask import Blueprint, Response, current_app, g, make_response, redirect, request, url_for

from portal.core import web
from portal.core.access import public
from portal.core.feature import Entry, Feature
from portal.core.i18n import lazy
from portal.verification import codes, models, queries  # noqa: F401
from portal.verification.attempts import Attempts, network
from portal.verification.kinds import State

blueprint = Blueprint("verification", __name__)

feature = Feature("verification", blueprint, public=(Entry(lazy("Verify"), "verification.enter", 60),))


@blueprint.get("/verify")
@public
def enter() -> Any:
    """Type a code; what was typed becomes the address that the QR code holds too."""
    typed = request.args.get("code", "")
    if not typed.strip():
        return _page("verification/enter.html", is_empty="code" in request.args)
    return redirect(url_for("verification.show", typed=codes.shown(codes.read(typed)).lower() or "-"), 303)


@blueprint.get("/verify/<typed>")
@public
def show(typed: str) -> Response:
    """Its state: one of kinds.State. Every code that is not known gets the same page, byte for byte."""
    attempts: Attempts = current_app.extensions.setdefault("portal.verification", Attempts())
    address = network(request.remote_addr)
    seconds = attempts.wait(address)
    if seconds:
        return _page("verification/wait.html", 429, seconds=seconds)
    verdict = queries.verify(typed)
    if verdict.state == State.UNKNOWN:
        attempts.fail(address)
        g.way_back = quote_plus(url_for("verification.enter"))  # the page names no code, in its links neither
    status = 404 if verdict.state == State.UNKNOWN else 200
    return _page("verification/show.html", status, verdict=verdict, tone=TONES[verdict.state])


# Colour and icon of each state; the word says it all.
TONES = {
    State.VALID: ("green", "check"),
    State.ENDED: ("amber", "clock"),
    State.VOID: ("red", "cross"),
    State.SUPERSEDED: ("amber", "clock"),
    State.REVOKED: ("red", "cross"),
    State.UNKNOWN: ("grey", "question"),
}


def _page(template: str, status: int = 200, **context: Any) -> Response:
    """Asked anew each time, since a state can change, and in no search engine."""
    response = make_response(web.page(template, **context), status)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
