"""Numbers of receipts: 1, 2, 3 … for each association and year, without a gap and without a double."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite

from portal.associations.models import Association
from portal.core.database import db
from portal.receipts.models import ReceiptCounter

DIGITS = 6


def advance(association_id: int, year: int, count: int = 1) -> int:
    """The next number of the year, or the first of so many: one statement raises the counter, and the row is held
    until the transaction ends, so that a number that was not used goes back with everything else.
    """
    kept = (ReceiptCounter.association_id == association_id, ReceiptCounter.year == year)
    raised = update(ReceiptCounter).where(*kept).values(last=ReceiptCounter.last + count)
    last = raised.returning(ReceiptCounter.last)
    number = db.session.scalar(last)
    if number is None:
        _begin(association_id, year)
        number = db.session.scalar(last)
    assert number is not None
    return number - count + 1


def shown(association: Association, year: int, number: int) -> str:
    """As it is printed: QH-0102-2026-000123."""
    return f"{association.code.upper()}-{year}-{number:0{DIGITS}}"


def _begin(association_id: int, year: int) -> None:
    """Begin the counter of a year, unless another transaction has begun it in this moment."""
    is_postgresql = db.session.get_bind().dialect.name == "postgresql"
    insert_or_not = postgresql.insert if is_postgresql else sqlite.insert
    values = {"association_id": association_id, "year": year, "last": 0}
    db.session.execute(insert_or_not(ReceiptCounter).values(**values).on_conflict_do_nothing())
