"""At once: acts in threads that begin at one moment, and what became of each, in the order of the acts."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Any, TypeVar

from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from portal.accounts.models import Account
from portal.core.database import db
from portal.core.errors import RuleError
from tests.harness.client import apart, client_of
from tests.harness.soaking import SOAKING

PATIENCE = 600 if SOAKING else 60  # seconds: a machine that stands still for ten of them does nothing wrong
Given = TypeVar("Given")


def together(acts: Sequence[Callable[[], Given]]) -> list[Given]:
    """What the acts give, each in a thread of its own, all by the clock of the test."""
    barrier = threading.Barrier(len(acts))

    def begin(act: Callable[[], Given]) -> Given:
        barrier.wait(PATIENCE)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        begun = [pool.submit(copy_context().run, apart, begin, act) for act in acts]
        return [one.result() for one in begun]


def at_once(app: Flask, acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """What the acts give, each in a transaction of its own that is committed; one that a rule refuses gives None.
    What the test itself has written is committed first, and nothing that it has read keeps the writers out.
    """

    def run(act: Callable[[], Any]) -> Any:
        with app.app_context():
            try:
                given = act()
                db.session.commit()
            except RuleError:
                return None
            return given

    db.session.commit()
    _connect(len(acts))
    given = together([partial(run, act) for act in acts])
    db.session.rollback()
    db.session.expire_all()
    return given


def told(app: Flask, acts: Sequence[Callable[[], object]]) -> list[str]:
    """What each of the acts at once was told in a word: done, told (a rule refused it), broken (the database did)."""

    def tell(act: Callable[[], object]) -> str:
        try:
            act()
            db.session.commit()
        except DBAPIError:
            db.session.rollback()
            return "broken"
        return "done"

    return [one or "told" for one in at_once(app, [partial(tell, act) for act in acts])]


def senders(app: Flask, account: Account, posts: Sequence[tuple[str, dict[str, Any]]]) -> list[Callable[[], Any]]:
    """Acts: as many browsers in which one person is signed in, each of which sends one of these forms."""
    acts = []
    for url, data in posts:
        visitor = client_of(app)
        visitor.sign_in(account)
        acts.append(partial(visitor.post, url, data={**data, "csrf_token": visitor.token()}))
    return acts


def send_at_once(app: Flask, account: Account, posts: Sequence[tuple[str, dict[str, Any]]]) -> list[Any]:
    """The answers."""
    return at_once(app, senders(app, account, posts))


def _connect(count: int) -> None:
    """A connection for each of so many, opened one by one and kept for the next round; on SQLite whoever waits to
    write waits patiently.
    """
    pool = db.engine.pool
    pool._max_overflow, pool._pool.maxsize = count, max(count, pool._pool.maxsize)
    if not event.contains(pool, "checkout", _wait):
        event.listen(pool, "checkout", _wait)
    if pool.checkedin() < count:
        for one in [pool.connect() for _ in range(count)]:
            one.close()


def _wait(connection: Any, *_known: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute(f"PRAGMA busy_timeout={1000 * PATIENCE}")
