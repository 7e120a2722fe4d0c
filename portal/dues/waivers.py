"""Letting off and writing off: one officer asks for a reason, another signs or refuses. Never commits.

A waiver is no longer to be collected, so the rate counts without it; a write-off is given up as lost, and the rate
shows it as not collected.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import update

from portal.accounts.models import Account
from portal.core import audit
from portal.core.audit import Actor
from portal.core.calendar import today
from portal.core.database import add_single, change, db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.dues import queries, rules, services, signing, waiver_queries
from portal.dues.models import Charge, Waiver, WaiverKind, WaiverState
from portal.ledger import services as ledger
from portal.ledger.models import EntryKind, JournalEntry, LedgerAccount

LEAVES = {WaiverKind.WAIVER: LedgerAccount.WAIVED, WaiverKind.WRITE_OFF: LedgerAccount.WRITTEN_OFF}
EVENTS = {WaiverKind.WAIVER: EntryKind.WAIVER, WaiverKind.WRITE_OFF: EntryKind.WRITE_OFF}


def ask(actor: Account, charge: Charge, kind: str, amount_fen: int, reason: str) -> Waiver:
    """Ask that an amount of a charge is let off or written off (load `charge.association`); nothing changes yet.

    Raises RuleError by the field: amount (nothing, or more than is open), kind, reason; one question at a time.
    """
    rules.check_may_change(actor, charge.association, charge.group_id)
    if kind not in set(WaiverKind):
        raise RuleError("kind", lazy("Choose from the list."))
    reason = rules.check_reason(reason)
    queries.hold_charge(charge)
    if charge.voided_at is not None:
        raise RuleError("", lazy("This charge is void: nothing is owed of it."))
    if not 0 < amount_fen <= charge.open_fen:
        raise RuleError("amount", lazy("That is more than is still open.") if amount_fen > 0 else _NOTHING)
    known = {"charge_id": charge.id, "association_id": charge.association_id, "group_id": charge.group_id}
    asked = Waiver(**known, kind=str(kind), amount_fen=amount_fen, reason=reason, asked_by_id=actor.person_id)
    if not add_single(asked):  # one waits already
        raise RuleError("", lazy("Somebody asked for this already: it waits for the second signature."))
    told = {"kind": str(kind), "amount_fen": amount_fen, "reason": reason}
    audit.record(actor, "dues.ask_waiver", asked, told, person_id=charge.payer_id)
    return asked


_NOTHING = lazy("The amount is more than nothing.")


def approve(actor: Account, waiver: Waiver, note: str = "") -> None:
    """The second signature: the amount is owed no more, from today on (load `charge` and `association`).

    Raises RuleError for who asked, owes it, or is the member it is for, for what was decided meanwhile, and for more
    than is still open.
    """
    rules.check_may_decide(actor, waiver.association, waiver.asked_by_id)
    if actor.person_id in waiver_queries.list_concerned(waiver.charge):
        raise RuleError("", lazy("You owe it yourself: somebody else decides."))
    with db.session.begin_nested():
        entry = _post(actor, waiver, today(waiver.association.time_zone))
        _settle(waiver, waiver.amount_fen)
        known = {"entry_id": entry.id, "decision_note": note.strip()[: rules.REASON]}
        signing.decide(waiver, WaiverState.APPROVED, decided_by_id=actor.person_id, **known)
        told = {"kind": waiver.kind, "amount_fen": waiver.amount_fen, "reason": waiver.reason}
        audit.record(actor, "dues.approve_waiver", waiver, told, person_id=waiver.charge.payer_id)


def refuse(actor: Account, waiver: Waiver, reason: str) -> None:
    """It stays owed, for a reason."""
    note = signing.refuse(actor, waiver, waiver.association, reason)
    audit.record(actor, "dues.refuse_waiver", waiver, {"reason": note}, person_id=waiver.charge.payer_id)


def withdraw(actor: Account, waiver: Waiver) -> None:
    """Whoever asked takes the question back."""
    signing.withdraw(actor, waiver)
    audit.record(actor, "dues.withdraw_waiver", waiver, person_id=waiver.charge.payer_id)


@services.voided.connect
def _free(charge: Charge, *, actor: Actor | None, on: date, **_more: Any) -> None:
    """What was let off of a charge that is void goes with it, not before it was let off: whoever is charged anew is
    asked about anew.
    """
    for waiver in waiver_queries.approved_of(charge.id):
        signed = db.session.get(JournalEntry, waiver.entry_id)
        _post(actor, waiver, max(on, signed.entry_on) if signed else on, undo=True)
        _settle(waiver, -waiver.amount_fen)
        _void(waiver)


def _post(actor: Actor | None, waiver: Waiver, on: date, *, undo: bool = False) -> JournalEntry:
    """What is let off leaves what is owed; undone, it comes back."""
    kind, amount = WaiverKind(waiver.kind), waiver.amount_fen
    come, go = (0, amount) if undo else (amount, 0)
    lines = (
        ledger.Line(account=LEAVES[kind], debit=come, credit=go, charge_id=waiver.charge_id),
        ledger.Line(account=LedgerAccount.RECEIVABLE, debit=go, credit=come, charge_id=waiver.charge_id),
    )
    event = EntryKind.RELEASE if undo else EVENTS[kind]
    return ledger.post(actor, waiver.association, on, event, lines, memo="" if undo else waiver.reason)


def _settle(waiver: Waiver, amount: int) -> None:
    name = "waived" if waiver.kind == WaiverKind.WAIVER else "written_off"
    services.settle(waiver.charge_id, **{name: amount})


def _void(waiver: Waiver) -> None:
    statement = update(Waiver).where(Waiver.id == waiver.id, Waiver.state == WaiverState.APPROVED)
    if change(statement.values(state=str(WaiverState.VOID))) != 1:
        raise RuleError("", lazy("Somebody decided this meanwhile."))
    db.session.expire(waiver, ["state"])
