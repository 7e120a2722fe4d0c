"""Background work: at once in tests, from the queue outside; its progress is seen, its end is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from portal.core import jobs
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.jobs import Job, Queue, get_job, open_job, working_on
from portal.people.models import Person
from portal.people.services import create_person
from tests.harness.installation import wait_until
from tests.harness.redis import serving_redis

queue = Queue()
seen: list[object] = []


@queue.task
def enter_people(job_id: str, names: list[str]) -> None:
    """As a real one would: each name is an act of its own."""
    with working_on(job_id) as job:
        for number, name in enumerate(names, 1):
            if name == "?":
                raise RuleError("name", "A name has no question mark.")
            if name == "!":
                raise ZeroDivisionError
            create_person(None, name)
            job.advance(number)
            seen.append((job.state, job.done, job.total))
        job.result = {"entered": len(names)}


@queue.task
def note(*arguments: object) -> None:
    seen.append(arguments)


def note_elsewhere() -> None:
    """Never declared."""


@pytest.fixture(autouse=True)
def bound(app) -> Iterator[None]:
    seen.clear()
    queue.bind(app, app.extensions["portal.settings"])
    yield
    seen.clear()


def run(names: list[str]) -> Job:
    job = open_job("people.enter", 1, total=len(names))
    db.session.commit()
    queue.send(enter_people, job.public_id, names)
    db.session.expire_all()
    return job


def test_work_is_done_and_its_progress_was_seen(app):
    job = run(["王一", "王二"])
    assert (job.state, job.done, job.total, job.result, job.message) == ("done", 2, 2, {"entered": 2}, "")
    assert job.ended_at is not None
    assert seen == [("running", 1, 2), ("running", 2, 2)]
    assert db.session.query(Person).count() == 2


def test_a_rule_that_says_no_is_the_message(app):
    """What was done up to there stays, as it was said to."""
    job = run(["王一", "?", "王三"])
    assert (job.state, job.message, job.done) == ("failed", "A name has no question mark.", 1)
    assert db.session.query(Person).count() == 1


def test_a_fault_of_ours_ends_it_too(app, caplog):
    job = run(["王一", "!"])
    assert (job.state, job.message) == ("failed", "")
    assert job.ended_at is not None
    assert "ZeroDivisionError" in caplog.text


def test_a_job_is_seen_by_whoever_started_it(app):
    job = open_job("people.enter", 1)
    db.session.commit()
    assert get_job(job.public_id, 1) is job
    assert get_job(job.public_id, 2) is None
    assert get_job("nothing", 1) is None


def test_what_is_not_declared_is_not_sent(app):
    with pytest.raises(AssertionError, match="declare it"):
        queue.send(note_elsewhere)


def test_only_plain_values_are_sent(app):
    queue.send(note, 1, "文字", None, [1.5, {"a": True}])
    assert seen == [(1, "文字", None, [1.5, {"a": True}])]
    with pytest.raises(TypeError, match="not JSON serializable"):
        queue.send(note, Person(name="王一"))


@pytest.fixture(params=["file", "redis"])
def kept(app, tmp_path, request) -> Iterator[None]:
    """The queue keeps what it is sent: in a file of its own, or in a Redis."""
    with ExitStack() as stack:
        url = stack.enter_context(serving_redis())[0] if request.param == "redis" else ""
        settings = replace(app.extensions["portal.settings"], mode="local", data_dir=tmp_path, redis_url=url)
        queue.bind(app, settings)
        yield
        assert (tmp_path / "jobs.sqlite3").exists() is (request.param == "file")


@pytest.mark.engines("sqlite")  # the queue is no part of the database
def test_the_queue_keeps_plain_text_and_gives_it_back(kept):
    """Nothing that is read from it can run code: it is JSON from end to end."""
    queue.send(note, "文字", 7)
    assert seen == [], "it waits"
    (stored,) = queue.huey.storage.enqueued_items()
    assert json.loads(stored)["args"][1:] == ["文字", 7]
    task = queue.huey.dequeue()
    queue.huey.execute(task)
    assert seen == [("文字", 7)]
    assert queue.huey.dequeue() is None


@pytest.mark.engines("sqlite")
def test_what_fails_is_tried_again_later(kept, caplog):
    queue.functions[jobs._name(note)] = lambda *_arguments: 1 / 0
    queue.send(note, "x")
    try:
        queue.huey.execute(queue.huey.dequeue())
    finally:
        queue.functions[jobs._name(note)] = note
    assert "ZeroDivisionError" in caplog.text
    assert queue.huey.pending_count() == 0
    (waiting,) = queue.huey.scheduled()
    assert waiting.retries == jobs.RETRIES - 1
    assert waiting.args[1:] == ("x",) or list(waiting.args[1:]) == ["x"]
    assert wait_until(lambda: waiting.eta is not None)


def test_two_features_may_name_a_task_alike():
    here, there = Queue(), Queue()

    def deliver() -> None: ...

    def make() -> object:
        def deliver() -> None: ...

        return deliver

    for one in (deliver, make()):
        here.task(one)  # type: ignore[type-var]
    assert len(here.functions) == 2
    assert there.functions == {}


@pytest.mark.engines("sqlite")
def test_what_is_sent_for_later_waits(kept):
    queue.send_later(timedelta(days=1), note)
    task = queue.huey.dequeue()
    assert task.eta > datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=23)
    queue.huey.execute(task)
    assert seen == []
    assert queue.huey.scheduled_count() == 1


@pytest.mark.engines("sqlite")
def test_regular_work_is_done_by_the_consumer_at_its_minutes(app, tmp_path):
    regular = Queue()
    regular.every(5)(note)
    regular.bind(app, replace(app.extensions["portal.settings"], mode="local", data_dir=tmp_path))
    assert regular.huey.read_periodic(datetime(2026, 11, 22, 9, 5)) == [], "a web worker knows of none"
    jobs._declare_regular(regular)
    assert regular.huey.read_periodic(datetime(2026, 11, 22, 9, 6)) == []
    (task,) = regular.huey.read_periodic(datetime(2026, 11, 22, 9, 5))
    regular.huey.enqueue(task)
    regular.huey.execute(regular.huey.dequeue())
    assert seen == [()]
