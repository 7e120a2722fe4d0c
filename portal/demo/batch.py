"""Rows put together in memory and written at once, table by table, parents first."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from sqlalchemy import Table, func, insert, select
from sqlalchemy.orm import Session, scoped_session

from portal.core.database import Base
from portal.demo.chance import public_ids

AnySession = Session | scoped_session[Session]
CHUNK = 5_000


class Batch:
    """Rows that know their ids before they are written, so that others can refer to them."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._first: Counter[str] = Counter()

    def start_after(self, session: AnySession) -> None:
        """Leave the ids alone that are in use, should there be any."""
        for name, table in Base.metadata.tables.items():
            if "id" in table.columns:
                self._first[name] = int(session.scalar(select(func.max(table.c.id))) or 0)

    def add(self, model: type[Base], **values: Any) -> int:
        """Take a row in; its id."""
        table = model.__tablename__
        values["id"] = self._first[table] + len(self.rows[table]) + 1
        self.rows[table].append(values)
        return int(values["id"])

    def row(self, model: type[Base], row_id: int) -> dict[str, Any]:
        """A row that was taken in, to be completed."""
        return self.rows[model.__tablename__][row_id - self._first[model.__tablename__] - 1]

    def write(self, session: AnySession) -> None:
        """Insert everything through SQLAlchemy Core; column types encrypt, column defaults fill in."""
        self._give_public_ids()
        for table in Base.metadata.sorted_tables:
            rows = self.rows.get(table.name, [])
            for start in range(0, len(rows), CHUNK):
                session.execute(insert(table), rows[start : start + CHUNK])
            if rows and "id" in table.columns:
                _advance_sequence(session, table)

    def _give_public_ids(self) -> None:
        for name, rows in self.rows.items():
            if "public_id" in Base.metadata.tables[name].columns:
                for row, public_id in zip(rows, public_ids(name, len(rows)), strict=True):
                    row["public_id"] = public_id


def _advance_sequence(session: AnySession, table: Table) -> None:
    """PostgreSQL hands out ids from a sequence, which rows with ids of their own do not move."""
    if session.get_bind().dialect.name == "postgresql":
        newest = select(func.max(table.c.id)).scalar_subquery()
        session.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), newest)))
