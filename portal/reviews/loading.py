"""What an address of a review names, as its reader may have it."""

from __future__ import annotations

from flask import abort

from portal.accounts.reader import me
from portal.commendations import loading
from portal.commendations.models import CallState, CommendationCall
from portal.core.access import can
from portal.reviews import progress, queries
from portal.reviews.models import Reviewer
from portal.reviews.services import RIGHT


def load(public_id: str) -> CommendationCall:
    """A call of the association that was opened and not withdrawn."""
    call = loading.load_own(public_id)
    return call if call.state not in (CallState.DRAFT, CallState.WITHDRAWN) else abort(404)


def load_reviewer(call: CommendationCall, public_id: str) -> Reviewer:
    found = (one for one in queries.reviewers_of(call) if one.public_id == public_id)
    return next(found, None) or abort(404)


def load_mine(public_id: str) -> Reviewer:
    """The reader as a reviewer of a call; 404 for everybody whom nobody asked."""
    mine = queries.list_own(me().person_id)
    return next((one for one in mine if one.call.public_id == public_id), None) or abort(404)


def decides() -> bool:
    return can(RIGHT, whole=True)


def sees_points(call: CommendationCall) -> bool:
    """Whoever decides sees the ranking; who reviews as well, not before all their own points are given."""
    if not decides():
        return False
    own = [one for one in queries.reviewers_of(call) if one.person_id == me().person_id]
    return call.state != CallState.REVIEW or not own or not progress.of_call(call, own)[0].waiting
