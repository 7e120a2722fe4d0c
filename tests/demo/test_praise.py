"""Commendations in the demonstration: 96 people and 9 collectives in three years, each step as the rules have it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from portal.core.calendar import notice_period_end
from portal.demo.load import demo_accounts
from tests.demo.test_demo import DAYS, TODAY, Rows, composed

pytestmark = pytest.mark.engines("sqlite")  # nothing is written


def by_id(rows: Rows, table: str) -> dict[int, dict[str, Any]]:
    return {row["id"]: row for row in rows[table]}


def test_three_years_of_the_street(app):
    for day in DAYS:
        rows = composed(day)
        codes = {row["id"]: row["code"] for row in rows["association"]}
        given = [row for row in rows["honour"] if codes[row["association_id"]] == "wh"]
        assert len({row["call_id"] for row in given}) == 3
        people = [row["person_id"] for row in given if row["person_id"] is not None]
        assert len(people) == len(set(people)) == 96
        assert sum(row["person_id"] is None for row in given) == 9
        assert all(row["revoked_at"] is None for row in given)
        assert sum(row["revoked_at"] is not None for row in rows["honour"]) == 1
        assert sum(row["superseded_at"] is not None for row in rows["honour_certificate"]) == 1
    decision = next(row for row in composed()["notice"] if "关于表彰" in row["title"])
    version = next(row for row in composed()["notice_version"] if row["notice_id"] == decision["id"])
    assert "96 人" in version["body"]
    assert "9 个" in version["body"]


def test_each_honour_was_decided_after_its_notice_period(app):
    rows = composed()
    calls, nominations = by_id(rows, "commendation_call"), by_id(rows, "nomination")
    periods, meetings = by_id(rows, "notice_period"), by_id(rows, "selection_meeting")
    for row in rows["showing"]:
        call, period, met = calls[row["call_id"]], periods[row["period_id"]], meetings[row["meeting_id"]]
        assert call["end_on"] < call["opens_on"] <= call["closes_on"] < met["held_on"] < period["start_on"]
        assert period["end_on"] == notice_period_end(period["start_on"]) < call["decided_at"].date() < TODAY
        assert met["in_favour"] + met["against"] + met["abstained"] == met["present"]
        chosen = [one for one in nominations.values() if one["call_id"] == call["id"] and one["state"] == "honoured"]
        assert {one["name"] for one in chosen} == {one["name"] for one in met["chosen"] if one["chosen"]}
        assert all(one["name"] in period["body"] for one in chosen)
    for row in rows["honour"]:
        nomination = nominations[row["nomination_id"]]
        assert row["decided_on"] == calls[row["call_id"]]["decided_at"].date()
        assert nomination["person_id"] is None or nomination["consented_at"] is not None
    for nomination in nominations.values():
        last = nomination["consented_at"] or nomination["nominated_at"]
        assert nomination["person_id"] is None or nomination["person_id"] not in (
            nomination["nominated_by_id"], nomination["consent_entered_by_id"],
        )  # fmt: skip
        assert calls[nomination["call_id"]]["opens_on"] <= nomination["nominated_at"].date() <= last.date() < TODAY
    (revoked,) = rows["revocation"]
    assert periods[revoked["period_id"]]["end_on"] < revoked["decided_at"].date()


def test_certificates_of_honours_are_numbered_without_a_gap(app):
    rows = composed()
    by_year: dict[str, list[int]] = {}
    for row in rows["honour_certificate"]:
        stem, _, rest = row["number"].partition("第")
        by_year.setdefault(stem, []).append(int(rest[:-1]))
        assert row["snapshot"]["in_charge"]
    counters = {row["stem"]: row["last"] for row in rows["number_counter"]}
    for stem, serials in by_year.items():
        assert serials == list(range(1, len(serials) + 1))
        assert counters[f"{stem}第{{serial}}号"] == len(serials)
    in_force = Counter(row["honour_id"] for row in rows["honour_certificate"] if row["superseded_at"] is None)
    assert in_force == Counter(row["id"] for row in rows["honour"])


def test_something_waits_for_those_who_can_sign_in(app):
    rows = composed()
    assert len({row["person_id"] for row in rows["account"]}) == len(demo_accounts())
    cast = {row["person_id"] for row in rows["account"]}
    taken = {row["id"] for row in rows["commendation_call"] if row["decided_at"] is None}
    live = [row for row in rows["nomination"] if row["call_id"] in taken]
    assert sum(row["person_id"] in cast and row["consented_at"] is None for row in live) == 2
    assert {row["person_id"] for row in rows["honour"]} & cast
    assert Counter(row["source"] for row in rows["suggestion"] if row["state"] == "waiting") == {
        "group": 1,
        "public": 1,
    }
    assert {row["person_id"] for row in rows["reviewer"]} <= cast
    assert {row["nominated_by_id"] for row in live} & {row["person_id"] for row in rows["reviewer"]}, "is kept out"
    assert len(taken) == 2
