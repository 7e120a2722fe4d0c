"""Time served in the demonstration: everybody's is approved by somebody else, of the last days it waits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.demo.test_demo import TODAY, composed

pytestmark = pytest.mark.engines("sqlite")  # nothing is written


def test_hours_follow_from_the_log_books(app):
    rows = composed()
    entries = {row["id"]: row for row in rows["hours_entry"]}
    corrected = [row for row in rows["hours_revision"] if row["number"] > 1]
    assert {row["state"] for row in corrected} == {"pending"}
    assert {frozenset(row) for row in rows["hours_revision"]} == {frozenset(corrected[0])}, "as rows are written"
    revisions = [row for row in rows["hours_revision"] if row["number"] == 1]
    assert len(entries) == len(revisions) > 1000
    people = {(row["log_id"], row["person_id"]): row for row in rows["activity_participant"]}
    for revision in revisions:
        entry = entries[revision["entry_id"]]
        part = people[entry["log_id"], entry["person_id"]]
        assert entry["category"] == ("service" if part["is_volunteer"] else "study")
        assert part["minutes"] in (0, revision["minutes"])
        assert revision["decided_by_id"] not in (revision["recorded_by_id"], entry["person_id"])
        assert (revision["state"] == "pending") == (revision["decided_by_id"] is None)
    waiting = {entries[row["entry_id"]]["held_on"] for row in revisions if row["state"] == "pending"}
    assert waiting
    assert min(waiting) > TODAY - timedelta(days=14)
    served = sum(row["minutes"] for row in people.values() if row["is_volunteer"])
    assert served == sum(r["minutes"] for r in revisions if entries[r["entry_id"]]["category"] == "service")
