"""The statements by which an association's charges are made and posted: made once, run for one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, bindparam, case, func, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from portal.core.database import BigInt, db
from portal.dues.desired import AT, COLUMNS, MOMENT, Comparison, Finding
from portal.dues.models import Charge
from portal.dues.queries import STANDS
from portal.ledger.models import DuesPeriod, EntryKind, JournalEntry, JournalLine, LedgerAccount
from portal.members.models import Membership
from portal.register.drivers import unindexed

# Rows that the database makes of rows go past the session.
CHARGES: Any = Charge.__table__
ENTRIES: Any = JournalEntry.__table__
LINES: Any = JournalLine.__table__
ENTRY, LAST = bindparam("entry", type_=BigInt), bindparam("last", type_=BigInt)


class Prepared:
    """The statements of a step, made once for a period and run for each association (`place_id`) and `moment`."""

    def __init__(self, period: DuesPeriod) -> None:
        self.period, self.compared, self.seen = period, Comparison(period), 0
        self.mine = (Charge.association_id == AT, Charge.period_id == period.id, STANDS)
        last: Any = select(func.coalesce(func.max(Charge.id), 0)).scalar_subquery()
        self.before: Select[Any] = select(func.count(), last).select_from(Charge).where(*self.mine)
        self.first = insert(CHARGES).from_select(COLUMNS, self.compared.to_charge(first=True))
        self.new, self.again = self._insert(), self._insert(again=True)
        charges = self.compared.charges().subquery("found")
        columns: list[Any] = [charges.c.finding, charges.c.charge_id]
        self.differing: Select[Any] = select(*columns).where(charges.c.finding != Finding.UNCHANGED.value)
        self.groups = self._groups()
        gone = (*self.mine[:2], Charge.voided_at == MOMENT)
        self.made = Posting(EntryKind.CHARGE, self._made(), LedgerAccount.DUES, is_charge=True)
        self.gone = Posting(EntryKind.VOID, gone, LedgerAccount.DUES, is_charge=False)

    def _made(self) -> Sequence[Any]:
        """The step's own charges: they come last of all, and are read as they lie."""
        here = (unindexed(Charge.association_id) == AT, unindexed(Charge.period_id) == self.period.id)
        return *here, STANDS, Charge.id > LAST, Charge.created_at == MOMENT

    def _insert(self, *, again: bool = False) -> Any:
        """Whoever is charged elsewhere in this moment is left to it."""
        is_postgresql = db.session.get_bind().dialect.name == "postgresql"
        insert_or_not = postgresql.insert if is_postgresql else sqlite.insert
        rows = self.compared.to_charge(again=again)
        return insert_or_not(CHARGES).from_select(COLUMNS, rows).on_conflict_do_nothing()

    def _groups(self) -> Any:
        """A charge is its membership's group's, for whoever collects there."""
        group = case((Membership.association_id == Charge.association_id, Membership.group_id))
        moved = select(Charge.id).join(Membership, Membership.id == Charge.membership_id)
        moved = moved.where(*self.mine, Charge.group_id.is_distinct_from(group))
        now_in = select(group).where(Membership.id == Charge.membership_id).scalar_subquery()
        statement = update(Charge).where(Charge.id.in_(moved)).values(group_id=now_in)
        return statement.execution_options(synchronize_session=False)


class Posting:
    """An entry of many charges: a line for each on the receivable, one for all of them on the other account."""

    def __init__(self, kind: EntryKind, kept: Sequence[Any], account: str, *, is_charge: bool) -> None:
        self.kind, self.account = kind, str(account)
        self.side, self.other = ("debit_fen", "credit_fen") if is_charge else ("credit_fen", "debit_fen")
        sums: list[Any] = [func.count(), func.coalesce(func.sum(Charge.amount_fen), 0)]
        self.sums: Select[Any] = select(*sums).where(*kept)
        rows = select(ENTRY, AT, literal(LedgerAccount.RECEIVABLE.value), Charge.amount_fen, Charge.id).where(*kept)
        columns = ("entry_id", "association_id", "account", self.side, "charge_id")
        self.lines = insert(LINES).from_select(columns, rows.order_by(Charge.id))
