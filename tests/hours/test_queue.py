"""The queue of hours to approve: who sees what, what looks odd, and approving many."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.calendar import now, today
from portal.hours import services
from tests.activities.rows import make_log, who
from tests.harness.factory import make_person
from tests.hours.rows import recorded, revision, served, states

URL = "/office/wangjiang/hours"


@pytest.fixture
def waiting(cast, app):
    return recorded(cast.secretary, who(cast.volunteer), cast.community)


def test_the_queue_shows_what_waits(cast, sign_in, waiting):
    page = sign_in(cast.chair).page(URL)
    assert "陈晓明" in page.get_text()
    assert page.select_one(f"input[name=pick][value='{revision(waiting).public_id}']")


def test_several_are_approved_at_once(cast, sign_in, waiting):
    other = recorded(cast.secretary, who(cast.member), cast.community)
    chair, picked = sign_in(cast.chair), [revision(one).public_id for one in (waiting, other)]
    answer = chair.submit(URL + "/approve", {"pick": picked}, page=URL)
    assert (answer.status_code, answer.location) == (303, URL)
    assert states(waiting) == states(other) == [(120, "approved")]
    assert chair.force(URL + "/approve", {"pick": picked}).status_code == 303
    assert states(waiting) == [(120, "approved")]
