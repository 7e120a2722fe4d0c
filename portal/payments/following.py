"""What follows for payments from what happens to charges: a void one is freed, new ones are settled by credit."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, exists, select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.database import BigInt, UTCDateTime, db
from portal.core.errors import RuleError
from portal.dues import queries as dues
from portal.dues import services as charges
from portal.dues.models import Charge
from portal.ledger.models import DuesPeriod
from portal.payments import allocating, queries
from portal.payments.models import Payment


@charges.voiding.connect
def _hold_payments(_association: Association, *, charges: Sequence[Charge], **_more: Any) -> None:
    """By their ids, as everybody takes them."""
    queries.hold_settling([charge.id for charge in charges])


@charges.voided.connect
def _free_charge(charge: Charge, *, actor: Account | None, on: date, **_more: Any) -> None:
    """What had settled it is its payers' credit, not before it settled it."""
    for one in queries.live_allocations_of(charge.id):
        queries.hold_payment(one.payment)
        settled_on = queries.last_entry_on(one.payment_id, charge.id) or on
        allocating.free(actor, one.payment, [one], max(on, settled_on))
    allocating.unsettle(actor, db.session.get_one(Association, charge.association_id), charge.id, on)


@charges.charged.connect
def _use_credit(
    association: Association,
    *,
    period: DuesPeriod,
    moment: datetime,
    actor: Account | None,
    on: date,
    **_more: Any,
) -> None:
    """Whoever has something to the good, and owes something new, has paid so much of it, the oldest first."""
    values = {"place": association.id, "period": period.id, "moment": moment}
    payers = db.session.scalars(_who_owes_and_has_credit(), values).all()
    if len(payers) > 1:
        queries.hold_owed(association, _who_owes_and_has_credit(), values)
    for payer_id in payers:
        with suppress(RuleError):  # a day in a closed book: the credit stays, and can be used by hand
            allocating.use_credit(actor, association, payer_id, on)


@cache
def _who_owes_and_has_credit() -> Select[Any]:
    """A run asks it of each association: put together once."""
    place = bindparam("place", type_=BigInt)
    new = (
        Charge.association_id == place,
        Charge.period_id == bindparam("period", type_=BigInt),
        Charge.created_at == bindparam("moment", type_=UTCDateTime()),
    )
    owes = exists().where(Charge.payer_id == Payment.payer_id, *new, *dues.IS_OPEN)
    good = (Payment.association_id == place, *queries.HAS_CREDIT)  # a few; what is new, everybody's
    return select(Payment.payer_id).where(*good, owes).distinct().order_by(Payment.payer_id)
