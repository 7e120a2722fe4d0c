"""Rows put together in memory and written at once, table by table, parents first."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from sqlalchemy import Column, Connection, Dialect, Table, func, select
from sqlalchemy.orm import Session, scoped_session

from portal.core.database import Base
from portal.demo.chance import public_ids

AnySession = Session | scoped_session[Session]


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
        """Insert everything; column types encrypt, column defaults fill in."""
        self._give_public_ids()
        for table in Base.metadata.sorted_tables:
            if rows := self.rows.get(table.name):
                _insert(session.connection(), table, rows)
                if "id" in table.columns:
                    _advance_sequence(session, table)

    def _give_public_ids(self) -> None:
        for name, rows in self.rows.items():
            if "public_id" in Base.metadata.tables[name].columns:
                for row, public_id in zip(rows, public_ids(name, len(rows)), strict=True):
                    row["public_id"] = public_id


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Column by column and past SQLAlchemy, which does more for each row than the database has to."""
    columns = [column for column in table.columns if column.name in rows[0] or column.default is not None]
    values = zip(*(_values(column, rows, connection.dialect) for column in columns), strict=True)
    if connection.dialect.name == "postgresql":
        names = connection.dialect.identifier_preparer
        into = f"{names.format_table(table)} ({', '.join(map(names.format_column, columns))})"
        with connection.connection.cursor().copy(f"COPY {into} FROM STDIN") as copy:
            for row in values:
                copy.write_row(row)
    else:
        statement = table.insert().compile(dialect=connection.dialect, column_keys=[one.name for one in columns])
        connection.exec_driver_sql(str(statement), list(values))


def _values(column: Column[Any], rows: list[dict[str, Any]], dialect: Dialect) -> list[Any]:
    """What the rows hold in a column, as it is sent to the database."""
    default: Any = column.default
    if column.name in rows[0]:
        values = [row[column.name] for row in rows]
    else:
        values = [default.arg(None) if default.is_callable else default.arg for _row in rows]
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    return [process(value) for value in values] if process else values


def _advance_sequence(session: AnySession, table: Table) -> None:
    """PostgreSQL hands out ids from a sequence, which rows with ids of their own do not move."""
    if session.get_bind().dialect.name == "postgresql":
        newest = select(func.max(table.c.id)).scalar_subquery()
        session.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), newest)))
