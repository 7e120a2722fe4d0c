"""Reading receipts: of a payment, of a payer, what a payment settled."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, or_, select

from portal.core.database import db
from portal.dues.models import Charge
from portal.ledger.models import DuesPeriod
from portal.members.models import Membership
from portal.payments.models import Allocation, Payment
from portal.people.models import Person
from portal.receipts.models import Receipt

STANDS = Receipt.voided_at.is_(None)


@dataclass(frozen=True)
class Settled:
    """A charge as a receipt names it: of which period, whose, how much of it."""

    period: str
    person: str
    organisation: str
    amount_fen: int
    member: str  # the membership's public id


def settled(payment_ids: Collection[int]) -> dict[int, list[Settled]]:
    """What payments settle now, each in the order in which it did."""
    member: Any = (Person.name, Membership.organisation_name, Allocation.amount_fen, Membership.public_id)
    statement: Select[Any] = (
        select(Allocation.payment_id, DuesPeriod.name, *member)
        .join(Charge, Charge.id == Allocation.charge_id)
        .join(DuesPeriod, DuesPeriod.id == Charge.period_id)
        .join(Membership, Membership.id == Charge.membership_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Allocation.payment_id.in_(payment_ids), Allocation.released_at.is_(None))
        .order_by(Charge.due_on, Allocation.id)
    )
    found: dict[int, list[Settled]] = {}
    for payment_id, *line in db.session.execute(statement):
        found.setdefault(payment_id, []).append(Settled(*line))
    return found


def names(ids: Collection[int | None]) -> dict[int | None, str]:
    people = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {person.id: person.name for person in people}


def list_of_payment(payment_id: int) -> Sequence[Receipt]:
    """Every receipt that a payment had, the latest first; at most one stands."""
    statement = select(Receipt).where(Receipt.payment_id == payment_id).order_by(Receipt.id.desc())
    return db.session.scalars(statement).all()


def naming(person_id: int) -> list[tuple[Receipt, int]]:
    """Every receipt on which somebody is named, as the payer or as one for whom was paid, with who paid."""
    paid_for = (
        select(Allocation.payment_id)
        .join(Charge, Charge.id == Allocation.charge_id)
        .join(Membership, Membership.id == Charge.membership_id)
        .where(Membership.person_id == person_id)
    )
    statement = select(Receipt, Payment.payer_id).join(Payment, Payment.id == Receipt.payment_id)
    named = or_(Payment.payer_id == person_id, Payment.id.in_(paid_for))
    return [(receipt, payer_id) for receipt, payer_id in db.session.execute(statement.where(named))]


def memberships_of(person_id: int) -> set[str]:
    """The public ids of what somebody holds or held."""
    return set(db.session.scalars(select(Membership.public_id).where(Membership.person_id == person_id)))
