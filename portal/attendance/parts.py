"""What attendance shows on a session's page in the office."""

from __future__ import annotations

from portal.core import access
from portal.core.calendar import now
from portal.plans.models import ActivitySession
from portal.plans.parts import Part, part


@part("office", 5)
def of_session(session: ActivitySession) -> Part | None:
    """The way to the session's list, for whoever keeps it."""
    is_kept = session.activity.opened_at is not None and session.cancelled_at is None
    if not is_kept or not access.can("activities.write"):
        return None
    return Part("attendance/_part.html", {"moment": now()})
