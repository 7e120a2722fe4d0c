"""Reading who was a member on a day, by the stays of memberships."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select

from portal.associations.models import Association, Group
from portal.core.database import db
from portal.members.models import EndReason, Membership, MembershipKind, MembershipStay
from portal.people.models import Person


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the roll."""

    group: str
    number: str
    name: str
    kind: str
    joined_on: date


def stays() -> Select[Any]:
    """Every stay. Limit it with `access.visible(…, "members.read", MembershipStay)`."""
    name = func.coalesce(func.nullif(Membership.organisation_name, ""), Person.name)
    columns: tuple[Any, ...] = (func.coalesce(Group.name, ""), Membership.number, name, MembershipKind.name)
    return (
        select(*columns, Membership.joined_on)
        .select_from(MembershipStay)
        .join(Membership, Membership.id == MembershipStay.membership_id)
        .join(Person, Person.id == Membership.person_id)
        .join(MembershipKind, MembershipKind.id == Membership.kind_id)
        .outerjoin(Group, Group.id == MembershipStay.group_id)
    )


def list_roll(statement: Select[Any], association: Association, day: date) -> Sequence[Entry]:
    """The stays of a statement that were at an association on a day, by group and name; those in no group last."""
    found = statement.where(
        MembershipStay.association_id == association.id,
        MembershipStay.start_on <= day,
        or_(MembershipStay.end_on.is_(None), MembershipStay.end_on >= day),
        or_(Membership.end_reason.is_(None), Membership.end_reason != EndReason.IN_ERROR),
    ).order_by(Group.id.is_(None), Group.position, Group.id, Membership.sort_key, Membership.id)
    return [Entry(*row) for row in db.session.execute(found)]
