"""The engine as every connection finds it, and the column types that all tables share."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import bindparam, func, literal, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from portal.core import database, statistics
from portal.core.audit import AuditEntry, changed, record, record_all
from portal.core.database import ALPHABET, db, insert_all, new_public_id, reading
from portal.core.jobs import Job, queue
from portal.core.statistics import refresh_statistics
from portal.people.models import Person, PrivacyNotice
from tests.harness.factory import make_person

MOMENT = datetime(2026, 11, 7, 8, 30, 15, 123456, tzinfo=UTC)


@pytest.mark.engines("sqlite")
def test_every_connection_to_sqlite_is_prepared(live_app):
    """What the tests themselves turn off is `synchronous`: it is set before they do."""
    seen = {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 10000}
    for _ in range(2):
        with db.engine.connect() as connection:
            assert {name: connection.scalar(text(f"PRAGMA {name}")) for name in seen} == seen
            connection.detach()


@pytest.mark.engines("sqlite")
def test_nothing_acknowledged_is_lost_on_power_loss(tmp_path):
    """synchronous=FULL outside of the tests."""
    connection = sqlite3.connect(tmp_path / "new.sqlite3")
    database._prepare_sqlite(connection, None)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    connection.close()


@pytest.fixture
def lock(live_app) -> Callable[[], None]:
    """lock() takes a connection and begins on it what may write; it waits for others but a moment."""
    connections = []

    def lock() -> None:
        connection = db.engine.connect()
        connections.append(connection)
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA busy_timeout=50")
        connection.scalar(text("SELECT 1"))

    yield lock
    for connection in connections:
        connection.invalidate()
        connection.close()


@pytest.mark.engines("sqlite")
def test_who_may_write_takes_the_lock_at_once_and_who_reads_waits_for_nobody(lock):
    lock()
    with reading():
        lock()
        lock()
    with pytest.raises(OperationalError, match="database is locked"):
        lock()


@pytest.mark.engines("sqlite")
def test_who_waited_in_vain_for_the_lock_waits_again(live_app):
    """The one who has it lets go once the other has begun to wait for the second time."""
    asked: list[str] = []
    with db.engine.connect() as first, db.engine.connect() as second:
        first.scalar(text("SELECT 1"))
        driver = second.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA busy_timeout=1")

        def let_go(statement: str) -> None:
            asked.append(statement)
            if asked.count("BEGIN IMMEDIATE") == 2:
                first.rollback()

        driver.set_trace_callback(let_go)
        assert second.scalar(text("SELECT 1")) == 1
        driver.set_trace_callback(None)
    assert asked.count("BEGIN IMMEDIATE") == 2


def test_a_question_that_stands_for_itself_begins_nothing(live_app):
    """Where something was asked before, it is one of that transaction."""
    statement = select(literal("望江").label("name")).where(bindparam("is_so") == 1)
    db.session.remove()
    found = database.look(statement, {"is_so": 1})
    assert found is not None
    assert found.name == "望江"
    assert database.look(statement, {"is_so": 0}) is None
    assert not db.session.registry.has()
    db.session.add(Person(name="王小明", sort_key="x"))
    db.session.flush()
    assert database.look(select(Person.name).where(Person.name == bindparam("name")), {"name": "王小明"}) == (
        "王小明",
    )
    db.session.rollback()


@pytest.mark.engines("postgresql")
def test_a_connection_that_the_server_ended_makes_room_for_another(live_app, monkeypatch):
    """Its socket says so at once; one that was idle is asked."""
    mine = select(func.pg_backend_pid())

    def three() -> set[int]:
        """The processes of three connections that are there at once."""
        with db.engine.connect() as one, db.engine.connect() as two, db.engine.connect() as three:
            return {connection.scalar(mine) or 0 for connection in (one, two, three)}

    for idle in (database.IDLE, -1.0):
        monkeypatch.setattr(database, "IDLE", idle)
        known = three()
        with db.engine.connect() as killer:
            others = known - {killer.scalar(mine)}
            for process in others:
                assert killer.scalar(select(func.pg_terminate_backend(process, 2000)))
        assert not three() & others


@pytest.mark.parametrize("method", ["get", "head", "options", "post", "put", "delete"])
def test_a_request_that_reads_does_not_write(app, client, method):
    """GET, HEAD and OPTIONS take no lock; everything else does."""
    seen = []
    app.before_request_funcs[None].append(lambda: seen.append(database.writing.get()))
    try:
        getattr(client, method)("/")
    finally:
        app.before_request_funcs[None].pop()
    assert seen[:1] in ([method in ("post", "put", "delete")], [])


def test_a_moment_comes_back_as_it_went_in(app):
    """In UTC and aware, whatever zone it came in."""
    beijing = MOMENT.astimezone(timezone(timedelta(hours=8)))
    for moment in (MOMENT, beijing):
        entry = AuditEntry(at=moment, actor_name="", action="x.y", target_type="", target_id="", changes={})
        db.session.add(entry)
        db.session.commit()
        db.session.expire_all()
        assert entry.at == MOMENT
        assert entry.at.tzinfo is UTC
    assert db.session.scalars(select(AuditEntry.id).where(AuditEntry.at == beijing)).all() != []


def test_a_moment_without_a_zone_is_refused(app):
    db.session.add(
        AuditEntry(at=datetime(2026, 1, 1), actor_name="", action="", target_type="", target_id="", changes={})
    )
    with pytest.raises(StatementError, match="needs its time zone"):
        db.session.flush()
    db.session.rollback()


def test_public_ids_are_read_aloud_without_mistakes():
    ids = {new_public_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert {len(one) for one in ids} == {12}
    assert set("".join(ids)) <= set(ALPHABET)
    assert not set("ilou") & set(ALPHABET)


def test_keys_that_refer_to_nothing_are_refused(app):
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(text("INSERT INTO reveal (person_id, field, reason, at, by_name, association_id)"
                                " VALUES (999999, 'phone', 'x', '2026-01-01 00:00:00', 'x', 999999)"))  # fmt: skip


def test_text_of_every_kind_is_kept(app):
    """Rare characters, four bytes long, and what would end a string elsewhere."""
    body = "𬱖㛃䶮 “引号” 'x' \\ ; -- \u200b 👪 é e\u0301"
    db.session.add(PrivacyNotice(version=9, language="en", body=body, effective_on=MOMENT.date()))
    db.session.commit()
    db.session.expire_all()
    assert db.session.scalars(select(PrivacyNotice.body).where(PrivacyNotice.version == 9)).one() == body


def test_the_log_keeps_who_did_what_to_whom(cast):
    person = make_person("被记录")
    record(cast.secretary, "people.correct", person, changed({"a": 1, "b": 2}, {"a": 1, "b": 3}), person_id=person.id)
    record(None, "system.tidy", person)
    db.session.commit()
    entries = select(AuditEntry).where(AuditEntry.target_id == person.public_id).order_by(AuditEntry.id)
    first, second = db.session.scalars(entries).all()
    assert (first.actor_name, first.action, first.target_type, first.changes) == (
        "黄淑兰",
        "people.correct",
        Person.__name__,
        {"b": [2, 3]},
    )
    assert first.person_id == person.id
    assert (second.actor_id, second.actor_name, second.changes) == (None, "", {})


def test_an_entry_goes_with_its_act_or_not_at_all(cast):
    """Rolled back, the act leaves no entry behind."""
    person = make_person("未完成")
    db.session.commit()
    record(cast.secretary, "people.correct", person)
    db.session.flush()
    db.session.rollback()
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.target_id == person.public_id)).all() == []


def test_many_rows_at_once_and_the_planner_is_told(cast, engine_kind):
    """The ids come in the order of the rows; entries of many are those of as many single ones."""
    rows = [{"public_id": new_public_id(), "kind": "x", "state": "done", "message": "长" * 60} for _ in range(600)]
    ids = insert_all(Job, rows, by="public_id")
    named = dict(db.session.execute(select(Job.id, Job.public_id).where(Job.id.in_(ids))).all())
    assert [named[one] for one in ids] == [row["public_id"] for row in rows]
    person = make_person("被记录")
    record(cast.secretary, "people.correct", person, {"a": 1}, person_id=person.id)
    record_all(cast.secretary, "people.correct", [(person, {"a": 1}, person.id)] * 2, cast.community.id)
    known = (AuditEntry.actor_id, AuditEntry.actor_name, AuditEntry.action, AuditEntry.target_type)
    told = select(*known, AuditEntry.person_id).where(AuditEntry.target_id == person.public_id)
    assert len(set(db.session.execute(told).all())) == 1
    refresh_statistics()
    if engine_kind == "postgresql":
        assert db.session.scalar(text("SELECT reltuples FROM pg_class WHERE relname = 'job'")) >= 600


@pytest.mark.engines("sqlite")
def test_the_planner_of_sqlite_knows_what_grew(cast, live_app):
    """Kept, seen by a connection that was there before, and not looked for again until there is twice as much."""
    known = "SELECT max(CAST(stat AS INTEGER)) FROM sqlite_stat1 WHERE tbl = 'job'"
    insert_all(Job, [{"public_id": new_public_id(), "kind": "x", "state": "done"} for _ in range(400)])
    db.session.commit()
    assert "job" in statistics._grown(db.session.connection())
    form = db.session.scalar(text("PRAGMA schema_version"))
    refresh_statistics()
    db.session.rollback()
    assert db.session.scalar(text(known)) == 400
    assert db.session.scalar(text("PRAGMA schema_version")) > form, "other connections read it only then"
    assert statistics._grown(db.session.connection()) == []
    db.session.execute(text("UPDATE job SET id = id + 10000000 WHERE id > 100"))
    db.session.commit()
    assert "job" not in statistics._grown(db.session.connection()), "ids have gaps"
    insert_all(Job, [{"public_id": new_public_id(), "kind": "x", "state": "done"} for _ in range(600)])
    db.session.commit()
    statistics.look_again()
    assert db.session.scalar(text(known)) == 1_000
    assert queue.regular["portal.core.statistics.look_again"] == statistics.EVERY
