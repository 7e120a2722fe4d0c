"""The call that an office address names, as its reader may have it."""

from __future__ import annotations

from datetime import date

from flask import abort, g
from flask_login import current_user

from portal.commendations import queries
from portal.commendations.models import CommendationCall
from portal.core.calendar import today


def load(public_id: str) -> CommendationCall:
    """The association's own, or one of those above it that is open."""
    return queries.get_call(current_user, g.association, public_id) or abort(404)


def load_own(public_id: str, *states: str) -> CommendationCall:
    """The association's own, in one of these states if any are named."""
    call = load(public_id)
    is_there = call.association_id == g.association.id and (not states or call.state in states)
    return call if is_there else abort(404)


def own_day() -> date:
    """Today, where the association is."""
    return today(g.association.time_zone)
