"""Credit paid back, or left to the association by the payer: one officer asks, another agrees. Never commits."""

from __future__ import annotations

from datetime import date

from portal.accounts.models import Account
from portal.core import audit
from portal.core.calendar import now, today
from portal.core.database import add_single, db
from portal.core.errors import RuleError
from portal.core.formats import money
from portal.core.i18n import lazy
from portal.dues import signing
from portal.ledger import cashbox
from portal.ledger import queries as journal
from portal.ledger import services as ledger
from portal.ledger.models import EntryKind, JournalEntry, LedgerAccount
from portal.offices.access import can
from portal.payments import allocating, queries, rules
from portal.payments.models import Payment, Refund, RefundWay, UndoState

LEAVES = {
    RefundWay.CASH: LedgerAccount.CASH,
    RefundWay.TRANSFER: LedgerAccount.BANK,
    RefundWay.MOBILE: LedgerAccount.BANK,
    RefundWay.FORGONE: LedgerAccount.FORGONE,
}


def ask(
    actor: Account, payment: Payment, *, amount_fen: int, method: str, reason: str, on: date | None = None
) -> Refund:
    """Ask that credit of a payment is paid back on a day. Raises RuleError by the field."""
    association = payment.association
    if not can(actor, rules.RIGHT, association, whole=True):
        raise RuleError("", lazy("Money is paid back by whoever keeps the dues of the whole association."))
    rules.check_amount(amount_fen)
    if method not in set(RefundWay):
        raise RuleError("method", lazy("Choose how the money goes back."))
    reason, on = rules.check_reason(reason), on or today(association.time_zone)
    if on < payment.received_on:
        raise RuleError("on", lazy("This is before the money was received."))
    ledger.hold_open(association, on)
    queries.hold_payment(payment)
    if amount_fen > payment.credit_fen:
        raise RuleError("amount", lazy("That is more than is left of the payment."))
    _check_left(payment, amount_fen, on)
    known = {"payment_id": payment.id, "association_id": association.id, "asked_by_id": actor.person_id}
    asked = Refund(**known, amount_fen=amount_fen, method=str(method), reason=reason, refunded_on=on)
    asked.state, asked.asked_at = UndoState.ASKED, now()
    return _add(actor, payment, asked)


def approve(actor: Account, refund: Refund, note: str = "") -> Refund:
    """The second signature: the money goes back. Load `refund.payment` with its association.

    Raises RuleError("amount") when the credit was used meanwhile.
    """
    payment = refund.payment
    rules.check_may_decide(actor, payment.association, refund.asked_by_id)
    if payment.payer_id == actor.person_id:
        raise RuleError("", lazy("It is paid back to you: somebody else decides."))
    with db.session.begin_nested():
        if refund.method == RefundWay.CASH:
            cashbox.hold(payment.association)
            cashbox.check_refund(payment.association, refund.amount_fen, refund.refunded_on)
        ledger.hold_open(payment.association, refund.refunded_on)
        allocating.use(payment, refund.amount_fen)
        _check_left(payment, refund.amount_fen, refund.refunded_on)
        entry = _post(actor, refund)
        signed = {"decided_by_id": actor.person_id, "decision_note": note.strip()[: rules.REASON]}
        signing.decide(refund, UndoState.MADE, entry_id=entry.id, **signed)
    told = {"amount_fen": refund.amount_fen, "method": refund.method, "on": refund.refunded_on.isoformat()}
    audit.record(actor, "payments.refund", payment, told, person_id=payment.payer_id)
    return refund


def refuse(actor: Account, refund: Refund, reason: str) -> None:
    """Nothing goes back, for a reason."""
    note = signing.refuse(actor, refund, refund.payment.association, reason)
    audit.record(actor, "payments.refuse_refund", refund.payment, {"reason": note})


def withdraw(actor: Account, refund: Refund) -> None:
    """Whoever asked for it takes the question back."""
    signing.withdraw(actor, refund)
    audit.record(actor, "payments.withdraw_refund", refund.payment)


def _check_left(payment: Payment, amount_fen: int, on: date) -> None:
    """What settled something on that day, and is free since, is paid back on a later one."""
    left = journal.credit_from(payment.id, on)
    if amount_fen > left:
        words = lazy("On that day, or on one since, only %(fen)s yuan of it were left.", fen=money(max(left, 0)))
        raise RuleError("on", words)


def _add(actor: Account, payment: Payment, asked: Refund) -> Refund:
    """One waits at a time; the same form sent twice is the one that waits."""
    if not add_single(asked):
        waiting = next((one for one in queries.list_refunds(payment) if one.state == UndoState.ASKED), None)
        if waiting is None or (waiting.asked_by_id, waiting.amount_fen) != (asked.asked_by_id, asked.amount_fen):
            raise RuleError("", lazy("A refund of it waits for the second signature already."))
        return waiting
    asked.payment = payment
    told = {"amount_fen": asked.amount_fen, "reason": asked.reason}
    audit.record(actor, "payments.ask_refund", payment, told, person_id=payment.payer_id)
    return asked


def _post(actor: Account, refund: Refund) -> JournalEntry:
    leaves, about = LEAVES[RefundWay(refund.method)], {"payment_id": refund.payment_id}
    lines = (
        ledger.Line(account=LedgerAccount.CREDIT, debit=refund.amount_fen, **about),
        ledger.Line(account=leaves, credit=refund.amount_fen, **about),
    )
    association = refund.payment.association
    return ledger.post(actor, association, refund.refunded_on, EntryKind.REFUND, lines, memo=refund.reason)
