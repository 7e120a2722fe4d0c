"""Receipts: one for each payment as it is recorded, void with it; a new one where one was voided in error.

What is printed is a snapshot: a name that changes later, and money that is moved later, leave it as it is.
Never commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core import audit
from portal.core.calendar import now, today
from portal.core.database import change, db, insert_all
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.offices.access import can
from portal.payments import services as payments
from portal.payments.models import Method, Payment, Reversal
from portal.payments.queries import hold_payment
from portal.payments.rules import REASON, RIGHT
from portal.people import services as people
from portal.people.models import Person
from portal.receipts import numbers, queries, snapshots
from portal.receipts.models import Receipt
from portal.verification.codes import new_code
from portal.verification.models import VerifiableCode

KIND = "receipt"  # of the codes on receipts


def issue(actor: Account | None, payment: Payment, on: date | None = None) -> Receipt:
    """A receipt for a payment that stands (load its association), dated the day of the money unless another is named,
    under the next number of that year. Raises RuleError where the payment was taken back or has one that stands.
    """
    if payment.reversed_at is not None:
        raise RuleError("", lazy("This payment was taken back: there is nothing to confirm."))
    try:
        with db.session.begin_nested():
            _issue(actor, payment.association, [(payment, on or payment.received_on)])
    except IntegrityError:  # somebody else issued it in this moment
        raise RuleError("", lazy("There is a receipt for this payment already.")) from None
    return queries.list_of_payment(payment.id)[0]


def _issue(actor: Account | None, association: Association, confirmed: Sequence[tuple[Payment, date]]) -> None:
    """Receipts of one year for payments of an association, in their order, each step one statement for all."""
    year = confirmed[0][1].year
    number = numbers.advance(association.id, year, len(confirmed))
    printed = snapshots.of(association, [payment for payment, _on in confirmed])
    codes = insert_all(VerifiableCode, [{"code": new_code(), "kind": KIND} for _ in confirmed], by="code")
    known = {"association_id": association.id, "year": year, "issued_by_id": actor.person_id if actor else None}
    rows = [
        {
            **known, "number": number + position, "code_id": codes[position], "group_id": payment.group_id,
            "payment_id": payment.id, "snapshot": printed[payment.id], "issued_on": on,
        }
        for position, (payment, on) in enumerate(confirmed)
    ]  # fmt: skip
    insert_all(Receipt, rows)


def reissue(actor: Account, payment: Payment) -> Receipt:
    """Another receipt, of today, for a payment that stands and whose receipt was voided in error."""
    _check_may(actor, payment.association)
    hold_payment(payment)  # who takes it back in this moment voids this one too, or was before
    if not queries.list_of_payment(payment.id):
        raise RuleError("", lazy("Only a receipt that was voided is issued again."))
    receipt = issue(actor, payment, today(payment.association.time_zone))
    told = {"number": receipt.number, "year": receipt.year}
    audit.record(actor, "receipts.reissue", receipt, told, person_id=payment.payer_id)
    return receipt


def void(actor: Account, receipt: Receipt, reason: str) -> None:
    """It keeps its number and is no longer valid; its payment stands. Load `payment` and `association`."""
    _check_may(actor, receipt.association)
    plain = reason.strip()
    if not plain:
        raise RuleError("reason", lazy("Say why."))
    if len(plain) > REASON:
        raise RuleError("reason", lazy("At most %(count)s characters", count=REASON))
    if not _void(receipt, plain):
        raise RuleError("", lazy("This receipt is void already."))
    told = {"number": receipt.number, "year": receipt.year, "reason": plain}
    audit.record(actor, "receipts.void", receipt, told, person_id=receipt.payment.payer_id)


def mark_printed(receipt_ids: list[int]) -> None:
    """When it was first printed; a second time changes nothing."""
    statement = update(Receipt).where(Receipt.id.in_(receipt_ids), Receipt.printed_at.is_(None))
    db.session.execute(statement.values(printed_at=now()).execution_options(synchronize_session=False))


def _void(receipt: Receipt, reason: str) -> bool:
    """One conditional update: whether it stood until now."""
    statement = update(Receipt).where(Receipt.id == receipt.id, Receipt.voided_at.is_(None))
    is_void = change(statement.values(voided_at=now(), void_reason=reason))
    db.session.expire(receipt, ["voided_at", "void_reason"])
    return bool(is_void)


def _check_may(actor: Account, association: Association) -> None:
    if not can(actor, RIGHT, association, whole=True):
        raise RuleError("", lazy("Whoever keeps all the dues of the association does this."))


@payments.recorded.connect
def _confirm(association: Association, *, payments: Sequence[Payment], actor: Account | None, **_more: Any) -> None:
    """Every payment has its receipt in the same moment; what only comes over from older books has none."""
    confirmed = [(one, one.received_on) for one in payments if one.method != Method.OPENING]
    for _year, of_year in groupby(sorted(confirmed, key=lambda one: one[1]), key=lambda one: one[1].year):
        _issue(actor, association, list(of_year))


@payments.reversed_.connect
def _void_with(payment: Payment, *, reversal: Reversal, **_more: Any) -> None:
    """What was taken back is confirmed no more."""
    for receipt in queries.list_of_payment(payment.id):
        _void(receipt, reversal.reason)


@people.renamed.connect
def _forget(person: Person, **_more: Any) -> None:
    """Of somebody whose record was removed no receipt keeps the name; sums, numbers and days stay."""
    if person.removed_at is None:
        return
    for receipt, payer_id in queries.naming(person.id):
        printed, gone = receipt.snapshot, queries.memberships_of(person.id)
        lines = [[line[0], person.name if line[3] in gone else line[1], *line[2:]] for line in printed["lines"]]
        payer = {"through" if printed["through"] else "payer": person.name} if payer_id == person.id else {}
        receipt.snapshot = {**printed, **payer, "lines": lines}
