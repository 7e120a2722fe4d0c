"""Two who write at once may wait for each other: after a second PostgreSQL looks who does, and ends one. Who gives
way before, and who does again what was ended. On SQLite one writes at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import lazy

PATIENCE = "300ms"  # less than the second after which PostgreSQL looks who waits for whom
TURNS = 3
DEADLOCK, NOT_FREE = "40P01", "55P03"  # of PostgreSQL's error codes

Given = TypeVar("Given")


def again(act: Callable[[], Given]) -> Given:
    """What an act gives, all of it or nothing. Where it waited for one who waited for it, and was ended, it is done
    again, twice at most: for work that nobody stands by to send once more.
    """
    for _turn in range(TURNS - 1):
        try:
            with db.session.begin_nested():
                return act()
        except OperationalError as error:
            if _code(error) != DEADLOCK:
                raise
    with db.session.begin_nested():
        return act()


@contextmanager
def giving_way() -> Iterator[None]:
    """All of it or nothing, by one who holds many rows in an order of its own: whoever would have to wait for others
    gets a RuleError instead, and they go on.
    """
    try:
        with db.session.begin_nested():
            _wait(PATIENCE)
            yield
            _wait("0")
    except OperationalError as error:
        if _code(error) not in (DEADLOCK, NOT_FREE):
            raise
        message = lazy("Somebody else is writing to one of these records just now: try again in a moment.")
        raise RuleError("", message) from None


def _wait(time: str) -> None:
    """How long a statement waits for a row, "0" for ever; until the transaction, or the savepoint, ends."""
    if db.session.connection().dialect.name == "postgresql":
        db.session.execute(select(func.set_config("lock_timeout", time, True)))


def _code(error: OperationalError) -> str | None:
    return getattr(error.orig, "sqlstate", None)
