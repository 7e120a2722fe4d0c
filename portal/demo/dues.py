"""Dues of the demonstration: three years of the street, which reaches 96 %, and the first year of the town."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.core.database import db
from portal.demo.batch import Batch
from portal.demo.bookkeeping import Books, Line, Money
from portal.demo.chance import public_ids, seeded
from portal.demo.charges import YEARS, Charges
from portal.demo.days import moment
from portal.demo.diary import SHOWCASE
from portal.demo.dues_desk import Desk
from portal.demo.handing_over import hand_over
from portal.demo.memberships import STREET
from portal.demo.register import Known, Local
from portal.ledger import chain, closing
from portal.ledger.models import BookState, EntryKind, LedgerAccount, PeriodBook
from portal.offices.rights import Position
from portal.payments.models import Method
from portal.statements import disclosing
from portal.statements.models import YearStatement

RATE, TOWN_RATE = (0.94, 0.96, 0.96), 0.71
COLLECTING_DAYS = 300  # from January on, until the rate of a year is reached
TOWN, TOWN_PLACES = "lx", 8  # of the town so many associations keep their dues here already
LATE = "wh-09"  # whose book of last year nobody has closed
REMARKS = "会费全部用于本协会活动和志愿服务用品，账目可到办公室查阅。"
AHEAD_EACH = 53  # one of so many payers
Row = dict[str, Any]


class Dues:
    """Adds plans, periods, charges and what was collected of them."""

    def __init__(self, batch: Batch, locals_: dict[str, Local], day: date) -> None:
        self.batch, self.day, self.chance = batch, day, seeded("dues")
        self.books, self.locals = Books(batch, next(iter(locals_.values())).place.name), locals_
        self.charges = Charges(batch, self.books, locals_, day)
        self.groups = {group: (local, n) for local in locals_.values() for n, group in enumerate(local.group_ids)}
        self.ahead: dict[int, tuple[int, int]] = {}  # by payer: the payment that has something left, and how much

    def fill(self) -> None:
        self.charges.set_payers()
        self.charges.add_plans()
        for back, rate in zip(YEARS, RATE, strict=True):
            year = self.day.year - back
            self.charges.add_period(year)
            self._fill_year(STREET, year, rate)
            if not back:
                self._fill_year(TOWN, year, TOWN_RATE)
        Desk(self.batch, self.books, self.locals, self.day).fill()
        self.books.finish()

    def _fill_year(self, top: str, year: int, rate: float) -> None:
        places = [one for one in self.locals.values() if one.place.top == top and one.place.members]
        places = places if top == STREET else places[:TOWN_PLACES]
        charged = self.charges.charge_all(places, year)
        if top == STREET and year == self.day.year - YEARS[0]:
            self._open_books(places, year)
        waived = self.charges.waive(charged, year) if top == STREET else 0
        begun = min(1.0, (self.day - date(year, 1, 15)).days / COLLECTING_DAYS)
        owed = sum(one["amount_fen"] for one in charged) - waived
        unpaid = self._unpaid(charged, round(owed * (1 - rate * max(0.0, begun)) / 100) * 100)
        for local in places:
            mine = [one for one in charged if one["association_id"] == local.id]
            self._collect(local, mine, unpaid, year)
            hand_over(self.batch, self.books, local, year, self.day)
            self._close(local, year)

    def _unpaid(self, charged: list[Row], budget: int) -> dict[int, int]:
        """What stays open, by charge: exactly the budget, of the last one a part."""
        held = {known.id for local in self.locals.values() for known in local.members if known.role}
        rows = [one for one in charged if not one["waived_fen"] and one["amount_fen"] < 20_000]
        weight = {local.id: self.chance.uniform(0.7, 1.4) for local in self.locals.values()}
        order = sorted(rows, key=lambda one: self.chance.random() ** weight[one["association_id"]])
        open_: dict[int, int] = {}
        first = self._owing_to_leaders(order)
        for one in sorted(order, key=lambda row: (row["payer_id"] not in held, row["id"] not in first)):
            is_cast, part = one["payer_id"] in held, min(one["amount_fen"], budget)
            if is_cast:  # of the cast a member owes something of this year, the others have paid
                part = self._owed_by_cast(one, budget)
            if part:
                open_[one["id"]] = part
                budget -= part
            if not budget:
                break
        return open_

    def _owing_to_leaders(self, rows: list[Row]) -> set[int]:
        """Two of each group that somebody of the cast leads: there is somebody to call on."""
        leading = {
            local.group_ids[known.role.group or 0]
            for local in self.locals.values()
            for known in local.members
            if known.role and known.role.role == Position.GROUP_LEADER
        }
        return {row["id"] for group in leading for row in [one for one in rows if one["group_id"] == group][:2]}

    def _owed_by_cast(self, row: Row, budget: int) -> int:
        member = self.books.members[row["membership_id"]]
        owing = {known.id for local in self.locals.values() for known in local.members if _is_member(known)}
        if row["payer_id"] not in owing or row["period_id"] != self.books.period_ids.get(self.day.year):
            return 0
        return min(budget, int(row["amount_fen"]) if member["payer_id"] else 700)

    def _collect(self, local: Local, charged: list[Row], unpaid: dict[int, int], year: int) -> None:
        """One payment of each payer, in the order of the days."""
        by_payer: dict[int, list[tuple[Row, int]]] = defaultdict(list)
        for row in charged:
            part = row["amount_fen"] - row["waived_fen"] - unpaid.get(row["id"], 0)
            if part:
                by_payer[row["payer_id"]].append((row, part))
        paid = [self._money(local, payer, parts, year) for payer, parts in by_payer.items()]
        for money in sorted((one for one in paid if one), key=lambda one: one.on):
            payment_id = self.books.receive(money)
            left = money.amount_fen - sum(part for _row, part in money.settles)
            if left:
                self.ahead[money.payer_id] = (payment_id, left)

    def _money(self, local: Local, payer_id: int, parts: list[tuple[Row, int]], year: int) -> Money | None:
        if payer_id in self.ahead:
            parts = self._use_ahead(local, payer_id, parts, year)
        if not parts:
            return None
        amount, on = sum(part for _row, part in parts), self._paid_on(parts, year)
        collector, group_id = self._collector(local, parts[0][0]["group_id"], on)
        method = self._method(parts[0][0], collector)
        if year < self.day.year and len(parts) == 1 and self.chance.randrange(AHEAD_EACH) == 0:
            amount += 1_200  # the next year's too
        collector = collector if method == Method.CASH else None
        return Money(local, payer_id, on, method, amount, parts, collector, group_id)

    def _use_ahead(
        self, local: Local, payer_id: int, parts: list[tuple[Row, int]], year: int
    ) -> list[tuple[Row, int]]:
        payment_id, left = self.ahead.pop(payer_id)
        (row, part), *others = parts
        used = min(left, part)
        by = self.books.officer(local, Position.TREASURER, self.charges.run(year))
        self.books.settle(local, payment_id, [(row, used)], row["created_at"].date(), by)
        return [*([(row, part - used)] if part > used else []), *others]

    def _paid_on(self, parts: list[tuple[Row, int]], year: int) -> date:
        """Most in spring, some until the end."""
        first: date = max(row["created_at"].date() for row, _part in parts)
        last = min(date(year, 12, 28), self.day - timedelta(days=1))
        spring = 25 + int(self.chance.triangular(0, 150, 110))
        days = spring if self.chance.random() < 0.85 else self.chance.randrange(150, 340)
        latest: date = last - timedelta(days=self.chance.randrange(12))
        return max(first, min(first + timedelta(days=days), latest))

    def _collector(self, local: Local, group_id: int | None, on: date) -> tuple[Known | None, int | None]:
        known = self.groups.get(group_id or 0)
        return (local.leaders_on(on).get(known[1]), group_id) if known and known[0] is local else (None, None)

    def _method(self, row: Row, collector: Known | None) -> Method:
        if row["amount_fen"] >= 20_000:
            return Method.TRANSFER
        chance = self.chance.random()
        if collector and chance < 0.74:
            return Method.CASH
        return Method.MOBILE if chance < 0.9 else Method.TRANSFER

    def _open_books(self, places: list[Local], year: int) -> None:
        """What cash and bank held when the street began to keep its books here."""
        for local in places:
            cash, bank = 5_000 + 100 * self.chance.randrange(150), 100_000 + 1_000 * self.chance.randrange(200)
            lines: list[Line] = [
                (LedgerAccount.CASH, cash, 0, None, None), (LedgerAccount.BANK, bank, 0, None, None),
                (LedgerAccount.OPENING, 0, cash + bank, None, None),
            ]  # fmt: skip
            by = self.books.officer(local, Position.TREASURER, date(year, 1, 2))
            self.books.post(local, date(year, 1, 2), EntryKind.OPENING, lines, by, "启用电子账")

    def _close(self, local: Local, year: int) -> None:
        """Closed by the treasurer in January, a year later locked by the chair."""
        closed, locked = moment(date(year + 1, 1, 20), 10), moment(date(year + 1, 2, 10), 10)
        now, state = moment(self.day, 8), BookState.OPEN
        if closed < now and (local.place.code != LATE or year < self.day.year - 1):
            state = BookState.LOCKED if year < self.day.year - 1 else BookState.CLOSED
        self.batch.add(
            PeriodBook, association_id=local.id, period_id=self.books.period_ids[year], state=state.value,
            charged_at=moment(min(date(year, 12, 31), self.day.replace(day=1)), 10),
            closed_at=closed if state != BookState.OPEN else None,
            closed_by_id=self._signer(local, Position.TREASURER, closed, state != BookState.OPEN),
            reopened_at=None, reopen_reason="", locked_at=locked if state == BookState.LOCKED else None,
            locked_by_id=self._signer(local, Position.CHAIR, locked, state == BookState.LOCKED), figures={},
        )  # fmt: skip

    def _signer(self, local: Local, position: Position, at: datetime, signed: bool) -> int | None:
        return self.books.officer(local, position, at.date()) if signed else None


def _is_member(known: Known) -> bool:
    return known.role is not None and known.role.role == "member"


def fill(batch: Batch, locals_: dict[str, Local], day: date) -> None:
    Dues(batch, locals_, day).fill()


def freeze() -> None:
    """Once everything is written: the figures of closed books, and the seals of those that are locked."""
    shown = (joinedload(PeriodBook.association), joinedload(PeriodBook.period))
    statement = select(PeriodBook).where(PeriodBook.state != BookState.OPEN).options(*shown)
    for book in db.session.scalars(statement.order_by(PeriodBook.period_id, PeriodBook.id)).all():
        book.figures = closing.figures_of(book.association, book.period)
        if book.state == BookState.LOCKED:
            chain.seal(book.association, book.period)
    _disclose(db.session.scalars(statement.order_by(PeriodBook.period_id, PeriodBook.id)).all())


def _disclose(books: Sequence[PeriodBook]) -> None:
    """Every third association tells everybody how its year went."""
    chosen = [book for book in books if book.association.code == SHOWCASE or book.association_id % 3 == 0]
    chairs = {book.association_id: book.locked_by_id for book in chosen if book.locked_by_id}
    for book, public_id in zip(chosen, public_ids(YearStatement.__tablename__, len(chosen)), strict=True):
        made = YearStatement(public_id=public_id, association_id=book.association_id, period_id=book.period_id)
        made.figures = disclosing.told(book)
        if book.closed_at is not None:
            made.published_at = book.closed_at
        made.published_by_id, made.remarks = chairs.get(book.association_id), REMARKS
        db.session.add(made)
