"""Two officers merge the same pair in the same moment: it happens once."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from sqlalchemy import func, select

from portal.associations.models import Association
from portal.core.database import db
from portal.duplicates import services
from portal.duplicates.models import PersonMerge
from portal.people.models import Person
from tests.duplicates.rows import make_pair
from tests.harness.together import told

# SQLite lets one writer in at a time: what the lock is for cannot happen there.
pytestmark = pytest.mark.engines("postgresql")


def race(app, place_id: int, pair: tuple[int, int]) -> list[str]:
    """Both load the pair, then both merge it, one way round and the other; what each was told."""
    loaded = threading.Barrier(2)

    def merge(*ids: int) -> None:
        kept, gone = (db.session.get(Person, one) for one in ids)
        place = db.session.get(Association, place_id)
        loaded.wait(10)
        services.merge(None, place, kept, gone, services.Choice())

    return sorted(told(app, [partial(merge, *order) for order in (pair, pair[::-1])]))


def prepare(cast) -> tuple[int, int]:
    one, other = make_pair(cast.community)
    db.session.commit()
    return one.id, other.id


def standing() -> int:
    return db.session.scalar(select(func.count()).select_from(PersonMerge))


def test_once(live_app, cast, rounds):
    for number in range(rounds(1, 100)):
        assert race(live_app, cast.community.id, prepare(cast)) == ["done", "told"]
        assert standing() == number + 1


def test_control_without_the_lock_both_go(live_app, cast, monkeypatch):
    checked = threading.Barrier(2)

    def check_together(*arguments: object) -> None:
        original(*arguments)
        checked.wait(10)

    original = services.rules.check_merge
    monkeypatch.setattr(services.holding, "hold", lambda *_people: None)
    monkeypatch.setattr(services.rules, "check_merge", check_together)
    assert race(live_app, cast.community.id, prepare(cast)) == ["done", "done"]
