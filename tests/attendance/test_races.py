"""In the same moment: in twice, out twice, one code used twice. The control takes the condition away."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.attendance import services
from portal.core.audit import AuditEntry
from portal.core.calendar import now
from portal.core.database import db
from portal.hours.models import HoursEntry, HoursRevision
from portal.plans.queries import get_session
from portal.signups import places, queries
from portal.signups.models import SignUp
from tests.attendance.rows import again, came, put, running
from tests.harness.soaking import SOAKING
from tests.harness.together import at_once

CROWD = 40 if SOAKING else 8


def account(account_id: int) -> Account:
    """Somebody who is signed in, with the name that the log keeps."""
    return db.session.query(Account).options(joinedload(Account.person)).filter_by(id=account_id).one()


def doing(service: Callable[..., bool], session: str, sign_up: str, account_id: int) -> Callable[[], bool]:
    """Read, then act, as a request does."""

    def act() -> bool:
        found = get_session(session)
        assert found is not None
        made = queries.get_of_session(found, sign_up)
        return service(made, now(), "leader", account(account_id))

    return act


def test_in_at_once_is_in_once(live_app, cast, rounds):
    for _ in range(rounds(1, 1_000)):
        session = running(cast.community, place=str(now().timestamp()))
        made = put(session, cast.volunteer.person)
        act = doing(services.check_in, session.public_id, made.public_id, cast.secretary.id)
        assert sorted(at_once(live_app, [act] * CROWD)) == [False] * (CROWD - 1) + [True]
        entries = db.session.query(AuditEntry).filter_by(action="attendance.check_in", target_id=made.public_id)
        assert (again(made).state, entries.count(), again(made).need.taken) == ("arrived", 1, 1)


def test_out_at_once_is_out_once_and_credited_once(live_app, cast, rounds):
    for _ in range(rounds(1, 1_000)):
        session = running(cast.community, place=str(now().timestamp()))
        made = came(session, cast.volunteer.person, 25)
        act = doing(services.check_out, session.public_id, made.public_id, cast.secretary.id)
        assert sorted(at_once(live_app, [act] * CROWD)) == [False] * (CROWD - 1) + [True]
        entry = db.session.query(HoursEntry).filter_by(session_id=session.id).one()
        assert db.session.query(HoursRevision).filter_by(entry_id=entry.id).count() == 1


def test_control_without_the_condition_on_the_state_somebody_comes_in_twice(live_app, cast, monkeypatch):
    session = running(cast.community)
    made = put(session, cast.volunteer.person)
    read = threading.Barrier(2)

    def careless(sign_up: SignUp, _old: str, values: dict[str, Any]) -> bool:
        db.session.execute(update(SignUp).where(SignUp.id == sign_up.id).values(**values))
        return True

    def act() -> bool:
        found = queries.get_of_session(get_session(session_id), sign_up_id)
        actor = account(account_id)
        db.session.expunge_all()
        db.session.rollback()
        read.wait(10)
        return services.check_in(found, now(), "leader", actor)

    session_id, sign_up_id, account_id = session.public_id, made.public_id, cast.secretary.id
    monkeypatch.setattr(places, "_change", careless)
    assert at_once(live_app, [act, act]) == [True, True]
