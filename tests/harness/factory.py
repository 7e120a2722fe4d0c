"""Rows for tests: everything a test does not name has a sound value; numbers run through the whole process."""

from __future__ import annotations

import itertools
import random
from datetime import date
from typing import Any, TypeVar

from argon2 import PasswordHasher
from sqlalchemy import select

from portal.accounts.models import Account
from portal.associations.models import Association, Group, Level
from portal.core import search
from portal.core.calendar import now, today
from portal.core.database import db
from portal.core.encryption import blind_index
from portal.members.models import Membership, MembershipKind, MembershipStay
from portal.offices.models import Appointment
from portal.people.models import Affiliation, AffiliationKind, Person, person_gram

PASSWORD = "a password for tests"
PASSWORD_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
LONG_AGO = date(2020, 1, 1)

Row = TypeVar("Row")
# The cast may have been written by another process, whose numbers these must not meet.
_numbers = itertools.count(random.SystemRandom().randrange(10_000_000, 90_000_000))


def make_association(name: str, parent: Association | None = None, **values: Any) -> Association:
    number = next(_numbers)
    values = {"code": f"a{number}", "level": Level.GRASSROOTS, **values}
    association = Association(name=name, parent_id=parent.id if parent else None, **values)
    db.session.add(association)
    db.session.flush()
    association.path = f"{parent.path if parent else ''}{association.id}/"
    return association


def make_group(association: Association, name: str, **values: Any) -> Group:
    return _add(Group(association_id=association.id, name=name, **values))


def make_person(name: str, **values: Any) -> Person:
    """Somebody with a phone number of their own, found by name."""
    number = next(_numbers)
    phone = values.pop("phone", f"13{number // 1000:05}0{number % 1000:03}")  # tests type none that ends so
    person = _add(
        Person(
            name=name,
            sort_key=search.sort_key(name),
            phone=phone,
            phone_index=blind_index(phone, "phone"),
            phone_last4=phone[-4:],
            **values,
        )
    )
    rows = [{"gram": gram, "sort_key": person.sort_key, "person_id": person.id} for gram in search.name_grams(name)]
    db.session.execute(person_gram.insert(), rows)
    return person


def make_account(person: Person, **values: Any) -> Account:
    """An account that signs in with the person's phone and PASSWORD."""
    known = {"phone_index": person.phone_index, "password_hash": PASSWORD_HASH, "password_changed_at": now()}
    return _add(Account(person=person, **{**known, **values}))


def affiliate(
    person: Person, association: Association, kind: AffiliationKind = AffiliationKind.MEMBER, **values: Any
) -> Affiliation:
    """The association holds the person's record."""
    known = {"start_on": LONG_AGO, "person_id": person.id, "association_id": association.id, "kind": kind}
    return _add(Affiliation(**{**known, **values}))


def kind_of(association: Association, number: int = 0) -> MembershipKind:
    """A kind of the association's federation: 0 individual, 1 household, 2 organisation, 3 honorary."""
    root = association.path_ids[0]
    statement = select(MembershipKind).where(MembershipKind.association_id == root).order_by(MembershipKind.position)
    return db.session.scalars(statement).all()[number]


def make_membership(person: Person, association: Association, **values: Any) -> Membership:
    """A membership with a number of its own, its stay, and the affiliation by which the association holds it."""
    kind: MembershipKind = values.pop("kind", None) or kind_of(association)
    known = {"number": f"T-{next(_numbers)}", "joined_on": LONG_AGO, "sort_key": person.sort_key, **values}
    membership = _add(Membership(person_id=person.id, association_id=association.id, kind_id=kind.id, **known))
    place = {"association_id": association.id, "group_id": membership.group_id}
    dates = {"start_on": membership.joined_on, "end_on": membership.ended_on}
    _add(MembershipStay(membership_id=membership.id, **place, **dates))
    affiliate(person, association, group_id=membership.group_id, **dates)
    return membership


def appoint(person: Person, association: Association, position: str, **values: Any) -> Appointment:
    """The person holds the position, since long ago unless said otherwise, and is affiliated as an officer."""
    known = {"start_on": LONG_AGO, "person_id": person.id, "association_id": association.id, "position": position}
    appointment = _add(Appointment(**{**known, **values}))
    held = {name: values[name] for name in ("start_on", "end_on") if name in values}
    affiliate(person, association, AffiliationKind.OFFICER, **held)
    return appointment


def yesterday() -> date:
    return date.fromordinal(today().toordinal() - 1)


def _add(row: Row) -> Row:
    db.session.add(row)
    db.session.flush()
    return row
