"""The form of the database: whether migrations wait, and applying them. Alembic is imported only to apply one."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import inspect, text

from portal.core.database import db, reading
from portal.upkeep import Failure

FOLDER = Path(__file__).resolve().parents[2] / "migrations"
_LINE = re.compile(r'^(revision|down_revision) *(?::.*)?= *(?:"(\w+)"|None)$', re.MULTILINE)


def is_pending() -> bool:
    """Whether migrations wait; raises Failure for a database that this version of the portal does not know."""
    revisions, heads = _known()
    current = _current()
    if current - revisions:
        raise Failure("the database was made by a newer version of the portal; install that version again.")
    return current != heads


def upgrade() -> None:
    """Bring the database to the newest form."""
    enable(current_app)
    from flask_migrate import upgrade

    upgrade()


def enable(app: Flask) -> None:
    """Let Flask-Migrate work on this app, for `portal db` and for `upgrade`; the folder of an SQLite file is made."""
    from flask_migrate import Migrate

    with app.app_context():
        path = sqlite_file()
    if path:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)

    if "migrate" not in app.extensions:
        Migrate(app, db, directory=str(FOLDER), render_as_batch=True, compare_type=True)


def sqlite_file() -> Path | None:
    """The file of an SQLite database; None for one in memory and for PostgreSQL."""
    url = db.engine.url
    is_file = db.engine.dialect.name == "sqlite" and url.database not in (None, "", ":memory:")
    return Path(str(url.database)) if is_file else None


def has_table(name: str) -> bool:
    """Whether the database has the table. A file is not made by asking."""
    path = sqlite_file()
    if path is not None and not path.exists():
        return False
    with reading(), db.engine.connect() as connection:
        return inspect(connection).has_table(name)


def _known() -> tuple[set[str], set[str]]:
    """The revisions in the folder and the newest of them, read without running the files."""
    found = [dict(_LINE.findall(path.read_text(encoding="utf-8"))) for path in FOLDER.glob("versions/*.py")]
    revisions = {lines["revision"] for lines in found}
    return revisions, revisions - {lines["down_revision"] for lines in found}


def _current() -> set[str]:
    """The revision of the database; nothing for one without tables."""
    if not has_table("alembic_version"):
        return set()
    with reading(), db.engine.connect() as connection:
        return set(connection.scalars(text("SELECT version_num FROM alembic_version")))
