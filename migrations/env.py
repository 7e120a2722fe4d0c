"""Alembic's entry: the application's engine and metadata.

On SQLite a table is changed by copying it; with foreign keys on, dropping the old one would delete every row
that refers to it. So they are off while migrating, and checked before the transaction ends.
"""

from __future__ import annotations

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
        )
        try:
            with context.begin_transaction():
                context.run_migrations()
                if is_sqlite:
                    _check_foreign_keys(connection)
        finally:
            if is_sqlite:
                raw.execute("PRAGMA foreign_keys=ON")


def _check_foreign_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(f"{len(broken)} rows refer to rows that do not exist, first {tuple(broken[0])}")


assert current_app, "run it through `portal db`"
run()
