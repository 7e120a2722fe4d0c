"""Reading whom one may appoint: people of the branch by name, others only by a number in full."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.core import identity
from portal.core.calendar import today
from portal.core.database import db
from portal.core.encryption import blind_indexes
from portal.offices.access import reached
from portal.people.models import Affiliation, AffiliationKind, Person
from portal.people.queries import people

FOUND = 20


def _affiliated_below(association: Association, kind: str | None = None) -> ColumnElement[bool]:
    """People whose record is held today by the association or one below it."""
    held = (
        select(Affiliation.id)
        .join(Association, Association.id == Affiliation.association_id)
        .where(
            Affiliation.person_id == Person.id,
            in_subtree(association.path),
            or_(Affiliation.end_on.is_(None), Affiliation.end_on >= today()),
        )
    )
    return (held.where(Affiliation.kind == kind) if kind else held).exists()


def _choosable(account: Account, association: Association) -> ColumnElement[bool]:
    """The people of the subtree whose names the account may see: by right, or because they are officers."""
    return _affiliated_below(association) & or_(
        reached(account, "members.read"), _affiliated_below(association, AffiliationKind.OFFICER)
    )


def search(account: Account, association: Association, text: str) -> Sequence[Person]:
    """People of the subtree by name, initials or a phone's last digits, with where their record is held."""
    shown = joinedload(Person.affiliations)
    statement = people(text).where(_choosable(account, association)).limit(FOUND)
    statement = statement.options(shown.joinedload(Affiliation.association), shown.joinedload(Affiliation.group))
    return db.session.scalars(statement).unique().all()


def get(account: Account, association: Association, public_id: str, *, exact: bool = False) -> Person | None:
    """Somebody who may be appointed; `exact` when the reader has named the person by a number in full."""
    statement = people().where(Person.public_id == public_id)
    return db.session.scalars(statement if exact else statement.where(_choosable(account, association))).first()


def get_by_exact(number: str) -> Person | None:
    """The one person in the whole register with this identity number or phone; None where several share it.

    Only by a number in full: by name or a few digits nobody outside the branch is found.
    """
    if identity.identity_fault(number) is None:
        held = Person.identity_index.in_(blind_indexes(identity.IdentityNumber.parse(number).value, "identity"))
    elif identity.phone_fault(number) is None:
        held = Person.phone_index.in_(blind_indexes(identity.normalise_phone(number), "phone"))
    else:
        return None
    found = db.session.scalars(people().where(held).limit(2)).all()
    return found[0] if len(found) == 1 else None


def is_within_reach(person: Person, association: Association) -> bool:
    statement = select(Person.id).where(Person.id == person.id, _affiliated_below(association))
    return db.session.scalar(statement) is not None
