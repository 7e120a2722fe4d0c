"""A reviewer's own pages: the calls, what is to be reviewed by category, one nomination with its form."""

from __future__ import annotations

from typing import Any

from flask import Response, abort

from portal.accounts.reader import me
from portal.commendations.models import CallState, Nomination
from portal.core import web
from portal.core.access import signed_in
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.reviews import desk, progress, queries, services
from portal.reviews.blueprint import blueprint
from portal.reviews.conflicts import Conflicts
from portal.reviews.forms import DeclareForm
from portal.reviews.loading import load_mine
from portal.reviews.models import Reviewer
from portal.reviews.scoring import box_of, review_form

ONE, DECLARE = "reviews/review.html", "reviews/declare.html"


@blueprint.get("/me/reviews")
@signed_in
def own() -> str:
    """The calls that I review, with how far I am in each."""
    rows = [progress.of_call(one.call, [one])[0] for one in queries.list_own(me().person_id)]
    return web.page("reviews/own.html", rows=rows, day=today())


@blueprint.get("/me/reviews/<public_id>")
@signed_in
def own_call(public_id: str) -> str:
    """By category: what waits, what I wrote, what I am kept out of; after the meeting, what it chose."""
    mine = load_mine(public_id)
    row, meetings = progress.of_call(mine.call, [mine])[0], queries.meetings_of(mine.call)
    is_over = mine.call.state not in services.REVIEWED
    return web.page(
        "reviews/own_call.html",
        mine=row,
        call=mine.call,
        day=today(mine.call.association.time_zone),
        categories=queries.categories_of(mine.call),
        nominations=progress.nominations(mine.call) if mine.call.state == CallState.REVIEW else [],
        given=queries.points_of(mine),
        results=desk.as_it_was(mine.call, meetings[0]) if is_over and meetings else [],
    )


@blueprint.route("/me/reviews/<public_id>/<nomination_id>", methods=["GET", "POST"])
@signed_in
def review(public_id: str, nomination_id: str) -> Any:
    """Evidence and reason, points by criterion, a remark; then the next one at once."""
    shown = _around(public_id, nomination_id)
    mine, one = shown["mine"], shown["one"]
    criteria = shown["criteria"]
    form = review_form(criteria, queries.find_review(mine.id, one.id))
    if not form.validate_on_submit():
        return web.form_page(ONE, form, **shown)
    try:
        points = {each.id: form[box_of(each)].data for each in criteria}
        services.write_review(me(), mine, one, points, form.remark.data or "")
    except RuleError as error:
        web.undo()
        return web.refused(ONE, form, error, **_around(public_id, nomination_id))
    db.session.commit()
    return _onwards(public_id, one)


@blueprint.route("/me/reviews/<public_id>/<nomination_id>/not-impartial", methods=["GET", "POST"])
@signed_in
def declare(public_id: str, nomination_id: str) -> Any:
    """I keep out of this one. It is not taken back."""
    shown, form = _around(public_id, nomination_id), DeclareForm()
    if not form.validate_on_submit():
        return web.form_page(DECLARE, form, **shown)
    try:
        services.declare(me(), shown["mine"], shown["one"], form.reason.data or "")
    except RuleError as error:
        web.undo()
        return web.refused(DECLARE, form, error, **_around(public_id, nomination_id))
    db.session.commit()
    return web.go("reviews.own_call", _("You are kept out of this one."), public_id=public_id)


def _onwards(public_id: str, one: Nomination) -> Response:
    """To the next that waits: after this one in its category, else the first of all."""
    mine = load_mine(public_id)
    waiting = progress.of_call(mine.call, [mine])[0].waiting
    if not waiting:
        return web.go("reviews.own_call", _("All is reviewed. Thank you."), public_id=public_id)
    after = (each for each in waiting if (each.category_id, each.name, each.id) > (one.category_id, one.name, one.id))
    following = next(after, waiting[0])
    ids = {"public_id": public_id, "nomination_id": following.public_id}
    return web.go("reviews.review", _("Your points are saved."), **ids)


def _around(public_id: str, nomination_id: str) -> dict[str, Any]:
    """One of the nominations that lie before the reader while the call is under review."""
    mine = load_mine(public_id)
    row = progress.of_call(mine.call, [mine])[0]
    shown = progress.nominations(mine.call) if mine.call.state == CallState.REVIEW else []
    one = next((each for each in shown if each.public_id == nomination_id), None) or abort(404)
    return {
        "mine": mine,
        "one": one,
        "row": row,
        "call": mine.call,
        "criteria": queries.criteria_of(mine.call),
        "why": _why(row.kept_out, mine, one),
    }


def _why(kept_out: Conflicts, mine: Reviewer, one: Nomination) -> list[str]:
    """The kinds of conflict, in words."""
    return [kind.label for kind in kept_out.get(one.id, [])]
