"""What may happen to a membership: join, cover, move, suspend, end. Raises RuleError; never commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from blinker import Signal
from sqlalchemy import update

from portal.associations.models import Association, Group
from portal.core import search
from portal.core.audit import Actor, record
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.members import numbers, queries
from portal.members.models import (
    EndReason,
    Holder,
    Membership,
    MembershipCover,
    MembershipKind,
    MembershipStay,
)
from portal.people import services as people
from portal.people.models import AffiliationKind, Person
from portal.people.queries import get_affiliation

# Sent with the membership, after it came to another association, and after it ended.
moved = Signal("A membership came to another association.")
ended = Signal("A membership ended.")


# The kinds that a federation begins with, and who holds each; it changes the list as it likes.
FIRST_KINDS = (("个人会员", Holder.PERSON), ("家庭会员", Holder.HOUSEHOLD), ("单位会员", Holder.ORGANISATION),
    ("荣誉会员", Holder.PERSON))  # fmt: skip


def begin_kinds(root: Association) -> None:
    """The first list of kinds of a federation. Honorary members are made, they do not apply."""
    for position, (name, holder) in enumerate(FIRST_KINDS):
        is_open = position < len(FIRST_KINDS) - 1
        row = MembershipKind(association_id=root.id, name=name, holder=holder, position=position, is_open=is_open)
        db.session.add(row)
    db.session.flush()


def join(
    actor: Actor | None,
    person: Person,
    association: Association,
    kind: MembershipKind,
    joined_on: date,
    group: Group | None = None,
    *,
    organisation_name: str = "",
    number: str | None = None,
    covers: Sequence[Person] = (),
) -> Membership:
    """A new membership, numbered by the federation's scheme unless it brings a number of its own.

    Raises RuleError for a day to come, a group of another association, an organisation without a name, a number
    that is taken, or a second membership of the same kind at the same association.
    """
    _check_joining(person, association, kind, joined_on, group, organisation_name)
    if number is not None and queries.is_number_taken(number):
        raise RuleError("number", lazy("This number is taken: no number is given twice."))
    membership = Membership(
        number=number or numbers.next_numbers(association, joined_on)[0],
        kind_id=kind.id,
        person_id=person.id,
        organisation_name=organisation_name if kind.holder == Holder.ORGANISATION else "",
        sort_key=search.sort_key(organisation_name or person.name),
        association_id=association.id,
        group_id=group.id if group else None,
        joined_on=joined_on,
    )
    db.session.add(membership)
    db.session.flush()
    _stay(membership, joined_on)
    _hold(actor, person, association, group, joined_on)
    for other in covers:
        cover(actor, membership, kind, association, group, other, joined_on)
    record(actor, "members.join", membership, {"number": membership.number, "kind": kind.name})
    return membership


def cover(
    actor: Actor | None,
    membership: Membership,
    kind: MembershipKind,
    association: Association,
    group: Group | None,
    person: Person,
    start_on: date,
) -> MembershipCover:
    """The membership of a household or an organisation covers somebody else from a day on."""
    if kind.holder == Holder.PERSON:
        raise RuleError("person", lazy("A membership of this kind is for one person only."))
    if person.id == membership.person_id or any(c.person_id == person.id for c in queries.list_covers(membership)):
        raise RuleError("person", lazy("This membership covers the person already."))
    row = MembershipCover(membership_id=membership.id, person_id=person.id, start_on=start_on)
    db.session.add(row)
    _hold(actor, person, association, group, start_on)
    record(actor, "members.cover", membership, {"number": membership.number}, person_id=person.id)
    return row


def uncover(actor: Actor, row: MembershipCover, membership: Membership, last_day: date) -> None:
    """The membership covers the person no longer."""
    row.end_on = max(row.start_on, last_day)
    db.session.flush()
    _release(actor, row.person_id, membership.association_id, last_day)
    record(actor, "members.uncover", membership, {"number": membership.number}, person_id=row.person_id)


def end_membership(
    actor: Actor | None, membership: Membership, last_day: date, reason: EndReason, note: str = ""
) -> None:
    """End a membership with its last day and a reason; its number is never given again.

    Raises RuleError for one that has ended, a day before it began, or a day to come.
    """
    if membership.ended_on is not None:
        raise RuleError("", lazy("This membership has ended already."))
    if last_day < membership.joined_on:
        raise RuleError("ended_on", lazy("The last day cannot be before the day of joining."))
    if last_day > today():
        raise RuleError("ended_on", lazy("The last day cannot lie in the future."))
    membership.ended_on, membership.end_reason, membership.end_note = last_day, reason, note.strip()
    membership.suspended_on, membership.suspension_reason = None, ""
    _end_stay(membership, last_day)
    for row in queries.list_covers(membership):
        row.end_on = max(row.start_on, last_day)
        db.session.flush()
        _release(actor, row.person_id, membership.association_id, last_day)
    _release(actor, membership.person_id, membership.association_id, last_day)
    record(actor, "members.end", membership, {"until": last_day.isoformat(), "reason": reason, "note": note.strip()})
    ended.send(membership)


def suspend(actor: Actor, membership: Membership, reason: str) -> None:
    """Rights rest from today, for a reason; the number and the place stay."""
    if membership.ended_on is not None or membership.suspended_on is not None:
        raise RuleError("", lazy("Only an active membership can be suspended."))
    if len(reason.strip()) < people.MIN_REASON:
        raise RuleError("reason", lazy("Write the reason in a few words."))
    membership.suspended_on, membership.suspension_reason = today(), reason.strip()
    record(actor, "members.suspend", membership, {"reason": reason.strip()})


def resume(actor: Actor, membership: Membership) -> None:
    if membership.suspended_on is None:
        raise RuleError("", lazy("This membership is not suspended."))
    record(actor, "members.resume", membership, {"suspended_on": membership.suspended_on.isoformat()})
    membership.suspended_on, membership.suspension_reason = None, ""


def change_group(actor: Actor, membership: Membership, association: Association, group: Group | None) -> None:
    """Move a membership to another group of its association, or to none, from today."""
    if membership.ended_on is not None:
        raise RuleError("", lazy("This membership has ended already."))
    check_group(association, group)
    before = membership.group_id
    membership.group_id = group.id if group else None
    if before != membership.group_id:
        settle(actor, membership, association, group, today())
        record(actor, "members.change_group", membership, {"group": group.name if group else None})


def settle(
    actor: Actor | None, membership: Membership, association: Association, group: Group | None, day: date
) -> None:
    """Let a membership, and all whom it covers, be at a place from a day on; where they were, they are released."""
    here, covered = membership.association_id, [row.person_id for row in queries.list_covers(membership)]
    membership.association_id, membership.group_id = association.id, group.id if group else None
    _end_stay(membership, day - timedelta(days=1))
    _stay(membership, day)
    for person_id in (membership.person_id, *covered):
        if here != association.id:
            _release(actor, person_id, here, day - timedelta(days=1), but=membership.id)
        person = db.session.get_one(Person, person_id)
        _hold(actor, person, association, group, day)


def set_payer(actor: Actor, membership: Membership, payer: Person | None) -> None:
    """Who pays the dues of this membership, if it is not its holder."""
    membership.payer_id = payer.id if payer and payer.id != membership.person_id else None
    record(actor, "members.set_payer", membership, {"payer": payer.public_id if payer else None})


def _check_joining(
    person: Person,
    association: Association,
    kind: MembershipKind,
    joined_on: date,
    group: Group | None,
    organisation_name: str,
) -> None:
    if joined_on > today():
        raise RuleError("joined_on", lazy("The day of joining cannot lie in the future."))
    if kind.association_id != queries.root_id(association) or kind.ended_on is not None:
        raise RuleError("kind", lazy("Choose a kind of membership that is in use."))
    if kind.holder == Holder.ORGANISATION and not organisation_name.strip():
        raise RuleError("organisation_name", lazy("Enter the organisation's name."))
    check_group(association, group)
    if kind.holder != Holder.ORGANISATION and _has_same(person, association, kind):
        raise RuleError("", lazy("The person has this membership here already."))


def check_group(association: Association, group: Group | None) -> None:
    if group is not None and (group.association_id != association.id or group.ended_on is not None):
        raise RuleError("group", lazy("This group belongs to another association."))


def _has_same(person: Person, association: Association, kind: MembershipKind) -> bool:
    return any(
        held.ended_on is None and held.association_id == association.id and held.kind_id == kind.id
        for held in queries.list_of_person(person.id)
    )


def _stay(membership: Membership, start_on: date) -> None:
    row = MembershipStay(
        membership_id=membership.id,
        association_id=membership.association_id,
        group_id=membership.group_id,
        start_on=start_on,
    )
    db.session.add(row)
    db.session.flush()


def _end_stay(membership: Membership, last_day: date) -> None:
    stay = queries.current_stay(membership)
    if stay is not None:
        stay.end_on = max(stay.start_on, last_day)
        db.session.flush()


def _hold(actor: Actor | None, person: Person, association: Association, group: Group | None, since: date) -> None:
    """The association holds the person's record as a member's, in the group that is theirs now."""
    held = get_affiliation(person.id, association.id, AffiliationKind.MEMBER)
    if held is None:
        people.affiliate(actor, person, association, AffiliationKind.MEMBER, since, group)
    else:
        held.group_id = group.id if group else None
        held.start_on = min(held.start_on, since)


def _release(
    actor: Actor | None, person_id: int, association_id: int, last_day: date, but: int | None = None
) -> None:
    """The association holds the record as a member's no longer, unless another membership keeps it there."""
    held = get_affiliation(person_id, association_id, AffiliationKind.MEMBER)
    if held is not None and not queries.holds_in(person_id, association_id, but=but):
        people.release(actor, held, last_day)


@people.renamed.connect
def _follow_name(person: Person, **_details: Any) -> None:
    """Lists of members stay in the order of names."""
    db.session.execute(
        update(Membership)
        .where(Membership.person_id == person.id, Membership.organisation_name == "")
        .values(sort_key=person.sort_key)
    )
