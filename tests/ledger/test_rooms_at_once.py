"""Four offices at once do whatever chance has them do, each step a transaction of its own: the books agree, and
nobody is ended who waits for one who waits for them.
"""

from __future__ import annotations

import random
from collections import Counter
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from portal.associations.models import Association
from portal.core.database import db
from portal.core.errors import RuleError
from portal.ledger.models import DuesPeriod
from tests.harness.together import at_once
from tests.ledger.test_rooms_together import ACTS, Walk, check

# SQLite lets one writer in at a time. A plan of dues is made by the test itself, a transfer would be two acts in one.
pytestmark = pytest.mark.engines("postgresql")
ALONE = ("plan", "transfer")
OFFICES = 4


class Beside(Walk):
    """Somebody who walks through the same rooms at the same time."""

    def __init__(self, walk: Walk, seed: int) -> None:
        self.chance, self.seed, self.number = random.Random(seed), seed, 0
        self.officers, self.leader_id, self.file_id = walk.officers, walk.leader_id, walk.file_id
        self.known = [one.id for one in walk.places], [one.id for one in walk.periods], walk.cast.street.id

    def one(self) -> str:
        """One thing, committed; what became of it."""
        what = self.chance.choice([act for act in ACTS if act not in ALONE])
        try:
            self._look()
            getattr(self, what)(self.chance.choice(self.places))
            db.session.commit()
        except RuleError:
            return "refused"
        except DBAPIError as error:
            return f"{what}: {error.orig}"
        finally:
            db.session.remove()
        return "done"

    def _look(self) -> None:
        places, periods, street = self.known
        self.places = [db.session.get_one(Association, one) for one in places]
        self.periods = [db.session.get_one(DuesPeriod, one) for one in periods]
        self.cast: Any = SimpleNamespace(street=db.session.get_one(Association, street), community=self.places[0])


def test_the_books_agree_whoever_writes_at_once(cast, live_app, rounds):
    for seed in range(rounds(1, 10)):
        walk = Walk(cast, seed)
        for _ in range(rounds(10, 30)):
            walk.step()

        def go(beside: Beside) -> Counter[str]:
            return Counter(beside.one() for _ in range(rounds(12, 120)))

        besides = [Beside(walk, OFFICES * seed + number) for number in range(OFFICES)]
        told = sum(at_once(live_app, [partial(go, one) for one in besides]), Counter[str]())
        assert set(told) <= {"done", "refused"}
        check(walk)
