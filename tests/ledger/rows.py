"""What the tests of the ledger share: a period that is over, an entry in it, taking the guards away."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import text

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.database import db
from portal.ledger import closing
from portal.ledger.models import DuesPeriod, EntryKind, JournalEntry, LedgerAccount
from portal.ledger.services import Line, post
from tests.harness.money import make_period


def last_year() -> int:
    return today().year - 1


def deposit(place: Association, amount: int = 5_000, on: date | None = None, **values: Any) -> JournalEntry:
    """Cash taken to the bank: an event that needs nothing else."""
    lines = [Line(account=LedgerAccount.BANK, debit=amount), Line(account=LedgerAccount.CASH, credit=amount)]
    return post(None, place, on or today(), EntryKind.DEPOSIT, lines, **values)


def locked(cast: Any, closer: Account, locker: Account, count: int = 2) -> DuesPeriod:
    """Last year's book of the community with some entries, closed and locked."""
    period = make_period(cast.community, last_year())
    for number in range(count):
        deposit(cast.community, 1_000 + number, on=date(last_year(), 3, 1 + number))
    closing.close(closer, cast.community, period)
    closing.lock(locker, cast.community, period)
    db.session.commit()
    return period


def behind_the_back(statement: str) -> None:
    """Change what the database refuses to change: somebody with the keys to the server takes the guards away."""
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(statement))
        connection.execute(text("SET LOCAL session_replication_role = DEFAULT"))
        return
    for table in ("journal_entry", "journal_line", "journal_seal", "payment", "charge"):
        rows = connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :t"), {"t": table}
        )
        for (name,) in rows.all():
            connection.execute(text(f"DROP TRIGGER {name}"))
    connection.execute(text(statement))
