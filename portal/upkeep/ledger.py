"""`portal check-ledger`: the chain over locked lines, and every sum of the books against what it is the sum of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import joinedload

from portal.associations.models import Association
from portal.core.database import db
from portal.dues.models import Charge, Waiver, WaiverKind, WaiverState
from portal.handovers.models import HandOver
from portal.handovers.queries import TAKEN
from portal.ledger import chain
from portal.ledger.chain import Fault
from portal.ledger.models import (
    BookState,
    DuesPeriod,
    JournalEntry,
    JournalLine,
    JournalSeal,
    LedgerAccount,
    PeriodBook,
)
from portal.levy.models import Levy, LevyPayment, LevyShare
from portal.payments.models import Allocation, Payment, Refund, UndoState
from portal.receipts.models import Receipt, ReceiptCounter
from portal.statements.year import money

_CODE: tuple[Any, ...] = (Association.code,)
MOST = 100  # of each kind of fault: whoever sees a hundred need not see the rest


def list_faults() -> list[Fault]:
    """Everything that does not agree, the chain first."""
    return [
        *chain.verify(),
        *_unbalanced(),
        *_elsewhere(),
        *_kept(),
        *_charges(),
        *_payments(),
        *_levies(),
        *_receipts(),
        *_collectors(),
    ]


def summary() -> str:
    """How much was looked at, and the head of each chain for whoever keeps them elsewhere."""
    lines = db.session.scalar(select(func.count()).select_from(JournalLine)) or 0
    sealed = db.session.scalar(select(func.count()).select_from(JournalSeal)) or 0
    return f"{lines} lines of the journal agree, {sealed} of them sealed."


def heads() -> list[tuple[str, str]]:
    """The code and the last seal of every association that has one."""
    last = select(JournalSeal.association_id, func.max(JournalSeal.position).label("position"))
    end = last.group_by(JournalSeal.association_id).subquery()
    statement = (
        select(Association.code, JournalSeal.hash)
        .join(Association, Association.id == JournalSeal.association_id)
        .join(end, (end.c.association_id == JournalSeal.association_id) & (end.c.position == JournalSeal.position))
        .order_by(Association.code)
    )
    return [(code, value) for code, value in db.session.execute(statement).all()]


def _unbalanced() -> Iterator[Fault]:
    """Entries whose lines do not sum to zero."""
    net = func.sum(JournalLine.debit_fen - JournalLine.credit_fen)
    statement = (
        select(Association.code, JournalEntry.public_id, net)
        .join(JournalEntry, JournalEntry.id == JournalLine.entry_id)
        .join(Association, Association.id == JournalEntry.association_id)
        .group_by(Association.code, JournalEntry.public_id, JournalEntry.id)
        .having(net != 0)
    )
    for code, public_id, over in db.session.execute(statement.limit(MOST)):
        yield Fault(code, f"entry {public_id}", f"its lines sum to {over} fen, not to zero")


def _elsewhere() -> Iterator[Fault]:
    """Entries that stand in another period than the one in which their day lies."""
    statement = (
        select(Association.code, JournalEntry.public_id, DuesPeriod.name)
        .join(Association, Association.id == JournalEntry.association_id)
        .join(DuesPeriod, DuesPeriod.id == JournalEntry.period_id)
        .where(or_(JournalEntry.entry_on < DuesPeriod.start_on, JournalEntry.entry_on > DuesPeriod.end_on))
    )
    for code, public_id, name in db.session.execute(statement.order_by(JournalEntry.id).limit(MOST)):
        yield Fault(code, f"entry {public_id}", f"its day does not lie in {name}")


def _kept() -> Iterator[Fault]:
    """Figures that were kept as a book was closed, against the journal: what was held before and after."""
    shown = (joinedload(PeriodBook.association), joinedload(PeriodBook.period))
    closed = select(PeriodBook.id).where(PeriodBook.state != BookState.OPEN).order_by(PeriodBook.id)
    for book_id in db.session.scalars(closed).all():
        book = db.session.get_one(PeriodBook, book_id, options=shown)
        kept = book.figures.get("accounts")
        if kept is not None and kept != money(book.association, book.period)["accounts"]:
            yield Fault(
                book.association.code, f"book of {book.period.name}", "its kept figures are not the journal's"
            )


def _charges() -> Iterator[Fault]:
    """What is kept with a charge, against allocations, signatures and journal."""
    live = case((Charge.voided_at.is_(None), 1), else_=0)
    paid = _sum(Allocation.amount_fen, Allocation.charge_id == Charge.id, Allocation.released_at.is_(None))
    signed = (Waiver.charge_id == Charge.id, Waiver.state == WaiverState.APPROVED)
    waived = _sum(Waiver.amount_fen, *signed, Waiver.kind == WaiverKind.WAIVER)
    lost = _sum(Waiver.amount_fen, *signed, Waiver.kind == WaiverKind.WRITE_OFF)
    owed = live * (Charge.amount_fen - Charge.paid_fen - Charge.waived_fen - Charge.written_off_fen)
    posted = _posted(LedgerAccount.RECEIVABLE, JournalLine.charge_id == Charge.id)
    where: Select[Any] = select(*_CODE, Charge.id).join(Association, Association.id == Charge.association_id)
    yield from _differing(where, "charge", "paid", Charge.paid_fen, paid)
    yield from _differing(where, "charge", "waived", Charge.waived_fen, waived)
    yield from _differing(where, "charge", "written off", Charge.written_off_fen, lost)
    yield from _differing(where, "charge", "owed", owed, posted)


def _payments() -> Iterator[Fault]:
    """What is used of a payment, against allocations, refunds and journal."""
    live = case((Payment.reversed_at.is_(None), 1), else_=0)
    settled = _sum(Allocation.amount_fen, Allocation.payment_id == Payment.id, Allocation.released_at.is_(None))
    refunded = _sum(Refund.amount_fen, Refund.payment_id == Payment.id, Refund.state == UndoState.MADE)
    posted = _posted(LedgerAccount.CREDIT, JournalLine.payment_id == Payment.id)
    where: Select[Any] = select(*_CODE, Payment.public_id).join(Association, Association.id == Payment.association_id)
    yield from _differing(where, "payment", "used", Payment.used_fen, settled + live * refunded)
    yield from _differing(where, "payment", "credit", live * (Payment.used_fen - Payment.amount_fen), posted)


def _levies() -> Iterator[Fault]:
    """What is paid of a share, against its payments; what every association owes of levies, against its journal."""
    paid = _sum(LevyPayment.amount_fen, LevyPayment.share_id == LevyShare.id, LevyPayment.voided_at.is_(None))
    where: Select[Any] = select(*_CODE, LevyShare.public_id)
    where = where.join(Association, Association.id == LevyShare.association_id)
    yield from _differing(where, "levy", "paid", LevyShare.paid_fen, paid)
    stands = LevyShare.levy.has(Levy.voided_at.is_(None))
    owed = _sum(LevyShare.amount_fen - LevyShare.paid_fen, LevyShare.association_id == Association.id, stands)
    posted = _posted(LedgerAccount.LEVY_PAYABLE, JournalLine.association_id == Association.id)
    yield from _differing(select(*_CODE, Association.code), "levy of", "owed", -owed, posted)


def _receipts() -> Iterator[Fault]:
    """Years whose receipts are not numbered 1, 2, 3 … up to the last number that was given."""
    same = (Receipt.association_id == ReceiptCounter.association_id) & (Receipt.year == ReceiptCounter.year)
    count, most = func.count(Receipt.id), func.coalesce(func.max(Receipt.number), 0)
    statement = (
        select(Association.code, ReceiptCounter.year, ReceiptCounter.last, count)
        .join(Association, Association.id == ReceiptCounter.association_id)
        .outerjoin(Receipt, same)
        .group_by(Association.code, ReceiptCounter.year, ReceiptCounter.last)
        .having(or_(count != ReceiptCounter.last, most != ReceiptCounter.last))
    )
    for code, year, last, found in db.session.execute(statement.limit(MOST)):
        yield Fault(code, f"receipts of {year}", f"the last number is {last}, {found} receipts are there")


def _collectors() -> Iterator[Fault]:
    """Associations whose books say otherwise of the cash that collectors hold than payments and hand-overs do."""
    of = Association.id
    taken = _sum(Payment.amount_fen, Payment.association_id == of, Payment.collector_id.is_not(None), TAKEN)
    given = _sum(HandOver.credited_fen, HandOver.association_id == of, HandOver.voided_at.is_(None))
    posted = _posted(LedgerAccount.COLLECTORS, JournalLine.association_id == of)
    where: Select[Any] = select(*_CODE, Association.public_id)
    yield from _differing(where, "association", "cash at collectors", taken - given, posted)


def _differing(
    where: Select[Any], kind: str, what: str, kept: ColumnElement[int] | Any, found: ColumnElement[int]
) -> Iterator[Fault]:
    """Rows in which the kept figure is not the one that is found; debit less credit counts as found."""
    statement = where.add_columns(kept, found).where(kept != found).limit(MOST)
    for code, row, one, other in db.session.execute(statement):
        yield Fault(code, f"{kind} {row}", f"{what}: {one} fen are kept, {other} are found")


def _sum(column: Any, *conditions: Any) -> ColumnElement[int]:
    return select(func.coalesce(func.sum(column), 0)).where(*conditions).scalar_subquery()


def _posted(account: LedgerAccount, condition: Any) -> ColumnElement[int]:
    net = JournalLine.debit_fen - JournalLine.credit_fen
    return _sum(net, condition, JournalLine.account == account)
