"""Reading registrations: those of an office, one by its reference, what the register knows already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.applications.queries import Match, list_matches
from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.core.calendar import today
from portal.core.database import db
from portal.offices.access import visible
from portal.people.models import Person
from portal.people.queries import SHOWN as AFFILIATIONS
from portal.volunteers.models import RegistrationState, VolunteerRegistration
from portal.volunteers.queries import SOON, counting_ending

SHOWN = (
    joinedload(VolunteerRegistration.association),
    joinedload(VolunteerRegistration.group),
    joinedload(VolunteerRegistration.volunteer),
)


def registrations(account: Account, association: Association) -> Select[Any]:
    """What the officer may see of the association's registrations and those of the associations below it."""
    here = select(Association.id).where(in_subtree(association.path))
    statement = select(VolunteerRegistration).where(VolunteerRegistration.association_id.in_(here))
    return visible(statement, account, "volunteers.read", VolunteerRegistration)


def list_of(account: Account, association: Association, state: str) -> Select[Any]:
    """In one state: those that wait the oldest first, decided ones the latest first."""
    statement = registrations(account, association).where(VolunteerRegistration.state == state).options(*SHOWN)
    waits = state == RegistrationState.SUBMITTED
    return statement.order_by(VolunteerRegistration.id.asc() if waits else VolunteerRegistration.id.desc())


def count_by_state(account: Account, association: Association) -> dict[str, int]:
    rows = registrations(account, association).subquery()
    return dict(db.session.execute(select(rows.c.state, func.count()).group_by(rows.c.state)).all())


def waiting(account: Account, association: Association) -> Select[Any]:
    """When those were sent that wait for the association's own decision."""
    statement = select(VolunteerRegistration.submitted_at).where(
        VolunteerRegistration.association_id == association.id,
        VolunteerRegistration.state == RegistrationState.SUBMITTED,
    )
    return visible(statement, account, "volunteers.read", VolunteerRegistration)


def questions(account: Account, association: Association) -> dict[str, Select[Any]]:
    """What the work list counts: registrations to decide with the oldest of them, and terms that end soon."""
    sent = waiting(account, association)
    soon = today(association.time_zone) + timedelta(days=SOON)
    return {
        "registrations": sent.with_only_columns(func.count()),
        "registered": sent.with_only_columns(func.min(sent.selected_columns[0])),
        "terms": counting_ending(account, association, soon),
    }


def count_waiting(account: Account, association: Association) -> int:
    return db.session.scalar(waiting(account, association).with_only_columns(func.count())) or 0


def get_registration(
    account: Account, association: Association, public_id: str, right: str = "volunteers.read"
) -> VolunteerRegistration | None:
    """One of the association's own, if the officer has the right for it."""
    statement = select(VolunteerRegistration).where(
        VolunteerRegistration.association_id == association.id, VolunteerRegistration.public_id == public_id
    )
    found: VolunteerRegistration | None = db.session.scalar(
        visible(statement, account, right, VolunteerRegistration).options(*SHOWN)
    )
    return found


def get_by_reference(reference: str) -> VolunteerRegistration | None:
    statement = select(VolunteerRegistration).where(VolunteerRegistration.reference == reference)
    return db.session.scalar(statement.options(*SHOWN))


def list_waiting_of_person(person_id: int) -> Sequence[VolunteerRegistration]:
    """Registrations that somebody sent while signed in and that wait."""
    statement = select(VolunteerRegistration).where(
        VolunteerRegistration.person_id == person_id, VolunteerRegistration.state == RegistrationState.SUBMITTED
    )
    return db.session.scalars(statement.options(*SHOWN).order_by(VolunteerRegistration.id)).all()


def list_same(registration: VolunteerRegistration) -> Sequence[VolunteerRegistration]:
    """Other registrations of the same person at the same association, by number, or by name and phone."""
    same: list[ColumnElement[bool]] = []
    if registration.identity_index:
        same.append(VolunteerRegistration.identity_index == registration.identity_index)
    if registration.phone_index:
        named = VolunteerRegistration.name == registration.name
        same.append((VolunteerRegistration.phone_index == registration.phone_index) & named)
    if not same:
        return []
    statement = select(VolunteerRegistration).where(
        VolunteerRegistration.association_id == registration.association_id,
        VolunteerRegistration.id != registration.id,
        or_(*same),
    )
    return db.session.scalars(statement.order_by(VolunteerRegistration.id.desc()).limit(5)).all()


def matches_of(registration: VolunteerRegistration, reach: ColumnElement[bool]) -> list[Match]:
    """Whose record it perhaps is: certainly that of who was signed in; otherwise as for applications."""
    if registration.person_id is None:
        return list_matches(registration, reach)
    statement = select(Person).where(Person.id == registration.person_id, Person.removed_at.is_(None))
    person = db.session.scalar(statement.options(*AFFILIATIONS))
    if person is None:
        return []
    seen = db.session.scalar(select(Person.id).where(Person.id == person.id, reach)) is not None
    return [Match(person, True, seen)]
