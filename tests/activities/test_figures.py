"""The year by month, what is due, and the figures for the front page."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from portal.activities import queries
from portal.core.calendar import at, now
from tests.activities.rows import make_log, who

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)  # a Friday
MONTHS = "/office/wangjiang/activities/months"


@pytest.fixture(autouse=True)
def _in_november():
    with at(NOON):
        yield


def test_a_month_that_is_over_without_an_entry_is_a_gap(cast):
    make_log(cast.community, held_on=date(2026, 1, 31))
    make_log(cast.community, held_on=date(2026, 3, 1), is_complete=False)
    make_log(cast.community, held_on=date(2026, 3, 31))
    make_log(cast.community, held_on=date(2026, 4, 1), removed_at=now())
    make_log(cast.community, held_on=date(2025, 2, 1))
    make_log(cast.sibling_community, held_on=date(2026, 2, 1))
    states = queries.month_states(cast.community, 2026)
    counted = {state.month.month: (state.entries, state.complete, state.incomplete) for state in states}
    assert (counted[1], counted[2], counted[3], counted[4]) == ((1, 1, 0), (0, 0, 0), (2, 1, 1), (0, 0, 0))
    assert [state.month.month for state in states if state.is_gap] == [2, 4, 5, 6, 7, 8, 9, 10]
    assert [state.month.month for state in states if state.is_future] == [12]


def test_the_page_of_the_year(cast, sign_in):
    make_log(cast.community, held_on=date(2026, 11, 3), is_complete=False, summary="")
    page = sign_in(cast.secretary).page(MONTHS)
    assert "2026年10月" in page.select_one(".notice.amber").text
    assert "2026年11月" not in page.select_one(".notice.amber").text
    assert len(page.select("svg .mark")) == 12
    assert "江边步道清洁" in page.select_one(".work").text
    assert "2025年12月" in sign_in(cast.secretary).page(f"{MONTHS}?year=2025").text
    for odd in ("x", "0", "99999", "-1", "２０２５"):
        assert sign_in(cast.secretary).get(f"{MONTHS}?year={odd}").status_code == 200


def test_an_incomplete_entry_is_due_ten_working_days_after_the_activity(cast):
    """From Saturday 7 November: the tenth working day is Friday the 20th."""
    make_log(cast.community, title="周六", held_on=date(2026, 11, 7), is_complete=False)
    make_log(cast.community, title="更早", held_on=date(2026, 11, 5), is_complete=False)
    make_log(cast.community, title="昨天", held_on=date(2026, 11, 19), is_complete=False)
    make_log(cast.community, title="完整", held_on=date(2026, 11, 6))
    make_log(cast.community, title="作废", held_on=date(2026, 11, 6), is_complete=False, removed_at=now())
    due = queries.due_logs(cast.community)
    assert [(one.log.title, one.deadline, one.days_left) for one in due] == [
        ("更早", date(2026, 11, 19), -1),
        ("周六", date(2026, 11, 20), 0),
        ("昨天", date(2026, 12, 3), 9),
    ]


def test_what_is_due_to_a_leader(cast):
    make_log(cast.community, title="全协会", is_complete=False)
    make_log(cast.community, title="本组", is_complete=False, group_id=cast.group.id)
    assert [one.log.title for one in queries.due_logs(cast.community, cast.leader)] == ["本组"]
    assert len(queries.due_logs(cast.community, cast.secretary)) == 2
    assert queries.due_logs(cast.community, cast.treasurer) == []


def test_figures_of_a_branch(cast, query_count):
    make_log(cast.community, (who(cast.member), who(cast.volunteer)), kind="training", held_on=date(2026, 2, 1))
    make_log(cast.sibling_community, (who(cast.member),), held_on=date(2026, 12, 31))
    make_log(cast.village, (who(cast.stranger),), kind="training", held_on=date(2026, 5, 1))
    make_log(cast.community, (who(cast.member),), held_on=date(2025, 12, 31))
    make_log(cast.community, (who(cast.member),), held_on=date(2026, 6, 1), removed_at=now())
    federation, street = cast.federation.path, cast.street.path
    with query_count() as asked:
        whole, branch = queries.count_figures(federation, 2026), queries.count_figures(street, 2026)
    assert whole == {"activities": 3, "courses": 2, "service_minutes": 480}
    assert branch == {"activities": 2, "courses": 1, "service_minutes": 360}
    assert queries.count_figures(street, 2020) == {"activities": 0, "courses": 0, "service_minutes": 0}
    assert len(asked) == 2


def test_the_newest_public_entries(cast, query_count):
    make_log(cast.community, (who(cast.member),), held_on=date(2026, 11, 1))
    make_log(cast.community, title="内部", is_public=False)
    make_log(cast.village, title="镇上", held_on=date(2026, 11, 2))
    path = cast.street.path
    with query_count() as asked:
        latest = queries.latest_public()
    assert [log.title for log in latest] == ["镇上", "江边步道清洁"]
    assert [log.people for log in latest][1] == 4
    assert [log.association for log in queries.latest_public(path, limit=3)] == [cast.community.display_name]
    assert len(asked) == 1
