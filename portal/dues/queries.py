"""Reading charges: what a payer owes, one membership's, one of a period; the list with its filters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import joinedload

from portal.associations.models import Association
from portal.core.database import db
from portal.dues.models import Charge
from portal.members.models import Membership

OPEN_FEN: ColumnElement[int] = Charge.amount_fen - Charge.paid_fen - Charge.waived_fen - Charge.written_off_fen
STANDS = Charge.voided_at.is_(None)
IS_OPEN = (STANDS, OPEN_FEN > 0)
SHOWN = (
    joinedload(Charge.period),
    joinedload(Charge.payer),
    joinedload(Charge.association),
    joinedload(Charge.group),
    joinedload(Charge.membership).options(joinedload(Membership.person), joinedload(Membership.kind)),
)


def open_charges(
    association: Association, payer_id: int | None = None, membership_id: int | None = None
) -> Sequence[Charge]:
    """What is still owed to the association by a payer, or for a membership, the oldest first, with what is shown."""
    statement = oldest_first(select(Charge)).where(Charge.association_id == association.id, *IS_OPEN)
    if payer_id is not None:
        statement = statement.where(Charge.payer_id == payer_id)
    if membership_id is not None:
        statement = statement.where(Charge.membership_id == membership_id)
    return db.session.scalars(statement.options(*SHOWN)).all()


def oldest_first(statement: Select[Any]) -> Select[Any]:
    """Charges by the day on which they are due, as payments settle them."""
    return statement.order_by(Charge.due_on, Charge.period_id, Charge.id)


def standing(period_id: int, membership_id: int) -> Charge | None:
    """The charge of a membership for a period that is not void."""
    statement = select(Charge).where(Charge.period_id == period_id, Charge.membership_id == membership_id, STANDS)
    return db.session.scalar(statement.options(*SHOWN))


def hold_charge(charge: Charge) -> None:
    """What the row says now, and nobody changes it before this transaction ends."""
    kept = select(Charge).where(Charge.id == charge.id).with_for_update(of=Charge)
    db.session.scalars(kept.execution_options(populate_existing=True)).one()
