"""Reading hand-overs: what a collector still holds, in all and payment by payment."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from portal.core.database import db
from portal.handovers.models import HandOver
from portal.payments.models import Payment

# Cash in a collector's hands: what was taken back before it was handed over went out of them again.
TAKEN = or_(Payment.reversed_at.is_(None), Payment.hand_over_id.is_not(None))
HELD = (Payment.reversed_at.is_(None), Payment.hand_over_id.is_(None))
STANDS = HandOver.voided_at.is_(None)


def held_fen(association_id: int, collector_id: int) -> int:
    """What a collector owes the association in cash: what they took less what was counted as they handed it over."""
    taken = _sum(Payment.amount_fen).where(*of(Payment, association_id, collector_id), TAKEN)
    given = _sum(HandOver.credited_fen).where(*of(HandOver, association_id, collector_id), STANDS)
    return int(db.session.scalar(select(taken.scalar_subquery() - given.scalar_subquery())) or 0)


def of(kind: Any, association_id: int, collector_id: int) -> tuple[ColumnElement[bool], ...]:
    return (kind.association_id == association_id, kind.collector_id == collector_id)


def _sum(column: Any) -> Select[Any]:
    return select(func.coalesce(func.sum(column), 0))
