"""The bank in the demonstration: two files of the showcase's account, most lines matched, some waiting."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any

from portal.bank.matching import Why
from portal.bank.models import BankFile, BankLine, FileState, LineState
from portal.bank.reasons import kept
from portal.demo.batch import Batch
from portal.demo.chance import seeded
from portal.demo.days import moment
from portal.demo.diary import SHOWCASE
from portal.demo.register import Local
from portal.dues.models import Charge
from portal.offices.rights import Position
from portal.payments.models import Method, Payment
from portal.people.models import Person

Row = dict[str, Any]
HEADINGS = ["交易日期", "借贷标志", "交易金额", "余额", "对方户名", "摘要", "交易流水号"]
COLUMNS = {"0": "date", "1": "direction", "2": "amount", "4": "name", "5": "memo", "6": "reference"}


def fill(batch: Batch, locals_: dict[str, Local], day: date) -> None:
    """The year's file, and last week's with what nobody has looked at."""
    Bank(batch, locals_[SHOWCASE], day).fill()


class Bank:
    def __init__(self, batch: Batch, local: Local, day: date) -> None:
        self.batch, self.local, self.day, self.chance = batch, local, day, seeded("bank")
        treasurer = local.officers_on(day).get(Position.TREASURER)
        self.treasurer = treasurer.id if treasurer else None
        self.names = {row["id"]: row["name"] for row in batch.rows[Person.__tablename__]}

    def fill(self) -> None:
        paid = [
            row
            for row in self.batch.rows[Payment.__tablename__]
            if row["association_id"] == self.local.id and row["method"] == Method.TRANSFER and not row["reversed_at"]
            and row["received_on"].year == self.day.year
        ]  # fmt: skip
        last_week = self.day - timedelta(days=6)
        before = self._file(f"{self.day.year}年账户明细.csv", max(last_week, date(self.day.year, 1, 1)), len(paid))
        for position, row in enumerate(paid, 8):
            self._matched(before, position, row)
        waiting = self._waiting()
        late = self._file("账户明细-最近一周.xlsx", max(self.day - timedelta(days=1), last_week), len(waiting) + 1)
        for position, (name, amount, memo, why) in enumerate(waiting, 6):
            self._line(late, position, name, amount, memo, state=LineState.WAITING, reason=kept(why))
        aside = {"state": LineState.SET_ASIDE, "reason": "银行结息，不是会费"}
        self._line(late, 5, "清河农商银行", 317, "结息", **aside, **self._decided(self.day))

    def _waiting(self) -> list[tuple[str, int, str, Why]]:
        """A child who pays, too little, a name that nobody has, an account without a name."""
        owed = [row for row in self.batch.rows[Charge.__tablename__] if self._is_open(row)][-5:]
        found: list[tuple[str, int, str, Why]] = []
        for number, row in enumerate(owed):
            name, amount = self.names[row["payer_id"]], _open(row)
            if number % 2:
                found.append((name, amount - 200, "会费", Why("amount", (amount, amount - 200))))
            else:
                found.append(("微信零钱提现", amount, f"代{name}交会费", Why("nobody")))
        return [*found, ("", 1_200, "会费", Why("no_name")), ("望江便利店", 5_000, "往来款", Why("nobody"))]

    def _is_open(self, row: Row) -> bool:
        mine = row["association_id"] == self.local.id and row["due_on"].year == self.day.year
        return bool(mine and row.get("voided_at") is None and _open(row) > 200)

    def _file(self, name: str, on: date, lines: int) -> int:
        known = {"headings": HEADINGS, "rows": lines, "kind": "csv", "encoding": "GB18030", "said": {}}
        return self.batch.add(
            BankFile, association_id=self.local.id, name=name, digest=hashlib.sha256(name.encode()).hexdigest(),
            job_id=None, state=FileState.DONE.value, method=Method.TRANSFER.value, file_key=None, details=known,
            columns=COLUMNS, lines=lines, known=0, faulty=0, left_out=self.chance.randint(2, 9),
            taken_at=moment(on, 10, 20), taken_by_id=self.treasurer,
        )  # fmt: skip

    def _matched(self, file_id: int, position: int, row: Row) -> None:
        name, how = self.names[row["payer_id"]], kept(Why("by_name"))
        self._line(
            file_id, position, name, row["amount_fen"], "会费", on=row["received_on"],
            reference=row["bank_reference"],
            state=LineState.MATCHED, reason=how, payment_id=row["id"], **self._decided(row["received_on"]),
        )  # fmt: skip

    def _decided(self, on: date) -> Row:
        return {"decided_at": moment(on, 10, 20), "decided_by_id": self.treasurer}

    def _line(self, file_id: int, position: int, name: str, amount: int, memo: str, **values: Any) -> None:
        on = values.pop("on", None) or max(self.day - timedelta(days=position % 6), date(self.day.year, 1, 1))
        told = f"{file_id}|{position}|{name}|{amount}"
        known = {"reference": f"{on:%Y%m%d}{position:06}", "payment_id": None, "decided_at": None,
                 "decided_by_id": None}  # fmt: skip
        row = {**known, **values, "state": str(values["state"])}
        self.batch.add(
            BankLine, association_id=self.local.id, file_id=file_id, position=position,
            fingerprint=hashlib.sha256(told.encode()).hexdigest()[:40], booked_on=on, amount_fen=amount,
            payer_name=name, memo=memo, **row,
        )  # fmt: skip


def _open(row: Row) -> int:
    return int(row["amount_fen"] - row["paid_fen"] - row["waived_fen"] - row["written_off_fen"])
