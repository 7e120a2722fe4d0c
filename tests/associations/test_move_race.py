"""Two branches moved below one another in the same moment: one of the two moves is refused, never a circle."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from sqlalchemy import select

from portal.associations import services
from portal.associations.models import Association, Level
from portal.associations.queries import get_root
from portal.core.database import db
from tests.harness.factory import make_association
from tests.harness.together import told

# SQLite lets one writer in at a time: what the lock is for cannot happen there.
pytestmark = pytest.mark.engines("postgresql")


def prepare() -> tuple[str, str]:
    """Two new branches of the federation."""
    root = get_root() or make_association("根", None, level=Level.FEDERATION)
    codes = [make_association(name, root, level=Level.FEDERATION).code for name in ("东", "西")]
    db.session.commit()
    return codes[0], codes[1]


def race(app, pair: tuple[str, str]) -> int:
    """Both load both, then move them below one another at once; how many of the moves were done."""
    loaded = threading.Barrier(2)

    def move(branch: str, place: str) -> None:
        rows = {row.code: row for row in db.session.scalars(select(Association))}
        loaded.wait(10)
        services.move_association(None, rows[branch], rows[place])

    return told(app, [partial(move, *order) for order in (pair, pair[::-1])]).count("done")


def is_circle(pair: tuple[str, str]) -> bool:
    rows = {row.code: row for row in db.session.scalars(select(Association))}
    first, second = rows[pair[0]], rows[pair[1]]
    return first.parent_id == second.id and second.parent_id == first.id


def test_one_of_two_is_refused(live_app, rounds):
    for _ in range(rounds(2, 200)):
        pair = prepare()
        assert race(live_app, pair) == 1
        assert not is_circle(pair)


def test_control_without_the_lock_a_circle_closes(live_app, monkeypatch):
    asked = threading.Barrier(2)

    def check_together(*arguments: object) -> None:
        """Both have asked whether they may before either acts."""
        original(*arguments)
        asked.wait(10)

    original = services.check_move
    monkeypatch.setattr(services, "_lock_tree", lambda *_associations: None)
    monkeypatch.setattr(services, "check_move", check_together)
    pair = prepare()
    assert race(live_app, pair) == 2
    assert is_circle(pair)
