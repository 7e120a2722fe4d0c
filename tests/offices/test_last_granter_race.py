"""Two who may grant end each other in the same moment: one of them stays."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.associations.models import Association, Level
from portal.core.calendar import today
from portal.core.database import db
from portal.offices import rules, services
from portal.offices.models import Appointment
from portal.offices.rights import Position
from tests.harness.factory import appoint, make_account, make_association, make_person, yesterday
from tests.harness.together import told

# SQLite lets one writer in at a time: what the lock is for cannot happen there.
pytestmark = pytest.mark.engines("postgresql")


def prepare() -> tuple[int, tuple[int, int]]:
    """An association with two administrators; the ids of it and of their offices."""
    place = make_association("两人协会", None, level=Level.FEDERATION)
    people = [make_person("甲"), make_person("乙")]
    offices = [appoint(person, place, Position.ADMINISTRATOR) for person in people]
    for person in people:
        make_account(person)
    db.session.commit()
    return place.id, (offices[0].id, offices[1].id)


def race(app, place_id: int, pair: tuple[int, int]) -> int:
    """Each ends the other's office as of yesterday; how many of the two were done."""
    loaded = threading.Barrier(2)

    def end(own: int, other: int) -> None:
        mine, theirs = db.session.get(Appointment, own), db.session.get(Appointment, other)
        accounts = select(Account).options(joinedload(Account.person))
        account = db.session.scalar(accounts.where(Account.person_id == mine.person_id))
        place = db.session.get(Association, place_id)
        loaded.wait(10)
        services.end_appointment(account, theirs, place, yesterday())

    return told(app, [partial(end, *order) for order in (pair, pair[::-1])]).count("done")


def left(pair: tuple[int, int]) -> int:
    return sum(db.session.get(Appointment, one).is_live_on(today()) for one in pair)


def test_one_stays(live_app, rounds):
    for _ in range(rounds(2, 200)):
        place, pair = prepare()
        assert race(live_app, place, pair) == 1
        assert left(pair) == 1


def test_control_without_the_lock_both_go(live_app, monkeypatch):
    asked = threading.Barrier(2)

    def ask_together(*arguments: object) -> None:
        original(*arguments)
        asked.wait(10)

    original = rules.keep_somebody_who_grants
    monkeypatch.setattr(services, "_lock", lambda _association: None)
    monkeypatch.setattr(rules, "keep_somebody_who_grants", ask_together)
    place, pair = prepare()
    assert race(live_app, place, pair) == 2
    assert left(pair) == 0
