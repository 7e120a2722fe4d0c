"""Background work: one queue, one consumer. SQLite storage by default, Redis when a URL is set; tests run it at once.

The queue's package is imported when something is sent or the consumer starts: a web worker that never sends
anything does not carry it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Flask
from sqlalchemy import JSON, select, update
from sqlalchemy.orm import Mapped, mapped_column

from portal.core import database
from portal.core.calendar import now
from portal.core.database import Base, PublicId, db
from portal.core.errors import RuleError
from portal.settings import Settings

if TYPE_CHECKING:
    from huey import Huey

Task = TypeVar("Task", bound=Callable[..., Any])
RETRIES, RETRY_DELAY = 2, 30
log = logging.getLogger(__name__)


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

    def advance(self, done: int) -> None:
        """Let whoever waits see how far it is. Commits: what was done up to here stays."""
        self.done = done
        db.session.commit()


class Queue:
    """Tasks are declared at import, bound to an application, and handed to huey when the first one is sent."""

    def __init__(self) -> None:
        self.app: Flask | None = None
        self.settings: Settings | None = None
        self.functions: dict[str, Callable[..., Any]] = {}
        self.regular: dict[str, int] = {}  # work that is done every so many minutes, by its name
        self._huey: Huey | None = None

    def task(self, function: Task) -> Task:
        """Declare background work. Call `queue.send(function, …)` after the commit."""
        self.functions[_name(function)] = function
        return function

    def every(self, minutes: int) -> Callable[[Task], Task]:
        """Declare work that the consumer does every so many minutes (a divisor of 60), whoever else is at work."""

        def declare(function: Task) -> Task:
            self.regular[_name(function)] = minutes
            return self.task(function)

        return declare

    def bind(self, app: Flask, settings: Settings) -> None:
        self.app, self.settings, self._huey = app, settings, None

    def send(self, function: Callable[..., Any], *arguments: Any) -> None:
        """Queue declared work; arguments are plain values, never objects of the session."""
        assert self.settings is not None
        assert _name(function) in self.functions, "declare it with @queue.task"
        plain = json.loads(json.dumps(arguments))
        if self.settings.mode == "test":
            self.run(_name(function), *plain)
        else:
            self.huey.portal_run(_name(function), *plain)

    def send_later(self, delay: timedelta, function: Callable[..., Any]) -> None:
        """Queue declared work for a time to come. Tests call what they want to have done."""
        assert self.settings is not None
        if self.settings.mode != "test":
            self.huey.portal_run.schedule(args=(_name(function),), delay=delay.total_seconds())

    def run(self, name: str, *arguments: Any) -> None:
        """Do a piece of work in a context of its own, and commit it."""
        assert self.app is not None
        token = database.writing.set(True)
        try:
            with self.app.app_context():
                self.functions[name](*arguments)
                db.session.commit()
        finally:
            database.writing.reset(token)

    @property
    def huey(self) -> Huey:
        if self._huey is None:
            assert self.settings is not None
            self._huey = _open(self.settings)
            self._huey.portal_run = self._huey.task(retries=RETRIES, retry_delay=RETRY_DELAY, name="run")(self.run)
        return self._huey


queue = Queue()


def open_job(kind: str, account_id: int | None, total: int = 0) -> Job:
    """Record work that somebody waits for. Commit, then `queue.send(function, job.public_id, …)`."""
    job = Job(kind=kind, account_id=account_id, total=total)
    db.session.add(job)
    db.session.flush()
    return job


def get_job(public_id: str, account_id: int) -> Job | None:
    """One's own job, for the page that waits for it."""
    return db.session.scalar(select(Job).where(Job.public_id == public_id, Job.account_id == account_id))


@contextmanager
def working_on(public_id: str) -> Iterator[Job]:
    """What a task does for a job: it ends as done, or as failed with a message; it is not tried again by itself."""
    job = db.session.scalars(select(Job).where(Job.public_id == public_id)).one()
    job.state = "running"
    db.session.commit()
    try:
        yield job
        job.state = "done"
    except RuleError as error:
        db.session.rollback()
        job.state, job.message = "failed", str(error)
    except Exception:
        db.session.rollback()
        log.exception("job %s (%s) failed", public_id, job.kind)
        job.state = "failed"
    job.ended_at = now()
    db.session.commit()


def run_consumer(queue: Queue) -> None:
    """Work through the queue until told to stop. One process for the whole installation."""
    assert queue.app is not None
    with queue.app.app_context():
        # What was under way when the last consumer was killed will not be taken up again.
        db.session.execute(update(Job).where(Job.state == "running").values(state="failed", ended_at=now()))
        db.session.commit()
    _declare_regular(queue)
    queue.huey.create_consumer(workers=1, worker_type="thread", periodic=bool(queue.regular), max_delay=1).run()


def _declare_regular(queue: Queue) -> None:
    """Only the consumer knows of them, so that a web worker never does them."""
    from huey import crontab

    for name, minutes in queue.regular.items():
        queue.huey.periodic_task(crontab(minute=f"*/{minutes}"), name=f"regular {name}")(partial(queue.run, name))


def _name(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def _open(settings: Settings) -> Huey:
    """The queue's storage. Messages are JSON: nothing that is read back from it can run code."""
    from huey import RedisHuey, SqliteHuey
    from huey.registry import Message
    from huey.serializer import Serializer

    class Plain(Serializer):  # type: ignore[misc]
        def _serialize(self, data: Any) -> bytes:
            values = {name: value for name, value in data._asdict().items() if value is not None}
            if data.eta:
                values["eta"] = data.eta.isoformat()
            return json.dumps(values).encode()

        def _deserialize(self, data: bytes) -> Any:
            values = json.loads(data)
            if "eta" in values:
                values["eta"] = datetime.fromisoformat(values["eta"])
            return Message(**values)

    options = {"results": False, "serializer": Plain()}
    if settings.redis_url:
        return RedisHuey("portal", url=settings.redis_url, **options)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return SqliteHuey("portal", filename=str(settings.data_dir / "jobs.sqlite3"), fsync=True, **options)
