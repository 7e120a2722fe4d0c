"""Whom an office can ask to review: people with an account of its own associations, and officers anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.core.database import db
from portal.people.models import Affiliation, AffiliationKind, Person
from portal.people.queries import exactly, live, people


def find(association: Association, text: str, limit: int) -> Sequence[Person]:
    """By name, pinyin or initials. Numbers find nobody here: of officers elsewhere only the name is known."""
    if not text or exactly(text) is not None:
        return []
    return db.session.scalars(people(text).where(_can_be(association)).limit(limit)).all()


def get(association: Association, public_id: str) -> Person | None:
    found: Person | None = db.session.scalar(people().where(Person.public_id == public_id, _can_be(association)))
    return found


def places(association: Association, found: Sequence[Person]) -> Mapping[int, list[str]]:
    """The associations by which each is told from others of the name."""
    held: Any = select(Affiliation.person_id, Association.name).join(Affiliation.association).distinct()
    asked = held.where(Affiliation.person_id.in_([one.id for one in found]), _standing(association), live())
    named: dict[int, list[str]] = {}
    for person_id, name in db.session.execute(asked.order_by(Association.name)):
        named.setdefault(person_id, []).append(name)
    return named


def _can_be(association: Association) -> ColumnElement[bool]:
    held = select(Affiliation.person_id).join(Affiliation.association).where(_standing(association), live())
    signs_in = select(Account.person_id).where(Account.disabled_at.is_(None))
    return Person.id.in_(held) & Person.id.in_(signs_in)


def _standing(association: Association) -> ColumnElement[bool]:
    return or_(in_subtree(association.path), Affiliation.kind == AffiliationKind.OFFICER)
