"""Reading the list of charges as a page asks for it, its sums, and everything that happened to one charge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.core.database import db
from portal.dues.models import Charge
from portal.dues.queries import OPEN_FEN, SHOWN
from portal.dues.states import in_state
from portal.ledger.models import DuesPeriod, JournalEntry, JournalLine, LedgerAccount
from portal.members.models import Membership
from portal.offices.access import visible
from portal.register import finding

RIGHT = "dues.read"
SUMS = ("amount_fen", "paid_fen", "waived_fen", "written_off_fen")


@dataclass(frozen=True)
class Filter:
    """Which charges a list shows; what is left out is not asked."""

    period_id: int | None = None
    group_id: int | None = None
    state: str = ""
    text: str = ""
    below: bool = False


def listing(account: Account, association: Association, wanted: Filter, day: date) -> Select[Any]:
    """The charges that the account may see: by name; of a branch by association, as an index has them."""
    asked = _asked(select(Charge).join(Charge.membership), account, association, wanted, day)
    statement: Select[Any] = asked
    if wanted.text:
        return finding.found(statement, wanted.text, "").order_by(Charge.due_on.desc(), Charge.id.desc())
    if wanted.below:
        return statement.order_by(Charge.association_id, Charge.period_id, Charge.id)
    return statement.order_by(Membership.sort_key, Membership.id, Charge.due_on.desc(), Charge.id.desc())


def sums(account: Account, association: Association, wanted: Filter, day: date) -> Row[Any]:
    """How much was charged by the charges of a list, and what became of it: SUMS and `open_fen`."""
    columns: list[Any] = [func.coalesce(func.sum(getattr(Charge, name)), 0).label(name) for name in SUMS]
    columns.append(func.coalesce(func.sum(OPEN_FEN), 0).label("open_fen"))
    statement: Any = select(*columns).select_from(Charge)
    if wanted.text:
        statement = finding.found(statement.join(Charge.membership), wanted.text, "").order_by(None)
    return db.session.execute(_asked(statement, account, association, wanted, day)).one()


def _asked(statement: Any, account: Account, association: Association, wanted: Filter, day: date) -> Any:
    statement = visible(statement, account, RIGHT, Charge).where(*in_state(wanted.state, day))
    if wanted.below:
        below = select(Association.id).where(in_subtree(association.path))
        statement = statement.where(Charge.association_id.in_(below))
    else:
        statement = statement.where(Charge.association_id == association.id)
    for column, value in ((Charge.period_id, wanted.period_id), (Charge.group_id, wanted.group_id)):
        if value is not None:
            statement = statement.where(column == value)
    return statement


def list_of(account: Account, association: Association, period: str, membership: str) -> Sequence[Charge]:
    """Every charge of a membership for a period that the account may see here or below, the one that stands first."""
    statement = select(Charge).join(Charge.period).join(Charge.membership).join(Charge.association)
    statement = statement.where(DuesPeriod.public_id == period, Membership.public_id == membership)
    statement = visible(statement, account, RIGHT, Charge).where(in_subtree(association.path))
    order = (Charge.voided_at.is_not(None), Charge.id.desc())
    return db.session.scalars(statement.options(*SHOWN, joinedload(Charge.plan)).order_by(*order)).all()


def history(charges: Sequence[Charge]) -> Sequence[JournalLine]:
    """What the journal says of the charges, in the order in which it was recorded, with who recorded it."""
    ids = [charge.id for charge in charges]
    statement = select(JournalLine).join(JournalLine.entry).where(JournalLine.charge_id.in_(ids))
    statement = statement.where(JournalLine.account == LedgerAccount.RECEIVABLE)
    loaded = contains_eager(JournalLine.entry).joinedload(JournalEntry.recorder)
    return db.session.scalars(statement.options(loaded).order_by(JournalLine.id)).all()
