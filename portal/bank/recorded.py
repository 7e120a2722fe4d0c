"""Money that was recorded by hand before its line came: the line is joined with that payment and counts once.

A transfer or mobile payment of which no line tells yet, of the same amount, a few days from the line, by somebody
whom the line names or whose number stands in it, may be its money: somebody looks at it. Never commits.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, exists, select, update

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.bank import queries, reasons, services
from portal.bank.matching import Why, compact, numbers_in
from portal.bank.models import BankLine, LineState
from portal.core import audit
from portal.core.database import change, db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.members.models import Membership
from portal.payments.models import Method, Payment
from portal.payments.queries import hold_payment
from portal.people.models import Person

NEAR = timedelta(days=7)
WAYS = (Method.TRANSFER, Method.MOBILE)


class Typed(NamedTuple):
    """As much of a payment as is compared with a line; once for each number of a membership that it may be about."""

    payment_id: int
    name: str
    received_on: date
    amount_fen: int
    number: str | None


class Recorded:
    """Payments recorded by hand, found by what a line says."""

    def __init__(self, rows: Iterable[Typed]) -> None:
        self._by_amount: dict[int, list[Typed]] = {}
        for row in rows:
            self._by_amount.setdefault(row.amount_fen, []).append(row)

    def of(self, line: Any) -> list[int]:
        """Payments that may be the line's money, the nearest day first."""
        near = [
            one for one in self._by_amount.get(line.amount_fen, ()) if abs(one.received_on - line.booked_on) <= NEAR
        ]
        if not near:
            return []
        numbers = numbers_in(f"{line.memo} {line.payer_name}")
        named = [one for one in near if _is_named(one, line) or (one.number and compact(one.number) in numbers)]
        named.sort(key=lambda one: (abs(one.received_on - line.booked_on), one.payment_id))
        return list(dict.fromkeys(one.payment_id for one in named))


def _is_named(one: Typed, line: Any) -> bool:
    return one.name == line.payer_name or (len(one.name) > 1 and one.name in line.memo)


def typed(association: Association, lines: Iterable[Any] | None = None) -> Recorded:
    """All of an association of which no line tells, or those that may be of some lines."""
    told = exists().where(BankLine.payment_id == Payment.id, BankLine.state == LineState.MATCHED)
    mine = (Membership.person_id == Payment.payer_id) & (Membership.association_id == Payment.association_id)
    columns: list[Any] = [Payment.id, Person.name, Payment.received_on, Payment.amount_fen, Membership.number]
    statement: Select[Any] = select(*columns).join(Person, Person.id == Payment.payer_id).outerjoin(Membership, mine)
    kept = (Payment.association_id == association.id, Payment.method.in_(WAYS), Payment.reversed_at.is_(None), ~told)
    statement = statement.where(*kept).order_by(Payment.id)
    known = list(lines) if lines is not None else None
    if known is not None:
        days = [line.booked_on for line in known]
        within = Payment.received_on.between(min(days) - NEAR, max(days) + NEAR) if days else Payment.id < 0
        statement = statement.where(within, Payment.amount_fen.in_({line.amount_fen for line in known}))
    return Recorded(Typed(*row) for row in db.session.execute(statement))


def link(actor: Account, line: BankLine, payment: Payment) -> None:
    """The line is the money of a payment that was recorded already: nothing is recorded anew (load the line's
    association).

    Raises RuleError: somebody settled the line meanwhile; the payment was taken back, has a line, or differs.
    """
    services.check_may(actor, line.association)
    with db.session.begin_nested():
        services.move(actor, line, LineState.WAITING, state=LineState.MATCHED, reason=reasons.kept(Why("linked")))
        hold_payment(payment)
        known = queries.line_of(payment.id)
        is_told = known is not None and known.state == LineState.MATCHED
        if is_told or payment.reversed_at is not None or payment.association_id != line.association_id:
            raise RuleError("", lazy("This payment was taken back, or another line of the bank tells of it."))
        if payment.amount_fen != line.amount_fen or payment.method not in WAYS:
            raise RuleError("", lazy("This payment is of another amount, or came another way."))
        change(update(BankLine).where(BankLine.id == line.id).values(payment_id=payment.id))
    db.session.expire(line, ["payment_id"])
    told = {"line": line.public_id, "payment": payment.public_id}
    audit.record(actor, "bank.link", line, told, person_id=payment.payer_id, association_id=line.association_id)
