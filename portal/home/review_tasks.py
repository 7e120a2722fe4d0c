"""What waits of reviews for whoever decides commendations: a review to begin, a meeting, a notice, a decision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Select, func, select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.commendations.models import CallState, CommendationCall
from portal.core.calendar import today
from portal.core.i18n import _
from portal.offices.access import can
from portal.reviews import desk, queries
from portal.reviews.services import RIGHT

# Title, detail, page, action.
Line = tuple[str, str, tuple[str, dict[str, Any]], str]
IN_HAND = (CallState.OPEN, CallState.REVIEW, CallState.CHOSEN, CallState.SHOWN)


def questions(account: Account, association: Association) -> dict[str, Select[Any]]:
    """How many calls are on their way, counted for whoever decides."""
    if not can(account, RIGHT, association, whole=True):
        return {}
    asked = (CommendationCall.association_id == association.id, CommendationCall.state.in_(IN_HAND))
    return {"calls_in_hand": select(func.count()).select_from(CommendationCall).where(*asked)}


def lines(found: Mapping[str, Any], association: Association) -> Iterator[Line]:
    """A line for each call in which the next step is the chair's."""
    if not found.get("calls_in_hand"):
        return
    words = _words()
    for call in queries.list_in_hand(association):
        name = desk.step_of(call, today(association.time_zone)).name
        if name in words:
            yield call.title, words[name], ("reviews.call_page", {"public_id": call.public_id}), _("Open")


def _words() -> dict[str, str]:
    return {
        "begin": _("Nominations have ended: begin the review."),
        "ask": _("Nominations have ended: ask reviewers."),
        "meeting": _("All reviewers have given their points: the meeting can choose."),
        "show": _("The meeting has chosen: show it on public notice."),
        "decide": _("The notice period is over: decide."),
        "stopped": _("It was not decided as shown: review anew."),
        "anew": _("Nobody who was chosen is left: review anew."),
    }
