"""Money received: recorded once however often its form is sent, settling what it is for. Never commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from blinker import Signal
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core import audit
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.dues import queries as dues
from portal.dues.models import Charge
from portal.ledger import services as ledger
from portal.ledger.models import DuesPeriod, EntryKind, LedgerAccount
from portal.payments import allocating, queries, rules
from portal.payments.allocating import allocate, allocate_all, release, use_credit
from portal.payments.models import Method, Payment
from portal.payments.rules import RIGHT, SECOND
from portal.people.models import Person

__all__ = [
    "RIGHT", "SECOND", "Received", "allocate", "allocate_all", "record", "recorded", "release", "reversed_",
    "use_credit", "where_it_is",
]  # fmt: skip

# Sent with an association once `payments` of it, one or many, are recorded and have settled what they settle, with
# `actor`.
recorded = Signal("Payments were recorded.")
# Sent with a payment once it is taken back and what it settled is free, with `reversal` and `actor`.
reversed_ = Signal("A payment was taken back.")

KEPT_BY = {
    Method.CASH: LedgerAccount.CASH,
    Method.TRANSFER: LedgerAccount.BANK,
    Method.MOBILE: LedgerAccount.BANK,
    Method.OPENING: LedgerAccount.OPENING,
}


@dataclass(frozen=True, kw_only=True)
class Received:
    """What was received, as the row has it: equal where the same form was sent twice."""

    payer_id: int
    amount_fen: int
    received_on: date
    method: str
    key: str
    collector_id: int | None
    bank_reference: str | None
    group_id: int | None
    note: str


def record(
    actor: Account | None,
    association: Association,
    *,
    payer: Person,
    amount_fen: int,
    received_on: date,
    method: str,
    key: str,
    collector: Person | None = None,
    group_id: int | None = None,
    settles: Sequence[tuple[Charge, int]] | None = None,
    bank_reference: str | None = None,
    note: str = "",
) -> Payment:
    """Record money from a payer; it settles the charges named, or what the payer owes, the oldest first. What is left
    is the payer's credit. The same key again, with the same in it, is the same payment.

    Raises RuleError by the field: payer, amount, received_on, method, collector, bank_reference; then nothing was
    written. `group_id` is found where it is not given.
    """
    if group_id is None:
        group_id = _group_of(actor, association, payer, settles)
    taken = Received(
        payer_id=payer.id, amount_fen=amount_fen, received_on=received_on, method=str(method), key=key,
        collector_id=collector.id if collector else None, bank_reference=bank_reference, group_id=group_id,
        note=note.strip(),
    )  # fmt: skip
    known = queries.by_key(key)
    if known is not None:
        return _same(actor, association, known, taken)
    is_charged = any((one.payer_id, one.association_id) == (payer.id, association.id) for one, _fen in settles or ())
    rules.check_received(actor, association, taken, is_known=is_charged)
    return _record_once(actor, association, taken, settles)


def where_it_is(payment: Payment) -> LedgerAccount:
    """Which account has the money of a payment: its collector's until it was handed over."""
    if payment.collector_id is not None and payment.hand_over_id is None:
        return LedgerAccount.COLLECTORS
    return KEPT_BY[Method(payment.method)]


def _record_once(
    actor: Account | None, association: Association, taken: Received, settles: Sequence[tuple[Charge, int]] | None
) -> Payment:
    """All of it or nothing. Who sends the same form in the same moment waits for the key, and finds the payment."""
    try:
        with db.session.begin_nested():
            held = ledger.hold_open(association, taken.received_on, "received_on")
            if taken.method == Method.OPENING:
                rules.check_opening(association, "method")
            _hold_later(association, taken, settles, held)
            payment = _add(actor, association, taken, held)
            _settle(actor, payment, settles, held)
            recorded.send(association, payments=[payment], actor=actor)
    except IntegrityError:
        known = queries.by_key(taken.key)
        if known is not None:
            return _same(actor, association, known, taken)
        if taken.bank_reference is None:
            raise
        raise RuleError("bank_reference", lazy("A payment with this bank reference is recorded already.")) from None
    return payment


def _add(actor: Account | None, association: Association, taken: Received, held: DuesPeriod) -> Payment:
    """The row, the journal's entry and the log's."""
    payment = Payment(**vars(taken), association=association, recorded_by_id=actor.person_id if actor else None)
    db.session.add(payment)
    db.session.flush()
    lines = (
        ledger.Line(account=where_it_is(payment), debit=payment.amount_fen, payment_id=payment.id),
        ledger.Line(account=LedgerAccount.CREDIT, credit=payment.amount_fen, payment_id=payment.id),
    )
    kind = EntryKind.OPENING if payment.method == Method.OPENING else EntryKind.PAYMENT
    ledger.post(actor, association, payment.received_on, kind, lines, held=held)
    told = {"amount_fen": payment.amount_fen, "method": payment.method, "on": payment.received_on.isoformat()}
    audit.record(actor, "payments.record", payment, told, person_id=payment.payer_id)
    return payment


def _hold_later(
    association: Association, taken: Received, settles: Sequence[tuple[Charge, int]] | None, held: DuesPeriod
) -> None:
    """For what the money may settle of a period that is over."""
    if today(association.time_zone) <= held.end_on:
        return
    owed = (
        [charge for charge, _fen in settles]
        if settles is not None
        else dues.open_charges(association, payer_id=taken.payer_id)
    )
    allocating.hold_later(association, [charge.id for charge in owed], held)


def _settle(
    actor: Account | None, payment: Payment, settles: Sequence[tuple[Charge, int]] | None, held: DuesPeriod
) -> None:
    association = payment.association
    if settles is None:
        groups = rules.reach(actor, association)
        settles = allocating.oldest_first(association, payment.payer_id, payment.amount_fen, groups)
    if not settles:
        return
    rules.check_parts(actor, association, settles, payment)
    allocating.apply_from(actor, payment, settles, payment.received_on, held)


def _same(actor: Account | None, association: Association, known: Payment, taken: Received) -> Payment:
    """The payment that the form made before. Raises RuleError when the form says something else by now."""
    again = {name: getattr(known, name) for name in vars(taken) if name not in ("group_id", "note")}
    is_same = all(getattr(taken, name) == value for name, value in again.items())
    by = actor.person_id if actor else None
    if not is_same or known.association_id != association.id or known.recorded_by_id != by:
        raise RuleError("", lazy("This form was sent before, with something else in it. Look at today's list."))
    return known


def _group_of(
    actor: Account | None, association: Association, payer: Person, settles: Sequence[tuple[Charge, int]] | None
) -> int | None:
    """The group that the money counts for: of the charges, if they are of one, else the payer's."""
    of_charges = {charge.group_id for charge, _amount in settles or ()}
    if len(of_charges) == 1:
        return of_charges.pop()
    groups = queries.groups_of(association, payer.id)
    return rules.own_first(actor, association, groups)
