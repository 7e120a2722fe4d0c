"""How long it is kept who spoke for somebody: a year after the answer. What was said, and the answer, stay."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import and_, or_, select, update

from portal.commendations.models import CallCategory, CommendationCall, Suggestion
from portal.core.calendar import now, today
from portal.core.database import change
from portal.core.jobs import queue

KEPT = timedelta(days=365)  # the portal's own default: time to ask again in the next year's call
EVERY = 60  # minutes
EMPTY = {"name": None, "phone": None, "by_person_id": None}


@queue.every(EVERY)
def forget() -> None:
    """Names and phones of those who were answered a year ago, or whose call closed a year ago without an answer.

    Done again, it does nothing.
    """
    closed = CommendationCall.closes_on <= today() - KEPT
    over = select(CallCategory.id).join(CallCategory.call).where(closed)
    answered = Suggestion.answered_at <= now() - KEPT
    left = and_(Suggestion.answered_at.is_(None), Suggestion.category_id.in_(over))
    known = or_(*(getattr(Suggestion, name).is_not(None) for name in EMPTY))
    change(update(Suggestion).where(or_(answered, left), known).values(**EMPTY))
