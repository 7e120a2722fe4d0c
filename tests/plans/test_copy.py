"""Last year's plan is copied: a preview with ticks, and each activity once."""

from __future__ import annotations

from datetime import date

import pytest

from portal.core.calendar import now, today
from portal.plans.copying import same_weekday
from portal.plans.models import Activity
from portal.plans.services import add_festival
from tests.harness.cases import each, either_engine
from tests.harness.service import make_activity
from tests.plans.rows import PLAN, activities, refuses_all_but_writers

YEAR = today().year
COPY = f"{PLAN}/copy?year={YEAR + 1}"


@pytest.fixture
def last_year(cast):
    plan = {"opened_at": None, "place": "小广场"}
    add_festival(cast.secretary, cast.community, "庙会", 4, 18)
    return {
        "清洁": make_activity(cast.community, "清洁", planned_on=date(YEAR, 6, 13), logged_at=now(), **plan),
        "学雷锋": make_activity(
            cast.community, "学雷锋", planned_on=date(YEAR, 3, 7), festival="volunteer_service_day", **plan
        ),
        "庙会": make_activity(cast.community, "庙会", planned_on=date(YEAR, 4, 11), festival="庙会", **plan),
        "小组的": make_activity(
            cast.community, "小组的", planned_on=date(YEAR, 7, 4), group_id=cast.group.id, **plan
        ),
        "取消的": make_activity(
            cast.community, "取消的", planned_on=date(YEAR, 8, 1), cancelled_at=now(), cancel_reason="雨", **plan
        ),
    }


def copies() -> dict[str, Activity]:
    return {one.title: one for one in activities() if one.planned_on.year == YEAR + 1}


@either_engine
def test_the_preview_proposes_days(cast, sign_in, last_year):
    page = sign_in(cast.secretary).page(COPY)
    rows = {
        row.select_one("label").text.split()[0]: row.select_one("input[type=date]")["value"]
        for row in page.select("tbody tr")
    }
    assert rows == {
        "学雷锋": f"{YEAR + 1}-03-05",
        "庙会": f"{YEAR + 1}-04-18",
        "清洁": same_weekday(date(YEAR, 6, 13), YEAR + 1).isoformat(),
        "小组的": same_weekday(date(YEAR, 7, 4), YEAR + 1).isoformat(),
    }
    assert len(page.select("input[name=pick][checked]")) == 4
    assert copies() == {}


def test_what_is_ticked_is_copied_once(cast, sign_in, last_year):
    client = sign_in(cast.secretary)
    source = last_year["清洁"].public_id
    group = last_year["小组的"].public_id
    sent = {"pick": [source, group], f"on-{source}": f"{YEAR + 1}-06-20", f"on-{group}": f"{YEAR + 1}-07-03"}
    for _ in range(2):
        answer = client.submit(COPY, sent)
        assert (answer.status_code, answer.location) == (303, f"{PLAN}?year={YEAR + 1}")
    made = copies()
    assert sorted(made) == ["小组的", "清洁"]
    one = made["清洁"]
    assert (one.planned_on, one.place, one.copied_from_id) == (date(YEAR + 1, 6, 20), "小广场", last_year["清洁"].id)
    assert (one.logged_at, one.opened_at, made["小组的"].group_id) == (None, None, cast.group.id)
    assert len(activities()) == 7
    page = client.page(COPY)
    assert page.text.count("已在计划中") == 2
    assert len(page.select("input[name=pick]")) == 2


def test_somebody_else_copies_nothing_twice(cast, sign_in, last_year):
    picked = {"pick": [last_year["清洁"].public_id], f"on-{last_year['清洁'].public_id}": f"{YEAR + 1}-06-20"}
    sign_in(cast.secretary).force(COPY, picked)
    assert sign_in(cast.chair).force(COPY, picked).status_code == 303
    assert len(copies()) == 1


@either_engine
@each("day", ["", "morgen", f"{YEAR + 3}-01-01"])
def test_bad_days_copy_nothing(cast, sign_in, last_year, day):
    ids = [one.public_id for one in last_year.values()]
    answer = sign_in(cast.secretary).submit(COPY, {"pick": ids[:2], f"on-{ids[1]}": day})
    assert (answer.status_code, copies()) == (422, {})


def test_nothing_ticked_or_nothing_known(cast, sign_in, last_year):
    client = sign_in(cast.secretary)
    assert client.force(COPY, {}).status_code == 422
    unknown = {"pick": ["nowhere00000"], "on-nowhere00000": f"{YEAR + 1}-01-01"}
    assert client.force(COPY, unknown).status_code == 303
    other = make_activity(cast.sibling_community, planned_on=date(YEAR, 6, 1))
    client.force(COPY, {"pick": [other.public_id], f"on-{other.public_id}": f"{YEAR + 1}-06-01"})
    assert copies() == {}


def test_a_leader_copies_the_own_group_s(cast, sign_in, last_year):
    client = sign_in(cast.leader)
    assert [row.text.split()[0] for row in client.page(COPY).select("tbody label")] == ["小组的"]
    whole = last_year["清洁"].public_id
    client.force(COPY, {"pick": [whole], f"on-{whole}": f"{YEAR + 1}-06-20"})
    assert copies() == {}


@either_engine
def test_who_may_copy(cast, sign_in, client, last_year):
    refuses_all_but_writers(cast, sign_in, client, COPY, {"pick": [last_year["清洁"].public_id]})
    assert copies() == {}


def test_the_same_weekday_lies_in_the_year():
    for day in (date(2026, 1, 1), date(2026, 12, 31), date(2028, 2, 29), date(2027, 1, 1)):
        moved = same_weekday(day, day.year + 1)
        assert (moved.year, moved.weekday()) == (day.year + 1, day.weekday())


def test_a_copy_that_was_cancelled_can_be_made_again(cast, sign_in, last_year):
    client, source = sign_in(cast.secretary), last_year["清洁"].public_id
    sent = {"pick": [source], f"on-{source}": f"{YEAR + 1}-06-20"}
    client.submit(COPY, sent)
    client.submit(f"{PLAN}/{copies()['清洁'].public_id}/cancel", {"reason": "抄错了"})
    assert client.submit(COPY, sent).status_code == 303
    assert [one.cancelled_at is None for one in activities() if one.planned_on.year == YEAR + 1] == [False, True]
