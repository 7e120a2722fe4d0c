"""Reading payments: one, by its key, what it settles, what a payer has to the good, whom they pay for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, literal, or_, select
from sqlalchemy.orm import joinedload

from portal.associations import ties
from portal.associations.models import Association
from portal.core.database import Base, db, hold
from portal.core.i18n import ngettext
from portal.dues import queries as dues
from portal.dues.models import Charge
from portal.ledger.models import JournalEntry, JournalLine
from portal.members import queries as members
from portal.members.models import Membership
from portal.payments.models import Allocation, Payment, Refund, Reversal, UndoState
from portal.people.models import Affiliation, Person

PORTION = 500  # ids in one statement
CREDIT_FEN: ColumnElement[int] = Payment.amount_fen - Payment.used_fen
STANDS = Payment.reversed_at.is_(None)
HAS_CREDIT = (STANDS, CREDIT_FEN > 0)
SHOWN = (
    joinedload(Payment.payer),
    joinedload(Payment.group),
    joinedload(Payment.collector),
    joinedload(Payment.recorder),
    joinedload(Payment.association),
)


def by_key(key: str) -> Payment | None:
    """The payment that a form made, with what is shown of it."""
    return db.session.scalar(select(Payment).where(Payment.key == key).options(*SHOWN))


def by_keys(keys: Sequence[str]) -> list[Payment]:
    """Payments in the order of their keys."""
    found = {one.key: one for one in db.session.scalars(select(Payment).where(Payment.key.in_(keys)))}
    return [found[key] for key in keys]


def get_payment(reach: Select[Any], public_id: str) -> Payment | None:
    """One payment of a statement that is limited to what the reader may see."""
    statement = reach.where(Payment.public_id == public_id).options(*SHOWN)
    found: Payment | None = db.session.scalar(statement.execution_options(populate_existing=True))
    return found


def list_allocations(payment: Payment) -> Sequence[Allocation]:
    """What it settles and what it settled, with the charges, in the order in which it did."""
    charge = joinedload(Allocation.charge).options(*dues.SHOWN)
    statement = select(Allocation).where(Allocation.payment_id == payment.id).options(charge)
    return db.session.scalars(statement.order_by(Allocation.id)).all()


def live_allocations(payment_id: int) -> Sequence[Allocation]:
    """What a payment settles, in the order of the charges."""
    statement = select(Allocation).where(Allocation.payment_id == payment_id, Allocation.released_at.is_(None))
    return db.session.scalars(statement.order_by(Allocation.charge_id, Allocation.id)).all()


def live_allocations_of(charge_id: int) -> Sequence[Allocation]:
    """What settles a charge, with its payments, in their order."""
    statement = select(Allocation).where(Allocation.charge_id == charge_id, Allocation.released_at.is_(None))
    loaded = joinedload(Allocation.payment).joinedload(Payment.association)
    return db.session.scalars(statement.options(loaded).order_by(Allocation.payment_id, Allocation.id)).all()


def list_reversals(payment: Payment) -> Sequence[Reversal]:
    statement = select(Reversal).where(Reversal.payment_id == payment.id).order_by(Reversal.id)
    return db.session.scalars(statement.options(joinedload(Reversal.asker), joinedload(Reversal.decider))).all()


def list_refunds(payment: Payment) -> Sequence[Refund]:
    statement = select(Refund).where(Refund.payment_id == payment.id).order_by(Refund.id)
    return db.session.scalars(statement.options(joinedload(Refund.asker), joinedload(Refund.decider))).all()


def of_undo(kind: Any) -> tuple[Any, ...]:
    """What is shown of a reversal or a refund, and what deciding it asks for."""
    payment = joinedload(kind.payment).options(*SHOWN)
    return (payment, joinedload(kind.asker), joinedload(kind.decider), joinedload(kind.association))


def get_undo(kind: Any, payment: Payment, public_id: str) -> Any:
    """A reversal or a refund of a payment."""
    statement = select(kind).where(kind.payment_id == payment.id, kind.public_id == public_id)
    return db.session.scalar(statement.options(*of_undo(kind)))


def live_reversal(payment_id: int) -> Reversal | None:
    """The reversal that was made, or waits; there is at most one."""
    in_force = Reversal.state.in_((UndoState.ASKED, UndoState.MADE))
    return db.session.scalar(select(Reversal).where(Reversal.payment_id == payment_id, in_force))


def refunded_fen(payment_id: int) -> int:
    """What was paid back of it."""
    made = (Refund.payment_id == payment_id, Refund.state == UndoState.MADE)
    return int(db.session.scalar(select(func.coalesce(func.sum(Refund.amount_fen), 0)).where(*made)) or 0)


def hold_credit(association: Association, payer_id: int) -> Sequence[Payment]:
    """Payments of a payer that settle less than they are, the oldest first; they are held, taken by their ids."""
    kept = (Payment.association_id == association.id, Payment.payer_id == payer_id, *HAS_CREDIT)
    statement = select(Payment).where(*kept).order_by(Payment.id).with_for_update(of=Payment, key_share=True)
    loaded = statement.options(joinedload(Payment.association)).execution_options(populate_existing=True)
    return sorted(db.session.scalars(loaded), key=lambda one: (one.received_on, one.id))


def hold_owed(association: Association, payer_ids: Select[Any], values: Mapping[str, Any]) -> None:
    """What many owe an association, and then what they have to the good with it, each taken by their ids: who settles
    for one after the other waits for nobody any more.
    """
    open_rows: tuple[tuple[Any, Any], ...] = ((Charge, dues.IS_OPEN), (Payment, HAS_CREDIT))
    for kind, lacks in open_rows:
        kept = (kind.association_id == association.id, kind.payer_id.in_(payer_ids), *lacks)
        db.session.execute(select(kind.id).where(*kept).order_by(kind.id).with_for_update(key_share=True), values)


def credit_fen(association: Association, payer_id: int) -> int:
    """What a payer has to the good with an association."""
    kept = (Payment.association_id == association.id, Payment.payer_id == payer_id, *HAS_CREDIT)
    return int(db.session.scalar(select(func.coalesce(func.sum(CREDIT_FEN), 0)).where(*kept)) or 0)


def credit_anywhere(payer_id: int) -> list[tuple[str, int]]:
    """Each association with which somebody has something to the good, with how much, in the order of codes."""
    columns: list[Any] = [Association.name, func.sum(CREDIT_FEN)]
    statement: Select[Any] = select(*columns).join(Payment, Payment.association_id == Association.id)
    grouped = statement.where(Payment.payer_id == payer_id, *HAS_CREDIT).group_by(Association.id, Association.name)
    return [(name, int(fen)) for name, fen in db.session.execute(grouped.order_by(Association.code))]


def last_entry_on(payment_id: int, charge_id: int | None = None) -> date | None:
    """The last day on which the journal says something about a payment (and a charge)."""
    statement = select(func.max(JournalEntry.entry_on)).join(JournalEntry.lines)
    statement = statement.where(JournalLine.payment_id == payment_id)
    if charge_id is not None:
        statement = statement.where(JournalLine.charge_id == charge_id)
    return db.session.scalar(statement)


def handed_on(payment: Payment) -> date | None:
    """The day on which its cash was handed over, or on which a hand-over of its collector was last declared void.
    Read from the table: hand-overs stand on a floor above.
    """
    table = Base.metadata.tables["hand_over"]
    given = select(table.c.handed_on.label("day")).where(table.c.id == payment.hand_over_id)
    theirs = (table.c.association_id == payment.association_id, table.c.collector_id == payment.collector_id)
    void = select(JournalEntry.entry_on).join(table, table.c.void_entry_id == JournalEntry.id).where(*theirs)
    days = given.union_all(void).subquery()
    last: date | None = db.session.scalar(select(func.max(days.c.day)))
    return last


@ties.stays_open
def _tell_open(association: Association) -> str:
    """Nobody signs in an archived association."""
    count = sum(ties.count_at(association, kind, kind.state == UndoState.ASKED) for kind in (Reversal, Refund))
    return (
        ngettext("%(num)d reversal or refund to sign", "%(num)d reversals or refunds to sign", count) if count else ""
    )


def hold_charges(ids: Iterable[int]) -> dict[int, Charge]:
    """Charges as they are now, which nobody changes before this transaction ends; taken in one order by everybody,
    and before any payment.
    """
    statement = select(Charge).where(Charge.id.in_(ids)).order_by(Charge.id).with_for_update(of=Charge)
    rows = db.session.scalars(statement.execution_options(populate_existing=True))
    return {charge.id: charge for charge in rows}


def hold_payment(payment: Payment) -> None:
    """What the row says now; nobody changes it before this transaction ends. After the charges."""
    kept = ("used_fen", "reversed_at", "hand_over_id", "payer_id", "group_id", "collector_id")
    hold(payment, *kept)


def hold_settling(charge_ids: Sequence[int]) -> None:
    """The payments that settle any of these charges, held in one order; after the charges."""
    ids: set[int] = set()
    for start in range(0, len(charge_ids), PORTION):
        some = (Allocation.charge_id.in_(charge_ids[start : start + PORTION]), Allocation.released_at.is_(None))
        ids |= set(db.session.scalars(select(Allocation.payment_id).where(*some)))
    ordered = sorted(ids)
    for start in range(0, len(ordered), PORTION):
        held = select(Payment.id).where(Payment.id.in_(ordered[start : start + PORTION])).order_by(Payment.id)
        db.session.execute(held.with_for_update(key_share=True))


def hold_payers(ids: Iterable[int]) -> set[int]:
    """Those of them whose record stands, held before the books: none is removed, or merged, in this moment."""
    kept = select(Person.id).where(Person.id.in_(ids), Person.removed_at.is_(None)).order_by(Person.id)
    return set(db.session.scalars(kept.with_for_update(read=True)))


def groups_of(association: Association, payer_id: int) -> list[int]:
    """The groups of the association in which somebody is a member or for whose members they pay, the first first."""
    membership = members.live(), Membership.association_id == association.id
    mine = or_(Membership.person_id == payer_id, Membership.payer_id == payer_id)
    held = select(Membership.group_id, literal(0), Membership.id).where(*membership, mine)
    owed = select(Charge.group_id, literal(1), Charge.id).where(
        Charge.payer_id == payer_id, Charge.association_id == association.id, *dues.IS_OPEN
    )
    rows = sorted(db.session.execute(held.union_all(owed)), key=lambda row: row[1:])
    return list(dict.fromkeys(row[0] for row in rows if row[0] is not None))


def is_known(association: Association, person_id: int) -> bool:
    """Whether the association holds the person's record, held it, or has charged them."""
    held = exists().where(Affiliation.person_id == person_id, Affiliation.association_id == association.id)
    owed = exists().where(Charge.payer_id == person_id, Charge.association_id == association.id)
    stands = exists().where(Person.id == person_id, Person.removed_at.is_(None))
    return bool(db.session.scalar(select(stands & (held | owed))))
