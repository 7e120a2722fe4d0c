"""Charging a period as a step to a desired state: what is owed by the plans becomes what is charged, no more.

One association at a time, in one transaction: a run that is stopped half-way is finished by the next, and one that
follows another changes nothing. What it compares, and who is charged what, stands in `desired` and `fees`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, func, insert, literal, select, union_all, update
from sqlalchemy.dialects import postgresql, sqlite

from portal.associations.models import Association
from portal.core import audit
from portal.core.audit import Actor
from portal.core.calendar import now, today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.formats import date_long
from portal.core.i18n import lazy
from portal.dues import services
from portal.dues.desired import AT, COLUMNS, DIFFERING, LEFT_OUT, Comparison, Finding
from portal.dues.models import Charge, VoidReason
from portal.dues.queries import STANDS
from portal.ledger import services as ledger
from portal.ledger.models import DuesPeriod, EntryKind, JournalEntry, JournalLine, LedgerAccount
from portal.members.models import Membership

PORTION = 500  # ids in one statement
# Rows that the database makes of rows go past the session.
CHARGES: Any = Charge.__table__
LINES: Any = JournalLine.__table__
VOID = {
    Finding.CHANGED: VoidReason.CHANGED,
    Finding.LEFT: VoidReason.LEFT,
    Finding.FREE_NOW: VoidReason.FREE,
}


@dataclass(frozen=True)
class Outcome:
    """How many charges are new, replaced because the amount or the payer changed, void, and as they were; how many
    members are not charged, by why (`desired.LEFT_OUT`); what is charged anew and what no longer, in fen.
    """

    new: int = 0
    changed: int = 0
    voided: int = 0
    unchanged: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    new_fen: int = 0
    void_fen: int = 0

    @property
    def differs(self) -> int:
        """How many charges are not as the plans have it."""
        return self.new + self.changed + self.voided

    def __add__(self, other: Outcome) -> Outcome:
        left_out = Counter(self.left_out) + Counter(other.left_out)
        numbers = {name: getattr(self, name) + getattr(other, name) for name in asdict(self) if name != "left_out"}
        return Outcome(**numbers, left_out=dict(left_out))


def entry_day(association: Association, period: DuesPeriod) -> date:
    """The day on which a period is charged: today, or its last day once it is over."""
    return min(today(association.time_zone), period.end_on)


def check_begun(association: Association, period: DuesPeriod) -> None:
    """Raises RuleError for a period that is still to come: its books hold no day yet."""
    if today(association.time_zone) < period.start_on:
        day = date_long(period.start_on)
        raise RuleError("period", lazy("%(name)s begins on %(day)s: charge it then.", name=period.name, day=day))


def preview(association: Association, period: DuesPeriod, *, below: bool = False) -> Outcome:
    """What `charge` would do there, or there and everywhere below. Nothing is written."""
    compared = Comparison(period, association.path if below else None)
    found = union_all(compared.members(), compared.charges(), compared.elsewhere()).subquery("found")
    due, was = func.coalesce(func.sum(found.c.due), 0), func.coalesce(func.sum(Charge.amount_fen), 0)
    statement = select(found.c.finding, func.count(), due, was).outerjoin(Charge, Charge.id == found.c.charge_id)
    rows = db.session.execute(statement.group_by(found.c.finding).params({AT.key: association.id})).all()
    return _outcome({row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in rows})


def _outcome(found: Mapping[str, tuple[int, int, int]]) -> Outcome:
    """Of (count, due, charged before) by finding."""
    none = (0, 0, 0)
    changed, left, free = (found.get(one, none) for one in DIFFERING)
    return Outcome(
        new=found.get(Finding.NEW, none)[0],
        changed=changed[0],
        voided=left[0] + free[0],
        unchanged=found.get(Finding.UNCHANGED, none)[0],
        left_out={str(one): found[one][0] for one in LEFT_OUT if one in found},
        new_fen=found.get(Finding.NEW, none)[1] + changed[1],
        void_fen=changed[2] + left[2] + free[2],
    )


def charge(actor: Actor | None, association: Association, period: DuesPeriod) -> Outcome:
    """Bring the association's charges of a period up to date. Run twice it changes nothing.

    Raises RuleError for an archived association, a period that has not begun, or one whose book is closed here.
    """
    if association.is_archived:
        raise RuleError("", lazy("The association is archived: nothing is charged there."))
    check_begun(association, period)
    on, moment = entry_day(association, period), now()
    book = ledger.hold_book(association, period)
    ledger.hold_open(association, on, "period")
    step = Step(actor, association, period, on, moment)
    outcome = step.take()
    book.charged_at = moment
    db.session.flush()
    if outcome.differs:
        told = {"period": period.name, **asdict(outcome)}
        audit.record(actor, "dues.charge", association, told, association_id=association.id)
    services.charged.send(association, period=period, moment=moment, actor=actor, on=on)
    return outcome


@dataclass(frozen=True)
class Step:
    """The act at one association, in a transaction that holds its book."""

    actor: Actor | None
    association: Association
    period: DuesPeriod
    on: date
    moment: datetime

    def take(self) -> Outcome:
        compared = Comparison(self.period)
        charges = compared.charges().subquery("found")
        statement = select(charges.c.finding, charges.c.charge_id)
        rows = db.session.execute(statement.where(charges.c.finding != Finding.UNCHANGED.value), self.values).all()
        void_fen = self._void(rows)
        self._insert(compared.to_charge())
        changed = sum(row.finding == Finding.CHANGED for row in rows)
        if changed:
            self._insert(compared.to_charge(again=True))
        new, new_fen = self._post_new()
        self._follow_groups()
        unchanged = self._count() - new
        return Outcome(new - changed, changed, len(rows) - changed, unchanged, {}, new_fen, void_fen)

    @property
    def values(self) -> dict[str, Any]:
        return {AT.key: self.association.id, "moment": self.moment}

    def _insert(self, rows: Any) -> None:
        """Whoever is charged elsewhere in this moment is left to it."""
        is_postgresql = db.session.get_bind().dialect.name == "postgresql"
        insert_or_not = postgresql.insert if is_postgresql else sqlite.insert
        statement = insert_or_not(CHARGES).from_select(COLUMNS, rows).on_conflict_do_nothing()
        db.session.execute(statement, self.values)

    def _post_new(self) -> tuple[int, int]:
        """The entry of what was inserted: how many charges and how much."""
        kept = (*self._mine(), Charge.created_at == self.moment, STANDS)
        return self._post(EntryKind.CHARGE, kept, LedgerAccount.RECEIVABLE, LedgerAccount.DUES)

    def _void(self, rows: Sequence[Any]) -> int:
        """Charges that no longer fit stand no longer; what was settled of them is freed first."""
        if not rows:
            return 0
        ids = [row.charge_id for row in rows]
        for start in range(0, len(ids), PORTION):
            self._free(ids[start : start + PORTION])
        for finding, reason in VOID.items():
            self._mark([row.charge_id for row in rows if row.finding == finding], reason)
        kept = (*self._mine(), Charge.voided_at == self.moment)
        return self._post(EntryKind.VOID, kept, LedgerAccount.DUES, LedgerAccount.RECEIVABLE)[1]

    def _free(self, ids: Sequence[int]) -> None:
        held = select(Charge).where(Charge.id.in_(ids)).order_by(Charge.id).with_for_update()
        for one in db.session.scalars(held.execution_options(populate_existing=True)).all():
            if one.open_fen != one.amount_fen:
                services.voided.send(one, actor=self.actor, on=self.on)

    def _mark(self, ids: Sequence[int], reason: VoidReason) -> None:
        for start in range(0, len(ids), PORTION):
            kept = update(Charge).where(Charge.id.in_(ids[start : start + PORTION]), STANDS)
            marked = kept.values(voided_at=self.moment, void_reason=str(reason))
            db.session.execute(marked.execution_options(synchronize_session=False))

    def _post(self, kind: EntryKind, kept: Sequence[Any], debit: str, credit: str) -> tuple[int, int]:
        """One entry: a line for each charge on the receivable, one for all of them on the other account."""
        count, total = db.session.execute(
            select(func.count(), func.coalesce(func.sum(Charge.amount_fen), 0)).where(*kept)
        ).one()
        if not count:
            return 0, 0
        entry = JournalEntry(
            association_id=self.association.id, period_id=self.period.id, entry_on=self.on, kind=kind
        )
        entry.recorded_by_id = getattr(self.actor, "person_id", None)
        entry.memo = self.period.name
        db.session.add(entry)
        db.session.flush()
        for account, is_debit in ((debit, True), (credit, False)):
            self._lines(entry, kept, account, is_debit, int(total))
        return count, int(total)

    def _lines(self, entry: JournalEntry, kept: Sequence[Any], account: str, is_debit: bool, total: int) -> None:
        mine = {"entry_id": entry.id, "association_id": entry.association_id, "account": str(account)}
        side = "debit_fen" if is_debit else "credit_fen"
        if account != LedgerAccount.RECEIVABLE:
            db.session.execute(insert(JournalLine), [{**mine, side: total}])
            return
        columns = (*mine, side, "charge_id")
        rows = select(*map(literal, mine.values()), Charge.amount_fen, Charge.id).where(*kept)
        db.session.execute(insert(LINES).from_select(columns, rows.order_by(Charge.id)))

    def _follow_groups(self) -> None:
        """A charge is its membership's group's, for whoever collects there."""
        group = case((Membership.association_id == Charge.association_id, Membership.group_id))
        moved = select(Charge.id).join(Membership, Membership.id == Charge.membership_id)
        moved = moved.where(*self._mine(), STANDS, Charge.group_id.is_distinct_from(group))
        now_in = select(group).where(Membership.id == Charge.membership_id).scalar_subquery()
        statement = update(Charge).where(Charge.id.in_(moved)).values(group_id=now_in)
        db.session.execute(statement.execution_options(synchronize_session=False))

    def _count(self) -> int:
        return db.session.scalar(select(func.count()).where(*self._mine(), STANDS)) or 0

    def _mine(self) -> tuple[Any, ...]:
        return Charge.association_id == self.association.id, Charge.period_id == self.period.id
