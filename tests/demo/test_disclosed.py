"""The demonstration's disclosure calendar, guides and appraisals: some of it late, all of it in agreement."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from portal.core.calendar import add_working_days
from portal.demo.disclosure import PLAN
from portal.disclosure.models import Block
from portal.surveys.models import SurveyState
from portal.surveys.results import Asked, Sheets, compute
from tests.demo.test_demo import TODAY, composed

pytestmark = pytest.mark.engines("sqlite")  # nothing is written


def test_what_is_disclosed(app):
    rows = composed()
    duties = {row["id"]: row for row in rows["disclosure_duty"]}
    notices = {row["id"]: row for row in rows["notice"]}
    for row in rows["disclosure"]:
        assert notices[row["notice_id"]]["association_id"] == row["association_id"]
        assert duties[row["duty_id"]]["starts_on"] <= row["period_on"] <= TODAY
    told = Counter(duties[row["duty_id"]]["title"] for row in rows["disclosure"])
    assert told.total() - told[PLAN] >= 6
    assert told[PLAN] == len(rows["association"]) - 1, "one never told its plan"
    plan = next(row for row in rows["disclosure_duty"] if row["title"] == PLAN)
    due_on = add_working_days(date(plan["starts_on"].year, 12, 31), plan["within_days"])
    linked = [notices[row["notice_id"]] for row in rows["disclosure"] if row["duty_id"] == plan["id"]]
    assert due_on < TODAY
    assert sum(one["published_at"].date() > due_on for one in linked) == 1, "one was late"
    assert {row["block"] for row in rows["guide"]} == set(Block)
    assert len(rows["guide"]) == 10
    assert all(row["summary"] and row["steps"] and row["contact"] for row in rows["guide"])


def test_appraisals_add_up(app):
    """What was frozen is what the answers say; of one association too few answered to be shown."""
    rows = composed()
    published, running = rows["survey"]
    assert (published["state"], running["state"]) == (SurveyState.PUBLISHED, SurveyState.OPEN)
    for survey in (published, running):
        tickets = [row for row in rows["survey_ticket"] if row["survey_id"] == survey["id"]]
        answers = [row for row in rows["survey_answer"] if row["survey_id"] == survey["id"]]
        assert len(tickets) == survey["asked"]
        assert sum(row["is_used"] for row in tickets) == len(answers)
    found = published["results"]
    assert any(group["base"] is None for group in found["questions"][0]["groups"])
    answers = [row["answers"] for row in rows["survey_answer"] if row["survey_id"] == published["id"]]
    asked = [Asked(1, "satisfaction", found["questions"][0]["text"])]
    again = compute(asked, [Sheets("", found["asked"], answers)], published["hide_below"])["questions"][0]
    assert again["counts"] == found["questions"][0]["counts"]
