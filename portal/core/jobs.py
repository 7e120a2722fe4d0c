"""Background work: one queue, one consumer. SQLite storage by default, Redis when a URL is set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from flask import Flask
from huey import Huey, MemoryHuey, RedisHuey, SqliteHuey
from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.calendar import now
from portal.core.database import Base, PublicId, db
from portal.settings import Settings

Task = TypeVar("Task", bound=Callable[..., Any])


class Job(Base):
    """A piece of background work that somebody waits for: its progress and its outcome."""

    __tablename__ = "job"

    public_id: Mapped[PublicId]
    kind: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(default="waiting")  # waiting, running, done, failed
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    message: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]


class Queue:
    """Tasks are declared at import and bound to a queue when the application is made."""

    def __init__(self) -> None:
        self.huey: Huey | None = None
        self.app: Flask | None = None
        self.functions: dict[str, Callable[..., Any]] = {}

    def task(self, function: Task) -> Task:
        """Declare background work. Call `queue.send(function, …)` after the commit."""
        self.functions[function.__qualname__] = function
        return function

    def bind(self, app: Flask, settings: Settings) -> None:
        self.app = app
        self.huey = open_queue(settings)
        self._run = self.huey.task(retries=2, retry_delay=30)(self._call)

    def send(self, function: Callable[..., Any], *arguments: Any) -> None:
        """Queue declared work; arguments are plain values, never objects of the session."""
        assert function.__qualname__ in self.functions, "declare it with @queue.task"
        self._run(function.__qualname__, *arguments)

    def _call(self, name: str, *arguments: Any) -> None:
        assert self.app is not None
        with self.app.app_context():
            self.functions[name](*arguments)
            db.session.commit()


queue = Queue()


def open_queue(settings: Settings) -> Huey:
    if settings.mode == "test":
        return MemoryHuey("portal", immediate=True)
    if settings.redis_url:
        return RedisHuey("portal", url=settings.redis_url)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return SqliteHuey("portal", filename=str(settings.data_dir / "jobs.sqlite3"), fsync=True)


def run_consumer(queue: Queue) -> None:
    """Work through the queue until told to stop. One process for the whole installation."""
    assert queue.huey is not None
    queue.huey.create_consumer(workers=1, worker_type="thread", periodic=False).run()
