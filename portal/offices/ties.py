"""What people and appointments tie to associations and groups, counted for the floor of associations."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Date, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from portal.associations.models import Association
from portal.associations.queries import in_subtree, subtree_end
from portal.associations.ties import GroupTies
from portal.core.calendar import today
from portal.core.database import db
from portal.offices.access import in_force_or_coming
from portal.offices.models import Appointment
from portal.people.models import Affiliation, AffiliationKind, Person
from portal.people.queries import live


def members(ids: Collection[int]) -> Mapping[int, int]:
    """Members of each association."""
    statement = (
        select(Affiliation.association_id, func.count())
        .where(Affiliation.association_id.in_(ids), Affiliation.kind == AffiliationKind.MEMBER, live())
        .group_by(Affiliation.association_id)
    )
    return dict(db.session.execute(statement).all()) if ids else {}


def members_below(ids: Collection[int]) -> Mapping[int, int]:
    """Members of each association and of all below it; whoever is a member of two of them counts once."""
    if not ids:
        return {}
    return dict(db.session.execute(_members_below(), {"ids": list(ids), "day": today()}).all())


@cache
def _members_below() -> Select[int, int]:
    """Every public page of an association asks it: put together once."""
    top = aliased(Association)
    return (
        select(top.id, func.count(Affiliation.person_id.distinct()))
        .select_from(top)
        .join(Association, and_(Association.path >= top.path, Association.path < subtree_end(top.path)))
        .join(Affiliation, Affiliation.association_id == Association.id)
        .where(top.id.in_(bindparam("ids", expanding=True)), Affiliation.kind == AffiliationKind.MEMBER)
        .where(live(bindparam("day", type_=Date)))
        .group_by(top.id)
    )


def officers_below(association: Association) -> int:
    """Appointments in force or to come, here and below."""
    statement = (
        select(func.count())
        .select_from(Appointment)
        .join(Association, Association.id == Appointment.association_id)
        .where(in_subtree(association.path), in_force_or_coming(today()))
    )
    return db.session.scalar(statement) or 0


def groups(association: Association) -> Mapping[int, GroupTies]:
    """Leaders by name, appointments, and people in each group, whatever they are there as."""
    leaders: dict[int, list[str]] = {}
    held: dict[int, int] = {}
    for group_id, name, start_on in db.session.execute(_appointed(association)):
        held[group_id] = held.get(group_id, 0) + 1
        if start_on <= today():
            leaders.setdefault(group_id, []).append(name)
    people = dict(db.session.execute(_in_groups(association)).all())
    return {
        group_id: GroupTies(tuple(leaders.get(group_id, ())), held.get(group_id, 0), people.get(group_id, 0))
        for group_id in {*held, *people}
        if group_id is not None
    }


def _appointed(association: Association) -> Any:
    return (
        select(Appointment.group_id, Person.name, Appointment.start_on)
        .join(Person, Person.id == Appointment.person_id)
        .where(
            Appointment.association_id == association.id,
            Appointment.group_id.is_not(None),
            in_force_or_coming(today()),
        )
        .order_by(Appointment.start_on, Person.sort_key)
    )


def _in_groups(association: Association) -> Any:
    return (
        select(Affiliation.group_id, func.count(Affiliation.person_id.distinct()))
        .where(
            Affiliation.association_id == association.id,
            Affiliation.group_id.is_not(None),
            or_(Affiliation.end_on.is_(None), Affiliation.end_on >= today()),
        )
        .group_by(Affiliation.group_id)
    )
