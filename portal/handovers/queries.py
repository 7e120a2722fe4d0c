"""Reading hand-overs: what collectors still hold, payment by payment; what was handed over; cash that there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.associations import ties
from portal.associations.models import Association
from portal.core.database import db
from portal.core.i18n import ngettext
from portal.handovers.models import HandOver
from portal.ledger.models import EntryKind, JournalEntry, JournalLine, LedgerAccount
from portal.offices.access import group_ids
from portal.payments.models import Payment
from portal.people.models import Person

READ = "dues.read"
# Cash in a collector's hands: what was taken back before it was handed over went out of them again.
TAKEN = or_(Payment.reversed_at.is_(None), Payment.hand_over_id.is_not(None))
HELD = (Payment.reversed_at.is_(None), Payment.hand_over_id.is_(None))
STANDS = HandOver.voided_at.is_(None)
SHOWN = (joinedload(HandOver.collector), joinedload(HandOver.receiver), joinedload(HandOver.association))


@dataclass(frozen=True)
class Holding:
    """What a collector holds: in all, in how many payments, the oldest of what day, and what lacked before."""

    person: Person
    held_fen: int
    count: int
    since: date | None
    lacking_fen: int


def held_fen(association_id: int, collector_id: int) -> int:
    """What a collector owes the association in cash: what they took less what was counted as they handed it over."""
    taken = _sum(Payment.amount_fen).where(*of(Payment, association_id, collector_id), TAKEN)
    given = _sum(HandOver.credited_fen).where(*of(HandOver, association_id, collector_id), STANDS)
    return int(db.session.scalar(select(taken.scalar_subquery() - given.scalar_subquery())) or 0)


def lacking_fen(association_id: int, collector_id: int) -> int:
    """What lacked when it was counted and is owed still: what a collector owes beside the payments not handed over.

    Only a hand-over or its undoing changes it: a payment that somebody records meanwhile does not.
    """
    handed = _sum(Payment.amount_fen).where(
        *of(Payment, association_id, collector_id), Payment.hand_over_id.is_not(None)
    )
    given = _sum(HandOver.credited_fen).where(*of(HandOver, association_id, collector_id), STANDS)
    return int(db.session.scalar(select(handed.scalar_subquery() - given.scalar_subquery())) or 0)


def held_anywhere(collector_id: int) -> list[tuple[str, int]]:
    """Each association to which somebody owes cash, with how much."""
    took = select(Payment.association_id).where(Payment.collector_id == collector_id)
    places = db.session.execute(select(Association.name, Association.id).where(Association.id.in_(took))).all()
    held = [(name, held_fen(association_id, collector_id)) for name, association_id in places]
    return [(name, fen) for name, fen in held if fen > 0]


def waiting_fen(association_id: int, collector_id: int) -> int:
    """What the payments come to that a collector has not handed over."""
    return int(
        db.session.scalar(_sum(Payment.amount_fen).where(*of(Payment, association_id, collector_id), *HELD)) or 0
    )


def holdings(account: Account, association: Association) -> list[Holding]:
    """Every collector who holds something, as far as the account sees: a leader sees only their own."""
    given = _given(association)
    rows = {row[0]: row for row in db.session.execute(_taken(association))}
    ids = [
        one for one, (_who, taken, _waits, count, _since) in rows.items() if count or int(taken) != given.get(one, 0)
    ]
    people = select(Person).where(Person.id.in_(ids)).order_by(Person.sort_key, Person.id)
    if not sees_all(account, association):
        people = people.where(Person.id == account.person_id)
    return [_holding(person, rows[person.id], given.get(person.id, 0)) for person in db.session.scalars(people)]


def _taken(association: Association) -> Select[Any]:
    """Of each collector: what they took, and of it what is not handed over: how much, how many, since when."""
    held = and_(*HELD)
    columns: list[Any] = [
        Payment.collector_id,
        func.sum(case((TAKEN, Payment.amount_fen), else_=0)),
        func.sum(case((held, Payment.amount_fen), else_=0)),
        func.count(case((held, 1))),
        func.min(case((held, Payment.received_on))),
    ]
    kept = (Payment.association_id == association.id, Payment.collector_id.is_not(None))
    return select(*columns).where(*kept).group_by(Payment.collector_id)


def _given(association: Association) -> dict[int, int]:
    """Of each collector: what was counted and is owed no more."""
    kept = (HandOver.association_id == association.id, STANDS)
    statement = select(HandOver.collector_id, func.sum(HandOver.credited_fen)).where(*kept)
    rows = db.session.execute(statement.group_by(HandOver.collector_id))
    return {person_id: int(fen) for person_id, fen in rows}


def _holding(person: Person, row: Any, given: int) -> Holding:
    _who, taken, waits, count, since = row
    held = int(taken) - given
    return Holding(person, held, count, since, held - int(waits))


def get_collector(account: Account, association: Association, public_id: str) -> Person | None:
    """Somebody who took cash here; a leader finds only themselves."""
    took = select(Payment.collector_id).where(Payment.association_id == association.id)
    statement = select(Person).where(Person.public_id == public_id, Person.id.in_(took))
    if not sees_all(account, association):
        statement = statement.where(Person.id == account.person_id)
    return db.session.scalar(statement)


def sees_all(account: Account, association: Association) -> bool:
    return group_ids(account, READ, association) is None


def held_payments(association_id: int, collector_id: int) -> Select[Any]:
    """The payments that a collector has not handed over, in the order of their days."""
    statement = select(Payment).where(*of(Payment, association_id, collector_id), *HELD)
    return statement.order_by(Payment.received_on, Payment.id)


def hold_payments(association_id: int, collector_id: int) -> Sequence[Payment]:
    """The same, which nobody changes before this transaction ends; taken in one order by everybody."""
    statement = select(Payment).where(*of(Payment, association_id, collector_id), *HELD).order_by(Payment.id)
    held = statement.with_for_update(of=Payment, key_share=True)
    return db.session.scalars(held.execution_options(populate_existing=True)).all()


def listing(account: Account, association: Association) -> Select[Any]:
    """The association's hand-overs, the latest first; a leader sees those that they made."""
    statement = select(HandOver).where(HandOver.association_id == association.id)
    if not sees_all(account, association):
        statement = statement.where(HandOver.collector_id == account.person_id)
    return statement.order_by(HandOver.handed_on.desc(), HandOver.id.desc())


def get_hand_over(account: Account, association: Association, public_id: str) -> HandOver | None:
    statement = listing(account, association).where(HandOver.public_id == public_id).options(*SHOWN)
    found: HandOver | None = db.session.scalar(statement.execution_options(populate_existing=True))
    return found


def by_key(key: str) -> HandOver | None:
    return db.session.scalar(select(HandOver).where(HandOver.key == key).options(*SHOWN))


def last_of(association_id: int, collector_id: int, *conditions: ColumnElement[bool]) -> HandOver | None:
    """The last one of a collector that stands: of several only this one can be void."""
    statement = select(HandOver).where(*of(HandOver, association_id, collector_id), STANDS, *conditions)
    return db.session.scalars(statement.order_by(HandOver.id.desc()).limit(1)).first()


def handed_on(association_id: int, collector_id: int) -> date | None:
    """The latest day of a collector's hand-overs that stand."""
    statement = select(func.max(HandOver.handed_on)).where(*of(HandOver, association_id, collector_id), STANDS)
    return db.session.scalar(statement)


def voided_on(association_id: int, collector_id: int) -> date | None:
    """The day on which a hand-over of a collector was last declared void: the cash is theirs again from then on."""
    entry = select(func.max(JournalEntry.entry_on)).join(HandOver, HandOver.void_entry_id == JournalEntry.id)
    return db.session.scalar(entry.where(*of(HandOver, association_id, collector_id)))


def payments_of(hand_over: HandOver) -> Sequence[Payment]:
    """What was handed over with it."""
    statement = select(Payment).where(Payment.hand_over_id == hand_over.id).options(joinedload(Payment.payer))
    return db.session.scalars(statement.order_by(Payment.received_on, Payment.id)).all()


def hold_payments_of(hand_over: HandOver) -> Sequence[Payment]:
    """The same, which nobody changes before this transaction ends."""
    statement = select(Payment).where(Payment.hand_over_id == hand_over.id).order_by(Payment.id)
    held = statement.with_for_update(of=Payment, key_share=True)
    return db.session.scalars(held.execution_options(populate_existing=True)).all()


def balance(association: Association, account: str, until: date | None = None) -> int:
    """Debits less credits of an account, in all or up to the end of a day."""
    statement = _sum(JournalLine.debit_fen - JournalLine.credit_fen).where(
        JournalLine.association_id == association.id, JournalLine.account == account
    )
    if until is not None:
        statement = statement.join(JournalLine.entry).where(JournalEntry.entry_on <= until)
    return int(db.session.scalar(statement) or 0)


def cash_fen(association: Association) -> int:
    """What lies in the cash box."""
    return balance(association, LedgerAccount.CASH)


def last_deposit(association: Association) -> JournalEntry | None:
    """The last time that cash was brought to the bank, or fetched."""
    kept = (JournalEntry.association_id == association.id, JournalEntry.kind == EntryKind.DEPOSIT)
    statement = select(JournalEntry).where(*kept).options(joinedload(JournalEntry.lines))
    return db.session.scalars(statement.order_by(JournalEntry.id.desc()).limit(1)).unique().first()


def at_collectors_fen(association: Association, until: date) -> int:
    """What of the payments up to a day is still in collectors' hands, payment by payment."""
    kept = (Payment.association_id == association.id, Payment.collector_id.is_not(None), *HELD)
    return int(db.session.scalar(_sum(Payment.amount_fen).where(*kept, Payment.received_on <= until)) or 0)


@ties.stays_open
def _tell_open(association: Association) -> str:
    """Nobody counts it in an archived association, nor is what lacked brought or written off there."""
    given = _given(association)
    count = sum(int(row[1]) != given.get(row[0], 0) for row in db.session.execute(_taken(association)))
    return ngettext("cash of %(num)d collector", "cash of %(num)d collectors", count) if count else ""


def counting_late(association: Association, day: date) -> Select[Any]:
    """How many collectors hold cash that they took before a day."""
    kept = (Payment.association_id == association.id, Payment.collector_id.is_not(None), *HELD)
    return select(func.count(func.distinct(Payment.collector_id))).where(*kept, Payment.received_on < day)


def of(kind: Any, association_id: int, collector_id: int) -> tuple[ColumnElement[bool], ...]:
    return (kind.association_id == association_id, kind.collector_id == collector_id)


def _sum(column: Any) -> Select[Any]:
    return select(func.coalesce(func.sum(column), 0))
