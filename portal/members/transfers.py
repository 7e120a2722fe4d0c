"""A membership moves to another association: proposed by one side, accepted or declined by the other."""

from __future__ import annotations

from portal.associations.models import Association, Group
from portal.core.audit import Actor, record
from portal.core.calendar import now, today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.members import queries, services
from portal.members.models import Membership, Transfer, TransferState
from portal.people.services import MIN_REASON


def propose(
    actor: Actor, person_id: int, membership: Membership, giving: Association, taking: Association,
    by: Association, reason: str,
) -> Transfer:  # fmt: skip
    """One side (`by`, the giving or the taking one) proposes a transfer for a reason.

    Raises RuleError for a membership that has ended or has a transfer waiting, the same association, an archived
    one, or no reason.
    """
    if membership.ended_on is not None:
        raise RuleError("", lazy("This membership has ended already."))
    if queries.open_transfer(membership) is not None:
        raise RuleError("", lazy("A transfer of this membership waits for an answer already."))
    if giving.id == taking.id or taking.is_archived:
        raise RuleError("to", lazy("Choose another association that is at work."))
    if len(reason.strip()) < MIN_REASON:
        raise RuleError("reason", lazy("Write the reason in a few words."))
    transfer = Transfer(
        membership_id=membership.id,
        from_association_id=giving.id,
        to_association_id=taking.id,
        proposed_by_association_id=by.id,
        reason=reason.strip(),
        effective_on=today(),
        proposed_by_id=person_id,
    )
    db.session.add(transfer)
    db.session.flush()
    changes = {"from": giving.code, "to": taking.code, "reason": reason.strip()}
    record(actor, "members.propose_transfer", transfer, changes, association_id=by.id, person_id=membership.person_id)
    return transfer


def accept(
    actor: Actor, person_id: int, transfer: Transfer, membership: Membership, to: Association,
    group: Group | None = None,
) -> None:  # fmt: skip
    """The other side accepts: from today the membership is at `to`, in one of its groups or none."""
    _check_open(transfer)
    if membership.ended_on is not None or membership.association_id != transfer.from_association_id:
        raise RuleError("", lazy("The membership has ended or moved meanwhile."))
    services.check_group(to, group)
    _decide(transfer, TransferState.ACCEPTED, person_id, "")
    transfer.effective_on = today()
    services.settle(actor, membership, to, group, today())
    record(actor, "members.accept_transfer", transfer, association_id=to.id, person_id=membership.person_id)
    services.moved.send(membership)


def refuse(
    actor: Actor, person_id: int, transfer: Transfer, state: TransferState, note: str, association: Association
) -> None:
    """The other side declines with a reason, or the proposing side withdraws."""
    _check_open(transfer)
    if state == TransferState.DECLINED and len(note.strip()) < MIN_REASON:
        raise RuleError("note", lazy("Write the reason in a few words."))
    _decide(transfer, state, person_id, note)
    record(actor, f"members.{state}_transfer", transfer, {"note": note.strip()}, association_id=association.id)


def _check_open(transfer: Transfer) -> None:
    if transfer.state != TransferState.PROPOSED:
        raise RuleError("", lazy("This transfer has been decided already."))


def _decide(transfer: Transfer, state: TransferState, person_id: int, note: str) -> None:
    transfer.state, transfer.decided_at = state, now()
    transfer.decided_by_id, transfer.note = person_id, note.strip()
