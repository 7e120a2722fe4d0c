"""Letters and visits of the demonstration: forty over two years, every way of coming and every state."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from portal.core.calendar import add_working_days
from portal.core.database import ALPHABET
from portal.demo.batch import Batch
from portal.demo.chance import seeded
from portal.demo.days import moment, working_day_before
from portal.demo.names import DATA, Invented, crowd
from portal.demo.register import Local
from portal.letters.deadlines import PUT_OFF_MOST, REOPEN_WITHIN, due_on
from portal.letters.models import Letter, LetterAbout, LetterState, LetterStep, StepKind
from portal.letters.moves import SHOWN
from portal.letters.publishing import content
from portal.letters.receiving import AT_ONCE
from portal.offices.rights import Position

MAIN, STREET = "wh-04", "wh"  # where the secretary of the cast works, and above it
PLACES = (MAIN, MAIN, "wh-02", MAIN, "wh-01", MAIN, "lx-03")
FIRST_HOUR, RECENT = 9, 35
EARLIER = "已经请办公室的同事留意接听。"


def fill(batch: Batch, locals_: dict[str, Local], day: date) -> None:
    told = tomllib.loads((DATA / "letters.toml").read_text("utf-8"))["letter"]
    people, chance = crowd("letters", len(told), day), seeded("letters")
    for number, (said, who) in enumerate(zip(told, people, strict=True)):
        reference = "".join(chance.choices(ALPHABET, k=12))
        stays = said["days"] < RECENT or "mine" in said or "about" in said
        place = locals_[MAIN if stays else PLACES[number % len(PLACES)]]
        phone = f"1548{number * 7919 + 1_000_003:07d}"
        letter = _Told(said, place, locals_[STREET] if "about" in said else place, day)
        letter_id = batch.add(Letter, reference=reference, **letter.values(), **letter.writer(who, phone))
        if "about" in said:
            chair = place.officers_on(day)[Position.CHAIR]
            batch.add(LetterAbout, letter_id=letter_id, person_id=chair.id, at=letter.came_at)
        for step in letter.steps():
            batch.add(LetterStep, letter_id=letter_id, **step)


class _Told:
    """One letter: where it was written to, where it is dealt with, and when each step was taken."""

    def __init__(self, said: dict[str, Any], place: Local, at: Local, day: date) -> None:
        self.said, self.place, self.at, self.day = said, place, at, day
        self.came = working_day_before(day - timedelta(days=said["days"]))
        self.came_at = moment(self.came, FIRST_HOUR, said["days"] % 60)
        self.is_known = said["channel"] in AT_ONCE
        self.officer = self._officer()
        self.acknowledged_at = self.came_at if self.is_known else self._later(1)
        self.answered_at = self._later(said["took"], hours=3) if "answer" in said else None
        self.closed_at = self._closed()

    @property
    def state(self) -> str:
        if self.answered_at is not None:
            return LetterState.CLOSED if self.closed_at else LetterState.ANSWERED
        return str(self.said.get("state", LetterState.RECEIVED))

    @property
    def due_on(self) -> date:
        due = due_on(self.said["kind"], self.came)
        return add_working_days(due, PUT_OFF_MOST) if "put_off" in self.said else due

    def values(self) -> dict[str, Any]:
        said, is_new = self.said, self.state == LetterState.RECEIVED
        return {
            "association_id": self.at.id, "received_by_association_id": self.place.id, "channel": said["channel"],
            "kind": said["kind"], "subject": said["subject"], "body": said["body"], "received_at": self.came_at,
            "entered_by_id": self.officer if said["channel"] != "web" else None, "due_on": self.due_on,
            "state": self.state, "acknowledged_at": None if is_new else self.acknowledged_at,
            "assigned_to_id": self.officer if "assigned" in said or self.answered_at else None,
            "answer": said.get("answer", ""), "answered_at": self.answered_at, "closed_at": self.closed_at,
            "reopened": int("reopened" in said), **self._rated(), **self._public(),
        }  # fmt: skip

    def _rated(self) -> dict[str, Any]:
        rated_at = self.answered_at + timedelta(hours=2) if self.answered_at and "rating" in self.said else None
        return {
            "rating": self.said.get("rating"), "rating_note": self.said.get("note", ""), "rated_at": rated_at,
        }  # fmt: skip

    def _public(self) -> dict[str, Any]:
        is_public = self.answered_at is not None and "published" in self.said
        return {
            "may_publish": is_public or self.said["days"] % 3 == 0,
            "published_at": self.answered_at + timedelta(days=1) if is_public and self.answered_at else None,
            "public_question": self.said["published"] if is_public else "",
            "public_answer": self.said["answer"] if is_public else "",
        }

    def writer(self, who: Invented, phone: str) -> dict[str, Any]:
        """Without a name, the member of the cast, or somebody invented."""
        nobody: dict[str, Any] = {"is_anonymous": True, "name": None, "phone": None, "email": None, "person_id": None}
        if "anonymous" in self.said:
            return nobody
        named = {**nobody, "is_anonymous": False}
        me = next((one for one in self.place.members if one.role and one.role.role == "member"), None)
        if "mine" in self.said and me is not None and me.role is not None:
            return {**named, "name": me.who.name, "phone": me.role.phone, "person_id": me.id}
        return {**named, "name": who.name, "phone": phone}

    def steps(self) -> Iterator[dict[str, Any]]:
        """In their order; by nobody is what the writer did, or the rule."""
        said, officer = self.said, self.officer
        yield self._step(StepKind.RECEIVED, self.came_at, officer if said["channel"] != "web" else None,
                         to_association_id=self.place.id)  # fmt: skip
        if self.at is not self.place:
            goes: dict[str, Any] = {"from_association_id": self.place.id, "to_association_id": self.at.id}
            yield self._step(StepKind.PASSED_ON, self.came_at, None, **goes)
        if self.state != LetterState.RECEIVED and not self.is_known:
            yield self._step(StepKind.ACKNOWLEDGED, self.acknowledged_at, officer)
        if "assigned" in said:
            yield self._step(StepKind.ASSIGNED, self.acknowledged_at, officer, to_person_id=officer)
        if "asked" in said:
            yield self._step(StepKind.ASKED, self.acknowledged_at, officer, said["asked"])
        if "put_off" in said:
            body = f"{self.due_on.isoformat()} {said['put_off']}"
            yield self._step(StepKind.PUT_OFF, self._later(5), officer, body)
        yield from self._last_steps()

    def _last_steps(self) -> Iterator[dict[str, Any]]:
        said, answered = self.said, self.answered_at
        if answered is None:
            return
        if "reopened" in said:
            yield self._step(StepKind.ANSWERED, self._later(2), self.officer, EARLIER)
            yield self._step(StepKind.REOPENED, self._later(4), None, said["reopened"])
        yield self._step(StepKind.ANSWERED, answered, self.officer, said["answer"])
        if "rating" in said:
            yield self._step(StepKind.RATED, answered + timedelta(hours=2), None)
        if "published" in said:
            kept = json.dumps(content(said["published"], said["answer"]), ensure_ascii=False)
            yield self._step(StepKind.PUBLISHED, answered + timedelta(days=1), self.officer, kept)
        if self.closed_at is not None:
            yield self._step(StepKind.CLOSED, self.closed_at, self.officer if self.is_known else None)

    def _step(self, kind: StepKind, at: datetime, by: int | None, body: str = "", **goes: Any) -> dict[str, Any]:
        empty = dict.fromkeys(("from_association_id", "to_association_id", "to_person_id"))
        known = {"kind": kind.value, "at": at, "by_id": by, "body": body or None, "is_shown": kind in SHOWN}
        return {**known, **empty, **goes}

    def _later(self, days: int, hours: int = 1) -> datetime:
        day = min(self.day, working_day_before(self.came + timedelta(days=days))) if days else self.came
        return moment(max(day, self.came), FIRST_HOUR + hours, self.said["days"] % 60)

    def _closed(self) -> datetime | None:
        """At once where somebody came or called and was helped; else when it can no longer be opened again."""
        if self.answered_at is None:
            return None
        if self.is_known and not self.said["took"]:
            return self.answered_at
        last = add_working_days(self.answered_at.date(), REOPEN_WITHIN + 1)
        return moment(last, FIRST_HOUR) if last <= self.day else None

    def _officer(self) -> int | None:
        council = self.at.officers_on(self.came)
        held = council.get(Position.SECRETARY) or council.get(Position.CHAIR)
        return held.id if held else None
