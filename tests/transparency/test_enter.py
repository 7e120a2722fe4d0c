"""What is published enters the chain: once, one after the other, with the content that was published."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from portal.core.database import db
from portal.transparency import chain, offline, queries, services
from portal.transparency.models import ChainEntry
from tests.harness.cases import each
from tests.harness.together import told
from tests.transparency.rows import MOMENT, entered

MANY = 8


def test_entries_follow_one_another(cast, db_session):
    first, second = entered(cast), entered(cast, version=2)
    assert (first.number, first.previous) == (1, chain.BEGIN)
    assert (second.number, second.previous) == (2, first.hash)
    head = queries.get_head()
    assert (head.number, head.hash, head.published_at) == (2, second.hash, MOMENT)
    assert queries.proof_of("doc000000001").number == 2
    assert queries.proof_of("doc000000001", 1).hash == first.hash
    assert queries.proof_of("doc000000009") is None


def test_entered_again_it_is_the_same(cast, db_session):
    first = entered(cast)
    assert entered(cast) is first
    with pytest.raises(ValueError, match="another content"):
        entered(cast, title="另一个")
    assert queries.get_head().number == 1


def test_the_database_refuses_to_change_it(cast, db_session):
    entered(cast)
    for statement in ("UPDATE chain_entry SET digest = 'x'", "DELETE FROM chain_entry"):
        with pytest.raises(DBAPIError), db.session.begin_nested():
            db.session.execute(db.text(statement))


def test_the_content_has_one_form():
    """Order, spaces, zones and enumerations make no difference; what could be written in two ways is refused."""
    beijing = datetime(2026, 3, 1, 16, 5, tzinfo=timezone(timedelta(hours=8)))
    content = {"b": [1, None, True], "a": "“重”", "on": date(2026, 2, 28), "at": beijing}
    assert chain.canonical(content).decode() == (
        '{"a":"“重”","at":"2026-03-01T08:05:00.000000Z","b":[1,null,true],"on":"2026-02-28"}'
    )
    assert chain.digest_of(content) == chain.digest_of(
        dict(reversed(content.items())) | {"at": beijing.astimezone(UTC)}
    )


@each("value", [1.5, b"bytes", {1: "a number as a key"}, object(), {"set"}])
def test_what_has_no_place_in_the_chain(value):
    with pytest.raises(TypeError):
        chain.canonical({"value": value})


def publications(cast):
    """As many acts as publish, each a document of its own."""
    community = cast.community.id

    def publish(number):
        services.enter("letter", community, f"doc{number:09d}", 1, {"number": number}, at=MOMENT)

    return [partial(publish, number) for number in range(MANY)]


def test_many_at_once_stand_in_one_line(live_app, cast, rounds):
    """From the first entry on, for which the row at the end is made: no fork, no gap, nobody is refused."""
    assert told(live_app, publications(cast)) == ["done"] * MANY
    entries = db.session.scalars(select(ChainEntry).order_by(ChainEntry.number)).all()
    assert [entry.number for entry in entries] == list(range(1, MANY + 1))
    walked = offline.verify(map(queries.told, db.session.execute(queries.ALL)))
    assert (walked.number, walked.hash) == queries.get_end()


# On SQLite a request that writes takes the only write lock with its first statement: there is no race to show.
@pytest.mark.engines("postgresql")
def test_control_without_the_lock_they_follow_the_same_entry(live_app, cast, monkeypatch):
    services.begin()
    db.session.commit()
    read = Barrier(MANY)

    def read_together():
        number, last = queries.get_end()
        read.wait(timeout=20)
        return db.session.execute(select(db.literal(number).label("number"), db.literal(last).label("hash"))).one()

    monkeypatch.setattr(services, "_hold_head", read_together)
    assert sorted(told(live_app, publications(cast))) == ["broken"] * (MANY - 1) + ["done"]
