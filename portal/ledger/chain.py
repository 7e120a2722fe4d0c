"""The chain over locked lines: each hash covers a line, its entry and the hash before, so that whoever changes a line
behind the portal's back breaks the chain from there on. One chain for each association.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, exists, func, insert, select

from portal.associations.models import Association
from portal.core.database import db
from portal.ledger.models import BookState, DuesPeriod, JournalEntry, JournalLine, JournalSeal, PeriodBook

BEGIN = "0" * 64
PORTION = 2_000
COVERED: tuple[Any, ...] = (
    JournalLine.id, JournalEntry.public_id, JournalEntry.entry_on, JournalEntry.kind, JournalEntry.memo,
    JournalEntry.recorded_by_id, JournalLine.association_id,
    JournalLine.account, JournalLine.debit_fen, JournalLine.credit_fen, JournalLine.charge_id, JournalLine.payment_id,
)  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """What does not agree: the association's code, the line or entry, and what is wrong with it."""

    association: str
    where: str
    what: str


def seal(association: Association, period: DuesPeriod) -> int:
    """Seal the lines of a period in their order, after those sealed before; returns how many."""
    position, last = _end(association.id)
    lines = db.session.execute(_lines(association.id).where(JournalEntry.period_id == period.id)).all()
    seals = []
    for number, line in enumerate(lines, position + 1):
        last = hash_of(last, line)
        seals.append({"association_id": association.id, "position": number, "line_id": line.id, "hash": last})
    for start in range(0, len(seals), PORTION):
        db.session.execute(insert(JournalSeal), seals[start : start + PORTION])
    return len(seals)


def head(association: Association) -> str:
    """The last hash: whoever keeps it can tell later whether anything before it was changed."""
    return _end(association.id)[1]


def hash_of(before: str, line: Row[Any]) -> str:
    """SHA-256 over the hash before and what the line and its entry say, as JSON."""
    told = [str(value) if hasattr(value, "isoformat") else value for value in line[: len(COVERED)]]
    return hashlib.sha256(json.dumps([before, *told], ensure_ascii=False).encode()).hexdigest()


def verify() -> Iterator[Fault]:
    """Every break: the first of each association's chain, and what is dated in a locked book without a seal."""
    statement = select(JournalSeal.association_id, Association.code).join(
        Association, Association.id == JournalSeal.association_id
    )
    for association_id, code in db.session.execute(statement.distinct().order_by(Association.code)).all():
        yield from _broken(association_id, code)
    yield from _unsealed()
    yield from _unlocked()


def _unlocked() -> Iterator[Fault]:
    """Books that are sealed and no longer locked: opened behind the portal's back."""
    sealed = exists().where(
        JournalSeal.line_id == JournalLine.id, JournalLine.entry_id == JournalEntry.id,
        JournalEntry.association_id == PeriodBook.association_id, JournalEntry.period_id == PeriodBook.period_id,
    )  # fmt: skip
    statement = (
        select(Association.code, DuesPeriod.name)
        .join(PeriodBook, PeriodBook.association_id == Association.id)
        .join(DuesPeriod, DuesPeriod.id == PeriodBook.period_id)
        .where(PeriodBook.state != BookState.LOCKED, sealed)
    )
    for code, name in db.session.execute(statement.order_by(Association.code)):
        yield Fault(code, f"book of {name}", "it is sealed and no longer locked")


def _broken(association_id: int, code: str) -> Iterator[Fault]:
    """The first seal that does not follow from the one before and from its line."""
    sealed = (
        _lines(association_id)
        .join(JournalSeal, JournalSeal.line_id == JournalLine.id)
        .add_columns(JournalSeal.position, JournalSeal.hash)
        .order_by(None)
        .order_by(JournalSeal.position)
    )
    last, number = BEGIN, 0
    for number, line in enumerate(db.session.execute(sealed.execution_options(yield_per=PORTION)), 1):
        if line.position != number:
            yield Fault(code, f"position {number}", "a sealed line is missing before this place")
            return
        last = hash_of(last, line)
        if last != line.hash:
            yield Fault(code, f"line {line.id} of entry {line.public_id}", "it is not what was sealed")
            return
    if number != _end(association_id)[0]:
        yield Fault(code, f"position {number + 1}", "a sealed line is missing at the end")


def _unsealed() -> Iterator[Fault]:
    """Lines in a locked book that no seal covers: put there behind the portal's back."""
    same_place = PeriodBook.association_id == JournalEntry.association_id
    statement = (
        select(Association.code, JournalLine.id, JournalEntry.public_id)
        .join(JournalEntry, JournalEntry.id == JournalLine.entry_id)
        .join(PeriodBook, same_place & (PeriodBook.period_id == JournalEntry.period_id))
        .join(Association, Association.id == JournalEntry.association_id)
        .outerjoin(JournalSeal, JournalSeal.line_id == JournalLine.id)
        .where(PeriodBook.state == BookState.LOCKED, JournalSeal.id.is_(None))
    )
    for code, line_id, public_id in db.session.execute(statement.order_by(JournalLine.id).limit(100)):
        yield Fault(code, f"line {line_id} of entry {public_id}", "it stands in a locked book without a seal")


def _lines(association_id: int) -> Select[Any]:
    """An association's lines with what a hash covers, in the order in which they were posted."""
    statement: Select[Any] = select(*COVERED).join(JournalEntry, JournalEntry.id == JournalLine.entry_id)
    return statement.where(JournalEntry.association_id == association_id).order_by(JournalLine.id)


def _end(association_id: int) -> tuple[int, str]:
    """The last position and hash."""
    kept = JournalSeal.association_id == association_id
    last = select(func.max(JournalSeal.position)).where(kept).scalar_subquery()
    row = db.session.execute(
        select(JournalSeal.position, JournalSeal.hash).where(kept, JournalSeal.position == last)
    ).one_or_none()
    return (row.position, row.hash) if row else (0, BEGIN)
