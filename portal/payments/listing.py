"""The list of payments as it is asked for: by whom, when, how, through whose hands, in which state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select

from portal.accounts.models import Account
from portal.associations.models import Association, Group
from portal.core.database import db
from portal.members.models import Membership
from portal.offices.access import visible
from portal.payments import queries
from portal.payments.models import Payment, Refund, Reversal, UndoState
from portal.people.models import Person
from portal.people.queries import people

READ = "dues.read"


@dataclass(frozen=True)
class Asked:
    """What the list is limited to; empty is everything."""

    text: str = ""
    start: date | None = None
    end: date | None = None
    method: str = ""
    collector: str = ""
    group: str = ""
    state: str = ""


def payments(account: Account, association: Association, asked: Asked = Asked()) -> Select[Any]:
    """An association's payments that the account may see, the latest first."""
    statement = select(Payment).where(Payment.association_id == association.id)
    statement = visible(statement, account, READ, Payment)
    if asked.text:
        statement = statement.where(_of(asked.text))
    if asked.start:
        statement = statement.where(Payment.received_on >= asked.start)
    if asked.end:
        statement = statement.where(Payment.received_on <= asked.end)
    if asked.method:
        statement = statement.where(Payment.method == asked.method)
    statement = _through(statement, asked)
    return _in_state(statement, asked.state).order_by(Payment.received_on.desc(), Payment.id.desc())


def sum_fen(statement: Select[Any]) -> int:
    """What the payments of a list that stand come to."""
    total = statement.where(queries.STANDS).order_by(None).with_only_columns(func.sum(Payment.amount_fen))
    return int(db.session.scalar(total) or 0)


def waiting(account: Account, association: Association) -> list[Reversal | Refund]:
    """Reversals and refunds that wait for the second signature, the oldest first."""
    found: list[Reversal | Refund] = []
    seen = payments(account, association).with_only_columns(Payment.id).order_by(None)
    for kind in (Reversal, Refund):
        asked: Any = select(kind).where(kind.payment_id.in_(seen), kind.state == UndoState.ASKED)
        found += db.session.scalars(asked.options(*queries.of_undo(kind))).all()
    return sorted(found, key=lambda one: one.asked_at)


def counting_waiting(account: Account, association: Association) -> dict[str, Select[Any]]:
    """How many wait for this account's signature: for the work list."""
    return {
        f"waiting_{kind.__tablename__}s": select(func.count()).where(
            kind.association_id == association.id,
            kind.state == UndoState.ASKED,
            kind.asked_by_id != account.person_id,
        )
        for kind in (Reversal, Refund)
    }


def _of(text: str) -> Any:
    """Payments of people who answer the text, of a member's number, or of a line of the bank."""
    who = select(Person.id).where(Person.id.in_(people(text).with_only_columns(Person.id).order_by(None)))
    member = select(Membership.person_id).where(Membership.number == text.replace(" ", "").upper())
    return or_(Payment.payer_id.in_(who), Payment.payer_id.in_(member), Payment.bank_reference == text)


def _through(statement: Select[Any], asked: Asked) -> Select[Any]:
    if asked.collector:
        person = select(Person.id).where(Person.public_id == asked.collector)
        statement = statement.where(Payment.collector_id.in_(person))
    if asked.group:
        group = select(Group.id).where(Group.public_id == asked.group)
        statement = statement.where(Payment.group_id.in_(group))
    return statement


def _in_state(statement: Select[Any], state: str) -> Select[Any]:
    if state == "standing":
        return statement.where(queries.STANDS)
    if state == "reversed":
        return statement.where(Payment.reversed_at.is_not(None))
    if state == "credit":
        return statement.where(*queries.HAS_CREDIT)
    return statement
