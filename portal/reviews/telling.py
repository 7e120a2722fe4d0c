"""What everybody reads of a review on the page of its call: the notice period, and the result in figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portal.commendations.models import CallCategory, CallState, CommendationCall, NominationState
from portal.objections.models import NoticePeriod
from portal.reviews import queries
from portal.reviews.blueprint import blueprint
from portal.reviews.models import SelectionMeeting


@dataclass(frozen=True)
class Told:
    """Category, nominated, chosen; no name and no points."""

    period: NoticePeriod
    meeting: SelectionMeeting
    figures: list[tuple[CallCategory, int, int]]


@blueprint.app_template_global("review_told")
def told(call: CommendationCall) -> Told | None:
    """Nothing before what the meeting chose stands on notice."""
    showing = queries.showing_of(call) if call.state in (CallState.SHOWN, CallState.DECIDED) else None
    if showing is None:
        return None
    return Told(showing.period, showing.meeting, figures_of(call) if call.state == CallState.DECIDED else [])


def figures_of(call: CommendationCall) -> list[Any]:
    """How many were nominated and how many commended, by category."""
    shown = queries.nominations_in(call, NominationState.PASSED_OVER, NominationState.HONOURED)
    return [
        (category, len(here), sum(one.state == NominationState.HONOURED for one in here))
        for category in queries.categories_of(call)
        for here in [[one for one in shown if one.category_id == category.id]]
    ]
