"""What cash and bank held when an association began to keep its books here. Never commits."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core import audit
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.formats import money
from portal.core.i18n import lazy
from portal.core.money import MOST_FEN
from portal.ledger import cashbox
from portal.ledger import services as ledger
from portal.ledger.models import EntryKind, JournalEntry, JournalLine, LedgerAccount
from portal.offices.access import can
from portal.payments import rules

OPENED = (LedgerAccount.CASH, LedgerAccount.BANK)


def opening_fen(association: Association, account: str) -> int:
    """What the account began with, by the journal."""
    total = func.sum(JournalLine.debit_fen - JournalLine.credit_fen)
    statement = select(total).join(JournalLine.entry).where(
        JournalLine.association_id == association.id,
        JournalLine.account == str(account),
        JournalEntry.kind == EntryKind.OPENING,
    )  # fmt: skip
    return int(db.session.scalar(statement) or 0)


def set_opening(actor: Account | None, association: Association, account: str, amount_fen: int, on: date) -> bool:
    """Cash or bank began with so much: what differs from what is posted is posted, on a day of an open period.

    Whether anything was: the same again changes nothing, another amount corrects the first. Raises RuleError by the
    account where less would be left than nothing.
    """
    if account not in OPENED:
        raise RuleError("account", lazy("Choose cash or bank."))
    if actor is not None and not can(actor, rules.RIGHT, association, whole=True):
        raise RuleError("", lazy("Opening balances are entered by whoever keeps the dues of the whole association."))
    if not 0 <= amount_fen <= MOST_FEN:
        raise RuleError("amount", lazy("Enter what there was, at most 10,000,000 yuan."))
    cashbox.hold(association)  # one at a time, for a sum is read; before the books
    ledger.hold_open(association, on)
    before = opening_fen(association, account)
    more = amount_fen - before
    if not more:
        return False
    rules.check_opening(association, str(account))
    _check_least(association, account, before, more, on)
    to, back = max(more, 0), max(-more, 0)
    lines = (
        ledger.Line(account=account, debit=to, credit=back),
        ledger.Line(account=LedgerAccount.OPENING, debit=back, credit=to),
    )
    ledger.post(actor, association, on, EntryKind.OPENING, lines)
    told = {"account": str(account), "amount_fen": [before, amount_fen], "on": on.isoformat()}
    audit.record(actor, "payments.open", association, told, association_id=association.id)
    return True


def _check_least(association: Association, account: str, before: int, more: int, on: date) -> None:
    """What was taken out since was there."""
    there = cashbox.holds_fen(association, on, account)
    if more < -there:
        least = money(before - there)
        raise RuleError(
            str(account), lazy("It was at least %(fen)s yuan: so much was spent or moved since.", fen=least)
        )
