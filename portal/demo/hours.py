"""Time served in the demonstration: what the log books say of volunteers and courses, approved by somebody else than
the recorder; of the last days it waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from portal.activities.models import ActivityLog, ActivityParticipant
from portal.core.calendar import add_working_days
from portal.demo.batch import Batch
from portal.demo.days import ZONE
from portal.demo.diary import SHOWCASE
from portal.demo.logbook import Logged
from portal.demo.register import Local
from portal.hours.models import Category, HoursEntry, HoursRevision
from portal.offices.rights import Position
from portal.people.models import Person
from portal.plans.kinds import ActivityKind

CORRECTED = 2
WAITING_DAYS = 12  # what was held since then waits for approval
APPROVERS = (Position.VOLUNTEER_COORDINATOR, Position.CHAIR, Position.VICE_CHAIR)


def fill(batch: Batch, logged: Sequence[Logged], today: date) -> None:
    """Hours of everybody whom a log book gives some, from its participants."""
    people: dict[int, list[dict[str, Any]]] = {}
    for row in batch.rows[ActivityParticipant.__tablename__]:
        people.setdefault(row["log_id"], []).append(row)
    for one in logged:
        log = batch.row(ActivityLog, one.id)
        approvers = _approvers(one.local, log)
        for row in people.get(one.id, ()):
            category, minutes = _credit(log, row)
            if minutes:
                waits = (today - log["held_on"]).days < WAITING_DAYS
                _add(batch, log, row["person_id"], category, minutes, [] if waits else approvers, today)
    _correct(batch, SHOWCASE, logged, today)


def _correct(batch: Batch, code: str, logged: Sequence[Logged], today: date) -> None:
    """In the showcase two numbers that count are to be corrected: it was noticed that somebody left earlier."""
    logs = {one.id: one.local for one in logged if one.local.place.code == code}
    first = batch.rows[HoursEntry.__tablename__][0]["id"] if logs else 0
    counted = [row for row in batch.rows[HoursRevision.__tablename__] if row["state"] == "approved"]
    entries = batch.rows[HoursEntry.__tablename__]
    theirs = [row for row in counted if entries[row["entry_id"] - first]["log_id"] in logs]
    for row in sorted(theirs, key=lambda row: (row["recorded_at"], row["id"]))[-CORRECTED:]:
        again = {name: row[name] for name in ("association_id", "group_id", "entry_id", "recorded_by_id")}
        batch.add(
            HoursRevision,
            **again,
            number=2,
            minutes=row["minutes"] - 30,
            origin="corrected",
            reason="核对签到表，提前半小时离开",
            recorded_at=datetime.combine(today - timedelta(days=1), time(16, 10), ZONE),
            state="pending",
            decided_by_id=None,
            decided_at=None,
        )


def _credit(log: dict[str, Any], row: dict[str, Any]) -> tuple[str, int]:
    if row["is_volunteer"]:
        return Category.SERVICE, row["minutes"]
    return Category.STUDY, log["minutes"] if log["kind"] == ActivityKind.TRAINING else 0


def _approvers(local: Local, log: dict[str, Any]) -> list[int]:
    """Who could approve it at the time: whoever may, but for the recorder."""
    officers = local.officers_on(log["held_on"])
    ids = [officers[position].id for position in APPROVERS if position in officers]
    return [person_id for person_id in ids if person_id != log["recorded_by"]]


def _add(
    batch: Batch, log: dict[str, Any], person_id: int, category: str, minutes: int, approvers: list[int], today: date
) -> None:
    place = {"association_id": log["association_id"], "group_id": log["group_id"]}
    facts = {name: log[name] for name in ("held_on", "title", "place")} | {"content": log["summary"]}
    facts["in_charge"] = batch.row(Person, log["recorded_by"])["name"] if log["recorded_by"] else ""
    made = {"log_id": log["id"], "created_at": log["recorded_at"], **place, **facts}
    entry_id = batch.add(HoursEntry, person_id=person_id, category=str(category), **made)
    approver = next((one for one in approvers if one != person_id), None)
    batch.add(
        HoursRevision,
        **place,
        entry_id=entry_id,
        number=1,
        minutes=minutes,
        origin="entered",
        reason="",
        recorded_at=log["recorded_at"],
        recorded_by_id=log["recorded_by"],
        state="approved" if approver else "pending",
        decided_by_id=approver,
        decided_at=_decided_at(log["recorded_at"], today) if approver else None,
    )


def _decided_at(recorded_at: datetime, today: date) -> datetime:
    """The next working day, at half past nine."""
    day = add_working_days(recorded_at.date(), 1)
    return datetime.combine(min(day, today - timedelta(days=1)), time(9, 30), ZONE)
