"""Stars and certificates of the demonstration: a table that the district made its own, stars by approved hours, some
that wait, certificates fetched by volunteers, and one that a correction has superseded.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from portal.associations.models import Association
from portal.certificates.issuing import HANDLERS, IN_CHARGE, KIND
from portal.certificates.models import ServiceCertificate, StarGrant, StarLevel, StarTable
from portal.certificates.tables import FIRST_BASIS, FIRST_HOURS
from portal.core.database import ALPHABET
from portal.demo.batch import Batch
from portal.demo.chance import public_ids, seeded
from portal.demo.days import ZONE, moment
from portal.demo.register import Known, Local
from portal.hours.models import HoursEntry, HoursRevision
from portal.members.models import NumberCounter
from portal.people.models import Person
from portal.verification.codes import LENGTH
from portal.verification.models import VerifiableCode

OWN_HOURS, OWN_BASIS = (30, 50, 100, 200, 400), "青禾区志愿服务星级评定办法"
ASKED, REFUSED, FETCHED = 0.12, 0.04, 0.1
Served = tuple[datetime, dict[str, Any], int]  # when it was approved, the entry, the minutes


class Certificates:
    """Adds stars and certificates of everybody whose hours are in the batch."""

    def __init__(self, batch: Batch, locals_: dict[str, Local], day: date) -> None:
        self.batch, self.day, self.chance = batch, day, seeded("certificates")
        self.locals = {local.id: local for local in locals_.values()}
        self.root = next(iter(locals_.values()))
        self.issued: list[tuple[datetime, Local, Known, list[Served]]] = []

    def fill(self) -> None:
        since = date(self.day.year - 1, 1, 1)
        self._table(1, date(self.day.year - 6, 1, 1), FIRST_BASIS, FIRST_HOURS)
        table_id = self._table(2, since, OWN_BASIS, OWN_HOURS)
        served = self._served()
        for local in self.locals.values():
            for known in local.volunteers:
                entries = served.get(known.id, [])
                self._stars(local, known, entries, table_id, since)
                if entries and (known.role or self.chance.random() < FETCHED):
                    when = moment(self.day - timedelta(days=self.chance.randrange(2, 200)), 20, 15)
                    self.issued.append((when, local, known, [one for one in entries if one[0] < when]))
        self._certificates()

    def _table(self, version: int, since: date, basis: str, hours: tuple[int, ...]) -> int:
        known = {"association_id": self.root.id, "version": version, "effective_on": since, "basis": basis}
        table_id = self.batch.add(StarTable, **known, created_at=moment(since, 9), created_by=None)
        for stars, each in enumerate(hours, 1):
            self.batch.add(StarLevel, table_id=table_id, stars=stars, minutes=each * 60)
        return table_id

    def _served(self) -> dict[int, list[Served]]:
        """What counts of each, in the order in which it was approved."""
        found: dict[int, list[Served]] = defaultdict(list)
        for row in self.batch.rows[HoursRevision.__tablename__]:
            entry = self.batch.row(HoursEntry, row["entry_id"])
            if row["state"] == "approved" and entry["category"] == "service":
                found[entry["person_id"]].append((row["decided_at"], entry, row["minutes"]))
        for entries in found.values():
            entries.sort(key=lambda one: (one[0], one[1]["id"]))
        return found

    def _stars(self, local: Local, known: Known, entries: list[Served], table_id: int, since: date) -> None:
        """Asked for some days after the hours were reached; one that waits or was refused ends the row."""
        after = moment(since, 9)
        for stars, hours in enumerate(OWN_HOURS, 1):
            reached = _reached(entries, hours * 60)
            if reached is None:
                return
            asked = max(reached, after) + timedelta(days=self.chance.randrange(1, 20), hours=3)
            waits = self.chance.random() < ASKED
            if waits:
                asked = max(asked, moment(self.day, 20) - timedelta(days=self.chance.randrange(1, 9)))
            decided = asked + timedelta(days=self.chance.randrange(1, 7))
            if asked.date() >= self.day or (not waits and decided.date() >= self.day):
                return
            state = "asked" if waits else "refused" if self.chance.random() < REFUSED else "granted"
            after = decided
            self._grant(local, known, stars, state, (asked, decided), entries, table_id)
            if state != "granted":
                return

    def _grant(
        self, local: Local, known: Known, stars: int, state: str, when: tuple[datetime, datetime],
        entries: list[Served], table_id: int,
    ) -> None:  # fmt: skip
        asked, decided = when
        officers = [one for one in self._holders(local, decided.date(), HANDLERS) if one.id != known.id]
        is_open = state == "asked" or not officers
        self.batch.add(
            StarGrant,
            person_id=known.id,
            association_id=local.id,
            table_id=table_id,
            stars=stars,
            minutes=sum(minutes for at, _entry, minutes in entries if at < asked),
            state="asked" if is_open else state,
            asked_at=asked,
            decided_at=None if is_open else decided,
            decided_by_id=None if is_open else officers[0].id,
            reason="两次活动的签到表尚未补齐，补齐后请再申请" if state == "refused" and not is_open else "",
        )

    def _holders(self, local: Local, day: date, positions: tuple[Any, ...]) -> list[Known]:
        held = local.officers_on(day)
        return [held[position] for position in positions if position in held]

    def _certificates(self) -> None:
        """In the order of the days, so that numbers are."""
        last: dict[int, int] = defaultdict(int)
        code = self.batch.row(Association, self.root.id)["code"].upper()
        entry_ids = public_ids(HoursEntry.__tablename__, len(self.batch.rows[HoursEntry.__tablename__]))
        first = self.batch.rows[HoursEntry.__tablename__][0]["id"] if entry_ids else 0
        made = [one for one in self.issued if one[3]]
        for number, (when, local, known, entries) in enumerate(sorted(made, key=lambda one: (one[0], one[2].id))):
            last[when.year] += 1
            is_over = number % 15 == 7
            snapshot = self._snapshot(local, known, entries, when.date())
            for line, (_at, entry, _minutes) in zip(snapshot["entries"], _by_day(entries), strict=True):
                line["id"] = entry_ids[entry["id"] - first]
            self._issue(f"{code}志证字〔{when.year}〕第{last[when.year]:06}号", when, local, known, snapshot, is_over)
        for year, count in last.items():
            self.batch.add(NumberCounter, stem=f"{code}志证字〔{year}〕第{{serial}}号", last=count)

    def _issue(
        self, number: str, when: datetime, local: Local, known: Known, snapshot: dict[str, Any], is_over: bool
    ) -> None:
        code = "".join(self.chance.choices(ALPHABET, k=LENGTH))
        over = min(when + timedelta(days=9), moment(self.day, 9))
        self.batch.add(
            ServiceCertificate,
            number=number,
            person_id=known.id,
            association_id=local.id,
            code_id=self.batch.add(VerifiableCode, code=code, kind=KIND, created_at=when),
            start_on=date.fromisoformat(snapshot["start"]),
            end_on=date.fromisoformat(snapshot["end"]),
            minutes=snapshot["minutes"],
            snapshot=snapshot,
            issued_at=when,
            superseded_at=over if is_over else None,
            superseded_reason="corrected" if is_over else "",
        )

    def _snapshot(self, local: Local, known: Known, entries: list[Served], day: date) -> dict[str, Any]:
        """As certificates.issuing.snapshot_of has it."""
        unit, person = self.batch.row(Association, local.id), self.batch.row(Person, known.id)
        names = [
            next((one.who.name for one in self._holders(local, day, each)), "") for each in (IN_CHARGE, HANDLERS)
        ]
        lines = [self._line(entry, minutes) for _at, entry, minutes in _by_day(entries)]
        return {
            "name": person["name"], "identity_last4": person["identity_last4"] or "", "start": lines[0]["on"],
            "end": lines[-1]["on"], "minutes": sum(line["minutes"] for line in lines), "entries": lines,
            "unit": unit["name"], "federation": self.batch.row(Association, self.root.id)["name"], "scope": "",
            "contact": [text for text in (unit["phone"], unit["address"]) if text],
            "in_charge": names[0], "handler": names[1], "by_oneself": True,
        }  # fmt: skip

    def _line(self, entry: dict[str, Any], minutes: int) -> dict[str, Any]:
        times = [entry.get(name) for name in ("starts_at", "ends_at")]
        place = self.batch.row(Association, entry["association_id"])
        return {
            "on": entry["held_on"].isoformat(),
            "times": [f"{one.astimezone(ZONE):%H:%M}" for one in times if one] if all(times) else [],
            "title": entry["title"],
            "place": entry["place"],
            "minutes": minutes,
            "unit": place["short_name"] or place["name"],
            "in_charge": entry.get("in_charge") or "",
        }


def _by_day(entries: list[Served]) -> list[Served]:
    return sorted(entries, key=lambda one: (one[1]["held_on"], one[1]["id"]))


def _reached(entries: list[Served], minutes: int) -> datetime | None:
    """When so many minutes were approved."""
    total = 0
    for at, _entry, each in entries:
        total += each
        if total >= minutes:
            return at
    return None
