"""Reading duplicates: the pairs of the queue, one pair, what belongs to each record, what was decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, union, union_all
from sqlalchemy.orm import aliased, joinedload, selectinload

from portal.associations.models import Association, Level
from portal.associations.queries import in_subtree
from portal.core.calendar import today
from portal.core.database import db
from portal.core.paging import LIMIT
from portal.duplicates.models import PersonMerge, ToldApart
from portal.duplicates.references import columns_to
from portal.members.models import Membership
from portal.members.queries import SHOWN as MEMBERSHIP_SHOWN
from portal.people.models import Affiliation, Person
from portal.people.queries import SHOWN, held_by

first, second = aliased(Person, name="first"), aliased(Person, name="second")
# What two of: each finds its partners through an index. A name alone, a phone alone or a birthday alone is no sign.
BY_PHONE = and_(
    second.phone_index == first.phone_index,
    or_(second.sort_key == first.sort_key, second.birth_on == first.birth_on),
)
BY_BIRTH = and_(second.birth_on == first.birth_on, second.sort_key == first.sort_key)


def pairs(reach: ColumnElement[bool], association: Association) -> Any:
    """Pairs of records within `reach` that look like one person and were not told apart, in the order of names."""
    found = _found(association).subquery()
    statement = select(first, second).join(found, found.c.first_id == first.id)
    shown = [
        option
        for person in (first, second)
        for option in (
            selectinload(person.affiliations).joinedload(Affiliation.group),
            selectinload(person.affiliations).joinedload(Affiliation.association),
        )
    ]
    return (
        statement.join(second, found.c.second_id == second.id)
        .where(*(person.removed_at.is_(None) for person in (first, second)))
        .where(*(_is_within(reach, person) for person in (first, second)))
        .where(~_told_apart(first.id, second.id).exists())
        .options(*shown)
        .order_by(first.sort_key, first.id, second.id)
    )


def _found(association: Association) -> Any:
    """The ids of pairs by their signs alone.

    Of an association: its people and those below are gone through, each one's partners looked up by index; what it
    costs grows with the association, not with the register. Of a federation, which holds nearly everybody: the
    indexes themselves are gone through for what stands in them more than once.
    """
    held = _held(association)
    if association.level == Level.FEDERATION:
        here = (first.id < second.id, *([_either(held)] if association.parent_id else []))
        return union(*(find.where(*here) for find in _by_index()))
    # Of two that are both held here, the one with the lower id comes first, so that each pair comes once.
    once = or_(first.id < second.id, and_(first.id != second.id, second.id.not_in(held)))
    ids = select(first.id.label("first_id"), second.id.label("second_id"))
    return union(*(ids.join(second, sign).where(first.id.in_(held), once) for sign in (BY_PHONE, BY_BIRTH)))


def _by_index() -> tuple[Any, Any]:
    ids = select(first.id.label("first_id"), second.id.label("second_id"))
    return (
        _twice(ids, Person.phone_index).join(second, BY_PHONE),
        _twice(ids, Person.birth_on, Person.sort_key).join(second, BY_BIRTH),
    )


def _twice(ids: Any, *columns: Any) -> Any:
    """The records of which several stand in an index under the same values; the columns are those of the index."""
    several = select(*columns).where(columns[0].is_not(None)).group_by(*columns).having(func.count() > 1).subquery()
    same = and_(*(getattr(first, column.key) == several.c[column.key] for column in columns))
    return ids.select_from(several).join(first, same)


def _held(association: Association) -> Select[Any]:
    """The ids of the people whose record the association or one below it holds today."""
    statement = select(Affiliation.person_id).join(Association, Association.id == Affiliation.association_id)
    return statement.where(in_subtree(association.path), in_force())


def _either(held: Select[Any]) -> ColumnElement[bool]:
    return or_(*(held.where(Affiliation.person_id == person.id).exists() for person in (first, second)))


def in_force() -> ColumnElement[bool]:
    return or_(Affiliation.end_on.is_(None), Affiliation.end_on >= today())


def _is_within(reach: ColumnElement[bool], person: Any) -> ColumnElement[bool]:
    return select(Person.id).where(Person.id == person.id, reach).exists()


def _told_apart(one: Any, other: Any) -> Select[Any]:
    return select(ToldApart).where(
        or_(
            and_(ToldApart.first_id == one, ToldApart.second_id == other),
            and_(ToldApart.first_id == other, ToldApart.second_id == one),
        )
    )


def counting_pairs(reach: ColumnElement[bool], association: Association, limit: int = LIMIT) -> Select[Any]:
    """How many pairs wait, counted up to a limit."""
    found = pairs(reach, association).with_only_columns(literal(1)).order_by(None).limit(limit)
    return select(func.count()).select_from(found.subquery())


def get_pair(
    reach: ColumnElement[bool], association: Association, first_id: str, second_id: str
) -> tuple[Person, Person] | None:
    """Two records within `reach`, in the order asked for; the association holds at least one of them."""
    statement = select(Person).where(Person.public_id.in_((first_id, second_id)), Person.removed_at.is_(None), reach)
    people = {person.public_id: person for person in db.session.scalars(statement.options(*SHOWN))}
    is_here = select(Person.id).where(Person.id.in_([one.id for one in people.values()]), held_by(association))
    if len(people) < 2 or db.session.scalar(is_here.limit(1)) is None:
        return None
    return people[first_id], people[second_id]


def get_told_apart(one: Person, other: Person) -> ToldApart | None:
    found: ToldApart | None = db.session.scalar(_told_apart(one.id, other.id))
    return found


def list_memberships(person_ids: Collection[int]) -> Sequence[Membership]:
    """What either of two records holds or held, those in force first."""
    statement = select(Membership).where(Membership.person_id.in_(person_ids)).options(*MEMBERSHIP_SHOWN)
    return db.session.scalars(statement.order_by(Membership.ended_on.is_not(None), Membership.id)).all()


def tally(person_ids: Collection[int]) -> dict[int, Counter[str]]:
    """How many rows of each table refer to each of the records: one question over all tables."""
    parts = [
        select(literal(column.table.name).label("name"), column.label("person_id"), func.count().label("number"))
        .where(column.in_(person_ids))
        .group_by(column)
        for column in columns_to("person")
        if column.table.name not in ("person_gram", "told_apart", "person_merge")
    ]
    counted: dict[int, Counter[str]] = {person_id: Counter() for person_id in person_ids}
    for name, person_id, number in db.session.execute(union_all(*parts)):
        counted[person_id][name] += number
    return counted


def _kept_within(reach: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(Person.id).where(Person.id == PersonMerge.kept_id, reach).exists()


def merges(reach: ColumnElement[bool], association: Association) -> Select[Any]:
    """The merges made at the association and below whose record is in reach, the latest first."""
    statement = select(PersonMerge).join(Association, Association.id == PersonMerge.association_id)
    shown = (joinedload(PersonMerge.kept), joinedload(PersonMerge.gone))
    here = in_subtree(association.path), _kept_within(reach)
    return statement.where(*here).options(*shown).order_by(PersonMerge.id.desc())


def get_merge(reach: ColumnElement[bool], association: Association, public_id: str) -> PersonMerge | None:
    found: PersonMerge | None = db.session.scalar(
        merges(reach, association).where(PersonMerge.public_id == public_id)
    )
    return found


def get_merge_of(
    reach: ColumnElement[bool], association: Association, public_ids: tuple[str, str]
) -> PersonMerge | None:
    """The merge of two records that stands, by their ids in either order."""
    ids = select(Person.id).where(Person.public_id.in_(public_ids))
    standing = PersonMerge.undone_at.is_(None), PersonMerge.kept_id.in_(ids), PersonMerge.gone_id.in_(ids)
    return db.session.scalars(merges(reach, association).where(*standing)).first()


def told_apart(reach: ColumnElement[bool], association: Association) -> Any:
    """Pairs told apart at the association and below with both records, the latest first."""
    return (
        select(ToldApart, first, second)
        .join(first, first.id == ToldApart.first_id)
        .join(second, second.id == ToldApart.second_id)
        .join(Association, Association.id == ToldApart.association_id)
        .where(in_subtree(association.path), *(_is_within(reach, person) for person in (first, second)))
        .order_by(ToldApart.id.desc())
    )


def get_told_apart_by(reach: ColumnElement[bool], association: Association, public_id: str) -> ToldApart | None:
    statement = told_apart(reach, association).where(ToldApart.public_id == public_id)
    found: ToldApart | None = db.session.scalar(statement)
    return found


def common_office(associations: Sequence[Association]) -> Association | None:
    """The lowest association that stands above all of these (or is the one)."""
    paths = [association.path_ids for association in associations]
    shared = [ids[0] for ids in zip(*paths, strict=False) if len(set(ids)) == 1]
    return db.session.get(Association, shared[-1]) if shared else None
