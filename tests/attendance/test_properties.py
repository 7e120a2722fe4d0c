"""Whatever is done at the door, in whatever order: no more minutes than the session has, none without a way out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.attendance import rules, services
from portal.core import calendar
from portal.core.database import db
from portal.core.errors import RuleError
from portal.hours.models import HoursEntry
from portal.plans.models import ActivitySession
from portal.signups.models import SignUp
from tests.attendance.rows import again, put, running
from tests.harness.soaking import SOAKING

START = datetime(2026, 5, 16, 1, 0, tzinfo=UTC)
SECONDS = st.integers(-3 * 86_400, 3 * 86_400)


@given(came=SECONDS, stayed=st.integers(0, 3 * 86_400), length=st.integers(60, 86_400))
def test_minutes_are_those_inside_the_session(came, stayed, length):
    session = ActivitySession(starts_at=START, ends_at=START + timedelta(seconds=length))
    start = START + timedelta(seconds=came)
    minutes = rules.minutes_between(session, start, start + timedelta(seconds=stayed))
    inside = len(range(max(came, 0), min(came + stayed, length)))
    assert minutes == inside // 60
    assert 0 <= minutes <= length // 60


ACT = st.tuples(
    st.sampled_from(["in", "out", "back", "enter", "close", "settle"]), st.integers(-90, 300), st.integers(0, 200)
)


def act(what: str, sign_up: SignUp, start: datetime, minute: int, more: int, actor) -> None:
    moment = start + timedelta(minutes=minute)
    with calendar.at(moment):
        if what == "in":
            services.check_in(sign_up, moment, "leader", actor)
        elif what == "out":
            services.check_out(sign_up, moment, "leader", actor)
        elif what == "back":
            services.take_back(sign_up, "arrived" if sign_up.state == "completed" else "confirmed", actor)
        elif what == "enter":
            services.enter(sign_up, moment - timedelta(minutes=more), moment if more % 3 else None, actor)
        elif what == "close":
            services.close_list(sign_up.session, actor)
        else:
            services.settle(sign_up, more, "看过了", actor)


@pytest.mark.soak
@pytest.mark.engines("sqlite")  # the rules are the same; what the engines do differently, the races ask
def test_no_minute_without_a_check_out_and_never_more_than_the_session(cast, app):
    places: list[str] = []

    @settings(max_examples=200 if SOAKING else 8, deadline=None, derandomize=True, database=None)
    @given(st.lists(ACT, min_size=3, max_size=9))
    def walk(acts):
        session = running(cast.community, 60 * 24 * 7, place=str(len(places)))
        places.append(session.place)
        made, start = put(session, cast.volunteer.person), session.starts_at
        for what, minute, more in acts:
            try:
                act(what, again(made), start, minute, more, cast.secretary)
                db.session.commit()
            except RuleError:
                db.session.rollback()
            check(again(made))

    walk()


def check(made: SignUp) -> None:
    standing = db.session.query(HoursEntry).filter_by(session_id=made.session_id, voided_at=None).all()
    for entry in standing:
        db.session.refresh(entry, ["revisions"])
        length = (made.session.ends_at - made.session.starts_at).total_seconds() // 60
        assert all(0 <= one.minutes <= length for one in entry.revisions)
        assert made.out_at is not None
        assert made.state == "completed"
    assert len(standing) <= 1
    assert made.need.taken == 1
