"""The office's list of calls under review, the desk of one of them, the ranking as a file, the minutes."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g

from portal.commendations import queries as commendations
from portal.commendations.loading import own_day
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.feature import Feature
from portal.core.paging import page_number, paginate
from portal.reviews import (
    desk,
    exports,
    meeting_views,
    models,  # noqa: F401 - the tables of this feature
    own_views,
    progress,
    queries,
    reviewer_views,
    step_views,
    telling,
    wording,
)
from portal.reviews.blueprint import blueprint
from portal.reviews.loading import decides, load, sees_points
from portal.reviews.services import REVIEWED, RIGHT

__all__ = [
    "blueprint", "feature", "meeting_views", "own_views", "reviewer_views", "step_views", "telling", "wording",
]  # fmt: skip

feature = Feature("reviews", blueprint)


@blueprint.get("/office/<code>/reviews")
@requires(commendations.READ)
def office_list(code: str) -> str:
    """The association's calls, those under review first, each with how far its reviewers are."""
    page = paginate(queries.calls_in_hand(g.association), page_number())
    rows = [desk.step_of(call, own_day()) for call in page.rows]
    return web.page("reviews/office_list.html", page=page, rows=rows, day=own_day())


@blueprint.get("/office/<code>/reviews/<public_id>")
@requires(commendations.READ)
def call_page(code: str, public_id: str) -> str:
    """What comes next and who does it; reviewers, and for whoever decides conflicts, ranking and remarks."""
    call = load(public_id)
    meetings, sees = queries.meetings_of(call), sees_points(call)
    shown = desk.as_it_was(call, meetings[0]) if meetings else []
    is_here = call.state in REVIEWED
    day, may = own_day(), decides()
    context = {
        "ranking": shown if not is_here else desk.ranked(call) if sees else [],
        "remarks": desk.remarks(call) if sees else {},
        "declared": queries.declared_of(call) if may else {},
        "ended": [one for one in queries.counted_of(call) if one.ended_at is not None] if is_here else [],
        "by_id": {one.id: one for one in progress.nominations(call)},
    }
    known = {"day": day, "meetings": meetings, "decides": may, "sees": sees, **context}
    step, chair = desk.step_of(call, day), desk.who_decides(call, day)
    return web.page("reviews/call_page.html", call=call, step=step, chair=chair, **known)


@blueprint.get("/office/<code>/reviews/<public_id>/ranking.<any(xlsx, csv):form>")
@requires(RIGHT, whole=True)
def ranking_file(code: str, public_id: str, form: str) -> Response:
    """The ranking as it stands, or as it lay before the meeting."""
    call = load(public_id)
    if not sees_points(call):
        abort(404)
    meetings = queries.meetings_of(call)
    rows: Any = desk.ranked(call) if call.state in REVIEWED or not meetings else desk.as_it_was(call, meetings[0])
    return downloads.send(form, exports.ranking(rows), "reviews.office_list")


@blueprint.get("/office/<code>/reviews/<public_id>/meetings/<int:number>")
@requires(commendations.READ)
def minutes(code: str, public_id: str, number: int) -> str:
    """The minutes of a meeting, to print and sign."""
    call = load(public_id)
    meeting = next((one for one in queries.meetings_of(call) if one.number == number), None) or abort(404)
    rows, reviewers = desk.as_it_was(call, meeting), queries.counted_of(call)
    return web.page("reviews/minutes.html", call=call, meeting=meeting, ranking=rows, reviewers=reviewers)
