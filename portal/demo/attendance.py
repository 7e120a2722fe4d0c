"""Attendance of the demonstration: at one session somebody forgot to check out, and somebody tapped twice."""

from __future__ import annotations

from datetime import timedelta

from portal.attendance.rules import Review
from portal.demo.batch import Batch
from portal.hours.models import HoursEntry
from portal.signups.models import Origin, SignUp, SignUpState


def leave_open(batch: Batch, association_id: int) -> None:
    """Of the latest session of the association whose time nobody has recorded yet."""
    recorded = {(row.get("session_id"), row["person_id"]) for row in batch.rows[HoursEntry.__tablename__]}
    came = [
        row
        for row in batch.rows[SignUp.__tablename__]
        if row["association_id"] == association_id
        and row["state"] == SignUpState.COMPLETED
        and (row["session_id"], row["person_id"]) not in recorded
    ]
    if len(came) < 2:
        return
    for row in batch.rows[SignUp.__tablename__]:
        row["review"] = ""
    forgot, tapped = sorted(came, key=lambda row: row["in_at"])[-2:]
    forgot.update(state=SignUpState.ARRIVED.value, out_at=None, out_origin=None)
    tapped.update(out_at=tapped["in_at"] + timedelta(minutes=1), out_origin=Origin.SCANNED.value)
    tapped["review"] = Review.TOO_SHORT.value
