"""The books of the demonstration: balanced entries, and money that comes in with its receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal.associations.models import Association
from portal.core.database import ALPHABET
from portal.demo.batch import Batch
from portal.demo.chance import public_ids, seeded
from portal.demo.days import office_hour
from portal.demo.register import Known, Local
from portal.ledger.models import EntryKind, JournalEntry, JournalLine, LedgerAccount
from portal.members.models import Membership
from portal.offices.rights import Position
from portal.payments.models import Allocation, Method, Payment
from portal.people.models import Person
from portal.receipts.models import Receipt, ReceiptCounter
from portal.receipts.services import KIND
from portal.verification.codes import LENGTH
from portal.verification.models import VerifiableCode

# Account, debit, credit, the charge and the payment it is about.
Line = tuple[str, int, int, int | None, int | None]
BANKED = (Method.TRANSFER, Method.MOBILE)


@dataclass(slots=True)
class Money:
    """What somebody pays on a day, and the charges that it settles."""

    local: Local
    payer_id: int
    on: date
    method: Method
    amount_fen: int
    settles: list[tuple[dict[str, Any], int]]
    collector: Known | None = None
    group_id: int | None = None
    note: str = ""


class Books:
    """Adds entries, payments and receipts to the batch."""

    def __init__(self, batch: Batch, federation: str) -> None:
        self.batch, self.federation, self.chance = batch, federation, seeded("books")
        members = batch.rows[Membership.__tablename__]
        ids = public_ids(Membership.__tablename__, len(members))
        self.member_codes = {row["id"]: code for row, code in zip(members, ids, strict=True)}
        self.members = {row["id"]: row for row in members}
        self.names: dict[int, str] = {}  # of periods, by id
        self.period_ids: dict[int, int] = {}  # by year
        self.taken: dict[tuple[int, int], list[dict[str, Any]]] = {}  # payments by association and year
        self._numbers: dict[tuple[int, int], int] = {}
        self._keys = 0

    def officer(self, local: Local, position: Position, on: date) -> int | None:
        found = local.officers_on(on).get(position)
        return found.id if found else None

    def post(self, local: Local, on: date, kind: EntryKind, lines: list[Line], by: int | None, memo: str = "") -> int:
        """An entry of lines that sum to zero."""
        entry_id = self.batch.add(
            JournalEntry, association_id=local.id, period_id=self.period_ids[on.year], entry_on=on,
            kind=kind.value, memo=memo, recorded_by_id=by, created_at=self._hour(on),
        )  # fmt: skip
        for account, debit, credit, charge_id, payment_id in lines:
            self.batch.add(
                JournalLine, entry_id=entry_id, association_id=local.id, account=str(account), debit_fen=debit,
                credit_fen=credit, charge_id=charge_id, payment_id=payment_id,
            )  # fmt: skip
        return entry_id

    def receive(self, money: Money) -> int:
        """A payment, what it settles, and its receipt."""
        local, by = money.local, money.collector.id if money.collector else None
        by = by or self.officer(local, Position.TREASURER, money.on)
        self._keys += 1
        at = self._hour(money.on)
        payment_id = self.batch.add(
            Payment, association_id=local.id, group_id=money.group_id, payer_id=money.payer_id,
            received_on=money.on, method=money.method.value, amount_fen=money.amount_fen, used_fen=0,
            collector_id=money.collector.id if money.collector else None, hand_over_id=None,
            key=f"demo-{self._keys}", bank_reference=self._reference(money), note=money.note,
            recorded_by_id=by, recorded_at=at, reversed_at=None,
        )  # fmt: skip
        amount, account = money.amount_fen, self.where(money)
        lines: list[Line] = [
            (account, amount, 0, None, payment_id), (LedgerAccount.CREDIT, 0, amount, None, payment_id),
        ]  # fmt: skip
        self.post(local, money.on, EntryKind.PAYMENT, lines, by)
        if money.settles:
            self.settle(local, payment_id, money.settles, money.on, by)
        self._confirm(money, payment_id, by, at)
        self.taken.setdefault((local.id, money.on.year), []).append(self.batch.row(Payment, payment_id))
        return payment_id

    def where(self, money: Money) -> LedgerAccount:
        if money.collector:
            return LedgerAccount.COLLECTORS
        return LedgerAccount.BANK if money.method in BANKED else LedgerAccount.CASH

    def settle(
        self, local: Local, payment_id: int, parts: list[tuple[dict[str, Any], int]], on: date, by: int | None
    ) -> None:
        """So much of the payment settles each of the charges."""
        lines: list[Line] = []
        for charge, amount in parts:
            self.batch.add(
                Allocation, payment_id=payment_id, charge_id=charge["id"], amount_fen=amount,
                created_at=self._hour(on), created_by_id=by, released_at=None,
            )  # fmt: skip
            charge["paid_fen"] += amount
            lines += [
                (LedgerAccount.CREDIT, amount, 0, charge["id"], payment_id),
                (LedgerAccount.RECEIVABLE, 0, amount, charge["id"], payment_id),
            ]
        self.batch.row(Payment, payment_id)["used_fen"] += sum(amount for _charge, amount in parts)
        self.post(local, on, EntryKind.ALLOCATION, lines, by)

    def finish(self) -> None:
        """The counters stand at the last numbers given."""
        for (association_id, year), last in self._numbers.items():
            self.batch.add(ReceiptCounter, association_id=association_id, year=year, last=last)

    def _confirm(self, money: Money, payment_id: int, by: int | None, at: datetime) -> None:
        key = (money.local.id, money.on.year)
        number = self._numbers[key] = self._numbers.get(key, 0) + 1
        code = "".join(self.chance.choices(ALPHABET, k=LENGTH))
        self.batch.add(
            Receipt, association_id=money.local.id, group_id=money.group_id, year=money.on.year, number=number,
            payment_id=payment_id, code_id=self.batch.add(VerifiableCode, code=code, kind=KIND, created_at=at),
            snapshot=self._snapshot(money, by), issued_on=money.on, issued_by_id=by, created_at=at,
            printed_at=None, voided_at=None, void_reason="",
        )  # fmt: skip

    def _snapshot(self, money: Money, by: int | None) -> dict[str, Any]:
        """As receipts.snapshots makes it."""
        lines = [
            [self._period(charge), self._holder(charge), part, self._code(charge)] for charge, part in money.settles
        ]
        organisations = {self.members[charge["membership_id"]]["organisation_name"] for charge, _ in money.settles}
        organisation = organisations.pop() if len(organisations) == 1 else ""
        payer = self.name(money.payer_id)
        return {
            "payer": organisation or payer,
            "through": payer if organisation else "",
            "association": self.batch.row(Association, money.local.id)["name"],
            "federation": self.federation,
            "amount_fen": money.amount_fen,
            "received_on": money.on.isoformat(),
            "method": money.method.value,
            "received_by": self.name(by) if by else "",
            "lines": lines,
            "credit_fen": money.amount_fen - sum(part for _charge, part in money.settles),
            "bank_reference": self._reference(money) or "",
            "is_demo": True,
        }

    def _period(self, charge: dict[str, Any]) -> str:
        return self.names[charge["period_id"]]

    def _code(self, charge: dict[str, Any]) -> str:
        return self.member_codes[charge["membership_id"]]

    def _holder(self, charge: dict[str, Any]) -> str:
        held = self.members[charge["membership_id"]]
        return held["organisation_name"] or self.name(held["person_id"])

    def name(self, person_id: int) -> str:
        return str(self.batch.row(Person, person_id)["name"])

    def _reference(self, money: Money) -> str | None:
        return f"{money.on:%Y%m%d}{self._keys:08}" if money.method == Method.TRANSFER else None

    def _hour(self, on: date) -> datetime:
        return office_hour(on, self.chance)
