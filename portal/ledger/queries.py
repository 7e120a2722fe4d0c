"""Reading periods, books and the journal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, groupby, takewhile
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import joinedload

from portal.associations.models import Association
from portal.core.database import db
from portal.ledger.models import BookState, DuesPeriod, JournalEntry, JournalLine, LedgerAccount, PeriodBook
from portal.members.queries import root_id


@dataclass(frozen=True)
class Asked:
    """Which lines of the journal: of a kind of event, an account, days from and to."""

    kind: str = ""
    account: str = ""
    start: date | None = None
    end: date | None = None


def list_periods(association: Association) -> Sequence[DuesPeriod]:
    """The periods of the association's federation, the latest first."""
    kept = DuesPeriod.association_id == root_id(association)
    return db.session.scalars(select(DuesPeriod).where(kept).order_by(DuesPeriod.start_on.desc())).all()


def get_period(association: Association, public_id: str) -> DuesPeriod | None:
    """A period of the association's federation."""
    kept = DuesPeriod.association_id == root_id(association)
    return db.session.scalar(select(DuesPeriod).where(kept, DuesPeriod.public_id == public_id))


def period_on(association: Association, day: date) -> DuesPeriod | None:
    """The period in which a day lies."""
    lies_in = (DuesPeriod.start_on <= day, DuesPeriod.end_on >= day)
    kept = DuesPeriod.association_id == root_id(association)
    return db.session.scalar(select(DuesPeriod).where(kept, *lies_in))


def counting_ending(association: Association, day: date) -> Select[Any]:
    """One where the federation's periods end before the day; none where it never had one."""
    kept = DuesPeriod.association_id == root_id(association)
    return select(case((func.max(DuesPeriod.end_on) < day, 1), else_=0)).where(kept)


def book_of(association: Association, period: DuesPeriod) -> PeriodBook | None:
    """The association's book of a period; None while nothing happened to it: it is open."""
    kept = (PeriodBook.association_id == association.id, PeriodBook.period_id == period.id)
    return db.session.scalar(select(PeriodBook).where(*kept))


def is_open(association: Association, period: DuesPeriod) -> bool:
    """Whether something can be dated in the period."""
    return db.session.scalars(_closed(association, DuesPeriod.start_on >= period.start_on)).first() is None


def closed_after(association: Association, period: DuesPeriod) -> DuesPeriod | None:
    """The first later period whose book is closed: it begins with what was there before, which stands as it is."""
    return db.session.scalars(_closed(association, DuesPeriod.start_on > period.start_on)).first()


def _closed(association: Association, when: ColumnElement[bool]) -> Select[Any]:
    closed = (PeriodBook.association_id == association.id, PeriodBook.state != BookState.OPEN, when)
    statement = select(DuesPeriod).join(PeriodBook, PeriodBook.period_id == DuesPeriod.id).where(*closed)
    return statement.order_by(DuesPeriod.start_on).limit(1)


def first_before(association: Association, period: DuesPeriod, but: Collection[BookState]) -> DuesPeriod | None:
    """The first earlier period in which something is dated and whose book is in none of these states."""
    in_it = (JournalEntry.association_id == association.id, JournalEntry.period_id == DuesPeriod.id)
    its_book = (PeriodBook.association_id == association.id, PeriodBook.period_id == DuesPeriod.id)
    kept = (DuesPeriod.association_id == period.association_id, DuesPeriod.start_on < period.start_on)
    earlier = select(DuesPeriod).where(*kept, exists().where(*in_it))
    earlier = earlier.where(~exists().where(*its_book, PeriodBook.state.in_(but)))
    return db.session.scalars(earlier.order_by(DuesPeriod.start_on).limit(1)).first()


def is_begun(association: Association, *, ever: bool = False) -> bool:
    """Whether a book in which something happened is closed, or was `ever`: what there was before it stands."""
    happened = exists().where(
        JournalEntry.association_id == PeriodBook.association_id, JournalEntry.period_id == PeriodBook.period_id
    )
    was_closed = PeriodBook.reopened_at.is_not(None) if ever else false()
    closed = or_(PeriodBook.state != BookState.OPEN, was_closed)
    statement = select(PeriodBook.id).where(PeriodBook.association_id == association.id, closed, happened)
    return db.session.scalar(statement.limit(1)) is not None


def books_of(association: Association) -> dict[int, PeriodBook]:
    """The association's books by period, with who closed and locked them."""
    kept = select(PeriodBook).where(PeriodBook.association_id == association.id)
    people = (joinedload(PeriodBook.closer), joinedload(PeriodBook.locker))
    return {book.period_id: book for book in db.session.scalars(kept.options(*people))}


def balances(association: Association, period: DuesPeriod | None = None) -> dict[str, tuple[int, int]]:
    """Debits and credits of each account that was used, of a period or from the start."""
    sums = (func.sum(JournalLine.debit_fen), func.sum(JournalLine.credit_fen))
    columns: list[Any] = [JournalLine.account, *sums]
    statement: Select[Any] = select(*columns).where(JournalLine.association_id == association.id)
    if period is not None:
        statement = statement.join(JournalLine.entry).where(JournalEntry.period_id == period.id)
    return {
        account: (int(debit), int(credit)) for account, debit, credit in db.session.execute(_by_account(statement))
    }


def _by_account(statement: Select[Any]) -> Select[Any]:
    return statement.group_by(JournalLine.account)


def journal(association: Association, period: DuesPeriod | None, asked: Asked) -> Select[Any]:
    """The lines of an association's journal in the order of their days, as far as asked."""
    statement = select(JournalLine).join(JournalLine.entry).where(JournalEntry.association_id == association.id)
    if period is not None:
        statement = statement.where(JournalEntry.period_id == period.id)
    for column, value in ((JournalEntry.kind, asked.kind), (JournalLine.account, asked.account)):
        if value:
            statement = statement.where(column == value)
    if asked.start is not None:
        statement = statement.where(JournalEntry.entry_on >= asked.start)
    if asked.end is not None:
        statement = statement.where(JournalEntry.entry_on <= asked.end)
    return statement.order_by(JournalEntry.entry_on.desc(), JournalEntry.id.desc(), JournalLine.id)


def cash_book(association: Association, period: DuesPeriod, account: str) -> Select[Any]:
    """What came into cash or bank and what went out in a period, in order, one row for each entry."""
    sums = (func.sum(JournalLine.debit_fen).label("came"), func.sum(JournalLine.credit_fen).label("went"))
    columns: list[Any] = [
        JournalEntry.id, JournalEntry.public_id, JournalEntry.entry_on, JournalEntry.kind, JournalEntry.memo,
    ]  # fmt: skip
    statement: Select[Any] = select(*columns, *sums).join(JournalLine, JournalLine.entry_id == JournalEntry.id)
    statement = statement.where(JournalEntry.association_id == association.id, JournalEntry.period_id == period.id)
    return (
        statement.where(JournalLine.account == account)
        .group_by(*columns)
        .order_by(JournalEntry.entry_on, JournalEntry.id)
    )


def balance_before(association: Association, account: str, day: date, entry_id: int = 0) -> int:
    """Debits less credits of an account before a day, or before an entry of that day."""
    earlier = or_(JournalEntry.entry_on < day, and_(JournalEntry.entry_on == day, JournalEntry.id < entry_id))
    net = func.coalesce(func.sum(JournalLine.debit_fen - JournalLine.credit_fen), 0)
    statement = select(net).join(JournalLine.entry).where(JournalLine.association_id == association.id)
    return int(db.session.scalar(statement.where(JournalLine.account == account, earlier)) or 0)


def lowest_from(association: Association, account: str, day: date) -> int:
    """Debits less credits of an account at the end of the day, or of that later day on which it is least."""
    mine = (JournalLine.association_id == association.id, JournalLine.account == account)
    less = _least_after(JournalLine.debit_fen - JournalLine.credit_fen, mine, day)
    return balance_before(association, account, day + timedelta(days=1)) + less


def credit_from(payment_id: int, day: date) -> int:
    """What was left of a payment at the end of the day, or of that later day on which it is least."""
    mine = (JournalLine.payment_id == payment_id, JournalLine.account == LedgerAccount.CREDIT)
    return credit_on(payment_id, day) + _least_after(JournalLine.credit_fen - JournalLine.debit_fen, mine, day)


def _least_after(fen: ColumnElement[int], mine: Sequence[ColumnElement[bool]], day: date) -> int:
    """By how much less it was at the end of a later day than at the end of this one; never above zero."""
    days = select(JournalEntry.entry_on.label("day"), func.sum(fen).label("net")).join(JournalLine.entry).where(*mine)
    by_day = days.where(JournalEntry.entry_on > day).group_by(JournalEntry.entry_on).subquery()
    after = select(func.sum(by_day.c.net).over(order_by=by_day.c.day).label("after")).subquery()
    least = db.session.scalar(select(func.min(after.c.after)))
    return min(0, int(least or 0))


def credit_on(payment_id: int, day: date) -> int:
    """What was left of a payment at the end of a day: what settled something was not, until it was free again."""
    left = func.coalesce(func.sum(JournalLine.credit_fen - JournalLine.debit_fen), 0)
    mine = (JournalLine.payment_id == payment_id, JournalLine.account == LedgerAccount.CREDIT)
    statement = select(left).join(JournalLine.entry).where(*mine, JournalEntry.entry_on <= day)
    return int(db.session.scalar(statement) or 0)


def open_since(charge_ids: Collection[int], day: date) -> dict[int, date]:
    """Of charges those of which less was open at the end of the day, or of one since, than is now: made later, or
    freed. With the day since when so much is open.
    """
    owed = _daily(JournalLine.charge_id, JournalLine.charge_id.in_(charge_ids))
    found = {one: _since([(on, fen) for _id, on, fen in days]) for one, days in groupby(owed, key=lambda row: row[0])}
    return {charge_id: since for charge_id, since in found.items() if since > day}


def _since(changes: Sequence[tuple[date, int]]) -> date:
    """The first day since when a sum was never less than it is in the end."""
    ends = list(zip((on for on, _fen in changes), accumulate(fen for _on, fen in changes), strict=True))
    return [on for on, _fen in takewhile(lambda end: end[1] >= ends[-1][1], reversed(ends))][-1]


def settled_from(charge_id: int, day: date) -> dict[tuple[int, date], int]:
    """By how much payments changed what is open of a charge: (payment, day) → fen, what was before as on the day."""
    found: Counter[tuple[int, date]] = Counter()
    for payment_id, on, fen in _daily(JournalLine.payment_id, JournalLine.charge_id == charge_id):
        if payment_id is not None:
            found[payment_id, max(on, day)] += fen
    return found


def _daily(about: Any, of: ColumnElement[bool]) -> list[tuple[Any, date, int]]:
    """What is owed of charges, as each day changed it: (charge or payment, day, fen), in this order."""
    columns: list[Any] = [about, JournalEntry.entry_on, func.sum(JournalLine.debit_fen - JournalLine.credit_fen)]
    statement: Select[Any] = select(*columns).join(JournalLine.entry).group_by(*columns[:2]).order_by(*columns[:2])
    owed = statement.where(of, JournalLine.account == LedgerAccount.RECEIVABLE)
    return [(one, on, int(fen)) for one, on, fen in db.session.execute(owed)]
