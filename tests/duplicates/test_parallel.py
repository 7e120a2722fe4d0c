"""Two officers merge the same pair in the same moment: it happens once."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select

from portal.associations.models import Association
from portal.core.database import db
from portal.core.errors import RuleError
from portal.duplicates import services
from portal.duplicates.models import PersonMerge
from portal.people.models import Person
from tests.duplicates.rows import make_pair

# SQLite lets one writer in at a time: what the lock is for cannot happen there.
pytestmark = pytest.mark.engines("postgresql")


def race(app, place_id: int, pair: tuple[int, int]) -> list[str]:
    """Both load the pair, then both merge it, one way round and the other; what became of each."""
    together, outcome = threading.Barrier(2), []

    def merge(kept_id: int, gone_id: int) -> None:
        with app.app_context():
            kept, gone = db.session.get(Person, kept_id), db.session.get(Person, gone_id)
            place = db.session.get(Association, place_id)
            together.wait(10)
            try:
                services.merge(None, place, kept, gone, services.Choice())
                db.session.commit()
                outcome.append("merged")
            except RuleError:
                db.session.rollback()
                outcome.append("refused")

    threads = [threading.Thread(target=merge, args=order) for order in (pair, pair[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(outcome)


def prepare(cast) -> tuple[int, int]:
    one, other = make_pair(cast.community)
    db.session.commit()
    return one.id, other.id


def standing() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(PersonMerge))


def test_once(live_app, cast, rounds):
    for number in range(rounds(1, 100)):
        assert race(live_app, cast.community.id, prepare(cast)) == ["merged", "refused"]
        assert standing() == number + 1


def test_control_without_the_lock_both_go(live_app, cast, monkeypatch):
    checked = threading.Barrier(2)

    def check_together(*arguments: object) -> None:
        original(*arguments)
        checked.wait(10)

    original = services.rules.check_merge
    monkeypatch.setattr(services, "_lock", lambda *_people: None)
    monkeypatch.setattr(services.rules, "check_merge", check_together)
    assert race(live_app, cast.community.id, prepare(cast)) == ["merged", "merged"]
