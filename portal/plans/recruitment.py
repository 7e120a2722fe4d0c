"""What a recruitment notice states (order 67), what a session lacks of it, and how its places stand."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from portal.core.i18n import lazy, lazy_pgettext, pgettext
from portal.plans.models import Activity, ActivitySession

# Time, how to apply and the deadline are there always; the rest an officer has to write.
MISSING = {
    "place": lazy("the place"),
    "content": lazy("the content"),
    "conditions": lazy("the conditions"),
    "needs": lazy("how many are wanted"),
    "risks": lazy("the risks"),
    "safeguards": lazy("the safeguards"),
    "contact_name": lazy("whom to ask"),
    "contact_phone": lazy("the phone for questions"),
}


class Standing(StrEnum):
    """How a session stands for somebody who would like to come."""

    FREE = "free"
    FULL = "full"
    CLOSED = "closed"
    OVER = "over"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return str(STANDINGS[self])

    @property
    def tone(self) -> str:
        return TONES[self]


STANDINGS = {
    Standing.FREE: lazy("Places free"),
    Standing.FULL: lazy("Full: waiting list"),
    Standing.CLOSED: lazy("Sign-up closed"),
    Standing.OVER: lazy_pgettext("session", "Over"),
    Standing.CANCELLED: lazy_pgettext("activity", "Cancelled"),
}
TONES = {
    Standing.FREE: "green",
    Standing.FULL: "amber",
    Standing.CLOSED: "grey",
    Standing.OVER: "grey",
    Standing.CANCELLED: "red",
}


def content_of(session: ActivitySession, activity: Activity) -> str:
    """What is done there: the session's own words, else its activity's."""
    return session.content or activity.content


def missing(session: ActivitySession, activity: Activity) -> list[str]:
    """What the session must still state before volunteers may be asked to it (order 67)."""
    held = {name: getattr(session, name) for name in MISSING}
    held["content"] = content_of(session, activity)
    return [name for name, value in held.items() if not value]


def missing_words(session: ActivitySession, activity: Activity) -> str:
    names = missing(session, activity)
    return str(pgettext("between names", ", ").join(str(MISSING[name]) for name in names))


def standing(session: ActivitySession, moment: datetime) -> Standing:
    """Cancelled, over, closed for sign-up (archived, too), full with a waiting list, or with places free.

    Needs are loaded.
    """
    if session.cancelled_at is not None:
        return Standing.CANCELLED
    if session.starts_at <= moment:
        return Standing.OVER
    if session.deadline_at <= moment or session.association.is_archived:
        return Standing.CLOSED
    return Standing.FREE if session.taken < session.wanted else Standing.FULL
