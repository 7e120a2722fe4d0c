"""Two who wait for each other: one is ended and does it again, or gave way before."""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import partial

import pytest
from sqlalchemy.exc import OperationalError

from portal.core import waiting
from portal.core.database import db, hold
from portal.core.errors import RuleError
from portal.people.models import Person
from tests.harness.factory import make_person
from tests.harness.meanwhile import COMMITTED, Meanwhile
from tests.harness.together import told

pytestmark = pytest.mark.engines("postgresql")


@pytest.fixture
def rows(db_session) -> list[int]:
    made = [make_person(name).id for name in ("何淑兰", "沈国强")]
    db_session.commit()
    return made


def crossing(ids: list[int], meeting: threading.Barrier, done: list[int]) -> None:
    """Holds one row, and once the other holds theirs, that one too."""
    for number, person_id in enumerate(ids):
        hold(db.session.get_one(Person, person_id))
        if number == 0 and not meeting.broken:
            with_other(meeting)
    done.append(ids[0])


def with_other(meeting: threading.Barrier) -> None:
    with suppress(threading.BrokenBarrierError):  # the other went on long ago: this is the second time
        meeting.wait(2)


def cross(live_app, rows, way) -> tuple[list[str], list[int]]:
    done: list[int] = []
    meeting = threading.Barrier(2)
    acts = [partial(way, partial(crossing, ids, meeting, done)) for ids in (rows, rows[::-1])]
    return sorted(told(live_app, acts)), sorted(done)


def test_who_was_ended_does_it_again(live_app, rows):
    assert cross(live_app, rows, waiting.again) == (["done", "done"], sorted(rows))


def test_control_who_was_ended_is_lost(live_app, rows):
    answers, done = cross(live_app, rows, lambda act: act())
    assert (answers, len(done)) == (["broken", "done"], 1)


def test_only_that_is_done_again(db_session):
    turns = []

    def act():
        turns.append(1)
        raise OperationalError("", {}, Exception("the disk is full"))

    with pytest.raises(OperationalError):
        waiting.again(act)
    assert len(turns) == 1


def hold_both(rows: list[int]) -> None:
    with waiting.giving_way():
        for person_id in rows:
            hold(db.session.get_one(Person, person_id))


def test_who_would_wait_gives_way(live_app, db_session, rows):
    """The other one holds a row, and then takes what was held by who gave way."""
    give_way, holds = threading.Event(), threading.Event()

    def other():
        hold(db.session.get_one(Person, rows[1]))
        holds.set()
        assert give_way.wait(20)
        hold(db.session.get_one(Person, rows[0]))

    busy = Meanwhile(live_app, other)
    begun = busy.begin()
    assert holds.wait(20)
    with pytest.raises(RuleError, match="稍后再试"):
        hold_both(rows)
    give_way.set()
    assert begun.result(20) == COMMITTED
