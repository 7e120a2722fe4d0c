"""An association's year: what was charged by kind of member, received by method, and what cash and bank hold.

From the journal, so that it equals the cash book to the fen. Plain values by name, for a page, for a file, and to be
kept when the book is closed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, func, select

from portal.associations.models import Association
from portal.core.database import db
from portal.dues.models import Charge
from portal.dues.queries import STANDS
from portal.ledger.models import (
    BookState,
    DuesPeriod,
    EntryKind,
    JournalEntry,
    JournalLine,
    LedgerAccount,
    PeriodBook,
)
from portal.ledger.queries import book_of
from portal.members.models import Membership, MembershipKind
from portal.payments.models import Method, Payment
from portal.statements.rates import SUMS

HELD = (LedgerAccount.CASH, LedgerAccount.COLLECTORS, LedgerAccount.BANK)
# Name of a figure, kind of entry, whether it is counted as money that comes: over everything that is held.
FLOWS = (
    ("opening_fen", EntryKind.OPENING, True), ("reversed_fen", EntryKind.REVERSAL, False),
    ("refunded_fen", EntryKind.REFUND, False), ("difference_fen", EntryKind.HAND_OVER, True),
)  # fmt: skip
Sums = dict[tuple[str, str, bool], tuple[int, int]]  # debit and credit by account, kind and whether before the period


def figures_of(association: Association, period: DuesPeriod) -> dict[str, Any]:
    """As it is now, or as it was kept when the book was closed."""
    book = book_of(association, period)
    if book is not None and book.state != BookState.OPEN and "accounts" in book.figures:
        return dict(book.figures)
    return {**charged(association, period), **money(association, period)}


def is_kept(book: PeriodBook | None) -> bool:
    """Whether the figures of the year are those of the day on which its book was closed."""
    return book is not None and book.state != BookState.OPEN and "accounts" in book.figures


def charged(association: Association, period: DuesPeriod) -> dict[str, Any]:
    """What was charged and what became of it, by kind of member and in all."""
    statement: Select[Any] = select(MembershipKind.name, *SUMS).select_from(Charge)
    statement = statement.join(Membership, Membership.id == Charge.membership_id)
    statement = statement.join(MembershipKind, MembershipKind.id == Membership.kind_id)
    kept = (Charge.association_id == association.id, Charge.period_id == period.id, STANDS)
    grouped = statement.where(*kept).group_by(MembershipKind.id, MembershipKind.name, MembershipKind.position)
    rows = [[row[0], *map(int, row[1:])] for row in db.session.execute(grouped.order_by(MembershipKind.position))]
    charges, charged_fen, waived, paid, lost = (sum(row[place] for row in rows) for place in range(1, 6))
    return {
        "kinds": rows, "charges": charges, "charged_fen": charged_fen, "waived_fen": waived, "paid_fen": paid,
        "written_off_fen": lost, "open_fen": charged_fen - waived - paid - lost,
    }  # fmt: skip


def money(association: Association, period: DuesPeriod) -> dict[str, Any]:
    """What came and went by the journal, and what was there before and after."""
    sums = _sums(association, period)
    accounts = {str(account): _account(sums, account) for account in HELD}
    flows = {name: _net(sums, kind) * (1 if comes else -1) for name, kind, comes in FLOWS}
    levies = {
        "levy_paid_fen": -_settled_of(sums, LedgerAccount.LEVY_PAYABLE),
        "levy_received_fen": _settled_of(sums, LedgerAccount.LEVY_RECEIVABLE),
    }
    told = {"received": _received(association, period), "settled": _settled(association, period)}
    left = {"credit_fen": _more(sums, LedgerAccount.CREDIT), "forgone_fen": _more(sums, LedgerAccount.FORGONE)}
    return {"accounts": accounts, **told, **flows, **levies, **left}


def _sums(association: Association, period: DuesPeriod) -> Sums:
    """Every account by kind of entry, of the period and before it, in one question."""
    earlier = (JournalEntry.entry_on < period.start_on).label("earlier")
    both = (func.sum(JournalLine.debit_fen), func.sum(JournalLine.credit_fen))
    names: tuple[Any, ...] = (JournalLine.account, JournalEntry.kind, earlier)
    statement: Select[Any] = select(*names, *both).join(JournalEntry, JournalEntry.id == JournalLine.entry_id)
    mine = (JournalLine.association_id == association.id, JournalEntry.entry_on <= period.end_on)
    rows = db.session.execute(statement.where(*mine).group_by(*names))
    return {(row[0], row[1], bool(row[2])): (int(row[3]), int(row[4])) for row in rows}


def _account(sums: Sums, account: str) -> list[int]:
    """What there was, what came, what went, what there is."""
    mine = [(earlier, both) for (name, _kind, earlier), both in sums.items() if name == account]
    begin = sum(debit - credit for earlier, (debit, credit) in mine if earlier)
    came, went = (_side(mine, side) for side in (0, 1))
    return [begin, came, went, begin + came - went]


def _more(sums: Sums, account: str) -> int:
    """How much more is on the credit side of an account than at the beginning."""
    _begin, debit, credit, _end = _account(sums, account)
    return credit - debit


def _settled_of(sums: Sums, account: str) -> int:
    """What levy payments, less those that were taken back, settled of an account: credit less debit."""
    debit, credit = sums.get((account, EntryKind.LEVY_PAYMENT, False), (0, 0))
    return credit - debit


def _side(mine: Iterable[tuple[bool, tuple[int, int]]], side: int) -> int:
    return sum(both[side] for earlier, both in mine if not earlier)


def _held(sums: Sums, kind: str) -> list[tuple[bool, tuple[int, int]]]:
    """What entries of a kind did to cash, collectors and bank."""
    return [(earlier, both) for (name, of, earlier), both in sums.items() if of == kind and name in HELD]


def _net(sums: Sums, kind: str) -> int:
    mine = _held(sums, kind)
    return _side(mine, 0) - _side(mine, 1)


def _received(association: Association, period: DuesPeriod) -> dict[str, int]:
    """What was received in the period by method, whatever became of it later."""
    statement: Any = select(Payment.method, func.sum(JournalLine.credit_fen))
    statement = statement.join(JournalLine, JournalLine.payment_id == Payment.id).join(JournalLine.entry)
    kept = (
        JournalEntry.association_id == association.id, JournalEntry.period_id == period.id,
        JournalEntry.kind == EntryKind.PAYMENT, JournalLine.account == LedgerAccount.CREDIT,
    )  # fmt: skip
    rows = db.session.execute(statement.where(*kept).group_by(Payment.method))
    found = {row[0]: int(row[1]) for row in rows}
    return {str(method): found[method] for method in Method if method in found}


def _settled(association: Association, period: DuesPeriod) -> list[list[Any]]:
    """What was settled in the period by payments, less what was freed, by the period of the charge, the latest first.

    Receivables of earlier years that are paid this year are this year's money, and lower what is open of theirs: the
    day of the settlement says in which book, the charge of which year it is.
    """
    net = func.sum(JournalLine.credit_fen - JournalLine.debit_fen)
    columns: list[Any] = [DuesPeriod.name, DuesPeriod.id, net]
    statement: Select[Any] = select(*columns).select_from(JournalLine)
    statement = statement.join(JournalLine.entry).join(Charge, Charge.id == JournalLine.charge_id)
    statement = statement.join(DuesPeriod, DuesPeriod.id == Charge.period_id)
    kept = (
        JournalEntry.association_id == association.id, JournalEntry.period_id == period.id,
        JournalLine.payment_id.is_not(None), JournalLine.account == LedgerAccount.RECEIVABLE,
    )  # fmt: skip
    grouped = statement.where(*kept).group_by(DuesPeriod.id, DuesPeriod.name, DuesPeriod.start_on)
    rows = db.session.execute(grouped.order_by(DuesPeriod.start_on.desc()))
    return [[name, int(fen), period_id == period.id] for name, period_id, fen in rows if fen]
