"""Whose names texts on notice show no more: who refused, who left the honour roll, whose record was deleted."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, or_, select

from portal.commendations.models import Nomination, NominationState
from portal.core.database import db
from portal.honours.models import Honour, Revocation
from portal.objections.models import NoticePeriod
from portal.objections.withheld import Withheld, withholds
from portal.people.models import Person
from portal.reviews.models import SelectionMeeting, Showing

LEFT = (Honour.person_id.is_not(None), Honour.is_public.is_(False))
NAMED = 1  # the paragraph after the certificate's number
GONE = or_(Nomination.state == NominationState.WITHDRAWN, Person.removed_at.is_not(None), Honour.is_public.is_(False))


@withholds(10)
def shown_before_the_decision(period_ids: Sequence[int]) -> list[Withheld]:
    """Where somebody is gone, only those names are read that stand; of a deleted record none is known any more."""
    asked = select(Showing.period_id, Showing.call_id, SelectionMeeting.chosen).join(Showing.meeting)
    shown = db.session.execute(asked.where(Showing.period_id.in_(period_ids))).all()
    if not shown:
        return []
    is_gone = Nomination.person_id.is_not(None) & func.coalesce(GONE, False)
    statement = (
        select(Nomination.public_id, Nomination.name, is_gone)
        .outerjoin(Nomination.person)
        .outerjoin(Honour, Honour.nomination_id == Nomination.id)
    )
    known = db.session.execute(statement.where(Nomination.call_id.in_([call_id for _one, call_id, _ids in shown])))
    rows = {public_id: (" ".join(name.split()), bool(gone)) for public_id, name, gone in known}
    found = []
    for period_id, _call_id, chosen in shown:
        named = [rows[one["nomination"]] for one in chosen if one["chosen"]]
        taken = {name for name, gone in named if gone}
        if taken:
            found.append(Withheld(period_id, frozenset(name for name, _gone in named) - taken))
    return found


@withholds(20)
def to_be_taken_back(period_ids: Sequence[int]) -> list[Withheld]:
    """The notice of a revocation names the holder where the roll did: then it has three paragraphs."""
    statement = select(NoticePeriod.id, NoticePeriod.body).join(Revocation, Revocation.period_id == NoticePeriod.id)
    asked = statement.join(Revocation.honour).where(*LEFT, NoticePeriod.id.in_(period_ids))
    rows = db.session.execute(asked)
    return [Withheld(period_id, paragraph=NAMED) for period_id, body in rows if body.count("\n\n") == 2]
