"""Two branches moved below one another in the same moment: one of the two moves is refused, never a circle."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from portal.associations import services
from portal.associations.models import Association, Level
from portal.associations.queries import get_root
from portal.core.database import db
from portal.core.errors import RuleError
from tests.harness.factory import make_association

# SQLite lets one writer in at a time: what the lock is for cannot happen there.
pytestmark = pytest.mark.engines("postgresql")


def prepare() -> tuple[str, str]:
    """Two new branches of the federation."""
    root = get_root() or make_association("根", None, level=Level.FEDERATION)
    codes = [make_association(name, root, level=Level.FEDERATION).code for name in ("东", "西")]
    db.session.commit()
    return codes[0], codes[1]


def race(app, pair: tuple[str, str], together: threading.Barrier) -> list[str]:
    """Both load both, then move them below one another at once."""
    done: list[str] = []

    def move(branch: str, place: str) -> None:
        with app.app_context():
            rows = {row.code: row for row in db.session.scalars(select(Association))}
            together.wait(10)
            try:
                services.move_association(None, rows[branch], rows[place])
                db.session.commit()
                done.append(branch)
            except RuleError:
                db.session.rollback()

    threads = [threading.Thread(target=move, args=order) for order in (pair, pair[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return done


def is_circle(pair: tuple[str, str]) -> bool:
    db.session.rollback()
    db.session.expire_all()
    rows = {row.code: row for row in db.session.scalars(select(Association))}
    first, second = rows[pair[0]], rows[pair[1]]
    return first.parent_id == second.id and second.parent_id == first.id


def test_one_of_two_is_refused(live_app, rounds):
    for _ in range(rounds(2, 200)):
        pair = prepare()
        assert len(race(live_app, pair, threading.Barrier(2))) == 1
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
    assert len(race(live_app, pair, threading.Barrier(2))) == 2
    assert is_circle(pair)
