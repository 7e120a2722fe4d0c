"""Two decide at once: one decision, one set of honours. The control shows both at work where nobody waits."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from portal.accounts.queries import get_account
from portal.commendations.models import CommendationCall
from portal.core.audit import AuditEntry
from portal.core.calendar import at
from portal.core.database import db
from portal.honours.models import Honour, HonourCertificate
from portal.reviews import meetings
from tests.harness.together import told
from tests.honours.rows import shown

OFFICERS = 4


def deciding(cast, ready) -> list[Callable[[], object]]:
    call, moment = ready
    call_id, chair_id = call.id, cast.chair.id

    def decide():
        with at(moment):
            meetings.decide(get_account(chair_id), db.session.get_one(CommendationCall, call_id))

    return [decide] * OFFICERS


def counted() -> tuple[int, int, int]:
    decisions = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "reviews.decide")
    asked = (decisions, select(func.count(Honour.id)), select(func.count(HonourCertificate.id)))
    return tuple(db.session.scalar(one) for one in asked)


def test_one_decision_and_one_set_of_honours(live_app, cast):
    assert sorted(told(live_app, deciding(cast, shown(cast)))) == ["done", *["told"] * (OFFICERS - 1)]
    assert counted() == (1, 2, 2)


@pytest.mark.engines("postgresql")
def test_control_without_the_lock_they_meet(live_app, cast, monkeypatch):
    """Had nobody held the call and its notice period, the nominations' own state would still leave one set: the
    others get as far as that, and are refused there.
    """
    reached = []
    known = meetings._move_nominations

    def move(*given):
        reached.append(given)
        known(*given)

    meet, ready = threading.Barrier(OFFICERS), shown(cast)
    all_are_here = lambda row: meet.wait(20) if isinstance(row, CommendationCall) else None  # noqa: E731
    monkeypatch.setattr(meetings, "hold", all_are_here)
    monkeypatch.setattr(meetings.periods, "hold", lambda _row: None)
    monkeypatch.setattr(meetings, "_move_nominations", move)
    told(live_app, deciding(cast, ready))
    assert len(reached) > 1
    assert counted()[1:] == (2, 2)
