"""In the same moment: the last place, two sessions at one time, an offer answered twice, a place that is left."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from portal.core.audit import AuditEntry
from portal.core.calendar import now
from portal.core.database import db
from portal.people.models import Person
from portal.plans.models import SessionNeed
from portal.plans.queries import get_session
from portal.signups import places, services
from portal.signups.models import SignUp
from tests.harness.soaking import SOAKING
from tests.harness.together import at_once
from tests.signups.rows import helpers, opened, sign_up, tally

CROWD = 40 if SOAKING else 16
AT_ONE = 40 if SOAKING else 4  # who come at once for one offer, or one person for sessions at one time


def signing_up(session_id: str, person_id: int) -> Callable[[], str]:
    def act() -> str:
        session = get_session(session_id)
        return services.sign_up(None, session, db.session.get(Person, person_id), session.needs[0]).state

    return act


def doing(service: Callable[..., None], sign_up_id: str) -> Callable[[], str]:
    def act() -> str:
        found = db.session.query(SignUp).filter_by(public_id=sign_up_id).one()
        made = services.queries.get_own(found.person_id, sign_up_id)
        service(None, made)
        return made.state

    return act


def fresh(association, places_: int, **values):
    """A session with so many places, committed; ids only, since threads read for themselves."""
    session = opened(association, needs={None: places_}, **values)
    db.session.commit()
    return session


@pytest.fixture
def crowd(live_app, cast) -> list[int]:
    people = helpers(cast.community, CROWD)
    db.session.commit()
    return [person.id for person in people]


def test_the_last_places_go_once_each(live_app, cast, crowd, rounds):
    for _ in range(rounds(1, 1_000)):
        session = fresh(cast.community, 3)
        given = at_once(live_app, [signing_up(session.public_id, one) for one in crowd])
        assert (given.count("confirmed"), given.count("waitlisted")) == (3, CROWD - 3)
        assert tally(session) == [(3, 3)]
        clear(session)


def clear(session) -> None:
    """Out of the way of the next round, whose session is at the same time: cancelled, it clashes not. Without its
    sign-ups the thousandth round looks through no more than the first.
    """
    session.cancelled_at, session.cancel_reason = now(), "下一轮"
    db.session.query(SignUp).filter_by(session_id=session.id).delete()
    db.session.commit()


def test_control_a_place_that_is_counted_first_and_taken_then_is_sold_twice(live_app, cast, crowd, monkeypatch):
    session, counted = fresh(cast.community, 1), threading.Barrier(2)
    need_id = session.needs[0].id

    def careless(need_id: int) -> bool:
        is_free = places.count_free(need_id) > 0
        db.session.rollback()
        counted.wait(10)
        db.session.execute(update(SessionNeed).where(SessionNeed.id == need_id).values(taken=1))
        return is_free

    monkeypatch.setattr(places, "take", careless)
    assert at_once(live_app, [lambda: places.take(need_id)] * 2) == [True, True]


def test_nobody_has_two_sessions_at_one_time(live_app, cast, crowd, rounds):
    sessions = [fresh(cast.community, 5) for _ in range(AT_ONE)]
    for n in range(rounds(2, 1_000)):
        given = at_once(live_app, [signing_up(one.public_id, crowd[n % CROWD]) for one in sessions])
        assert sorted(map(str, given)) == ["None"] * (AT_ONE - 1) + ["confirmed"]
        assert sum(taken for one in sessions for taken, _held in tally(one)) == 1
        db.session.query(SignUp).delete()
        db.session.query(SessionNeed).update({"taken": 0})
        db.session.commit()


def test_control_without_the_lock_on_the_person_both_go_in(live_app, cast, crowd, engine_kind, monkeypatch):
    """PostgreSQL locks the person. SQLite lets one writer in at a time: there the question lets that lock go."""
    asked, known = threading.Barrier(2), services.rules.check_clash

    def slowly(session, person) -> None:
        known(session, person)
        if engine_kind == "sqlite":
            db.session.commit()
        asked.wait(10)

    monkeypatch.setattr(services, "lock_person", lambda _person: None)
    monkeypatch.setattr(services.rules, "check_clash", slowly)
    sessions = [fresh(cast.community, 5) for _ in range(2)]
    given = at_once(live_app, [signing_up(one.public_id, crowd[0]) for one in sessions])
    assert given == ["confirmed", "confirmed"]


# Offers


def offered(cast, crowd: list[int]) -> tuple[object, list[str]]:
    """One place: left by the first, offered to the second; the third and the fourth wait. Ids of the sign-ups."""
    session = fresh(cast.community, 1)
    made = [sign_up(session, db.session.get(Person, one)) for one in crowd[:4]]
    services.withdraw(None, made[0])
    db.session.commit()
    return session, [one.public_id for one in made]


ANSWERS = {"accept": services.accept_offer, "decline": services.decline_offer, "withdraw": services.withdraw}


@pytest.mark.parametrize("other", ["accept", "decline", "withdraw"])
def test_an_offer_is_answered_once(live_app, cast, crowd, rounds, other):
    answers = (services.accept_offer, ANSWERS[other])
    for _ in range(rounds(1, 1_000 if other == "accept" else 300)):
        session, ids = offered(cast, crowd)
        given = at_once(live_app, [doing(answer, ids[1]) for answer in answers] * (AT_ONE // 2))
        states = [one.state for one in db.session.query(SignUp).filter_by(session_id=session.id).order_by(SignUp.id)]
        assert len(given) == AT_ONE
        assert states.count("confirmed") + states.count("offered") == 1
        taken = db.session.query(AuditEntry).filter_by(action="signups.accept", target_id=ids[1]).count()
        assert taken == 1 if other == "accept" else taken <= 1
        assert tally(session) == [(1, 1)]
        clear(session)


def test_lapsed_offers_go_on_once_however_many_look(live_app, cast, crowd, rounds):
    def lapse() -> str:
        return str(services.expire_offers(now()))

    for _ in range(rounds(1, 300)):
        session, ids = offered(cast, crowd)
        db.session.query(SignUp).filter_by(public_id=ids[1]).update({"offered_until": now()})
        given = at_once(live_app, [lapse] * 3 + [doing(services.accept_offer, ids[1])])
        assert [one for one in given if one].count("1") == 1
        states = [one.state for one in db.session.query(SignUp).filter_by(session_id=session.id).order_by(SignUp.id)]
        assert states == ["withdrawn", "expired", "offered", "waitlisted"]
        assert tally(session) == [(1, 1)]
        clear(session)


def test_control_without_the_condition_on_the_state_both_answers_are_done(live_app, cast, crowd, monkeypatch):
    """Accepted and declined in one moment: the place is theirs, and nobody's."""
    read = threading.Barrier(2)

    def careless(sign_up: SignUp, _old: str, values: dict[str, Any]) -> bool:
        db.session.execute(update(SignUp).where(SignUp.id == sign_up.id).values(**values))
        return True

    def moving(sign_up_id: str, to: str) -> Callable[[], str]:
        def act() -> str:
            made = db.session.query(SignUp).filter_by(public_id=sign_up_id).one()
            db.session.expunge_all()
            db.session.rollback()
            read.wait(10)
            places.move(made, to)
            return to

        return act

    _session, ids = offered(cast, crowd)
    monkeypatch.setattr(places, "_change", careless)
    given = at_once(live_app, [moving(ids[1], to) for to in ("confirmed", "declined")])
    assert sorted(map(str, given)) == ["confirmed", "declined"]


def test_whoever_leaves_and_whoever_comes_leave_no_place_unheld_and_none_held_twice(live_app, cast, crowd, rounds):
    for _ in range(rounds(1, 300)):
        session = fresh(cast.community, 4)
        made = [sign_up(session, db.session.get(Person, one)) for one in crowd[:8]]
        leaving = [doing(services.withdraw, one.public_id) for one in made[:6]]
        coming = [signing_up(session.public_id, one) for one in crowd[8:14]]
        given = at_once(live_app, [act for pair in zip(leaving, coming, strict=True) for act in pair])
        assert None not in given
        assert tally(session) == [(4, 4)]
        clear(session)
