"""On the day on which the demonstration is loaded a session runs from early to late, with people to check in."""

from __future__ import annotations

from datetime import time

import pytest

from portal.attendance.rules import EARLY
from portal.core.formats import local
from portal.demo.diary import SHOWCASE
from tests.demo.test_demo import DAYS, composed

pytestmark = pytest.mark.engines("sqlite")  # nothing is written


def test_somebody_can_be_checked_in_all_day(app):
    for day in DAYS:
        rows = composed(day)
        (home,) = [row["id"] for row in rows["association"] if row["code"] == SHOWCASE]
        today = [row for row in rows["activity_session"] if local(row["starts_at"]).date() == day]
        (running,) = [row for row in today if row["association_id"] == home]
        assert local(running["starts_at"] - EARLY).time() <= time(7, 0)
        assert local(running["ends_at"]).time() >= time(20, 0)
        (activity,) = [row for row in rows["activity"] if row["id"] == running["activity_id"]]
        assert activity["opened_at"] is not None
        listed = [row for row in rows["sign_up"] if row["session_id"] == running["id"]]
        assert {row["state"] for row in listed} == {"confirmed"}
        assert len(listed) >= 2
        accounts = {row["person_id"] for row in rows["account"]}
        assert accounts & {row["person_id"] for row in listed}, "one of them can sign in and scan"
