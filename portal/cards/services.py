"""What may happen to a card: issued, reissued, void, handed over, issued to many. Raises RuleError; never commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import select, update

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.cards import queries
from portal.cards.models import IssueReason, MemberCard, VoidReason
from portal.core.audit import Actor, record
from portal.core.calendar import now, today
from portal.core.database import db
from portal.core.documents import missing_glyphs
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.core.jobs import Job, open_job
from portal.members import services as members
from portal.members.models import EndReason, Membership, MembershipState
from portal.people import services as people
from portal.people.models import Person
from portal.verification.codes import new_code
from portal.verification.models import VerifiableCode

KIND = "member_card"  # of the codes on cards
JOB = "cards.batch"
CHUNK = 5_000  # values in one statement
# Ends after which no card is valid for the rest of the last day, and why it is void.
AT_ONCE = {
    EndReason.EXCLUDED: VoidReason.ENDED,
    EndReason.IN_ERROR: VoidReason.ENDED,
    EndReason.DELETED: VoidReason.REMOVED,
}


class BatchKind(StrEnum):
    """What a batch does: cards for those who have none, new cards for all, or the valid cards printed again."""

    MISSING = "missing"
    RENEW = "renew"
    PRINT = "print"


@dataclass(frozen=True)
class Batch:
    """Whom a batch is for: an association with all below it (its code), a group of it, or named memberships.

    `memberships` are public ids; when given, `place` and `group` do not count. Whatever is named, a batch never
    reaches further than the right `members.write` of the account that opened it.
    """

    kind: str = BatchKind.MISSING
    place: str = ""
    group: str = ""
    memberships: tuple[str, ...] = ()
    layout: str = "card-sheet"  # ten on A4; "card": one card a page, for a card printer


def open_batch(account: Account, association: Association, wanted: Batch) -> Job:
    """Open a batch of cards as background work and return its job.

    The register's batch action calls it with the public ids of the chosen memberships:

        job = cards.services.open_batch(account, g.association, Batch("missing", memberships=(…)))
        db.session.commit()
        queue.send(cards.batch.run, job.public_id)
        return web.go("cards.batch_job", public_id=job.public_id)

    `portal.cards.batch.plan(account, association, wanted)` says before how many there will be and who is left out
    and why. Only the account that opened it sees the job and fetches the PDF, within a day.
    """
    job = open_job(JOB, account.id)
    job.result = {"association": association.id, "wanted": {**asdict(wanted), "kind": str(wanted.kind)}}
    record(account, "cards.open_batch", job, {"kind": str(wanted.kind)}, association_id=association.id)
    return job


def issue(
    actor: Actor | None,
    person_id: int | None,
    membership: Membership,
    reason: IssueReason,
    note: str = "",
    replaces: str | None = None,
) -> MemberCard:
    """A new card of a membership, by `person_id`. The one in use before it is void, for the reason.

    `replaces` is the public id of the card that the officer saw in use. Of many who replace the same card at once
    one succeeds; the others are told. Raises RuleError for a membership that has ended or is suspended, a reason
    that does not fit, and a name with a character that cannot be printed.
    """
    db.session.execute(select(Membership.id).where(Membership.id == membership.id).with_for_update())
    earlier = queries.list_cards(membership.id)
    used = next((card for card in earlier if card.voided_at is None), None)
    check_holder(membership)
    _check_seen(used, replaces)
    if (reason == IssueReason.FIRST) == bool(earlier):
        raise RuleError("reason", lazy("Choose why there is to be a new card."))
    printed = snapshot_of(membership)
    check_printable(printed)
    if used is not None:
        _void(used, reason)
    serial = earlier[0].serial + 1 if earlier else 1
    card = _new_card(membership, printed, serial=serial, reason=reason, note=note.strip(), issued_by_id=person_id)
    changes = {"number": membership.number, "reason": reason, "note": note.strip()}
    record(actor, "cards.issue", card, changes, person_id=membership.person_id)
    return card


def _check_seen(used: MemberCard | None, replaces: str | None) -> None:
    if (used.public_id if used else None) != replaces:
        raise RuleError("", lazy("A card was issued or made void meanwhile. Look at the cards again."))


def _new_card(membership: Membership, printed: dict[str, Any], **values: Any) -> MemberCard:
    code = VerifiableCode(code=new_code(), kind=KIND)
    place = {"association_id": membership.association_id, "group_id": membership.group_id}
    card = MemberCard(membership_id=membership.id, code=code, snapshot=printed, issued_on=today(), **place, **values)
    db.session.add_all([code, card])
    db.session.flush()
    return card


def check_holder(membership: Membership) -> None:
    """Raises RuleError unless the membership is active today and its end is not entered."""
    state = membership.state_on(today())
    if membership.ended_on is not None:
        raise RuleError("", lazy("The membership has ended: no card is issued for it."))
    if state == MembershipState.SUSPENDED:
        raise RuleError("", lazy("The membership is suspended: lift the suspension, then issue the card."))


def snapshot_of(membership: Membership) -> dict[str, Any]:
    """What is printed on the card (load `person`, `kind`, `association`)."""
    return {
        "name": membership.display_name,
        "number": membership.number,
        "kind": membership.kind.name,
        "association": membership.association.name,
        "joined_on": membership.joined_on.isoformat(),
    }


def unprintable(printed: dict[str, Any]) -> list[str]:
    """The characters on a card that the fonts lack, each with its code point: 𬱖 (U+2CC56)."""
    missing = missing_glyphs("".join(str(value) for value in printed.values()))
    return [f"{character} (U+{ord(character):04X})" for character in missing]


def check_printable(printed: dict[str, Any]) -> None:
    """Raises RuleError for a card that would be printed with a gap in it."""
    missing = unprintable(printed)
    if missing:
        raise RuleError(
            "",
            lazy(
                "The card of %(name)s cannot be printed: the fonts lack %(characters)s.",
                name=printed["name"],
                characters=" ".join(missing),
            ),
        )


def void(actor: Actor, card: MemberCard, reason: VoidReason, note: str = "") -> None:
    """A card is out of use without another in its place: whoever verifies it reads that it is not valid.

    It cannot be taken back, since somebody may have read it already; a new card is issued instead.
    """
    _check_in_use(card)
    _void(card, reason)
    record(actor, "cards.void", card, {"reason": reason, "note": note.strip()}, person_id=card.membership.person_id)


def _check_in_use(card: MemberCard) -> None:
    if card.voided_at is not None:
        raise RuleError("", lazy("This card is void already."))


def _void(card: MemberCard, reason: str) -> None:
    card.voided_at, card.void_reason = now(), reason
    db.session.flush()


def hand_over(actor: Actor, card: MemberCard, on: date | None) -> None:
    """The holder has the card since a day; None takes back what was marked by mistake."""
    _check_in_use(card)
    _check_day(on)
    if on is not None and on < card.issued_on:
        raise RuleError("on", lazy("The card was issued later than that."))
    card.handed_over_on = on
    day = on.isoformat() if on else None
    record(actor, "cards.hand_over", card, {"on": day}, person_id=card.membership.person_id)


def _check_day(on: date | None) -> None:
    if on is not None and on > today():
        raise RuleError("on", lazy("A card cannot have been handed over on a day to come."))


def hand_over_all(actor: Actor, association: Association, card_ids: Sequence[int], on: date) -> int:
    """The cards of a list that wait are handed over, as a stack given to a group leader is; returns how many."""
    _check_day(on)
    marked = 0
    for start in range(0, len(card_ids), CHUNK):
        chosen = MemberCard.id.in_(card_ids[start : start + CHUNK])
        waiting = (chosen, MemberCard.voided_at.is_(None), MemberCard.handed_over_on.is_(None))
        statement = update(MemberCard).where(*waiting).values(handed_over_on=on).returning(MemberCard.id)
        marked += len(db.session.scalars(statement.execution_options(synchronize_session=False)).all())
    changes = {"cards": marked, "on": on.isoformat()}
    record(actor, "cards.hand_over_all", association, changes, association_id=association.id)
    return marked


@members.moved.connect
def _follow_move(membership: Membership, **_details: Any) -> None:
    """A card names the association, so the one of before is void; the new association issues another."""
    card = queries.live_card(membership.id)
    if card is not None:
        _void(card, IssueReason.TRANSFERRED)
        record(None, "cards.void", card, {"reason": IssueReason.TRANSFERRED}, person_id=membership.person_id)


@members.ended.connect
def _follow_end(membership: Membership, **_details: Any) -> None:
    """A card stays good through the last day; not where the membership never was, was taken away, or is deleted."""
    reason = AT_ONCE.get(EndReason(membership.end_reason)) if membership.end_reason else None
    card = queries.live_card(membership.id) if reason else None
    if card is not None and reason is not None:
        _void(card, reason)
        record(None, "cards.void", card, {"reason": reason}, person_id=membership.person_id)


@people.renamed.connect
def _follow_removal(person: Person, **_details: Any) -> None:
    """Of a person whose record was removed no card is valid, and none keeps the name."""
    if person.removed_at is None:
        return
    theirs = select(MemberCard).join(MemberCard.membership).where(Membership.person_id == person.id)
    for card in db.session.scalars(theirs).all():
        card.snapshot = {**card.snapshot, "name": person.name}
        if card.voided_at is None:
            _void(card, VoidReason.REMOVED)
