"""The log book on a session's page in the office: its entry, or the way to one once it was held."""

from __future__ import annotations

from portal.activities.serving import standing_entry
from portal.core.calendar import now, record_deadline
from portal.core.formats import local
from portal.core.i18n import _
from portal.plans.models import ActivitySession
from portal.plans.parts import Part, part


@part("office", 90)
def tell_entry(session: ActivitySession) -> Part | None:
    """Nothing before it has begun, and nothing of one that was cancelled."""
    if session.cancelled_at is not None or session.starts_at > now():
        return None
    day = local(session.ends_at, session.association.time_zone).date()
    context = {"entry": standing_entry(session.id), "deadline": record_deadline(day)}
    return Part("activities/_session.html", context, _("Log book"))
