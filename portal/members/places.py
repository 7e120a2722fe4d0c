"""Where memberships are: their stays, one after the other, and the records that associations hold by them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.associations.models import Association, Group
from portal.core.audit import Actor
from portal.core.calendar import today
from portal.core.database import db
from portal.core.database import hold as hold_row
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.members import queries
from portal.members.models import Membership, MembershipCover, MembershipStay
from portal.people import services as people
from portal.people.models import AffiliationKind, Person
from portal.people.queries import get_affiliation

DAY = timedelta(days=1)
CHANGING = ("association_id", "group_id", "payer_id", "suspended_on", "suspension_reason", "ended_on", "end_reason")


def lock(membership: Membership) -> None:
    """One change of a membership at a time, made to what it is by then."""
    hold_row(membership, *CHANGING)


def lock_person(person: Person) -> None:
    """One change of what a person holds at a time: two officers may enter the same membership in one moment.

    Raises RuleError for a record that was merged into another, or removed, in that moment.
    """
    hold_row(person, "removed_at")
    if person.removed_at is not None:
        raise RuleError("", lazy("This record was merged or removed meanwhile. Look for the person again."))


def lock_held(membership: Membership) -> None:
    """The holder first, as whoever joins does: no two memberships come to one person in the same moment."""
    lock_person(db.session.get_one(Person, membership.person_id))
    lock(membership)


@contextmanager
def alone(person_id: int, association_id: int, kind_id: int) -> Iterator[None]:
    """A membership comes into force here. The index refuses a second of its kind; then nothing of it was written.

    Raises RuleError in that case.
    """
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError:
        if not queries.is_held(person_id, association_id, kind_id):
            raise
        raise RuleError("", lazy("The person has a membership of this kind there already.")) from None


def check_group(association: Association, group: Group | None) -> None:
    if group is not None and (group.association_id != association.id or group.ended_on is not None):
        raise RuleError("group", lazy("This group belongs to another association."))


def begin_stay(membership: Membership, start_on: date) -> None:
    """From a day on the membership is where it now says."""
    row = MembershipStay(
        membership_id=membership.id,
        association_id=membership.association_id,
        group_id=membership.group_id,
        start_on=start_on,
    )
    db.session.add(row)
    db.session.flush()


def end_stays(membership: Membership, last_day: date) -> None:
    """It was nowhere after that day. A stay that had not begun by then ends before it starts: it was on no day."""
    for row in queries.list_stays(membership):
        if row.end_on is None or row.end_on > last_day:
            row.end_on = last_day
    db.session.flush()


def reopen_stays(membership: Membership) -> None:
    """What `end_stays` cut goes on: each stay lasts until the next begins, the latest until further notice."""
    following: date | None = None
    for row in queries.list_stays(membership):
        row.end_on = following - DAY if following else None
        following = row.start_on
    db.session.flush()


def settle(
    actor: Actor | None, membership: Membership, association: Association, group: Group | None, day: date
) -> None:
    """Let a membership, and all whom it covers, be at a place from a day on; where they were, they are released."""
    here, covered = membership.association_id, [row.person_id for row in queries.list_covers(membership)]
    membership.association_id, membership.group_id = association.id, group.id if group else None
    end_stays(membership, day - DAY)
    begin_stay(membership, day)
    for person_id in (membership.person_id, *covered):
        if here != association.id:
            release(actor, person_id, here, day - DAY)
        hold(actor, person_id, association, day)


def hold(actor: Actor | None, person_id: int, association: Association, since: date) -> None:
    """The association holds the person's record as a member's, in the group of the membership that comes first."""
    held = get_affiliation(person_id, association.id, AffiliationKind.MEMBER)
    group_id = next(iter(queries.groups_held_by(person_id, association.id)), None)
    if held is not None:
        held.group_id, held.start_on = group_id, min(held.start_on, since)
        return
    group = db.session.get(Group, group_id) if group_id else None
    person = db.session.get_one(Person, person_id)
    people.affiliate(actor, person, association, AffiliationKind.MEMBER, since, group)


def release(actor: Actor | None, person_id: int, association_id: int, last_day: date) -> None:
    """The association holds the record as a member's no longer, unless another membership keeps it there."""
    held = get_affiliation(person_id, association_id, AffiliationKind.MEMBER)
    if held is None:
        return
    groups = queries.groups_held_by(person_id, association_id)
    if groups:
        held.group_id = groups[0]
    else:
        people.release(actor, held, last_day)


def hold_again(actor: Actor | None, person_id: int, association: Association, last_day: date) -> None:
    """What `release` ended goes on as if it had not been."""
    released = queries.last_released(person_id, association.id)
    is_held = get_affiliation(person_id, association.id, AffiliationKind.MEMBER) is not None
    if not is_held and released is not None and released.end_on == max(released.start_on, last_day):
        released.end_on = None
        db.session.flush()
    hold(actor, person_id, association, last_day)


def hold_anew(actor: Actor | None, person_id: int, since: date) -> None:
    """Memberships came to the person, or left, past the rules above: the record is held where they are now, since
    that day where it was not, and nowhere else. What has ended meanwhile covers nobody.
    """
    _end_covers(person_id)
    there = {held.association_id: held for held in queries.list_held(person_id)}
    wanted = queries.places_of(person_id)
    for association in wanted:
        held = there.get(association.id)
        if held is None or held.group_id not in queries.groups_held_by(person_id, association.id):
            hold(actor, person_id, association, since)
    for association_id in sorted(there.keys() - {association.id for association in wanted}):
        release(actor, person_id, association_id, today())


def _end_covers(person_id: int) -> None:
    ended = (Membership.ended_on.is_not(None), MembershipCover.end_on.is_(None))
    statement: Any = select(MembershipCover, Membership.ended_on).join(MembershipCover.membership)
    for cover, last_day in db.session.execute(statement.where(MembershipCover.person_id == person_id, *ended)):
        cover.end_on = max(cover.start_on, last_day)
    db.session.flush()
