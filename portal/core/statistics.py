"""What the planner knows of the tables. PostgreSQL looks by itself, a while after; SQLite when it is told to."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Table, func, select

from portal.core.database import Base, db
from portal.core.jobs import queue

EVERY = 60  # minutes
LOOKED_AT = 100_000  # entries of an index at which SQLite's planner looks: enough to tell many from few
FEW = 100  # rows more than it knows of, for which SQLite does not look again
# Tables that are at least twice as large as when PostgreSQL's planner last looked at them.
_GROWN = (
    "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    " AND pg_relation_size(oid) > (2 * relpages + 8) * current_setting('block_size')::int"
)


@queue.every(EVERY)
def look_again() -> None:
    """SQLite's planner is told of what came in the last hour; PostgreSQL's needs nobody for it."""
    if db.session.connection().dialect.name == "sqlite":
        refresh_statistics()


def refresh_statistics() -> None:
    """Tell the planner of tables that grew at once: its own look comes a while after, and a plan that was made for an
    empty table reads all of it for each row that refers to it. Commits, so that nobody waits for it.
    """
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        grown = connection.exec_driver_sql(_GROWN).scalars().all()
        if grown:
            connection.exec_driver_sql(f"ANALYZE {', '.join(grown)}")
    else:
        _look(_grown(connection))
    db.session.commit()


def _look(tables: Sequence[str]) -> None:
    """Each for itself, so that nobody waits for all of them. Other connections read what was found when the form of
    the database changes: so it does, and back.
    """
    for table in tables:
        _run(f"PRAGMA analysis_limit={LOOKED_AT}", f"ANALYZE {table}")
    if tables:
        _run("CREATE VIEW looked AS SELECT 1", "DROP VIEW looked")


def _run(*statements: str) -> None:
    for statement in statements:
        db.session.connection().exec_driver_sql(statement)
    db.session.commit()


def _grown(connection: Connection) -> list[str]:
    """Of SQLite's tables those that have twice as many rows as its planner knows of, and what refers to such a one
    and has no ids of its own.
    """
    tables = Base.metadata.sorted_tables
    with_ids = [table for table in tables if "id" in table.c]
    last = connection.execute(select(*(select(func.max(table.c.id)).scalar_subquery() for table in with_ids))).one()
    known = _known(connection)
    grown = [
        table
        for table, most in zip(with_ids, last, strict=True)
        if (most or 0) > _much(known, table) and _count(connection, table) > _much(known, table)
    ]
    without = [table for table in tables if "id" not in table.c]
    beside = [table for table in without if any(key.column.table in grown for key in table.foreign_keys)]
    return [table.name for table in (*grown, *beside)]


def _known(connection: Connection) -> dict[str, int]:
    """How many rows of each table the planner knows of."""
    if not connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'").scalar():
        return {}
    rows = "SELECT tbl, max(CAST(stat AS INTEGER)) FROM sqlite_stat1 GROUP BY tbl"
    return {name: int(count or 0) for name, count in connection.exec_driver_sql(rows)}


def _much(known: dict[str, int], table: Table) -> int:
    """Of a table that the planner knows nothing of it takes it that it is large: one row is enough to look."""
    return 2 * known[table.name] + FEW if table.name in known else 0


def _count(connection: Connection, table: Table) -> int:
    """Ids have gaps, and some are drawn by lot."""
    return int(connection.scalar(select(func.count()).select_from(table)) or 0)
