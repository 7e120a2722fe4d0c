"""The cash box of an association: nothing leaves it that is not in it, on that day and on each day since."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from portal.associations.models import Association
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.formats import money
from portal.core.i18n import lazy
from portal.ledger.models import LedgerAccount
from portal.ledger.queries import lowest_from


def hold(association: Association) -> None:
    """One at a time takes cash out of the box: two who do are not shown the same money. Before the books, as charging
    holds the association.
    """
    db.session.execute(select(Association.id).where(Association.id == association.id).with_for_update(key_share=True))


def holds_fen(association: Association, on: date, account: str = LedgerAccount.CASH) -> int:
    """What is in it (or in the bank) at the end of a day, and still was after all that came later."""
    return max(0, lowest_from(association, account, on))


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
