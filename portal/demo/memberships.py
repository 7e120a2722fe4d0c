"""Memberships of the street beyond the many: households, organisations, honorary and resting ones, and transfers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from portal.associations.models import Formation
from portal.core import search
from portal.demo.batch import Batch
from portal.demo.chance import seeded
from portal.demo.days import office_hour
from portal.demo.register import Known, Local, Register
from portal.members.models import (
    EndReason,
    Membership,
    MembershipCover,
    MembershipStay,
    NumberCounter,
    Transfer,
    TransferState,
)
from portal.offices.rights import Position
from portal.people.models import Affiliation, AffiliationKind

STREET = "wh"
DAY = timedelta(days=1)
HOUSEHOLDS, ORGANISATIONS, HONORARY_EACH, RESTING_EACH = 2, 2, 41, 53
HOUSEHOLD, ORGANISATION, HONORARY = 1, 2, 3  # places in the list of kinds
SHOPS = ("便利店", "五金店", "文具店", "洗衣店", "餐馆", "书店", "印刷厂", "茶叶店", "修车行", "花店", "裁缝店")
SIGNS = ("顺和", "裕丰", "长青", "百合", "永兴", "同德", "春晖", "福源")
RESTING = ("长期在外地工作", "本人申请暂停一年", "随子女住在外地")
# From, to, who proposes, what became of it, how many days ago.
TRANSFERS = (
    ("wh-05", "wh-04", "from", TransferState.PROPOSED, 2),
    ("wh-07", "wh-04", "to", TransferState.PROPOSED, 4),
    ("wh-04", "wh-06", "from", TransferState.PROPOSED, 3),
    ("wh-06", "wh-04", "from", TransferState.ACCEPTED, 30),
    ("wh-04", "wh-09", "to", TransferState.ACCEPTED, 75),
    ("wh-10", "wh-11", "from", TransferState.ACCEPTED, 20),
    ("wh-05", "wh-04", "from", TransferState.DECLINED, 50),
    ("wh-04", "wh-07", "from", TransferState.WITHDRAWN, 40),
)
DECLINED = "经核实仍住在原社区，暂不转入。"
REASON = "已搬到{}居住。"


class Memberships:
    """Changes and adds to the memberships that the register has put into the batch."""

    def __init__(self, batch: Batch, register: Register, day: date) -> None:
        self.batch = batch
        self.kind_ids = register.kind_ids
        self.day = day
        self.chance = seeded("memberships")
        self.shops = self._shop_names()
        self.taken: set[int] = set()
        rows = batch.rows
        self.own = {row["person_id"]: row for row in rows[Membership.__tablename__] if row["ended_on"] is None}
        self.stays = {row["membership_id"]: row for row in rows[MembershipStay.__tablename__]}
        self.counters = {row["stem"]: row for row in rows[NumberCounter.__tablename__]}

    def fill(self, locals_: dict[str, Local]) -> None:
        for local in locals_.values():
            if local.place.top == STREET and local.place.members:
                self._fill_one(local)
        for giving, taking, by, state, days in TRANSFERS:
            self._transfer(locals_[giving], locals_[taking], by, state, self.day - timedelta(days=days))

    def _fill_one(self, local: Local) -> None:
        """Each member has one part in this at most."""
        free = self._plain(local)
        for known in free[::HONORARY_EACH]:
            self.own[known.id]["kind_id"] = self.kind_ids[HONORARY]
        for known in free[5::RESTING_EACH]:
            since = self.day - timedelta(days=self.chance.randrange(20, 300))
            values = {"suspended_on": since, "suspension_reason": self.chance.choice(RESTING)}
            self.own[known.id].update(values if since > known.since else {})
        first_group = [known for known in free[6:] if known.group == 0 and not self._is_touched(known)]
        households = min(HOUSEHOLDS, len(first_group) // 4)
        for number in range(households):
            self._household(local, first_group[2 * number], first_group[2 * number + 1])
        if local.place.formation != Formation.INDEPENDENT:
            for known in first_group[2 * households :][:ORGANISATIONS]:
                self._add(local, known, ORGANISATION, known.since + 20 * DAY, next(self.shops))

    def _plain(self, local: Local) -> list[Known]:
        """Members who hold no office, are no volunteers, and have been there for a year."""
        busy = {tenure.known.id for tenure in local.tenures} | {known.id for known in local.volunteers}
        long_ago = self.day - timedelta(days=365)
        return [k for k in local.members if k.role is None and k.id not in busy and k.since < long_ago]

    def _is_touched(self, known: Known) -> bool:
        row = self.own[known.id]
        return row["kind_id"] != self.kind_ids[0] or row["suspended_on"] is not None

    def _household(self, local: Local, holder: Known, other: Known) -> None:
        """Two who were members each for themselves become one household."""
        start = max(holder.since, other.since) + self.chance.randrange(60, 300) * DAY
        for known in (holder, other):
            row = self.own[known.id]
            row.update(ended_on=start - DAY, end_reason=EndReason.WITHDREW.value, end_note="改为家庭会员")
            self.stays[row["id"]]["end_on"] = start - DAY
        membership = self._add(local, holder, HOUSEHOLD, start)
        self.batch.add(MembershipCover, membership_id=membership, person_id=other.id, start_on=start, end_on=None)

    def _add(self, local: Local, known: Known, kind: int, joined_on: date, name: str = "") -> int:
        """One membership more, under the association's next number."""
        local.memberships += 1
        stem = f"{local.place.code.upper()}-{{serial}}"
        self.counters[stem]["last"] = local.memberships
        place = {"association_id": local.id, "group_id": local.group_id(known.group)}
        number = stem.replace("{serial}", f"{local.memberships:05}")
        like = dict.fromkeys(self.own[known.id]) | {"suspension_reason": "", "end_note": ""}
        values = {**like, **place, "number": number, "kind_id": self.kind_ids[kind], "person_id": known.id,
                  "organisation_name": name, "sort_key": search.sort_key(name or known.who.name),
                  "joined_on": joined_on}  # fmt: skip
        values.pop("id")
        membership_id = self.batch.add(Membership, **values)
        self.batch.add(MembershipStay, membership_id=membership_id, **place, start_on=joined_on, end_on=None)
        return membership_id

    def _shop_names(self) -> Iterator[str]:
        for number in range(len(SIGNS) * len(SHOPS)):
            yield SIGNS[number % len(SIGNS)] + SHOPS[number % len(SHOPS)]

    def _transfer(self, giving: Local, taking: Local, by: str, state: TransferState, day: date) -> None:
        """Somebody of the giving association, proposed on a day and answered two days later."""
        known = next(k for k in reversed(self._plain(giving)) if not self._is_taken(k))
        row, decided = self.own[known.id], min(day + 2 * DAY, self.day)
        sides = {"from": giving, "to": taking}
        proposer, other = sides.pop(by), next(iter(sides.values()))
        is_open, answering = state == TransferState.PROPOSED, proposer if state == TransferState.WITHDRAWN else other
        self.batch.add(
            Transfer,
            membership_id=row["id"],
            from_association_id=giving.id,
            to_association_id=taking.id,
            proposed_by_association_id=proposer.id,
            reason=REASON.format(taking.place.short),
            effective_on=decided,
            state=state.value,
            proposed_at=office_hour(day, self.chance),
            proposed_by_id=self._secretary(proposer, day),
            decided_at=None if is_open else office_hour(decided, self.chance),
            decided_by_id=None if is_open else self._secretary(answering, decided),
            note=DECLINED if state == TransferState.DECLINED else "",
        )
        self.taken.add(known.id)
        if state == TransferState.ACCEPTED:
            self._move(row, taking, decided)

    def _is_taken(self, known: Known) -> bool:
        return known.id in self.taken or self._is_touched(known) or self.own[known.id]["ended_on"] is not None

    def _secretary(self, local: Local, day: date) -> int:
        return local.officers_on(day)[Position.SECRETARY].id

    def _move(self, row: dict[str, Any], taking: Local, day: date) -> None:
        """From a day on the membership is with the taking association, in its first group."""
        held = next(
            one for one in self.batch.rows[Affiliation.__tablename__]
            if one["person_id"] == row["person_id"] and one["kind"] == AffiliationKind.MEMBER
        )  # fmt: skip
        place = {"association_id": taking.id, "group_id": taking.group_ids[0]}
        self.stays[row["id"]]["end_on"] = held["end_on"] = day - DAY
        row.update(place)
        self.batch.add(MembershipStay, membership_id=row["id"], **place, start_on=day, end_on=None)
        kept = {"person_id": row["person_id"], "kind": AffiliationKind.MEMBER, "start_on": day, "end_on": None}
        self.batch.add(Affiliation, **place, **kept)
