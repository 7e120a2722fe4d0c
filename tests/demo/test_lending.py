"""Requests to borrow volunteers in the demonstration: whoever is named has the skill and serves at the lender."""

from __future__ import annotations

import pytest

from tests.demo.test_demo import composed

pytestmark = pytest.mark.engines("sqlite")  # nothing is written


def test_requests_in_every_state_and_volunteers_who_can_do_it(app):
    rows = composed()
    requests = {row["id"]: row for row in rows["lending_request"]}
    assert {row["state"] for row in requests.values()} == {"asked", "agreed", "declined", "withdrawn"}
    volunteers = {row["id"]: row for row in rows["volunteer"]}
    able = {(row["volunteer_id"], row["skill_id"]) for row in rows["volunteer_ability"]}
    named = rows["lent_volunteer"]
    assert {row["state"] for row in named} >= {"asked", "agreed"}
    for row in named:
        request = requests[row["request_id"]]
        assert volunteers[row["volunteer_id"]]["association_id"] == request["lender_id"] != request["association_id"]
        assert (row["volunteer_id"], request["skill_id"]) in able
        assert (row["answered_at"] is None) == (row["state"] == "asked")
    agreed = {row["id"] for row in requests.values() if row["state"] == "agreed"}
    assert {row["request_id"] for row in named} == agreed
