"""The meeting is recorded: its votes, and whom it chose in the ranking that lay before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, request

from portal.accounts.reader import me
from portal.commendations.loading import own_day
from portal.commendations.models import CallState, CommendationCall, Nomination, NominationState
from portal.core import web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _, lazy
from portal.reviews import desk, meetings, progress, queries, services
from portal.reviews.blueprint import blueprint
from portal.reviews.forms import MeetingForm
from portal.reviews.loading import load, sees_points

FORM = "reviews/meeting.html"


@blueprint.route("/office/<code>/reviews/<public_id>/meeting", methods=["GET", "POST"])
@requires(services.RIGHT, whole=True)
def record_meeting(code: str, public_id: str) -> Any:
    """Recorded once; sent twice, the page says that it is."""
    call, form = load(public_id), MeetingForm()
    if call.state != CallState.REVIEW:
        return web.go("reviews.call_page", public_id=public_id)
    sees_points(call) or abort(404)
    if not form.is_submitted():
        form.held_on.data = own_day()
    if not form.validate_on_submit():
        return web.form_page(FORM, form, **_around(call))
    try:
        meetings.record(me(), call, _held(form), _chosen(call, form.chosen.data or []))
    except RuleError as error:
        web.undo()
        return web.refused(FORM, form, error, **_around(load(public_id)))
    db.session.commit()
    return web.go("reviews.call_page", _("The meeting is recorded."), public_id=public_id)


def _around(call: CommendationCall) -> dict[str, Any]:
    rows = progress.of_call(call)
    ticked = set(request.form.getlist("chosen"))
    return {"call": call, "ranking": desk.ranked(call), "ticked": ticked, "is_complete": progress.is_complete(rows)}


def _chosen(call: CommendationCall, ids: Sequence[str]) -> list[Nomination]:
    """Those ticked, in the order of their names; who is not nominated any more is said."""
    known = {one.public_id: one for one in queries.nominations_in(call, NominationState.NOMINATED)}
    if set(ids) - set(known):
        raise RuleError("chosen", lazy("Somebody whom you ticked is not nominated any more: look at the list again."))
    return [one for public_id, one in known.items() if public_id in ids]


def _held(form: MeetingForm) -> meetings.Held:
    values: dict[str, Any] = form.values(*(name for name in form._fields if name not in ("csrf_token", "chosen")))
    return meetings.Held(**values)
