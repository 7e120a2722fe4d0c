"""A membership moves to another association: proposed by one side, accepted or declined by the other."""

from __future__ import annotations

from sqlalchemy import update

from portal.associations.models import Association, Group
from portal.core import search
from portal.core.audit import Actor, record
from portal.core.calendar import now, today
from portal.core.database import change, db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.members import places, queries, services
from portal.members.models import Membership, Transfer, TransferState
from portal.people.services import MIN_REASON

DECIDED = lazy("This transfer has been decided already.")


def find(taking: Association, number: str, name: str) -> Membership:
    """The membership that the taking side means: it knows the number and the full name, and learns nothing else.

    The same answer for a number that nobody has, a wrong name, an ended membership and another federation.
    """
    found = queries.get_by_number(number.strip(), queries.root_id(taking))
    if found is None or found.ended_on is not None or not _is_same_name(found, name):
        raise RuleError("number", lazy("No membership in force has this number and this name."))
    if found.association_id == taking.id:
        raise RuleError("number", lazy("This membership is here already."))
    return found


def _is_same_name(membership: Membership, name: str) -> bool:
    wanted = search.normalise(name)
    names = (membership.organisation_name,) if membership.organisation_name else (membership.person.name,)
    return bool(wanted) and wanted in [search.normalise(each) for each in names]


def propose(
    actor: Actor, person_id: int, membership: Membership, giving: Association, taking: Association,
    by: Association, reason: str,
) -> Transfer:  # fmt: skip
    """One side (`by`, the giving or the taking one) proposes a transfer for a reason.

    Raises RuleError for a membership that has ended, moved or has a transfer waiting, the same association, an
    archived one or one of another federation, or no reason.
    """
    places.lock(membership)
    services.check_in_force(membership)
    if membership.association_id != giving.id:
        raise RuleError("", lazy("The membership has ended or moved meanwhile."))
    if queries.open_transfer(membership) is not None:
        raise RuleError("", lazy("A transfer of this membership waits for an answer already."))
    if giving.id == taking.id or taking.is_archived or queries.root_id(giving) != queries.root_id(taking):
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
    group: Group | None = None, *, by: Association | None = None,
) -> None:  # fmt: skip
    """The other side accepts: from today the membership is at `to`, in one of its groups or none.

    It brings whom it covers. Somebody else who paid for it stays behind. Raises RuleError for a transfer that is
    decided, a membership that has ended or moved, an archived association, or one where the person has the same.
    """
    places.lock_held(membership)
    db.session.refresh(transfer, ["state"])
    if transfer.state != TransferState.PROPOSED:
        raise RuleError("", DECIDED)
    if membership.ended_on is not None or membership.association_id != transfer.from_association_id:
        raise RuleError("", lazy("The membership has ended or moved meanwhile."))
    if to.id != transfer.to_association_id or to.is_archived:
        raise RuleError("to", lazy("Choose another association that is at work."))
    services.check_group(to, group)
    services.check_not_held(membership, to)
    _decide(transfer, TransferState.ACCEPTED, person_id, "")
    with places.alone(membership.person_id, to.id, membership.kind_id):
        services.settle(actor, membership, to, group, today())
    _leave_payer(membership)
    by = by or to
    changes = {"group": group.name if group else None}
    record(actor, "members.accept_transfer", transfer, changes, association_id=by.id, person_id=membership.person_id)
    services.moved.send(membership)


def refuse(
    actor: Actor, person_id: int, transfer: Transfer, state: TransferState, note: str, association: Association
) -> None:
    """The other side declines with a reason, or the proposing side withdraws."""
    if state == TransferState.DECLINED and len(note.strip()) < MIN_REASON:
        raise RuleError("note", lazy("Write the reason in a few words."))
    _decide(transfer, state, person_id, note)
    record(actor, f"members.{state}_transfer", transfer, {"note": note.strip()}, association_id=association.id)


def _decide(transfer: Transfer, state: TransferState, person_id: int, note: str) -> None:
    """One answer only: of two in the same moment the second finds the transfer decided."""
    waiting = (Transfer.id == transfer.id, Transfer.state == TransferState.PROPOSED)
    values = {"state": state, "decided_at": now(), "decided_by_id": person_id, "note": note.strip()}
    if state == TransferState.ACCEPTED:
        values["effective_on"] = today()
    statement = update(Transfer).where(*waiting).values(values)
    if not change(statement):
        raise RuleError("", DECIDED)
    db.session.refresh(transfer, list(values))


def _leave_payer(membership: Membership) -> None:
    """Who paid and is not covered belongs to the association of before: the new one does not know the person."""
    covered = {row.person_id for row in queries.list_covers(membership)}
    if membership.payer_id not in covered:
        membership.payer_id = None
