"""Whose names texts on notice show no more: holders who do not wish to stand on the honour roll any more."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from portal.commendations.models import Nomination
from portal.core.database import db
from portal.honours.models import Honour, Revocation
from portal.objections.models import NoticePeriod
from portal.objections.withheld import Name, withholds
from portal.reviews.models import Showing
from portal.reviews.withholding import names_in

HIDDEN = (Honour.person_id.is_not(None), Honour.is_public.is_(False))
NAMED = 1  # the paragraph of a proposed revocation after the certificate's number


@withholds(20)
def not_on_the_roll(period_ids: Sequence[int]) -> list[Name]:
    """In the notice before the decision."""
    calls = select(Showing.call_id).where(Showing.period_id.in_(period_ids))
    statement = select(Nomination.public_id).join(Honour, Honour.nomination_id == Nomination.id)
    return names_in(period_ids, db.session.scalars(statement.where(*HIDDEN, Honour.call_id.in_(calls))).all())


@withholds(30)
def to_be_taken_back(period_ids: Sequence[int]) -> list[Name]:
    """In the notice of a revocation, which names the holder where the roll did: then it has three paragraphs."""
    statement = select(NoticePeriod.id, NoticePeriod.body).join(Revocation, Revocation.period_id == NoticePeriod.id)
    asked = statement.join(Revocation.honour).where(*HIDDEN, NoticePeriod.id.in_(period_ids))
    return [
        Name(period_id, paragraph=NAMED) for period_id, body in db.session.execute(asked) if body.count("\n\n") == 2
    ]
