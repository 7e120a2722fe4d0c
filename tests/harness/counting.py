"""Counts the statements that reach the database, whoever sends them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

WORDS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
_open: list[list[str]] = []


@contextmanager
def query_count() -> Iterator[list[str]]:
    """The statements sent inside the block; BEGIN, SAVEPOINT and the like are not counted."""
    statements: list[str] = []
    _open.append(statements)
    try:
        yield statements
    finally:
        _open.remove(statements)


@event.listens_for(Engine, "before_cursor_execute")
def _count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    if _open and statement.lstrip(" \n(").upper().startswith(WORDS):
        for statements in _open:
            statements.append(statement)
