"""What follows for a line of the bank from what happens to its payment: taken back, it waits again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from portal.bank.matching import Why
from portal.bank.models import BankLine, LineState
from portal.bank.reasons import kept
from portal.core.database import db
from portal.payments import services as payments
from portal.payments.models import Payment


@payments.reversed_.connect
def _wait_again(payment: Payment, **_more: Any) -> None:
    """The money came all the same: somebody says whose it is."""
    matched = (BankLine.payment_id == payment.id, BankLine.state == LineState.MATCHED)
    values = {"state": LineState.WAITING, "reason": kept(Why("reversed")), "decided_at": None, "decided_by_id": None}
    db.session.execute(update(BankLine).where(*matched).values(**values))
