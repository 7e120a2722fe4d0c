"""What the demonstration's own record says of somebody within a call's period, as commendations.evidence asks it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal.activities.models import ActivityLog
from portal.certificates.models import StarGrant
from portal.commendations.evidence import Facts, TeamFacts
from portal.demo.batch import Batch
from portal.dues.models import Charge
from portal.hours.models import HoursEntry, HoursRevision
from portal.members.models import Membership
from portal.plans.models import Activity
from portal.volunteers.models import Volunteer

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Span:
    """The first and the last day that are looked at."""

    start: date
    end: date

    def holds(self, day: date) -> bool:
        return self.start <= day <= self.end


class Record:
    """The rows of a batch, by the person and the association that they are about."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.served = _by(self._approved(), "person_id")
        self.served_at = _by((row for rows in self.served.values() for row in rows), "association_id")
        self.owed = _by(self._rows(Charge, "voided_at"), "payer_id")
        self.owed_at = _by(self._rows(Charge, "voided_at"), "association_id")
        self.led = _by(self._rows(Activity, "cancelled_at"), "in_charge_id")
        self.stars = _by((row for row in self._rows(StarGrant) if row["state"] == "granted"), "person_id")
        self.logs = _by(self._rows(ActivityLog, "removed_at"), "association_id")
        self.memberships = _by(self._rows(Membership), "association_id")
        self.volunteers = _by(self._rows(Volunteer), "association_id")
        self.began: dict[int, date] = {}
        for model, began in ((Membership, "joined_on"), (Volunteer, "started_on")):
            for row in self._rows(model, "ended_on"):
                self.began[row["person_id"]] = min(row[began], self.began.get(row["person_id"], date.max))

    def of_person(self, person_id: int, span: Span, at: datetime) -> Facts:
        """As the record had it at that time: stars that were granted later do not count."""
        due = [row for row in self.owed.get(person_id, ()) if span.holds(row["due_on"])]
        stars = (row["stars"] for row in self.stars.get(person_id, ()) if row["decided_at"] < at)
        ends = (row["ends_at"] for row in self.led.get(person_id, ()) if row["ends_at"] is not None)
        return Facts(
            years=_whole_years(self.began.get(person_id), span.end), minutes=self.minutes(person_id, span),
            led=sum(span.holds(end.date()) for end in ends), stars=max(stars, default=0),
            owed_fen=sum(row["amount_fen"] - _settled(row) for row in due) if due else None,
        )  # fmt: skip

    def of_team(self, association_id: int, group_id: int | None, span: Span) -> TeamFacts:
        """Of a group, or of the whole association."""

        def here(rows: dict[int, list[Row]]) -> list[Row]:
            return [row for row in rows.get(association_id, ()) if group_id is None or row["group_id"] == group_id]

        due = [row for row in here(self.owed_at) if span.holds(row["due_on"])]
        return TeamFacts(
            members=sum(_lasts(row, "joined_on", span.end) for row in here(self.memberships)),
            volunteers=sum(_lasts(row, "started_on", span.end) for row in here(self.volunteers)),
            minutes=sum(row["minutes"] for row in here(self.served_at) if span.holds(row["held_on"])),
            logs=sum(span.holds(row["held_on"]) for row in here(self.logs)),
            charged_fen=sum(row["amount_fen"] for row in due), settled_fen=sum(map(_settled, due)),
        )  # fmt: skip

    def minutes(self, person_id: int, span: Span) -> int:
        """Approved service."""
        return sum(row["minutes"] for row in self.served.get(person_id, ()) if span.holds(row["held_on"]))

    def _approved(self) -> Iterable[Row]:
        for revision in self._rows(HoursRevision):
            entry = self.batch.row(HoursEntry, revision["entry_id"])
            if revision["state"] == "approved" and entry["category"] == "service":
                yield {**entry, "minutes": revision["minutes"]}

    def _rows(self, model: Any, ended: str = "") -> Iterable[Row]:
        """The rows of a table, without those that were ended or taken back."""
        rows = self.batch.rows[model.__tablename__]
        return (row for row in rows if row.get(ended) is None) if ended else rows


def _by(rows: Iterable[Row], name: str) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[name]].append(row)
    return found


def _lasts(row: Row, began: str, day: date) -> bool:
    return bool(row[began] <= day and (row["ended_on"] is None or row["ended_on"] >= day))


def _settled(row: Row) -> int:
    return int(row["paid_fen"] + row["waived_fen"] + row["written_off_fen"])


def _whole_years(began: date | None, day: date) -> int:
    if began is None or began > day:
        return 0
    return day.year - began.year - ((day.month, day.day) < (began.month, began.day))
