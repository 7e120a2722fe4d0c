"""What may happen to a charge: settled in part, freed again, void, brought in from before. Never commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from blinker import Signal
from sqlalchemy import select, update

from portal.accounts.models import Account
from portal.core import audit
from portal.core.audit import Actor
from portal.core.calendar import now, today
from portal.core.database import change, db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.dues import queries, rules
from portal.dues.models import Charge, ChargeOrigin, VoidReason, Waiver, WaiverState
from portal.ledger import queries as journal
from portal.ledger import services as ledger
from portal.ledger.models import DuesPeriod, EntryKind, LedgerAccount
from portal.members import services as members
from portal.members.models import Membership

# Sent with an association before many `charges` of it, which are held, are made void: whoever settled them holds what
# settled them, in one order, before the first of it is freed.
voiding = Signal("Charges are about to become void.")
# Sent with a charge that something is settled of, or was on the day or since, before it is made void, with `actor`
# and `on` (the day on which it is void): whoever settled it frees what was allocated, waived or written off, or it
# cannot become void.
voided = Signal("A charge is about to become void.")
# Sent with an association after its charges of a period were brought up to date, with `period`, `moment` (the new
# charges' created_at, the voided ones' voided_at), `actor` and `on`: credit on account settles what is new.
charged = Signal("An association's charges of a period are up to date.")


def settle(charge_id: int, *, paid: int = 0, waived: int = 0, written_off: int = 0) -> None:
    """So much more of the charge is paid, waived or written off; negative amounts free what was.

    One statement decides: of two at once that want the same open fen one is refused. Raises RuleError("amount").
    Rows loaded before know nothing of it: refresh them.
    """
    left = Charge.amount_fen - Charge.paid_fen - Charge.waived_fen - Charge.written_off_fen
    asked = (
        left >= paid + waived + written_off,
        Charge.paid_fen + paid >= 0,
        Charge.waived_fen + waived >= 0,
        Charge.written_off_fen + written_off >= 0,
    )
    statement = update(Charge).where(Charge.id == charge_id, Charge.voided_at.is_(None), *asked)
    changed = statement.values(
        paid_fen=Charge.paid_fen + paid,
        waived_fen=Charge.waived_fen + waived,
        written_off_fen=Charge.written_off_fen + written_off,
    )
    if change(changed) != 1:
        raise RuleError("amount", lazy("That is more than is still open."))


def settle_all(paid: Mapping[int, int]) -> None:
    """So much more is paid of each of many charges, one statement for each amount that occurs: all or RuleError."""
    by_amount: dict[int, list[int]] = {}
    for charge_id, amount_fen in paid.items():
        by_amount.setdefault(amount_fen, []).append(charge_id)
    left = Charge.amount_fen - Charge.paid_fen - Charge.waived_fen - Charge.written_off_fen
    for amount_fen, ids in sorted(by_amount.items()):
        asked = (Charge.id.in_(ids), Charge.voided_at.is_(None), left >= amount_fen)
        if change(update(Charge).where(*asked).values(paid_fen=Charge.paid_fen + amount_fen)) != len(ids):
            raise RuleError("amount", lazy("That is more than is still open."))


def void(actor: Actor | None, charge: Charge, reason: VoidReason, on: date, memo: str = "") -> None:
    """The charge stands no longer, from a day in an open period (load `association`).

    What was settled of it is freed first, what was asked for of it waits no longer. Raises RuleError for one that is
    void, or a closed period.
    """
    ledger.hold_open(charge.association, on)  # the book comes first, as for whoever pays
    queries.hold_charge(charge)
    if charge.voided_at is not None:
        raise RuleError("", lazy("This charge is void already."))
    if charge.amount_fen != charge.open_fen:
        voided.send(charge, actor=actor, on=on)
        db.session.refresh(charge, ("paid_fen", "waived_fen", "written_off_fen"))
    charge.voided_at, charge.void_reason = now(), str(reason)
    drop_asked([charge.id])
    earned = LedgerAccount.OPENING if charge.origin == ChargeOrigin.OPENING else LedgerAccount.DUES
    lines = (
        ledger.Line(account=earned, debit=charge.amount_fen, charge_id=charge.id),
        ledger.Line(account=LedgerAccount.RECEIVABLE, credit=charge.amount_fen, charge_id=charge.id),
    )
    ledger.post(actor, charge.association, on, EntryKind.VOID, lines, memo=memo)
    changes = {"amount_fen": charge.amount_fen, "reason": str(reason), "on": on.isoformat()}
    changes |= {"memo": memo} if memo else {}
    audit.record(actor, "dues.void", charge, changes, person_id=charge.payer_id)


def void_opening(actor: Account, charge: Charge, reason: str) -> None:
    """An opening balance that was entered in error, for a reason that stays; until a book is closed for the first
    time. Then nobody alone lets anybody off: a waiver takes a second signature.
    """
    ledger.hold_book(charge.association, db.session.get_one(DuesPeriod, charge.period_id), shared=True)
    if journal.is_begun(charge.association, ever=True):
        raise RuleError(
            "", lazy("The first book is closed: ask for a waiver or a write-off, which somebody else signs.")
        )
    void(actor, charge, VoidReason.IN_ERROR, today(charge.association.time_zone), memo=rules.check_reason(reason))


def drop_asked(charge_ids: Sequence[int]) -> None:
    """Nobody signs what was asked for of charges that are void."""
    asked = (Waiver.charge_id.in_(charge_ids), Waiver.state == WaiverState.ASKED)
    change(update(Waiver).where(*asked).values(state=str(WaiverState.VOID), decided_at=now()))


@members.grouped.connect
def _follow_group(membership: Membership, **_details: object) -> None:
    """What is open goes with the member to the group whose leader collects it from now on."""
    theirs = (Charge.membership_id == membership.id, Charge.association_id == membership.association_id)
    asked = (Waiver.charge_id.in_(select(Charge.id).where(*theirs)), Waiver.state == WaiverState.ASKED)
    for moved in (update(Charge).where(*theirs, *queries.IS_OPEN), update(Waiver).where(*asked)):
        with_them = moved.values(group_id=membership.group_id)
        db.session.execute(with_them.execution_options(synchronize_session="fetch"))


@members.grouping.connect
def _hold_open_charges(memberships: Sequence[Membership]) -> None:
    """What is open of all who are moved together is held in the one order in which everybody holds charges."""
    theirs = Charge.membership_id.in_([one.id for one in memberships])
    held = select(Charge.id).where(theirs, *queries.IS_OPEN).order_by(Charge.id).with_for_update()
    db.session.execute(held).all()
