"""What follows the meeting: shown on public notice, decided, or reviewed anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import g

from portal.accounts.reader import me
from portal.commendations.loading import own_day
from portal.commendations.models import CallState, CommendationCall, NominationState
from portal.core import web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.core.text import render
from portal.reviews import announcing, desk, meetings, queries, services
from portal.reviews.blueprint import blueprint
from portal.reviews.forms import NoticeForm, PlainForm
from portal.reviews.loading import load


@blueprint.route("/office/<code>/reviews/<public_id>/notice", methods=["GET", "POST"])
@requires(services.RIGHT, whole=True)
def show(code: str, public_id: str) -> Any:
    """The text as it will stand, and whom one can ask."""
    form = NoticeForm()
    if not form.is_submitted():
        form.contact.data = g.association.contact

    def act(call: CommendationCall) -> None:
        meetings.show(me(), call, form.contact.data or "")

    return _step("show.html", form, public_id, (CallState.CHOSEN,), act, _("It stands on public notice."))


@blueprint.route("/office/<code>/reviews/<public_id>/decide", methods=["GET", "POST"])
@requires(services.RIGHT, whole=True)
def decide(code: str, public_id: str) -> Any:
    """After the notice period, once: those who were shown are commended."""

    def act(call: CommendationCall) -> None:
        meetings.decide(me(), call)

    return _step("decide.html", PlainForm(), public_id, (CallState.SHOWN,), act, _("It is decided."))


@blueprint.route("/office/<code>/reviews/<public_id>/anew", methods=["GET", "POST"])
@requires(services.RIGHT, whole=True)
def review_anew(code: str, public_id: str) -> Any:
    """After a stop, or where nobody is left: reviewers and meeting begin again."""

    def act(call: CommendationCall) -> None:
        meetings.review_anew(me(), call)

    states = (CallState.CHOSEN, CallState.SHOWN)
    return _step("anew.html", PlainForm(), public_id, states, act, _("It is reviewed anew."))


def _step(
    template: str, form: Any, public_id: str, states: tuple[CallState, ...],
    act: Callable[[CommendationCall], None], said: str,
) -> Any:  # fmt: skip
    """The page that asks; sent, the step is done once, and the desk tells what comes next."""
    call, page = load(public_id), f"reviews/{template}"
    if call.state not in states:
        return web.go("reviews.call_page", public_id=public_id)
    if not form.validate_on_submit():
        return web.form_page(page, form, **_around(call))
    try:
        act(call)
    except RuleError as error:
        web.undo()
        return web.refused(page, form, error, **_around(load(public_id)))
    db.session.commit()
    return web.go("reviews.call_page", said, public_id=public_id)


def _around(call: CommendationCall) -> dict[str, Any]:
    """The step, whom the meeting chose, and the text of the notice."""
    found, chosen = queries.meetings_of(call), queries.nominations_in(call, NominationState.CHOSEN)
    body = render(announcing.body(call, found[0], chosen)) if found else ""
    return {"call": call, "step": desk.step_of(call, own_day()), "chosen": chosen, "preview": body}
