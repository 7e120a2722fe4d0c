"""In the same moment: one answer to a request, one of the two sides decides, nobody is named twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.associations.models import Association, Level
from portal.core.calendar import today
from portal.core.database import db
from portal.lending import services
from portal.lending.models import LendingRequest, LendingState, LentVolunteer
from portal.volunteers.models import Skill, Volunteer
from portal.volunteers.queries import OFFERS
from tests.harness.factory import make_association, make_person
from tests.harness.service import make_skill, make_volunteer
from tests.harness.together import at_once

OFFICER = SimpleNamespace(id=None, name="", person_id=None)
DAY = today() + timedelta(days=3)


@pytest.fixture
def stage(live_app) -> SimpleNamespace:
    """A federation of two, a skill, and two of the lender who have it: their ids."""
    root = make_association("借人联合会", None, level=Level.FEDERATION)
    here, there = make_association("借方协会", root), make_association("出借协会", root)
    skill = make_skill(here, "理发", kind="skill")
    two = [make_volunteer(make_person(name), there, [skill]) for name in ("沈一刀", "沈二刀")]
    db.session.commit()
    return SimpleNamespace(here=here.id, there=there.id, skill=skill.id, two=[one.id for one in two])


def asking(stage) -> Callable[[], LendingRequest]:
    def ask() -> LendingRequest:
        here, there = (db.session.get_one(Association, one) for one in (stage.here, stage.there))
        skill = db.session.get_one(Skill, stage.skill)
        span = {"wanted": 1, "occasion": "义剪", "place": "", "start_on": DAY, "end_on": DAY}
        return services.ask(OFFICER, here, there, skill, **span)

    return ask


def agreeing(request_id: int, volunteer_id: int, act=services.agree) -> Callable[[], bool]:
    def agree() -> bool:
        volunteer = db.session.scalars(select(Volunteer).where(Volunteer.id == volunteer_id).options(*OFFERS)).one()
        act(OFFICER, db.session.get_one(LendingRequest, request_id), [volunteer])
        return True

    return agree


def deciding(request_id: int, act, *more) -> Callable[[], bool]:
    def decide() -> bool:
        act(OFFICER, db.session.get_one(LendingRequest, request_id), *more)
        return True

    return decide


def answering(lent_id: int, state: LendingState) -> Callable[[], bool]:
    def answer() -> bool:
        options = (joinedload(LentVolunteer.request), joinedload(LentVolunteer.volunteer))
        lent = db.session.scalars(select(LentVolunteer).where(LentVolunteer.id == lent_id).options(*options)).one()
        services.answer(OFFICER, lent, state)
        return True

    return answer


def asked(stage) -> int:
    request = asking(stage)()
    db.session.commit()
    return request.id


def only_named(request_id: int) -> int:
    return db.session.scalars(select(LentVolunteer.id).where(LentVolunteer.request_id == request_id)).one()


def named(request_id: int) -> list[tuple[int, str]]:
    rows = select(LentVolunteer.volunteer_id, LentVolunteer.state).where(LentVolunteer.request_id == request_id)
    return sorted(map(tuple, db.session.execute(rows)))


def test_the_same_is_asked_once(live_app, stage):
    given = at_once(live_app, [asking(stage)] * 4)
    assert len([one for one in given if one is not None]) == 1
    assert len(db.session.scalars(select(LendingRequest)).all()) == 1


def test_agreed_once(live_app, stage):
    request_id, (first, second) = asked(stage), stage.two
    given = at_once(live_app, [agreeing(request_id, one) for one in (first, second, first, second)])
    assert given.count(True) == 1
    assert len(named(request_id)) == 1


def test_control_without_the_row_held_it_is_agreed_more_than_once(live_app, stage, monkeypatch):
    """SQLite lets one writer in at a time whatever the code does; on PostgreSQL the guard is the row that is held."""
    request_id, both, check = asked(stage), threading.Barrier(2), services._check_state

    def check_together(*asked_about: Any) -> None:
        """Neither writes before both have looked."""
        check(*asked_about)
        both.wait(timeout=10)

    is_sqlite = db.engine.dialect.name == "sqlite"
    monkeypatch.setattr(services, "_check_state", (lambda *_args: None) if is_sqlite else check_together)
    monkeypatch.setattr(services, "lock", lambda _request: None)
    given = at_once(live_app, [agreeing(request_id, one) for one in stage.two])
    assert given.count(True) == 2


def test_agreed_or_declined_or_withdrawn(live_app, stage):
    request_id, (first, _second) = asked(stage), stage.two
    acts = [agreeing(request_id, first), deciding(request_id, services.decline, "不行")]
    given = at_once(live_app, acts)
    assert given.count(True) == 1
    row = db.session.get_one(LendingRequest, request_id)
    assert (row.state == LendingState.AGREED) == bool(named(request_id))


def test_named_once_beside_others(live_app, stage):
    request_id, (first, second) = asked(stage), stage.two
    agreeing(request_id, first)()
    given = at_once(live_app, [agreeing(request_id, second, services.name_more)] * 3)
    assert given.count(True) == 1
    assert [volunteer_id for volunteer_id, _state in named(request_id)] == sorted(stage.two)


def test_an_answer_while_it_is_withdrawn(live_app, stage):
    """Whichever comes first: nobody stays lent for a request that was withdrawn."""
    request_id, (first, _second) = asked(stage), stage.two
    agreeing(request_id, first)()
    lent_id = only_named(request_id)
    at_once(live_app, [answering(lent_id, LendingState.AGREED), deciding(request_id, services.withdraw)])
    assert named(request_id) == [(first, LendingState.WITHDRAWN)]


def test_yes_and_no_at_once(live_app, stage):
    request_id, (first, _second) = asked(stage), stage.two
    agreeing(request_id, first)()
    lent_id = only_named(request_id)
    at_once(live_app, [answering(lent_id, state) for state in (LendingState.AGREED, LendingState.DECLINED)])
    assert named(request_id) == [(first, LendingState.DECLINED)], "yes before no, or no and nothing after it"
