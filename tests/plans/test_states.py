"""The state of an activity: computed by the object and by the database, and both agree."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

from sqlalchemy import select

from portal.core.calendar import now
from portal.core.database import db
from portal.plans.models import Activity, ActivityState
from portal.plans.queries import state_column
from tests.harness.service import make_activity

HOUR = timedelta(hours=1)


def test_object_and_database_agree(cast):
    moment = now()
    times = (None, moment - HOUR, moment, moment + HOUR)
    for cancelled, logged, opened, ends in product((False, True), (False, True), (False, True), times):
        make_activity(
            cast.community,
            cancelled_at=moment if cancelled else None,
            cancel_reason="下雨" if cancelled else "",
            logged_at=moment if logged else None,
            opened_at=moment - HOUR if opened else None,
            ends_at=ends,
        )
    rows = db.session.execute(select(Activity, state_column(moment))).all()
    assert [str(one.state_at(moment)) for one, _ in rows] == [state for _, state in rows]
    assert {state for _, state in rows} == set(ActivityState)


def test_the_states_one_after_another(cast):
    moment = now()
    one = make_activity(cast.community, opened_at=None)
    seen = [one.state_at(moment)]
    one.opened_at = moment
    seen.append(one.state_at(moment))
    one.ends_at = moment
    seen.append(one.state_at(moment))
    one.logged_at = moment
    seen.append(one.state_at(moment))
    assert [state.value for state in seen] == ["planned", "open", "held", "logged"]
