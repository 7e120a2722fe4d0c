"""The cash box of an association: nothing leaves it that is not in it, on that day and today."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from portal.associations.models import Association
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.formats import money
from portal.core.i18n import lazy
from portal.ledger.models import LedgerAccount
from portal.ledger.queries import balance_before


def hold(association: Association) -> None:
    """One at a time takes cash out of the box: two who do are not shown the same money. Before the books, as charging
    holds the association.
    """
    db.session.execute(select(Association.id).where(Association.id == association.id).with_for_update(key_share=True))


def holds_fen(association: Association, on: date, account: str = LedgerAccount.CASH) -> int:
    """What is in it (or in the bank) at the end of a day, and still is after all that came later."""
    days = (on + timedelta(days=1), date.max)
    return max(0, min(balance_before(association, account, day) for day in days))


def check_spent(association: Association, amount_fen: int, on: date) -> None:
    """Cash of an association that somebody else records: how much it has is not told them. Raises
    RuleError("amount").
    """
    if amount_fen > holds_fen(association, on):
        words = lazy(
            "By its books %(name)s does not hold that much in cash on that day: what it collected, or fetched from "
            "the bank, is recorded there first.",
            name=association.display_name,
        )
        raise RuleError("amount", words)


def check_refund(association: Association, amount_fen: int, on: date) -> None:
    """Raises RuleError("amount") where the box does not hold what is to be paid back."""
    there = holds_fen(association, on)
    if amount_fen > there:
        raise RuleError("amount", lazy("The cash box holds only %(fen)s yuan.", fen=money(there)))


def check_reversal(association: Association, amount_fen: int, on: date) -> None:
    """A payment in cash is taken back out of the box. Raises RuleError where the money was banked or spent."""
    there = holds_fen(association, on)
    if amount_fen > there:
        words = lazy(
            "The cash box holds only %(fen)s yuan: the money went to the bank. Record it first for whoever really "
            "paid it, or fetch it back from the bank.",
            fen=money(there),
        )
        raise RuleError("", words)
