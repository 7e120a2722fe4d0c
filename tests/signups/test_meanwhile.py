"""A session is called off while somebody takes a place of it, is given one, or comes as a guest."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.calendar import now
from portal.core.errors import RuleError
from portal.plans.queries import get_session
from portal.plans.session_services import call_off
from portal.signups import places, services
from tests.harness.meanwhile import COMMITTED, WAITS, Meanwhile
from tests.notices.rows import acting
from tests.signups.rows import helpers, opened, sign_up, state

pytestmark = pytest.mark.engines("postgresql")


@pytest.fixture
def race(live_app, cast, db_session):
    """Two hold the two places, a third is offered one, a fourth waits; and somebody calls the session off."""
    session = opened(cast.community, now() + timedelta(days=3), needs={None: 2})
    made = [sign_up(session, person) for person in helpers(cast.community, 4)]
    services.withdraw(None, made[0])
    assert [state(one) for one in made[2:]] == ["offered", "waitlisted"]
    session.needs[0].wanted = 4
    public_id = session.public_id
    db_session.commit()
    calling_off = Meanwhile(live_app, lambda: call_off(acting(cast.secretary), get_session(public_id), "台风"))
    return session, made, calling_off


WAYS = {
    "as a guest": lambda cast, session, _made: services.add_guest(cast.secretary, session, session.needs[0], "王客"),
    "by an offer": lambda cast, _session, made: services.accept_offer(cast.secretary, made[2]),
    "by the leader": lambda cast, _session, made: services.give_place(cast.secretary, made[3]),
}


@pytest.fixture(params=WAYS)
def way(request):
    return WAYS[request.param]


def test_what_was_called_off_meanwhile_takes_nobody(cast, race, way):
    session, made, calling_off = race
    assert (session.cancelled_at, made[2].state, made[3].state) == (None, "offered", "waitlisted")
    assert calling_off.run() == COMMITTED
    with pytest.raises(RuleError):
        way(cast, session, made)


def test_control_not_asked_again_it_would(cast, race, way, monkeypatch):
    session, made, calling_off = race
    assert (session.cancelled_at, made[2].state, made[3].state) == (None, "offered", "waitlisted")
    assert calling_off.run() == COMMITTED
    monkeypatch.setattr(places, "hold_session", lambda _session: None)
    way(cast, session, made)


def test_whoever_calls_it_off_waits_for_who_is_taking_a_place(cast, db_session, race, way):
    session, made, calling_off = race
    way(cast, session, made)
    assert calling_off.run() == WAITS
    db_session.commit()
    assert calling_off.run() == COMMITTED
