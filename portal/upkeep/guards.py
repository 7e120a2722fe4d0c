"""What a migration keeps when SQLite changes a table by copying it: the triggers that refuse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op


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
