"""What waits for the nominee: consent, until the call is decided."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, func, select

from portal.commendations import consenting
from portal.commendations.models import CallState, CommendationCall, Nomination, NominationState
from portal.core.database import db

TAKEN = (CallState.OPEN, CallState.REVIEW)


def waits(nomination: Nomination) -> bool:
    """Whether the nominee has neither agreed nor refused, and still can (load its call)."""
    asked = nomination.state == NominationState.NOMINATED and nomination.consented_at is None
    return asked and nomination.call.state in TAKEN


def can_refuse(nomination: Nomination) -> bool:
    """Until it is decided, chosen by the meeting or not, and on notice too (load its call)."""
    return nomination.state in consenting.may_end(nomination)


def waiting() -> ColumnElement[bool]:
    """The same as `waits`, of rows joined with their call; groups and associations need no consent."""
    return and_(
        Nomination.person_id.is_not(None),
        Nomination.state == NominationState.NOMINATED,
        Nomination.consented_at.is_(None),
        CommendationCall.state.in_(TAKEN),
    )


def count_waiting(person_id: int) -> int:
    """For the line on one's own page."""
    statement = select(func.count(Nomination.id)).join(Nomination.call)
    return db.session.scalar(statement.where(Nomination.person_id == person_id, waiting())) or 0
