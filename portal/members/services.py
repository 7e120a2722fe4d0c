"""What may happen to a membership: join, suspend, change, end. Raises RuleError; never commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from blinker import Signal
from sqlalchemy import update

from portal.associations.models import Association, Group
from portal.core import search
from portal.core.audit import Actor, record
from portal.core.calendar import now, today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.formats import date_long
from portal.core.i18n import lazy
from portal.members import numbers, places, queries
from portal.members.covers import cover, uncover
from portal.members.kinds import FIRST_KINDS, begin_kinds
from portal.members.models import EndReason, Holder, Membership, MembershipKind, TransferState
from portal.members.places import check_group, settle
from portal.people import services as people
from portal.people.models import Person

__all__ = [
    "FIRST_KINDS", "begin_kinds", "change_group", "check_group", "check_not_held", "cover", "end_membership", "ended",
    "grouped", "grouping", "join", "moved", "reinstate", "resume", "set_contact", "set_payer", "settle", "suspend",
    "uncover",
]  # fmt: skip

# Sent with the membership, after it came to another association, to another group, and after it ended; before many
# come to another group, with all of them.
moved = Signal("A membership came to another association.")
grouping = Signal("Memberships are about to come to another group together, in one transaction.")
grouped = Signal("A membership came to another group.")
ended = Signal("A membership ended.")


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

    Raises RuleError for an archived association, a day to come, a group of another association, an organisation
    without a name, a number that is taken, or a second membership of the same kind at the same association.
    """
    organisation_name = organisation_name.strip() if kind.holder == Holder.ORGANISATION else ""
    places.lock_person(person)
    _check_joining(person, association, kind, joined_on, group, organisation_name)
    if number is not None and queries.is_number_taken(number):
        raise RuleError("number", lazy("This number is taken: no number is given twice."))
    membership = Membership(
        number=number or numbers.next_numbers(association, joined_on)[0],
        kind_id=kind.id,
        person_id=person.id,
        organisation_name=organisation_name,
        sort_key=search.sort_key(organisation_name or person.name),
        association_id=association.id,
        group_id=group.id if group else None,
        joined_on=joined_on,
    )
    with places.alone(person.id, association.id, kind.id):
        db.session.add(membership)
    places.begin_stay(membership, joined_on)
    places.hold(actor, person.id, association, joined_on)
    for other in covers:
        cover(actor, membership, kind, association, group, other, joined_on)
    record(actor, "members.join", membership, {"number": membership.number, "kind": kind.name})
    return membership


def end_membership(
    actor: Actor | None, membership: Membership, last_day: date, reason: EndReason, note: str = ""
) -> None:
    """End a membership with its last day and a reason; its number is never given again.

    Whom it covers is covered no longer, and a transfer that waits is withdrawn. Raises RuleError for one that has
    ended, a day before it began or came here, or a day to come.
    """
    places.lock(membership)
    _check_end(membership, last_day)
    covers = queries.list_covers(membership)
    changes = {
        "until": last_day.isoformat(), "reason": reason, "note": note.strip(),
        "covers": [row.public_id for row in covers], "suspension_reason": membership.suspension_reason,
        "suspended_on": membership.suspended_on.isoformat() if membership.suspended_on else None,
    }  # fmt: skip
    membership.ended_on, membership.end_reason, membership.end_note = last_day, reason, note.strip()
    membership.suspended_on, membership.suspension_reason = None, ""
    _withdraw_transfer(actor, membership)
    places.end_stays(membership, last_day)
    for row in covers:
        row.end_on = max(row.start_on, last_day)
    db.session.flush()
    for person_id in (membership.person_id, *(row.person_id for row in covers)):
        places.release(actor, person_id, membership.association_id, last_day)
    record(actor, "members.end", membership, changes)
    ended.send(membership)


def reinstate(actor: Actor, membership: Membership, association: Association) -> None:
    """An end that was entered today by mistake is taken back: all is as it was before, and the log keeps both.

    Raises RuleError for one that has not ended, was ended on another day, or whose holder has joined anew.
    """
    places.lock_held(membership)
    entry = queries.end_of_today(membership)
    if membership.ended_on is None or entry is None:
        raise RuleError("", lazy("An end can be taken back only on the day on which it was entered."))
    check_not_held(membership, association)
    last_day, before = membership.ended_on, entry.changes
    with places.alone(membership.person_id, association.id, membership.kind_id):
        membership.ended_on = membership.end_reason = None
        membership.end_note = ""
    if before.get("suspended_on"):
        membership.suspended_on = date.fromisoformat(before["suspended_on"])
        membership.suspension_reason = before["suspension_reason"]
    covers = queries.list_covers_by_ids(membership, before.get("covers", []))
    for row in covers:
        row.end_on = None
    places.reopen_stays(membership)
    for person_id in (membership.person_id, *(row.person_id for row in covers)):
        places.hold_again(actor, person_id, association, last_day)
    record(actor, "members.reinstate", membership, {"until": last_day.isoformat()})


def suspend(actor: Actor, membership: Membership, reason: str) -> None:
    """Rights rest from today, for a reason; the number and the place stay."""
    places.lock(membership)
    if membership.ended_on is not None or membership.suspended_on is not None:
        raise RuleError("", lazy("Only an active membership can be suspended."))
    if len(reason.strip()) < people.MIN_REASON:
        raise RuleError("reason", lazy("Write the reason in a few words."))
    membership.suspended_on, membership.suspension_reason = today(), reason.strip()
    record(actor, "members.suspend", membership, {"reason": reason.strip()})


def resume(actor: Actor, membership: Membership, note: str = "") -> None:
    """A suspended membership is in force again from today; why may be noted."""
    places.lock(membership)
    if membership.suspended_on is None:
        raise RuleError("", lazy("This membership is not suspended."))
    changes = {"suspended_on": membership.suspended_on.isoformat(), "note": note.strip()}
    record(actor, "members.resume", membership, changes)
    membership.suspended_on, membership.suspension_reason = None, ""


def change_group(actor: Actor, membership: Membership, association: Association, group: Group | None) -> None:
    """Move a membership to another group of its association, or to none, from today."""
    places.lock(membership)
    check_in_force(membership)
    if membership.association_id != association.id:
        raise RuleError("", lazy("The membership has moved to another association meanwhile."))
    check_group(association, group)
    if membership.group_id != (group.id if group else None):
        settle(actor, membership, association, group, today())
        record(actor, "members.change_group", membership, {"group": group.name if group else None})
        grouped.send(membership)


def set_payer(actor: Actor, membership: Membership, payer: Person | None) -> None:
    """Who pays the dues of this membership, if it is not its holder."""
    payer = payer if payer and payer.id != membership.person_id else None
    if payer is not None:
        places.lock_person(payer)
    places.lock(membership)
    if payer is not None:
        check_in_force(membership)
    before, membership.payer_id = membership.payer_id, payer.id if payer else None
    if membership.payer_id != before:
        record(actor, "members.set_payer", membership, {"payer": payer.public_id if payer else None})


def set_contact(actor: Actor, membership: Membership, association: Association, person: Person) -> None:
    """Another person speaks for the organisation; the membership, its number and its place stay."""
    places.lock_person(person)
    places.lock(membership)
    check_in_force(membership)
    if not membership.organisation_name:
        raise RuleError("", lazy("Only an organisation changes its contact."))
    if any(row.person_id == person.id for row in queries.list_covers(membership)):
        raise RuleError("person", lazy("This membership covers the person already."))
    before = membership.person_id
    if before == person.id:
        return
    membership.person_id = person.id
    membership.payer_id = None if membership.payer_id == person.id else membership.payer_id
    db.session.flush()
    places.hold(actor, person.id, association, today())
    places.release(actor, before, association.id, today())
    record(actor, "members.set_contact", membership, {"person": person.public_id}, person_id=person.id)


def check_in_force(membership: Membership) -> None:
    if membership.ended_on is not None:
        raise RuleError("", lazy("This membership has ended already."))


def check_not_held(membership: Membership, association: Association) -> None:
    """One membership of a kind for each person at an association; an organisation's contact may be so for several.

    Asked of one that is not in force there.
    """
    is_one = not membership.organisation_name
    if is_one and queries.is_held(membership.person_id, association.id, membership.kind_id):
        raise RuleError("", lazy("The person has a membership of this kind there already."))


def _check_joining(
    person: Person,
    association: Association,
    kind: MembershipKind,
    joined_on: date,
    group: Group | None,
    organisation_name: str,
) -> None:
    if association.is_archived:
        raise RuleError("", lazy("This association is archived: it can be read, not changed."))
    if joined_on > today():
        raise RuleError("joined_on", lazy("The day of joining cannot lie in the future."))
    if kind.holder == Holder.PERSON and person.birth_on and joined_on < person.birth_on:
        raise RuleError("joined_on", lazy("The day of joining lies before the date of birth."))
    if kind.association_id != queries.root_id(association) or kind.ended_on is not None:
        raise RuleError("kind", lazy("Choose a kind of membership that is in use."))
    if kind.holder == Holder.ORGANISATION and not organisation_name:
        raise RuleError("organisation_name", lazy("Enter the organisation's name."))
    check_group(association, group)
    if kind.holder != Holder.ORGANISATION and queries.is_held(person.id, association.id, kind.id):
        raise RuleError("", lazy("The person has this membership here already."))


def _check_end(membership: Membership, last_day: date) -> None:
    check_in_force(membership)
    if last_day < membership.joined_on:
        raise RuleError("ended_on", lazy("The last day cannot be before the day of joining."))
    if last_day > today():
        raise RuleError("ended_on", lazy("The last day cannot lie in the future."))
    came = queries.came_here_on(membership)
    if came is not None and last_day < came:
        message = lazy("It came here on %(day)s: the last day cannot be before.", day=date_long(came))
        raise RuleError("ended_on", message)


def _withdraw_transfer(actor: Actor | None, membership: Membership) -> None:
    """Nobody need answer for a membership that has ended."""
    waiting = queries.open_transfer(membership)
    if waiting is not None:
        waiting.state, waiting.decided_at = TransferState.WITHDRAWN, now()
        at, who = membership.association_id, membership.person_id
        record(actor, "members.withdrawn_transfer", waiting, association_id=at, person_id=who)


@people.renamed.connect
def _follow_name(person: Person, **_details: Any) -> None:
    """Lists of members stay in the order of names."""
    db.session.execute(
        update(Membership)
        .where(Membership.person_id == person.id, Membership.organisation_name == "")
        .values(sort_key=person.sort_key)
    )
