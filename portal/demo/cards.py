"""Cards of the demonstration: most members have one, some were replaced, a town renewed them all at once."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from portal.associations.models import Association
from portal.cards.models import IssueReason, MemberCard, VoidReason
from portal.cards.services import KIND
from portal.core.database import ALPHABET
from portal.demo.batch import Batch
from portal.demo.chance import seeded
from portal.demo.days import moment
from portal.demo.register import Local
from portal.members.models import Membership, MembershipKind, MembershipStay
from portal.offices.rights import Position
from portal.people.models import Person
from portal.verification.codes import LENGTH
from portal.verification.models import VerifiableCode

RENEWED_IN = "lx"  # the town whose 3,370 cards were renewed and registered in one go
RENEWED_DAYS_AGO, NEW_DAYS = 45, 30  # who joined in the last month has no card yet
REPLACED, VOID, WAITING = 0.03, 0.01, 0.06
REPLACING = (IssueReason.LOST, IssueReason.LOST, IssueReason.DAMAGED, IssueReason.CORRECTED)


class Cards:
    """Adds the cards of each association to the batch."""

    def __init__(self, batch: Batch, day: date) -> None:
        self.batch = batch
        self.day = day
        self.chance = seeded("cards")
        self.moved: dict[int, date] = {}

    def fill(self, locals_: dict[str, Local]) -> None:
        stays = self.batch.rows[MembershipStay.__tablename__]
        begun: set[int] = set()
        for stay in stays:
            if stay["membership_id"] in begun:  # a second place: the card of the first is void
                self.moved[stay["membership_id"]] = stay["start_on"]
            begun.add(stay["membership_id"])
        by_place: dict[int, list[dict[str, Any]]] = {}
        for row in self.batch.rows[Membership.__tablename__]:
            by_place.setdefault(row["association_id"], []).append(row)
        for local in locals_.values():
            for membership in by_place.get(local.id, ()):
                if membership["joined_on"] <= self.day - timedelta(days=NEW_DAYS):
                    self._issue(local, membership)

    def _issue(self, local: Local, membership: dict[str, Any]) -> None:
        """The first card some days after joining, and those that took its place."""
        ended: date | None = membership["ended_on"]
        first = min(membership["joined_on"] + timedelta(days=self.chance.randrange(3, 25)), ended or self.day)
        steps: list[tuple[str, date]] = [(IssueReason.FIRST, first)]
        renewed = self.day - timedelta(days=RENEWED_DAYS_AGO)
        if local.place.top == RENEWED_IN and ended is None and first < renewed:
            steps.append((IssueReason.RENEWED, renewed))
        if membership["id"] in self.moved:
            steps.append((IssueReason.TRANSFERRED, self.moved[membership["id"]]))
        if ended is None and self.chance.random() < REPLACED:
            since = steps[-1][1]
            later = since + timedelta(days=self.chance.randrange(1, max(2, (self.day - since).days)))
            steps.append((self.chance.choice(REPLACING), min(later, self.day)))
        for serial, (reason, on) in enumerate(steps, 1):
            self._add(local, membership, serial, reason, on, steps[serial] if serial < len(steps) else None)

    def _add(self, local: Local, membership: dict[str, Any], serial: int, reason: str, on: date, after: Any) -> None:
        is_void = after is None and membership["ended_on"] is None and self.chance.random() < VOID
        void = after or ((VoidReason.LOST, self.day - timedelta(days=1)) if is_void else None)
        secretary = local.officers_on(on).get(Position.SECRETARY)
        self.batch.add(
            MemberCard,
            membership_id=membership["id"],
            serial=serial,
            code_id=self.batch.add(VerifiableCode, code=_code(self.chance), kind=KIND, created_at=moment(on, 10)),
            association_id=local.id,
            group_id=membership["group_id"],
            reason=str(reason),
            snapshot=self._snapshot(membership),
            issued_on=on,
            issued_by_id=secretary.id if secretary else None,
            handed_over_on=self._handed_over(on) if void is None else on,
            voided_at=moment(void[1], 11) if void else None,
            void_reason=str(void[0]) if void else "",
            created_at=moment(on, 10),
        )

    def _handed_over(self, on: date) -> date | None:
        if self.chance.random() < WAITING:
            return None
        return min(on + timedelta(days=self.chance.randrange(1, 20)), self.day)

    def _snapshot(self, membership: dict[str, Any]) -> dict[str, str]:
        return {
            "name": membership["organisation_name"] or self.batch.row(Person, membership["person_id"])["name"],
            "number": membership["number"],
            "kind": self.batch.row(MembershipKind, membership["kind_id"])["name"],
            "association": self.batch.row(Association, membership["association_id"])["name"],
            "joined_on": membership["joined_on"].isoformat(),
        }


def _code(chance: random.Random) -> str:
    return "".join(chance.choices(ALPHABET, k=LENGTH))
