"""What a migration makes the database itself refuse, on each engine, and what it keeps when a table is copied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

Columns = Mapping[str, tuple[str, ...]]
Ways = Mapping[str, tuple[tuple[str, str, str], ...]]
REFUSE = "EXECUTE FUNCTION refuse_change()"  # of the first migration, on PostgreSQL


def guards(
    dialect: str, *, sealed: Columns, kept: Columns, one_way: Ways | None = None, json: Iterable[str] = ()
) -> list[str]:
    """The statements that make triggers.

    sealed: tables added to and never changed, each with its unique columns.
    kept: tables of which no row is ever removed, each with the columns that never change.
    one_way: of a table (name of the trigger, column, condition over old and new) what is refused.
    json: columns that PostgreSQL compares as text, since JSON has no equality.
    """
    ways = [(table, *case) for table, cases in (one_way or {}).items() for case in cases]
    if dialect == "postgresql":
        return [
            *map(_sealed_by_postgresql, sealed),
            *(_kept_by_postgresql(table, columns, set(json)) for table, columns in kept.items()),
            *(_one_way_by_postgresql(*way) for way in ways),
        ]
    return [
        *(statement for table, unique in sealed.items() for statement in _sealed_by_sqlite(table, unique)),
        *(statement for table, columns in kept.items() for statement in _kept_by_sqlite(table, columns)),
        *(_one_way_by_sqlite(*way) for way in ways),
    ]


def _sealed_by_postgresql(table: str) -> str:
    return (
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {REFUSE}; "
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {REFUSE}"
    )


def _sealed_by_sqlite(table: str, unique: tuple[str, ...]) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    known = " OR ".join(f"{one} = new.{one}" for one in unique)
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        # REPLACE removes the row in the way without asking the trigger above.
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {known}) {refuse}",
    ]


def _kept_by_postgresql(table: str, columns: tuple[str, ...], json: set[str]) -> str:
    cast = {one: "::text" if one in json else "" for one in columns}
    changed = " OR ".join(f"old.{one}{cast[one]} IS DISTINCT FROM new.{one}{cast[one]}" for one in columns)
    return (
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW {REFUSE}; "
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {REFUSE}; "
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OF {', '.join(columns)} ON {table} "
        f"FOR EACH ROW WHEN ({changed}) {REFUSE}"
    )


def _kept_by_sqlite(table: str, columns: tuple[str, ...]) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, 'of {table} nothing is removed, and what was said stays'); END"
    return [
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OF {', '.join(columns)} ON {table} {refuse}",
    ]


def _one_way_by_postgresql(table: str, name: str, column: str, case: str) -> str:
    return f"CREATE TRIGGER {table}_{name} BEFORE UPDATE OF {column} ON {table} FOR EACH ROW WHEN ({case}) {REFUSE}"


def _one_way_by_sqlite(table: str, name: str, column: str, case: str) -> str:
    return (
        f"CREATE TRIGGER {table}_{name} BEFORE UPDATE OF {column} ON {table} WHEN {case} "
        f"BEGIN SELECT RAISE(ABORT, '{table}: there is no way back'); END"
    )


@contextmanager
def keeping_guards(table: str) -> Iterator[None]:
    """SQLite changes a table by copying it, and loses its triggers on the way."""
    connection = op.get_bind()
    asked = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :name")
    is_sqlite = connection.dialect.name == "sqlite"
    before = connection.execute(asked, {"name": table}).all() if is_sqlite else []
    yield
    left = {name for name, _ in connection.execute(asked, {"name": table})} if is_sqlite else set()
    for name, sql in before:
        if name not in left:
            op.execute(sql)
