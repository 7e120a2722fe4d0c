"""Whatever happens in whatever order: places taken are places held, never more than wanted, one for each person."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.core.calendar import at, now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.people.models import Person
from portal.plans.models import ActivitySession
from portal.signups import services
from portal.signups.models import LIVE, MOVES, SignUp
from tests.harness.soaking import SOAKING
from tests.signups.rows import helpers, loaded, opened, sign_up, tally

PEOPLE, WANTED = 4, 2
ACTS = ["sign_up", "add", "withdraw", "take_out", "accept", "decline", "give_place", "lapse", "guest", "wait", *MOVES]
STEPS = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, PEOPLE - 1)), min_size=4, max_size=10)


def act(session: ActivitySession, people: list[Person], what: str, number: int) -> None:
    """One step, by a volunteer, a leader or the clockwork; what a rule refuses changes nothing."""
    made = services.queries.list_of_session(session)
    one = services.queries.get_of_session(session, made[number % len(made)].public_id) if made else None
    if what == "sign_up":
        sign_up(session, people[number])
    elif what == "add":
        sign_up(session, people[number], Actor(), by_office=True)
    elif what == "guest":
        services.add_guest(Actor(), session, session.needs[0], f"客{number}")
    elif what == "lapse":
        services.expire_offers(now() + timedelta(days=2) * (number % 2))
    elif one is not None and what in ANSWERS:
        ANSWERS[what](one)
    elif one is not None and what in MOVES:
        services.move(one, what)


class Actor:
    """The system's own hand, which the log names as nobody."""

    id = person_id = None
    name = ""


ANSWERS = {
    "withdraw": lambda one: services.withdraw(None, one),
    "take_out": lambda one: services.withdraw(None, one, by_office=True),
    "accept": lambda one: services.accept_offer(None, one),
    "decline": lambda one: services.decline_offer(None, one),
    "give_place": lambda one: services.give_place(None, one),
}


@pytest.fixture
def people(cast, app) -> list[Person]:
    return helpers(cast.community, PEOPLE)


def follow(cast, people: list[Person], steps: list[tuple[str, int]]) -> None:
    """One step after the other, in a session of its own; after each the count is right."""
    session, moment = opened(cast.community, needs={None: WANTED}), now()
    for what, number in steps:
        moment += timedelta(hours=13) if what == "wait" else timedelta(minutes=1)
        with at(moment), suppress(RuleError), db.session.begin_nested():
            act(loaded(session), people, what, number)
        ((taken, held),) = tally(session)
        assert taken == held <= WANTED, (what, number)
        live = (SignUp.session_id == session.id, SignUp.person_id.is_not(None), SignUp.state.in_(LIVE))
        assert max(Counter(db.session.query(SignUp.person_id).filter(*live)).values(), default=0) <= 1


@pytest.mark.soak
@settings(
    max_examples=300 if SOAKING else 4,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_taken_is_held_and_never_more_than_wanted(cast, people, steps):
    point = db.session.begin_nested()
    follow(cast, people, steps)
    point.rollback()


def test_control_a_place_that_is_not_given_back_is_seen(cast, people, monkeypatch):
    monkeypatch.setattr(services.places, "free", lambda _need_id: None)
    with pytest.raises(AssertionError):
        follow(cast, people, [("sign_up", 0), ("withdraw", 0)])
