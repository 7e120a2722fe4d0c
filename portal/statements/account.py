"""One person's account with an association: what was charged to them, what they paid, what is left, in order.

From the journal: a charge counts for whoever pays it, money for whoever paid it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.database import db
from portal.core.formats import date_long, money
from portal.core.i18n import _
from portal.dues import queries as dues
from portal.dues.models import Charge, Waiver, WaiverState
from portal.ledger.models import DuesPeriod, EntryKind, JournalEntry, JournalLine, LedgerAccount
from portal.members.models import Membership
from portal.offices.access import visible
from portal.payments.kinds import RefundWay
from portal.payments.models import Allocation, Payment, Refund, UndoState
from portal.people.models import Person

RIGHT = "dues.read"


@dataclass(frozen=True)
class Movement:
    """A line of the account: what is owed more, what less, and what is owed after it."""

    on: date
    kind: str
    memo: str
    more_fen: int
    less_fen: int
    balance_fen: int

    @property
    def label(self) -> str:
        return EntryKind(self.kind).label


@dataclass(frozen=True)
class Statement:
    """Everything between a person and an association."""

    person: Person
    charges: Sequence[Charge]  # that the person pays, or that are charged for their own membership
    payments: Sequence[Payment]
    waivers: Sequence[Waiver]
    refunds: Sequence[Refund]  # of the payments, those that were made
    others: Sequence[Allocation]  # what payments of others settle of what the person owes
    movements: Sequence[Movement]

    @property
    def open_fen(self) -> int:
        return sum(one.open_fen for one in self.charges if one.payer_id == self.person.id)

    @property
    def paid_fen(self) -> int:
        """Without what was paid back."""
        back = sum(one.amount_fen for one in self.refunds if one.method != RefundWay.FORGONE)
        return sum(one.amount_fen for one in self.payments if one.reversed_at is None) - back

    @property
    def credit_fen(self) -> int:
        return sum(one.credit_fen for one in self.payments)

    def told_of(self, payment: Payment) -> list[str]:
        """What became of a payment beside what it settles."""
        if payment.reversed_at is not None:
            return [_("Taken back")]
        told = [
            _("left to the association %(amount)s", amount=money(one.amount_fen))
            if one.method == RefundWay.FORGONE
            else _("paid back %(amount)s on %(day)s", amount=money(one.amount_fen), day=date_long(one.refunded_on))
            for one in self.refunds
            if one.payment_id == payment.id
        ]
        rest = [_("credit %(amount)s", amount=money(payment.credit_fen))] if payment.credit_fen else []
        return [*told, *rest]

    @property
    def for_others(self) -> list[Charge]:
        """What they pay for somebody else."""
        return [one for one in self.charges if one.payer_id == self.person.id != one.membership.person_id]

    @property
    def by_others(self) -> list[Charge]:
        """What somebody else pays for them."""
        return [one for one in self.charges if one.payer_id != self.person.id]


def for_office(account: Account, association: Association, public_id: str) -> Statement | None:
    """What an officer may see of a person's dues with the association; None where there is nothing."""
    person = db.session.scalar(select(Person).where(Person.public_id == public_id))
    if person is None:
        return None
    charges = visible(_charges(person.id), account, RIGHT, Charge).where(Charge.association_id == association.id)
    payments = visible(_payments(person.id), account, RIGHT, Payment).where(Payment.association_id == association.id)
    found = _statement(person, charges, payments)
    return found if found.charges or found.payments else None


def of_person(person: Person) -> list[tuple[Association, Statement]]:
    """What there is between a person and every association, by association: for themselves."""
    whole = _statement(person, _charges(person.id), _payments(person.id))
    places = {one.association_id: one.association for one in whole.charges}
    places |= {one.association_id: one.association for one in whole.payments}
    return [(place, _at(whole, place.id)) for place in sorted(places.values(), key=lambda place: place.code)]


def of_person_at(person: Person, code: str) -> tuple[Association, Statement] | None:
    """The same at one association, with the account line by line; None where there is nothing."""
    place = next((place for place, _found in of_person(person) if place.code == code), None)
    if place is None:
        return None
    charges = _charges(person.id).where(Charge.association_id == place.id)
    payments = _payments(person.id).where(Payment.association_id == place.id)
    return place, _statement(person, charges, payments)


def _at(whole: Statement, association_id: int) -> Statement:
    charges = [one for one in whole.charges if one.association_id == association_id]
    payments = [one for one in whole.payments if one.association_id == association_id]
    refunds = [one for one in whole.refunds if one.association_id == association_id]
    others = [one for one in whole.others if one.charge.association_id == association_id]
    return Statement(whole.person, charges, payments, [], refunds, others, [])


def _charges(person_id: int) -> Select[Any]:
    """Those that stand, and those that are void, the latest first."""
    mine = or_(Charge.payer_id == person_id, Membership.person_id == person_id)
    statement = select(Charge).join(Charge.membership).where(mine).options(*dues.SHOWN)
    return statement.order_by(Charge.due_on.desc(), Charge.id.desc())


def _payments(person_id: int) -> Select[Any]:
    settled = joinedload(Allocation.charge).options(
        joinedload(Charge.period), joinedload(Charge.membership).joinedload(Membership.person)
    )
    shown = (joinedload(Payment.association), joinedload(Payment.allocations).options(settled))
    statement = select(Payment).where(Payment.payer_id == person_id).options(*shown)
    return statement.order_by(Payment.received_on.desc(), Payment.id.desc())


def _statement(person: Person, charges: Select[Any], payments: Select[Any]) -> Statement:
    owed = db.session.scalars(charges.where(dues.STANDS)).unique().all()
    paid = db.session.scalars(payments).unique().all()
    approved = (Waiver.charge_id.in_([one.id for one in owed]), Waiver.state == WaiverState.APPROVED)
    waivers = db.session.scalars(select(Waiver).where(*approved).order_by(Waiver.id)).all()
    made = (Refund.payment_id.in_([one.id for one in paid]), Refund.state == UndoState.MADE)
    refunds = db.session.scalars(select(Refund).where(*made).order_by(Refund.id)).all()
    others = _by_others([one.id for one in owed if one.payer_id == person.id], person.id)
    return Statement(person, owed, paid, waivers, refunds, others, _movements(charges, payments, person.id))


def _by_others(charge_ids: Sequence[int], person_id: int) -> Sequence[Allocation]:
    """What payments of others settle of charges, the latest first."""
    theirs = (Allocation.charge_id.in_(charge_ids), Allocation.released_at.is_(None), Payment.payer_id != person_id)
    shown = (
        contains_eager(Allocation.payment).joinedload(Payment.payer),
        joinedload(Allocation.charge).joinedload(Charge.period),
    )
    statement = select(Allocation).join(Allocation.payment).where(*theirs).options(*shown)
    return db.session.scalars(statement.order_by(Payment.received_on.desc(), Allocation.id.desc())).all()


def _movements(charges: Select[Any], payments: Select[Any], person_id: int) -> list[Movement]:
    """Entries that change what the person owes, in their order, of what is void by now too; what only moves between
    the two sides is left out.
    """
    mine = charges.where(Charge.payer_id == person_id).with_only_columns(Charge.id).order_by(None)
    theirs = payments.with_only_columns(Payment.id).order_by(None)
    about = or_(
        and_(JournalLine.account == LedgerAccount.RECEIVABLE, JournalLine.charge_id.in_(mine)),
        and_(JournalLine.account == LedgerAccount.CREDIT, JournalLine.payment_id.in_(theirs)),
    )
    net = func.sum(JournalLine.debit_fen - JournalLine.credit_fen)
    columns: list[Any] = [JournalEntry.entry_on, JournalEntry.kind, func.coalesce(DuesPeriod.name, "")]
    statement: Select[Any] = select(*columns, net).select_from(JournalLine).join(JournalLine.entry)
    statement = statement.outerjoin(Charge, Charge.id == JournalLine.charge_id)
    statement = statement.outerjoin(DuesPeriod, DuesPeriod.id == Charge.period_id).where(about)
    grouped = statement.group_by(JournalEntry.id, *columns).order_by(JournalEntry.entry_on, JournalEntry.id)
    balance, found = 0, []
    for on, kind, memo, changed in db.session.execute(grouped):
        balance += int(changed)
        if changed:
            found.append(Movement(on, kind, memo, max(int(changed), 0), max(-int(changed), 0), balance))
    return found
