"""The list of receipts as it is asked for: by name or number, by day, valid, void or not printed yet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.database import db
from portal.offices.access import visible
from portal.payments.models import Payment
from portal.people.models import Person
from portal.people.queries import people
from portal.receipts.models import Receipt
from portal.receipts.queries import STANDS

READ, DAYS = "dues.read", 14
SHOWN = (joinedload(Receipt.association), joinedload(Receipt.code), joinedload(Receipt.payment))
_NUMBER = re.compile(r"(?:.*?(\d{4})-)?0*(\d{1,9})")


@dataclass(frozen=True)
class Asked:
    """What the list is limited to; empty is everything."""

    text: str = ""
    start: date | None = None
    end: date | None = None
    state: str = ""


def receipts(account: Account, association: Association, asked: Asked = Asked(), right: str = READ) -> Select[Any]:
    """An association's receipts that the account may see, the latest first."""
    statement = visible(select(Receipt).where(Receipt.association_id == association.id), account, right, Receipt)
    if asked.text:
        statement = statement.where(_of(asked.text))
    if asked.start:
        statement = statement.where(Receipt.issued_on >= asked.start)
    if asked.end:
        statement = statement.where(Receipt.issued_on <= asked.end)
    states: dict[str, ColumnElement[bool]] = {
        "valid": STANDS,
        "void": Receipt.voided_at.is_not(None),
        "unprinted": and_(STANDS, Receipt.printed_at.is_(None)),
    }
    if asked.state in states:
        statement = statement.where(states[asked.state])
    return statement.order_by(Receipt.issued_on.desc(), Receipt.id.desc())


def get_receipt(account: Account, association: Association, public_id: str, right: str = READ) -> Receipt | None:
    """One of them with what its page shows."""
    statement = receipts(account, association, right=right).where(Receipt.public_id == public_id)
    found: Receipt | None = db.session.scalar(statement.options(*SHOWN, joinedload(Receipt.group)))
    return found


def to_print(account: Account, association: Association, on: date, *, only_new: bool) -> Select[Any]:
    """The valid receipts of a day in the order of their numbers."""
    asked = Asked(start=on, end=on, state="unprinted" if only_new else "valid")
    return receipts(account, association, asked, "dues.record").order_by(None).order_by(Receipt.year, Receipt.number)


def days_to_print(account: Account, association: Association) -> Sequence[Any]:
    """The latest days of which receipts were not printed yet, with how many."""
    statement = receipts(account, association, Asked(state="unprinted"), "dues.record").order_by(None)
    days = statement.with_only_columns(Receipt.issued_on, func.count().label("many")).group_by(Receipt.issued_on)
    return db.session.execute(days.order_by(Receipt.issued_on.desc()).limit(DAYS)).all()


def count(statement: Select[Any]) -> int:
    return db.session.scalar(statement.order_by(None).with_only_columns(func.count(Receipt.id))) or 0


def own(person_id: int) -> Sequence[Receipt]:
    """What somebody's own payments were confirmed by, the latest first."""
    statement = select(Receipt).join(Receipt.payment).where(Payment.payer_id == person_id).options(*SHOWN)
    return db.session.scalars(statement.order_by(Receipt.issued_on.desc(), Receipt.id.desc())).all()


def get_own(person_id: int, public_id: str) -> Receipt | None:
    statement = select(Receipt).join(Receipt.payment).where(Payment.payer_id == person_id).options(*SHOWN)
    return db.session.scalar(statement.where(Receipt.public_id == public_id))


def latest_of_person(account: Account, association: Association, person_id: int, most: int) -> Sequence[Receipt]:
    """Receipts of what somebody paid here, within the account's reach."""
    statement = receipts(account, association).join(Receipt.payment).where(Payment.payer_id == person_id)
    return db.session.scalars(statement.limit(most).options(*SHOWN)).all()


def _of(text: str) -> ColumnElement[bool]:
    """Receipts of people who answer the text, or of a number: 123, 2026-123, or as it is printed."""
    who = select(Person.id).where(Person.id.in_(people(text).with_only_columns(Person.id).order_by(None)))
    paid = Receipt.payment_id.in_(select(Payment.id).where(Payment.payer_id.in_(who)))
    return or_(paid, _numbered(text))


def _numbered(text: str) -> ColumnElement[bool]:
    found = _NUMBER.fullmatch(text.replace(" ", ""))
    if found is None:
        return false()
    year, number = found.groups()
    same = Receipt.number == int(number)
    return and_(same, Receipt.year == int(year)) if year else same
