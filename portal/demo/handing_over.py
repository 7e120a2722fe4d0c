"""Cash of the demonstration on its way: collectors hand it over each quarter, some of it goes to the bank."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from portal.demo.batch import Batch
from portal.demo.bookkeeping import Books, Line
from portal.demo.chance import seeded
from portal.demo.days import moment
from portal.demo.diary import SHOWCASE
from portal.demo.register import Local
from portal.handovers.models import HandOver
from portal.ledger.models import EntryKind, LedgerAccount
from portal.offices.rights import Position
from portal.payments.models import Method

QUARTERS = ((4, 2), (7, 2), (10, 8), (12, 30))  # when the cash of a quarter is handed over
LACKS, OVER = 0.008, 0.006
LACKING, TOO_MUCH = 600, 200  # fen
BANK_DAY = (11, 5)
Row = dict[str, Any]


def hand_over(batch: Batch, books: Books, local: Local, year: int, today: date) -> None:
    """What collectors took in a year until a day of the quarter; what came later they still hold."""
    chance, short = seeded("hand-over", local.place.code, year), dict[int, int]()
    taken = [row for row in books.taken.get((local.id, year), ()) if row["collector_id"] is not None]
    for month, day in QUARTERS:
        on = date(year, month, day)
        if on >= today:
            break
        mine: dict[int, list[Row]] = defaultdict(list)
        for row in taken:
            if row["received_on"] <= on and row["hand_over_id"] is None:
                mine[row["collector_id"]].append(row)
        for collector_id, rows in mine.items():
            expected = sum(row["amount_fen"] for row in rows) + short.pop(collector_id, 0)
            is_summer = local.place.code == SHOWCASE and on == date(today.year, *QUARTERS[2]) and not short
            counted = expected + _difference(chance.random(), expected, is_summer)
            hand_over_id = _add(batch, books, local, collector_id, on, expected, counted)
            for row in rows:
                row["hand_over_id"] = hand_over_id
            if counted < expected:
                short[collector_id] = expected - counted
    _to_bank(books, local, date(year, *BANK_DAY), today)


def _difference(said: float, expected: int, lacks: bool) -> int:
    """Now and then something lacks, and is still owed, or is over."""
    if expected > LACKING and (lacks or said < LACKS):
        return -LACKING
    return TOO_MUCH if said > 1 - OVER else 0


def _add(batch: Batch, books: Books, local: Local, collector_id: int, on: date, expected: int, counted: int) -> int:
    treasurer, credited = books.officer(local, Position.TREASURER, on), min(expected, counted)
    lines: list[Line] = [
        (LedgerAccount.CASH, counted, 0, None, None), (LedgerAccount.COLLECTORS, 0, credited, None, None),
    ]  # fmt: skip
    if counted > credited:
        lines.append((LedgerAccount.DIFFERENCE, 0, counted - credited, None, None))
    entry = books.post(local, on, EntryKind.HAND_OVER, lines, treasurer)
    note = "" if counted == expected else "当面清点两遍，金额不符，已记录"
    return batch.add(
        HandOver, association_id=local.id, collector_id=collector_id, received_by_id=treasurer, handed_on=on,
        expected_fen=expected, counted_fen=counted, credited_fen=credited, note=note,
        key=f"demo-{local.id}-{collector_id}-{on}", entry_id=entry, recorded_at=moment(on, 16),
        voided_at=None, void_reason="", void_entry_id=None,
    )  # fmt: skip


def _to_bank(books: Books, local: Local, on: date, today: date) -> None:
    """Half of the year's cash, in whole hundreds of yuan, once a year."""
    if on >= today:
        return
    cash = sum(
        row["amount_fen"] for row in books.taken.get((local.id, on.year), ())
        if row["method"] == Method.CASH and row["hand_over_id"] is not None and row["received_on"] < on
    )  # fmt: skip
    amount = cash // 2 // 10_000 * 10_000
    if amount:
        lines: list[Line] = [
            (LedgerAccount.BANK, amount, 0, None, None), (LedgerAccount.CASH, 0, amount, None, None),
        ]  # fmt: skip
        by = books.officer(local, Position.TREASURER, on)
        books.post(local, on, EntryKind.DEPOSIT, lines, by, "缴存银行")
