"""Stars and certificates in the demonstration follow from approved hours, as the rules have it."""

from __future__ import annotations

import pytest

from portal.certificates.issuing import FACTS
from tests.demo.test_demo import composed

pytestmark = pytest.mark.engines("sqlite")  # nothing is written


def test_stars_follow_from_approved_hours(app):
    rows = composed()
    levels = {(row["table_id"], row["stars"]): row["minutes"] for row in rows["star_level"]}
    stars = rows["star_grant"]
    assert {row["state"] for row in stars} == {"asked", "granted", "refused"}
    for row in stars:
        assert row["minutes"] >= levels[row["table_id"], row["stars"]]
        assert row["decided_by_id"] != row["person_id"]
        assert (row["state"] == "asked") == (row["decided_by_id"] is None)
    held = {(row["person_id"], row["stars"]) for row in stars if row["state"] == "granted"}
    assert all((row["person_id"], row["stars"] - 1) in held for row in stars if row["stars"] > 1), "in order"


def test_certificates_are_numbered_without_a_gap(app):
    rows = composed()
    made = rows["service_certificate"]
    assert len(made) > 20
    assert {row["superseded_reason"] for row in made} == {"", "corrected"}
    by_year: dict[str, list[str]] = {}
    for row in made:
        by_year.setdefault(row["number"].partition("第")[0], []).append(row["number"][-7:-1])
        assert set(FACTS) <= set(row["snapshot"])
        assert row["minutes"] == sum(line["minutes"] for line in row["snapshot"]["entries"])
    counters = {row["stem"]: row["last"] for row in rows["number_counter"]}
    for stem, serials in by_year.items():
        assert [int(serial) for serial in serials] == list(range(1, len(serials) + 1))
        assert counters[f"{stem}第{{serial}}号"] == len(serials)
