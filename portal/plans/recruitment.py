"""What a recruitment notice states (order 67), what a session lacks of it, and how its places stand."""

from __future__ import annotations

from datetime import datetime

from portal.core.i18n import lazy, lazy_pgettext, pgettext
from portal.core.labels import Labelled
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


class Standing(Labelled):
    """How a session stands for somebody who would like to come."""

    FREE = "free", lazy("Places free")
    SKILLED = "skilled", lazy("Places free for who has the skill")
    FULL = "full", lazy("Full: waiting list")
    CLOSED = "closed", lazy("Sign-up closed")
    OVER = "over", lazy_pgettext("session", "Over")
    CANCELLED = "cancelled", lazy_pgettext("activity", "Cancelled")

    @property
    def tone(self) -> str:
        return TONES[self]


TONES = {
    Standing.FREE: "green",
    Standing.SKILLED: "green",
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
    """Cancelled, over, closed for sign-up (archived, too), full with a waiting list, or with places free: for
    everybody, or only such as ask for a skill.

    Needs are loaded.
    """
    if session.cancelled_at is not None:
        return Standing.CANCELLED
    if session.starts_at <= moment:
        return Standing.OVER
    if session.deadline_at <= moment or session.association.is_archived:
        return Standing.CLOSED
    free = [need for need in session.needs if need.taken < need.wanted]
    if any(need.skill_id is None for need in free):
        return Standing.FREE
    return Standing.SKILLED if free else Standing.FULL
