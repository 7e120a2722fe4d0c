"""Taking a payment back: at once by whoever recorded it on the same day, else asked for and decided by another.

A new row, one for each payment; dated in an open period; what the payment settled is open again. Never commits.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import update

from portal.accounts.models import Account
from portal.core import audit
from portal.core.calendar import now, today
from portal.core.database import add_single, change, db
from portal.core.errors import RuleError
from portal.core.formats import local
from portal.core.i18n import lazy
from portal.dues import signing
from portal.ledger import cashbox
from portal.ledger import services as ledger
from portal.ledger.models import EntryKind, JournalEntry, LedgerAccount
from portal.payments import allocating, queries, rules
from portal.payments.models import Method, Payment, Refund, Reversal, UndoState
from portal.payments.services import reversed_, where_it_is


def is_alone(actor: Account | None, payment: Payment) -> bool:
    """Whether the actor may take it back without a second signature: recorded by them today, and not yet handed
    over.
    """
    zone = payment.association.time_zone
    same_day = local(payment.recorded_at, zone).date() == today(zone)
    by = actor.person_id if actor else None
    return same_day and payment.recorded_by_id == by and payment.hand_over_id is None


def reverse(actor: Account, payment: Payment, reason: str, on: date | None = None) -> Reversal:
    """Take back what one recorded oneself today. Raises RuleError for anything else: it is asked for.

    The same again, in the same moment too, is the reversal that was made.
    """
    _check_alone(actor, payment)
    reversal = _begin(actor, payment, reason, on)
    if reversal.state == UndoState.ASKED:
        _make(actor, reversal, payment, decided_by_id=None)
    return reversal


def _check_alone(actor: Account | None, payment: Payment) -> None:
    if not is_alone(actor, payment):
        raise RuleError(
            "", lazy("Only whoever recorded it takes it back alone, on the same day. Ask for a reversal.")
        )


def ask(actor: Account, payment: Payment, reason: str, on: date | None = None) -> Reversal:
    """Ask that a payment is taken back, from a day on; it is made once somebody else agrees."""
    return _begin(actor, payment, reason, on)


def approve(actor: Account, reversal: Reversal, note: str = "") -> Reversal:
    """The second signature: the payment is taken back. Load `reversal.payment` with its association."""
    rules.check_may_decide(actor, reversal.payment.association, reversal.asked_by_id)
    if reversal.payment.collector_id == actor.person_id:
        raise RuleError("", lazy("You collected it yourself: somebody else decides."))
    if reversal.payment.payer_id == actor.person_id:
        raise RuleError("", lazy("It is paid back to you: somebody else decides."))
    _make(actor, reversal, reversal.payment, decided_by_id=actor.person_id, note=note.strip()[: rules.REASON])
    return reversal


def refuse(actor: Account, reversal: Reversal, reason: str) -> None:
    """It is not taken back, for a reason."""
    note = signing.refuse(actor, reversal, reversal.payment.association, reason)
    audit.record(actor, "payments.refuse_reversal", reversal.payment, {"reason": note})


def withdraw(actor: Account, reversal: Reversal) -> None:
    """Whoever asked for it takes the question back."""
    signing.withdraw(actor, reversal)
    audit.record(actor, "payments.withdraw_reversal", reversal.payment)


def _begin(actor: Account | None, payment: Payment, reason: str, on: date | None) -> Reversal:
    """The question, unless there is the same already."""
    association = payment.association
    rules.check_may_change(actor, association, payment.group_id)
    reason, on = rules.check_reason(reason), on or today(association.time_zone)
    _check_day(payment, on)
    _hold_box(payment)
    ledger.hold_open(association, on)
    by = actor.person_id if actor else payment.recorded_by_id
    known = {"payment_id": payment.id, "association_id": association.id, "asked_by_id": by}
    asked = Reversal(**known, reason=reason, reversed_on=on, state=UndoState.ASKED, asked_at=now())
    if not add_single(asked):  # there is one, or somebody made it in this moment
        return _known(by, payment)
    asked.payment = payment
    audit.record(actor, "payments.ask_reversal", payment, {"reason": reason, "on": on.isoformat()})
    return asked


def _check_day(payment: Payment, on: date) -> None:
    """Nothing is undone before it was done: settled something, or came into the cash box."""
    done = (payment.received_on, queries.last_entry_on(payment.id), queries.handed_on(payment))
    if on < max(day for day in done if day is not None):
        raise RuleError("on", lazy("This is before the money was received, settled something or was handed over."))


def _known(by: int | None, payment: Payment) -> Reversal:
    """The reversal that there is, to whoever asked for it; to others the words for it."""
    known = queries.live_reversal(payment.id)
    if known is not None and known.asked_by_id == by:
        return known
    if known is not None and known.state == UndoState.MADE:
        raise RuleError("", lazy("This payment was taken back already."))
    raise RuleError("", lazy("Somebody asked for its reversal already: it waits for the second signature."))


def _make(
    actor: Account | None, reversal: Reversal, payment: Payment, *, decided_by_id: int | None, note: str = ""
) -> None:
    """What it settled is free, the money goes back where it is, and the row says so. All of it or nothing."""
    with db.session.begin_nested():
        _hold_box(payment)
        ledger.hold_open(payment.association, reversal.reversed_on)
        _free_all(actor, payment, reversal.reversed_on)
        if decided_by_id is None:
            _check_alone(actor, payment)  # somebody may have handed it over meanwhile
        if where_it_is(payment) == LedgerAccount.CASH:
            cashbox.check_reversal(payment.association, payment.amount_fen, reversal.reversed_on)
        entry = _post(actor, payment, reversal)
        signing.decide(reversal, UndoState.MADE, decided_by_id=decided_by_id, decision_note=note, entry_id=entry.id)
        taken_back = update(Payment).where(Payment.id == payment.id, queries.STANDS, Payment.used_fen == 0)
        if change(taken_back.values(reversed_at=now())) != 1:
            raise RuleError("", lazy("A part of it was paid back already: it cannot be taken back as a whole."))
        db.session.expire(payment, ["reversed_at"])
        _drop_refunds(payment)
        told = {"amount_fen": payment.amount_fen, "reason": reversal.reason, "on": reversal.reversed_on.isoformat()}
        audit.record(actor, "payments.reverse", payment, told, person_id=payment.payer_id)
        reversed_.send(payment, reversal=reversal, actor=actor)


def _hold_box(payment: Payment) -> None:
    """Before the books, as everybody does who takes cash out of the box."""
    if payment.method == Method.CASH:
        cashbox.hold(payment.association)


def _free_all(actor: Account | None, payment: Payment, on: date) -> None:
    """Everything that it settles, the charges held before the payment, as everybody does."""
    queries.hold_charges([one.charge_id for one in queries.live_allocations(payment.id)])
    queries.hold_payment(payment)
    _check_day(payment, on)
    settled = queries.live_allocations(payment.id)
    if settled:
        allocating.free(actor, payment, settled, on)


def _post(actor: Account | None, payment: Payment, reversal: Reversal) -> JournalEntry:
    lines = (
        ledger.Line(account=LedgerAccount.CREDIT, debit=payment.amount_fen, payment_id=payment.id),
        ledger.Line(account=where_it_is(payment), credit=payment.amount_fen, payment_id=payment.id),
    )
    return ledger.post(
        actor, payment.association, reversal.reversed_on, EntryKind.REVERSAL, lines, memo=reversal.reason
    )


def _drop_refunds(payment: Payment) -> None:
    """Nothing is left to pay back."""
    waiting = (Refund.payment_id == payment.id, Refund.state == UndoState.ASKED)
    change(update(Refund).where(*waiting).values(state=str(UndoState.WITHDRAWN), decided_at=now()))
