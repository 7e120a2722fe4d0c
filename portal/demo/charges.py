"""Fee plans, periods and charges of the demonstration, and what is let off of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from portal.demo.batch import Batch
from portal.demo.bookkeeping import Books, Line
from portal.demo.days import moment
from portal.demo.memberships import HONORARY, HOUSEHOLD, ORGANISATION
from portal.demo.register import Local
from portal.dues.models import Charge, ChargeOrigin, FeePlan, Proration, Waiver, WaiverKind, WaiverState
from portal.ledger.models import DuesPeriod, EntryKind, LedgerAccount
from portal.members.models import Membership, MembershipStay
from portal.offices.rights import Position

YEARS = (2, 1, 0)  # so many years ago
PAID_FOR_EACH, WAIVED_EACH = 37, 61  # one of so many members
HARDSHIP = "家庭经济困难，小组核实后提出"
Row = dict[str, Any]


class Charges:
    """Adds what is owed by whom."""

    def __init__(self, batch: Batch, books: Books, locals_: dict[str, Local], day: date) -> None:
        self.batch, self.books, self.locals, self.day = batch, books, locals_, day
        self.root_id = next(iter(locals_.values())).id
        self.by_id = {local.id: local for local in locals_.values()}
        self.first_stay: dict[int, Row] = {}
        for stay in batch.rows[MembershipStay.__tablename__]:
            self.first_stay.setdefault(stay["membership_id"], stay)

    def set_payers(self) -> None:
        """Some pay for somebody of their group; a member of the cast for the next one of theirs."""
        rows = self.batch.rows[Membership.__tablename__]
        for row in rows:
            row["payer_id"] = None
        cast = {known.id for local in self.locals.values() for known in local.members if known.role}
        live = [row for row in rows if row["ended_on"] is None and row["kind_id"] == self._kind(0)]
        last: dict[int | None, Row] = {}
        for number, row in enumerate(live):
            before = last.get(row["group_id"])
            wanted = before is not None and (number % PAID_FOR_EACH == 0 or before["person_id"] in cast)
            if before is not None and wanted and row["person_id"] not in cast:
                row["payer_id"] = before["payer_id"] or before["person_id"]
            last[row["group_id"]] = row

    def _kind(self, position: int) -> int:
        return int(self.batch.rows["membership_kind"][position]["id"])

    def add_plans(self) -> None:
        """Twelve yuan a year; it was ten in the first."""
        first, second = (date(self.day.year - back, 1, 1) for back in YEARS[:2])
        table = (
            (0, 1, 1_000, Proration.WHOLE, first), (0, 2, 1_200, Proration.HALVES, second),
            (HOUSEHOLD, 1, 2_000, Proration.WHOLE, first), (ORGANISATION, 1, 20_000, Proration.WHOLE, first),
            (HONORARY, 1, 0, Proration.WHOLE, first),
        )  # fmt: skip
        self.plan_ids: dict[tuple[int, int], tuple[int, int, Proration, date]] = {}
        for kind, version, fen, proration, since in table:
            plan_id = self.batch.add(
                FeePlan, association_id=self.root_id, kind_id=self._kind(kind), version=version, amount_fen=fen,
                proration=proration.value, effective_on=since, basis="区协会代表大会决议",
                created_at=moment(since - timedelta(days=30), 10), created_by_id=None, withdrawn_at=None,
            )  # fmt: skip
            self.plan_ids[self._kind(kind), version] = (plan_id, fen, proration, since)

    def add_period(self, year: int) -> None:
        name = f"{year}年度"
        period_id = self.batch.add(
            DuesPeriod, association_id=self.root_id, name=name, start_on=date(year, 1, 1),
            end_on=date(year, 12, 31), due_on=date(year, 6, 30), created_at=moment(date(year, 1, 1), 9),
        )  # fmt: skip
        self.books.period_ids[year], self.books.names[period_id] = period_id, name

    def charge_all(self, places: list[Local], year: int) -> list[Row]:
        wanted = {local.id: local for local in places}
        by_place: dict[int, list[Row]] = defaultdict(list)
        for member in self.batch.rows[Membership.__tablename__]:
            place = self.first_stay[member["id"]]["association_id"]
            if place in wanted and self._takes_part(member, year):
                by_place[place].append(member)
        return [row for local in places for row in self._charge(local, by_place[local.id], year)]

    def _takes_part(self, member: Row, year: int) -> bool:
        """A member on a day of the year, charged by the last run: on the first of a month."""
        last = min(date(year, 12, 31), max(self.run(year), self.day.replace(day=1)))
        first = date(year, 1, 1)
        rests = member["suspended_on"] is not None and member["suspended_on"] <= first
        gone = member["ended_on"] is not None and member["ended_on"] < first
        return member["joined_on"] <= last and not rests and not gone

    def run(self, year: int) -> date:
        return min(date(year, 1, 15), self.day)

    def _charge(self, local: Local, members: list[Row], year: int) -> Iterable[Row]:
        """In January everybody, at the end those who came later."""
        early, late = self.run(year), min(date(year, 12, 31), self.day.replace(day=1))
        for on, mine in (
            (early, [one for one in members if one["joined_on"] <= early]),
            (max(early, late), [one for one in members if one["joined_on"] > early]),
        ):
            rows = [row for one in mine if (row := self._charge_one(local, one, year, on)) is not None]
            total = sum(row["amount_fen"] for row in rows)
            lines: list[Line] = [(LedgerAccount.RECEIVABLE, row["amount_fen"], 0, row["id"], None) for row in rows]
            if rows:
                lines.append((LedgerAccount.DUES, 0, total, None, None))
                by = self.books.officer(local, Position.TREASURER, on)
                self.books.post(local, on, EntryKind.CHARGE, lines, by, f"{year}年度")
            yield from rows

    def _charge_one(self, local: Local, member: Row, year: int, on: date) -> Row | None:
        begun = [
            plan for (kind, _), plan in self.plan_ids.items() if kind == member["kind_id"] and plan[3].year <= year
        ]
        plan_id, fen, proration, _since = begun[-1]
        if proration == Proration.HALVES and member["joined_on"] >= date(year, 7, 1):
            fen //= 2
        if not fen:
            return None
        charge_id = self.batch.add(
            Charge, association_id=local.id, period_id=self.books.period_ids[year], membership_id=member["id"],
            group_id=member["group_id"] if member["association_id"] == local.id else None,
            payer_id=member["payer_id"] or member["person_id"], plan_id=plan_id, origin=ChargeOrigin.PLAN.value,
            amount_fen=fen, paid_fen=0, waived_fen=0, written_off_fen=0, note="",
            due_on=max(date(year, 6, 30), member["joined_on"]), created_at=moment(on, 10), voided_at=None,
            void_reason="",
        )  # fmt: skip
        return self.batch.row(Charge, charge_id)

    def waive(self, charged: list[Row], year: int) -> int:
        """Hardship, asked by the treasurer and signed by the chair; how much."""
        on, total = min(date(year, 5, 20), self.day - timedelta(days=1)), 0
        for row in charged[11::WAIVED_EACH]:
            if row["amount_fen"] < 2_000 and moment(on, 10) > row["created_at"]:
                total += self._let_off(row, on)
        return total

    def _let_off(self, row: Row, on: date) -> int:
        local = self.by_id[row["association_id"]]
        asker, signer = (self.books.officer(local, one, on) for one in (Position.TREASURER, Position.CHAIR))
        amount = row["waived_fen"] = row["amount_fen"]
        lines: list[Line] = [
            (LedgerAccount.WAIVED, amount, 0, row["id"], None),
            (LedgerAccount.RECEIVABLE, 0, amount, row["id"], None),
        ]
        entry = self.books.post(local, on, EntryKind.WAIVER, lines, signer, HARDSHIP)
        self.batch.add(
            Waiver, charge_id=row["id"], association_id=local.id, group_id=row["group_id"],
            kind=WaiverKind.WAIVER.value, amount_fen=amount, reason=HARDSHIP, state=WaiverState.APPROVED.value,
            asked_at=moment(on, 9), asked_by_id=asker, decided_at=moment(on, 15), decided_by_id=signer,
            decision_note="", entry_id=entry,
        )  # fmt: skip
        return int(amount)
