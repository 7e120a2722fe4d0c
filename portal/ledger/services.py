"""Posting to the journal: balanced, dated in an open period of the association, never changed. Never commits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, select
from sqlalchemy.dialects import postgresql, sqlite

from portal.associations.models import Association
from portal.core.audit import Actor
from portal.core.calendar import today
from portal.core.database import db, insert_all, new_public_id
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.ledger import queries
from portal.ledger.models import BookState, DuesPeriod, JournalEntry, JournalLine, PeriodBook


@dataclass(frozen=True, kw_only=True)
class Line:
    """An amount on one side of an account, and the charge and the payment that it is about."""

    account: str
    debit: int = 0
    credit: int = 0
    charge_id: int | None = None
    payment_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Posting:
    """An event among many that are posted at once, in an association's period that is held open."""

    association_id: int
    on: date
    period: DuesPeriod
    kind: str
    lines: Sequence[Line]
    memo: str = ""


def post(
    actor: Actor | None,
    association: Association,
    on: date,
    kind: str,
    lines: Sequence[Line],
    memo: str = "",
    held: DuesPeriod | None = None,
) -> JournalEntry:
    """Record an event. Lines of nothing are left out; the others sum to zero, or ValueError. `held` is the period
    that `hold_open` gave for this day, where it was asked before.

    Raises RuleError("on") for a day that is to come, lies in no period, or in one that is closed in this association
    or comes before a closed one.
    """
    _check_sum(kind, lines)
    period = held or hold_open(association, on)
    entry = JournalEntry(association_id=association.id, period_id=period.id, entry_on=on, kind=str(kind), memo=memo)
    entry.recorded_by_id = getattr(actor, "person_id", None)
    db.session.add(entry)
    db.session.flush()
    rows = [_row(entry.id, association.id, line) for line in lines if line.debit or line.credit]
    if rows:
        db.session.execute(insert(JournalLine), rows)
    return entry


def post_all(actor: Actor | None, postings: Sequence[Posting]) -> list[int]:
    """Record many events, each step one statement for all; the entries' ids in their order. Who posts has held their
    books (`hold_all`, `hold_books`).
    """
    by = getattr(actor, "person_id", None)
    entries = []
    for one in postings:
        _check_sum(one.kind, one.lines)
        known = {"association_id": one.association_id, "period_id": one.period.id, "recorded_by_id": by}
        of = {"entry_on": one.on, "kind": str(one.kind), "memo": one.memo}
        entries.append({"public_id": new_public_id(), **known, **of})
    ids = insert_all(JournalEntry, entries, by="public_id")
    rows = [
        _row(entry_id, one.association_id, line)
        for entry_id, one in zip(ids, postings, strict=True)
        for line in one.lines
        if line.debit or line.credit
    ]
    insert_all(JournalLine, rows)
    return ids


def _check_sum(kind: str, lines: Sequence[Line]) -> None:
    if sum(line.debit - line.credit for line in lines) != 0:
        raise ValueError(f"the lines of {kind} do not sum to zero")


def hold_all(association: Association, days: Iterable[date], field: str = "on") -> dict[date, DuesPeriod]:
    """The open periods in which days lie, each asked once, the earliest first; as `hold_open` for each."""
    held: dict[date, DuesPeriod] = {}
    last: DuesPeriod | None = None
    for day in sorted(set(days)):
        is_within = last is not None and last.start_on <= day <= min(last.end_on, today(association.time_zone))
        last = held[day] = last if last is not None and is_within else hold_open(association, day, field)
    return held


def hold_open(association: Association, on: date, field: str = "on") -> DuesPeriod:
    """The open period in which the day lies. Its book cannot be closed before this transaction ends."""
    period = queries.period_on(association, on)
    if on > today(association.time_zone):
        raise RuleError(field, lazy("This day is still to come."))
    if period is None:
        raise RuleError(field, lazy("No period of dues covers this day: the federation opens it first."))
    if hold_book(association, period, shared=True).state != BookState.OPEN:
        raise RuleError(field, lazy("The period %(name)s is closed: date it in an open one.", name=period.name))
    later = queries.closed_after(association, period)
    if later is not None:
        words = lazy("The book of %(name)s, which comes later, is closed: date it in an open one.", name=later.name)
        raise RuleError(field, words)
    return period


def hold_books(ids: Sequence[int], period: DuesPeriod) -> list[int]:
    """The books of a period of many associations, begun where there are none and held by who posts, in one order by
    everybody; those of the associations whose book is not open.
    """
    begin_books(ids, period)
    kept = (PeriodBook.association_id.in_(ids), PeriodBook.period_id == period.id)
    books = select(PeriodBook.association_id, PeriodBook.state).where(*kept).order_by(PeriodBook.association_id)
    held = db.session.execute(books.with_for_update(read=True)).all()
    return [book.association_id for book in held if book.state != BookState.OPEN]


def hold_book(association: Association, period: DuesPeriod, *, shared: bool = False) -> PeriodBook:
    """The association's book of the period, begun if there is none, held until the transaction ends: by many who
    post (`shared`), or by the one who closes it.
    """
    kept = (PeriodBook.association_id == association.id, PeriodBook.period_id == period.id)
    held = select(PeriodBook).where(*kept).with_for_update(read=shared).execution_options(populate_existing=True)
    book = db.session.scalar(held)
    if book is None:
        begin_books([association.id], period)  # somebody else may just begin it
        book = db.session.scalars(held).one()
    return book


def begin_books(ids: Iterable[int], period: DuesPeriod) -> None:
    """The books of a period of many associations, in one order by everybody; one that is there stays as it is."""
    is_postgresql = db.session.get_bind().dialect.name == "postgresql"
    begin = (postgresql.insert if is_postgresql else sqlite.insert)(PeriodBook).on_conflict_do_nothing()
    begun = [{"association_id": one, "period_id": period.id, "state": BookState.OPEN} for one in sorted(ids)]
    db.session.execute(begin, begun)


def _row(entry_id: int, association_id: int, line: Line) -> dict[str, object]:
    return {
        "entry_id": entry_id,
        "association_id": association_id,
        "account": str(line.account),
        "debit_fen": line.debit,
        "credit_fen": line.credit,
        "charge_id": line.charge_id,
        "payment_id": line.payment_id,
    }
