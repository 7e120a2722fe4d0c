"""What the tests of the chain share: publications of an invented room, and taking the guards away."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from portal.core.database import db
from portal.transparency.models import ChainEntry, ChainKind
from portal.transparency.services import enter

MOMENT = datetime(2026, 3, 1, 8, 5, tzinfo=UTC)


def entered(cast: Any, document: str = "doc000000001", version: int = 1, **content: Any) -> ChainEntry:
    """An entry about something that is in no table."""
    told = {"title": "春节放假", **content}
    return enter(ChainKind.LETTER, cast.community.id, document, version, told, at=MOMENT)


def behind_the_back(*statements: str) -> None:
    """Change what the database refuses to change: somebody with the keys to the server takes the guards away."""
    connection = db.session.connection()
    is_postgresql = connection.dialect.name == "postgresql"
    if is_postgresql:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
    else:
        for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            connection.execute(text(f"DROP TRIGGER {name}"))
    for statement in statements:
        connection.execute(text(statement))
    if is_postgresql:
        connection.execute(text("SET LOCAL session_replication_role = DEFAULT"))
    db.session.commit()
    db.session.expire_all()
