"""What lies on the treasurer's and the chair's desk in the demonstration: signatures made, refused and waiting,
payments taken back, money paid back, a round of reminders.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from portal.arrears.models import Channel, Reminder, ReminderRound
from portal.demo.batch import Batch
from portal.demo.bookkeeping import Books, Line, Money
from portal.demo.chance import seeded
from portal.demo.days import moment
from portal.demo.diary import SHOWCASE
from portal.demo.register import Local
from portal.dues.models import Charge, Waiver, WaiverKind, WaiverState
from portal.ledger.models import EntryKind, LedgerAccount
from portal.offices.rights import Position
from portal.payments.models import Method, Payment, Refund, Reversal, UndoState
from portal.receipts.models import Receipt

Row = dict[str, Any]
OUTCOMES = ("本月底前交", "电话没人接", "约好周六在活动室交", "已说明，同意补交")


class Desk:
    """Around one association, the showcase."""

    def __init__(self, batch: Batch, books: Books, locals_: dict[str, Local], day: date) -> None:
        self.batch, self.books, self.day, self.chance = batch, books, day, seeded("desk")
        self.local = locals_[SHOWCASE]
        self.treasurer = books.officer(self.local, Position.TREASURER, day)
        self.chair = books.officer(self.local, Position.CHAIR, day)
        rows = batch.rows[Charge.__tablename__]
        self.charges = [row for row in rows if row["association_id"] == self.local.id]
        self.yesterday = max(day - timedelta(days=1), date(day.year, 1, 1))

    def fill(self) -> None:
        open_ = [row for row in self.charges if self._open(row) == row["amount_fen"]]
        now = [row for row in open_ if row["period_id"] == self.books.period_ids[self.day.year]]
        before = [row for row in open_ if row["period_id"] != self.books.period_ids[self.day.year]]
        self._ask(now[-1], WaiverKind.WAIVER, WaiverState.ASKED, 2, "长期在外照顾老人，收入减少，申请减免")
        self._ask(now[-2], WaiverKind.WAIVER, WaiverState.REFUSED, 40, "本人提出减免", "不符合减免条件，可以分次交")
        if before:
            self._ask(before[0], WaiverKind.WRITE_OFF, WaiverState.ASKED, 5, "已迁出两年，多次联系不上，申请核销")
        self._ask_reversal()
        self._twice()
        self._refunds()
        self._remind([row for row in now if row["due_on"] < self.day])

    def _open(self, row: Row) -> int:
        return int(row["amount_fen"] - row["paid_fen"] - row["waived_fen"] - row["written_off_fen"])

    def _ask(self, row: Row, kind: WaiverKind, state: WaiverState, days: int, reason: str, note: str = "") -> None:
        asked = self._day(days)
        decided = state != WaiverState.ASKED
        self.batch.add(
            Waiver, charge_id=row["id"], association_id=row["association_id"], group_id=row["group_id"],
            kind=kind.value, amount_fen=row["amount_fen"], reason=reason, state=state.value,
            asked_at=moment(asked, 9, 30), asked_by_id=self.treasurer,
            decided_at=moment(asked, 16) if decided else None, decided_by_id=self.chair if decided else None,
            decision_note=note, entry_id=None,
        )  # fmt: skip

    def _ask_reversal(self) -> None:
        """Recorded with somebody of the same name, found out a day later."""
        paid = self.books.taken.get((self.local.id, self.day.year), [])
        plain = [row for row in paid if row["method"] == Method.MOBILE and row["received_on"] < self.yesterday]
        if plain:
            self._reverse(plain[-1], UndoState.ASKED, self.yesterday, "记到了同名会员名下，应当冲正后重记")

    def _twice(self) -> None:
        """Entered twice in a row, and taken back in the same minute by whoever entered it."""
        for year in (self.day.year - 1, self.day.year):
            paid = [row for row in self.books.taken.get((self.local.id, year), ()) if row["collector_id"] is None]
            for row in paid[:1]:
                known = {"settles": [], "group_id": row["group_id"], "note": "重复录入"}
                on = row["received_on"]
                money = Money(self.local, row["payer_id"], on, Method.MOBILE, row["amount_fen"], **known)
                again = self.batch.row(Payment, self.books.receive(money))
                self._reverse(again, UndoState.MADE, on, "同一笔录入了两次")

    def _reverse(self, row: Row, state: UndoState, on: date, reason: str) -> None:
        entry, made = None, state == UndoState.MADE
        if made:
            back: list[Line] = [
                (LedgerAccount.CREDIT, row["amount_fen"], 0, None, row["id"]),
                (LedgerAccount.BANK, 0, row["amount_fen"], None, row["id"]),
            ]
            entry = self.books.post(self.local, on, EntryKind.REVERSAL, back, row["recorded_by_id"], reason)
            row["reversed_at"] = row["recorded_at"]
            receipt = next(
                one for one in reversed(self.batch.rows[Receipt.__tablename__]) if one["payment_id"] == row["id"]
            )
            receipt.update(voided_at=row["recorded_at"], void_reason=reason)
        self.batch.add(
            Reversal, payment_id=row["id"], association_id=self.local.id, reason=reason, reversed_on=on,
            state=state.value, asked_at=row["recorded_at"] if made else moment(on, 11),
            asked_by_id=row["recorded_by_id"] if made else self.treasurer,
            decided_at=row["recorded_at"] if made else None, decided_by_id=None, decision_note="", entry_id=entry,
        )  # fmt: skip

    def _refunds(self) -> None:
        """Two transferred more than they owed: one has it back, the other waits for the signature."""
        paid = [row for row in self.books.taken.get((self.local.id, self.day.year), ()) if row["reversed_at"] is None]
        for row, days, made in zip(paid[2:9:5], (30, 3), (True, False), strict=False):
            on = self._day(days)
            known = {"settles": [], "group_id": row["group_id"], "note": "多转了一笔"}
            money = Money(self.local, row["payer_id"], on, Method.TRANSFER, 2_400, **known)
            self._refund(self.batch.row(Payment, self.books.receive(money)), on, made)

    def _refund(self, row: Row, on: date, made: bool) -> None:
        entry, reason = None, "会员多转一笔，申请退回"
        if made:
            back: list[Line] = [
                (LedgerAccount.CREDIT, row["amount_fen"], 0, None, row["id"]),
                (LedgerAccount.BANK, 0, row["amount_fen"], None, row["id"]),
            ]
            entry = self.books.post(self.local, on, EntryKind.REFUND, back, self.chair, reason)
            row["used_fen"] = row["amount_fen"]
        self.batch.add(
            Refund, payment_id=row["id"], association_id=self.local.id, amount_fen=row["amount_fen"],
            method=Method.TRANSFER.value, reason=reason, refunded_on=on,
            state=(UndoState.MADE if made else UndoState.ASKED).value, asked_at=moment(on, 17),
            asked_by_id=self.treasurer, decided_at=moment(on, 18) if made else None,
            decided_by_id=self.chair if made else None, decision_note="", entry_id=entry,
        )  # fmt: skip

    def _remind(self, overdue: list[Row]) -> None:
        """A round of calls, half of them made."""
        if not overdue:
            return
        on, owed = self._day(12), dict[int, list[Row]]()
        for row in overdue:
            owed.setdefault(row["payer_id"], []).append(row)
        round_id = self.batch.add(
            ReminderRound, association_id=self.local.id, channel=Channel.CALL.value, made_on=on, overdue_days=30,
            key="demo-round", created_at=moment(on, 9), created_by_id=self.treasurer,
        )  # fmt: skip
        for number, (payer_id, rows) in enumerate(owed.items()):
            called = number % 2 == 0
            self.batch.add(
                Reminder, round_id=round_id, association_id=self.local.id, group_id=rows[0]["group_id"],
                payer_id=payer_id, amount_fen=sum(map(self._open, rows)), level=1,
                done_at=moment(on, 15) if called else None, done_by_id=self.treasurer if called else None,
                outcome=self.chance.choice(OUTCOMES) if called else "",
            )  # fmt: skip

    def _day(self, days: int) -> date:
        """So many days ago, in this year."""
        return max(self.day - timedelta(days=days), date(self.day.year, 1, 2))
