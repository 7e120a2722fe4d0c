"""Another transaction that comes between two statements of the one under test: PostgreSQL's later statement sees it.

Where what it needs is held, it does not wait for its turn but says so: the test goes on, and asks once more later.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from typing import Any

import pytest
from flask import Flask
from psycopg.errors import LockNotAvailable
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from portal.core.database import db
from portal.core.errors import RuleError
from tests.harness.client import apart

COMMITTED, WAITS, REFUSED = "committed", "waits", "refused"
PATIENCE, MOMENT = 20, 0.3  # seconds


class Meanwhile:
    """Work of somebody else, and what became of it each time."""

    def __init__(self, app: Flask, work: Callable[[], object]) -> None:
        self.app, self.work, self.told, self.is_due = app, work, list[str](), True

    def run(self) -> str:
        """In a connection of its own, to its commit."""
        self.is_due = False
        with ThreadPoolExecutor(1) as pool:
            self.told.append(pool.submit(copy_context().run, apart, self._one).result(PATIENCE))
        return self.told[-1]

    def begin(self) -> Future[str]:
        """The same for whoever waits as long as it takes; it has begun to wait, or is done."""
        pool = ThreadPoolExecutor(1)
        begun = pool.submit(copy_context().run, apart, self._one, PATIENCE)
        pool.shutdown(wait=False)
        with suppress(TimeoutError):
            begun.result(MOMENT)
        return begun

    def before(self, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
        """Once, before a function of `owner` is called for the first time."""
        known = getattr(owner, name)

        def called(*given: Any, **more: Any) -> Any:
            if self.is_due:
                self.run()
            return known(*given, **more)

        monkeypatch.setattr(owner, name, called)

    def after(self, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
        """Once, when a function of `owner` was called for the first time."""
        known = getattr(owner, name)

        def called(*given: Any, **more: Any) -> Any:
            found = known(*given, **more)
            if self.is_due:
                self.run()
            return found

        monkeypatch.setattr(owner, name, called)

    def _one(self, patience: float = MOMENT) -> str:
        with self.app.app_context():
            try:
                db.session.execute(text(f"SET LOCAL lock_timeout = '{patience}s'"))
                self.work()
                db.session.commit()
            except OperationalError as error:
                db.session.rollback()
                if not isinstance(error.orig, LockNotAvailable):
                    raise
                return WAITS
            except RuleError:
                db.session.rollback()
                return REFUSED
        return COMMITTED
