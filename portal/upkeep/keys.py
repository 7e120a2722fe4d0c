"""Changing the keys: every encrypted value and blind index is written anew under the first key."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Table, func, select, update

from portal.accounts.models import Account, OneTimeCode
from portal.core.calendar import now
from portal.core.database import db
from portal.core.encryption import EncryptedText, blind_index, blind_indexes
from portal.people.models import Person

BATCH = 500
# Beside an encrypted column: the column of its blind index, and what the index is of.
INDEXES = {"identity_number": ("identity_index", "identity"), "phone": ("phone_index", "phone")}


def rotate_keys() -> int:
    """Go through every table in batches, each a transaction of its own, so that the portal can run meanwhile.

    Until it ends both keys are needed; run again, it changes nothing but the wrapping. Returns the number of rows.
    """
    return sum(_rotate(table) for table in db.metadata.sorted_tables)


def secret_columns(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if isinstance(column.type, EncryptedText)]


def _rotate(table: Table) -> int:
    secret, last, count = secret_columns(table), 0, 0
    while secret:
        batch = select(table.c.id, *secret).where(table.c.id > last).order_by(table.c.id).limit(BATCH)
        rows = db.session.execute(batch.with_for_update()).mappings().all()
        if not rows:
            break
        for row in rows:
            values = {column.name: row[column.name] for column in secret}
            db.session.execute(
                update(table).where(table.c.id == row["id"]).values(**values, **_indexes(table, values))
            )
        if table is Person.__table__:
            _follow([row["phone"] for row in rows if row["phone"]])
        db.session.commit()
        last, count = rows[-1]["id"], count + len(rows)
    return count


def _indexes(table: Table, values: dict[str, str | None]) -> dict[str, str | None]:
    """The blind indexes that stand beside the encrypted values."""
    beside = [(*INDEXES[name], value) for name, value in values.items() if name in INDEXES]
    return {
        column: blind_index(value, kind) if value else None for column, kind, value in beside if column in table.c
    }


def _follow(phones: list[str]) -> None:
    """Accounts sign in by the index of a phone: those under an older key follow."""
    renewed = {old: blind_index(phone, "phone") for phone in phones for old in blind_indexes(phone, "phone")[1:]}
    for account in db.session.execute(
        select(Account.id, Account.phone_index).where(Account.phone_index.in_(renewed))
    ):
        index = renewed[str(account.phone_index)]
        db.session.execute(update(Account).where(Account.id == account.id).values(phone_index=index))


def list_leftovers() -> list[str]:
    """What cannot be written anew, because only its index is kept: it needs the older keys a while longer."""
    codes = select(func.count(), func.max(OneTimeCode.expires_at)).where(
        OneTimeCode.used_at.is_(None), OneTimeCode.revoked_at.is_(None), OneTimeCode.expires_at > now()
    )
    count, until = db.session.execute(codes).one()
    found = [f"{count} one-time codes are still out; with the older keys gone they stop working, the last is good"
             f" until {until:%Y-%m-%d %H:%M} UTC."] if count else []  # fmt: skip
    known = select(Person.id).where(Person.phone_index == Account.phone_index).exists()
    lost = db.session.scalar(select(func.count(Account.id)).where(Account.phone_index.is_not(None), ~known))
    if lost:
        found.append(f"{lost} accounts sign in with a phone number that their record no longer holds; they will not.")
    return found


def count_unreadable(sample: int = 200) -> int:
    """How many of the newest values of each table were encrypted with a key that is not configured."""
    count = 0
    for table in db.metadata.sorted_tables:
        for column in secret_columns(table):
            newest = select(table.c.id).where(column.is_not(None)).order_by(table.c.id.desc()).limit(sample)
            for row_id in db.session.scalars(newest).all():
                try:
                    db.session.scalar(select(column).where(table.c.id == row_id))
                except RuntimeError:
                    count += 1
    return count
