"""Alembic's entry: the application's engine and metadata.

On SQLite a table is changed by copying it; with foreign keys on, dropping the old one would delete every row
that refers to it. So they are off while migrating, and checked before the transaction ends.
"""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from portal.core.database import db


def run() -> None:
    engine = db.engine
    with engine.connect() as connection:
        is_sqlite = engine.dialect.name == "sqlite"
        if is_sqlite:
            raw = connection.connection.driver_connection
            raw.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=is_sqlite,
            compare_type=True,
            transaction_per_migration=False,
            include_name=_has_model,
        )
        try:
            with context.begin_transaction():
                context.run_migrations()
                if is_sqlite:
                    _check_foreign_keys(connection)
        finally:
            if is_sqlite:
                raw.execute("PRAGMA foreign_keys=ON")


def _has_model(name: str | None, kind: str, _parents: Any) -> bool:
    """The full-text index stands in its migration only, in two ways; FTS5 keeps tables of its own beside it."""
    return kind != "table" or not str(name).startswith("notice_text")


def _check_foreign_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(f"{len(broken)} rows refer to rows that do not exist, first {tuple(broken[0])}")


assert current_app, "run it through `portal db`"
run()
