"""Whom a household's or an organisation's membership covers beside its holder. Raises RuleError; never commits."""

from __future__ import annotations

from datetime import date

from portal.associations.models import Association, Group
from portal.core.audit import Actor, record
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.members import places, queries
from portal.members.models import Holder, Membership, MembershipCover, MembershipKind
from portal.people.models import Person


def cover(
    actor: Actor | None,
    membership: Membership,
    kind: MembershipKind,
    association: Association,
    group: Group | None,
    person: Person,
    start_on: date,
) -> MembershipCover:
    """The membership of a household or an organisation covers somebody else from a day on.

    Raises RuleError for one person's membership, one that has ended, somebody whom it covers already, or a day
    outside its time.
    """
    places.lock_person(person)
    places.lock(membership)
    if kind.holder == Holder.PERSON:
        raise RuleError("person", lazy("A membership of this kind is for one person only."))
    if membership.ended_on is not None:
        raise RuleError("", lazy("This membership has ended already."))
    if person.id == membership.person_id or any(c.person_id == person.id for c in queries.list_covers(membership)):
        raise RuleError("person", lazy("This membership covers the person already."))
    if not membership.joined_on <= start_on <= today():
        raise RuleError("start_on", lazy("The first day lies between the day of joining and today."))
    row = MembershipCover(membership_id=membership.id, person_id=person.id, start_on=start_on)
    db.session.add(row)
    db.session.flush()
    places.hold(actor, person.id, association, start_on)
    changes = {"number": membership.number, "person": person.public_id}
    record(actor, "members.cover", membership, changes, person_id=person.id)
    return row


def uncover(actor: Actor, row: MembershipCover, membership: Membership, last_day: date) -> None:
    """The membership covers the person no longer."""
    if row.end_on is not None:
        raise RuleError("", lazy("The membership covers this person no longer."))
    row.end_on = max(row.start_on, last_day)
    if membership.payer_id == row.person_id:
        membership.payer_id = None
    db.session.flush()
    places.release(actor, row.person_id, membership.association_id, last_day)
    changes = {"number": membership.number, "person": db.session.get_one(Person, row.person_id).public_id}
    record(actor, "members.uncover", membership, changes, person_id=row.person_id)
