"""The bank's file of the demonstration: transfers that found their member, lines that wait, one that is no dues."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from portal.bank.models import BankFile, BankLine, FileState, LineState
from portal.demo.batch import Batch
from portal.demo.bookkeeping import Books
from portal.demo.days import moment
from portal.demo.register import Local
from portal.payments.models import Method

MATCHED = 6
COLUMNS = {"0": "date", "1": "amount", "2": "name", "3": "memo", "4": "reference"}
HEADINGS = ["交易日期", "收入金额", "对方户名", "摘要", "流水号"]
Row = dict[str, Any]


def fill(batch: Batch, books: Books, local: Local, owing: list[Row], by: int | None, on: date) -> None:
    """Brought in on a day; `owing` are charges of which nothing was paid."""
    paid = [row for row in books.taken.get((local.id, on.year), ()) if row["method"] == Method.TRANSFER]
    known = [row for row in paid if row["bank_reference"] and row["reversed_at"] is None][:MATCHED]
    waiting = _waiting(books, owing, on)
    file_id = batch.add(
        BankFile, association_id=local.id, name=f"对账单{on:%Y%m}.csv", digest=f"demo-{on}", job_id=None,
        state=FileState.DONE.value, method=Method.TRANSFER.value, file_key=None,
        details={"headings": HEADINGS, "faults": []}, columns=COLUMNS, lines=len(known) + len(waiting) + 1, known=0,
        faulty=0, left_out=0, taken_at=moment(on, 10), taken_by_id=by,
    )  # fmt: skip
    lines = [_matched(books, row) for row in known]
    aside = {"amount_fen": 372, "memo": "结息", "booked_on": on - timedelta(days=2), "reason": "存款利息，不是会费"}
    lines += [
        *waiting,
        {**aside, "state": LineState.SET_ASIDE.value, "decided_by_id": by, "decided_at": moment(on, 11)},
    ]
    for position, line in enumerate(lines, 2):
        whole = {**_empty(on), **line, "position": position}
        batch.add(BankLine, association_id=local.id, file_id=file_id, fingerprint=f"demo-{on}-{position}", **whole)


def _empty(on: date) -> Row:
    return {
        "booked_on": on, "payer_name": "", "memo": "", "reference": "", "state": LineState.WAITING.value,
        "reason": "", "payment_id": None, "decided_at": None, "decided_by_id": None,
    }  # fmt: skip


def _matched(books: Books, row: Row) -> Row:
    return {
        "booked_on": row["received_on"], "amount_fen": row["amount_fen"], "payer_name": books.name(row["payer_id"]),
        "memo": "会费", "reference": row["bank_reference"], "state": LineState.MATCHED.value,
        "reason": json.dumps(["by_name"]), "payment_id": row["id"], "decided_at": row["recorded_at"],
    }  # fmt: skip


def _waiting(books: Books, owing: list[Row], on: date) -> list[Row]:
    """One paid too much, one is known to nobody, one says nothing."""
    found: list[Row] = [
        {"amount_fen": 1_200, "payer_name": "柏青岩", "memo": "代邻居交会费", "reason": json.dumps(["nobody"])},
        {"amount_fen": 2_400, "memo": "转账", "reason": json.dumps(["no_name"])},
    ]
    if owing:
        row = owing[0]
        owes, came = row["amount_fen"] - row["paid_fen"], row["amount_fen"] + 800
        name = books.name(row["payer_id"])
        found.insert(
            0, {"amount_fen": came, "payer_name": name, "memo": "会费", "reason": json.dumps(["amount", owes, came])}
        )
    return [{**line, "booked_on": on - timedelta(days=number)} for number, line in enumerate(found)]
