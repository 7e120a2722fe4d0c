"""Somebody's record is deleted at the own request: they review no more, and their words are not kept."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update

from portal.core.calendar import now
from portal.core.database import change
from portal.people.models import Person
from portal.reviews.models import Review, Reviewer


def forget(people: Sequence[Person]) -> None:
    """Points that they gave stay in the ranking, without the name. Remarks go."""
    theirs = Reviewer.person_id.in_([one.id for one in people])
    change(update(Reviewer).where(theirs, Reviewer.ended_at.is_(None)).values(ended_at=now()))
    change(update(Review).where(Review.reviewer_id.in_(select(Reviewer.id).where(theirs))).values(remark=""))
