"""Whose names the text on notice shows no more: who took the consent back, and whose record was deleted."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import or_, select

from portal.commendations.models import Nomination, NominationState
from portal.core.database import db
from portal.objections.withheld import Name, withholds
from portal.people.models import Person
from portal.reviews.models import SelectionMeeting, Showing


@withholds(10)
def taken_back(period_ids: Sequence[int]) -> list[Name]:
    """Nominees who refused or were withdrawn after they were shown."""
    gone = or_(Nomination.state == NominationState.WITHDRAWN, Person.removed_at.is_not(None))
    statement = select(Nomination.public_id).join(Nomination.person).where(gone)
    asked = select(Showing.call_id).where(Showing.period_id.in_(period_ids))
    return names_in(period_ids, db.session.scalars(statement.where(Nomination.call_id.in_(asked))).all())


def names_in(period_ids: Sequence[int], nominations: Collection[str]) -> list[Name]:
    """The names of nominations (by public id) as the texts on notice have them."""
    if not nominations:
        return []
    statement = select(Showing.period_id, SelectionMeeting.chosen).join(Showing.meeting)
    rows = db.session.execute(statement.where(Showing.period_id.in_(period_ids)))
    return [
        Name(period_id, " ".join(one["name"].split()))
        for period_id, chosen in rows
        for one in chosen
        if one["nomination"] in nominations and one["chosen"]
    ]
