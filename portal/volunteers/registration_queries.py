"""Reading registrations: those of an office, one by its reference, what the register knows already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.applications.queries import Match, list_matches
from portal.applications.sent import Sent
from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.database import db
from portal.people.models import Person
from portal.people.queries import SHOWN as AFFILIATIONS
from portal.volunteers.models import RegistrationState, VolunteerRegistration
from portal.volunteers.queries import SOON, counting_ending

SHOWN = (
    joinedload(VolunteerRegistration.association),
    joinedload(VolunteerRegistration.group),
    joinedload(VolunteerRegistration.volunteer),
)
sent = Sent(VolunteerRegistration, "volunteers.read", (RegistrationState.SUBMITTED,), SHOWN)


def questions(account: Account, association: Association) -> dict[str, Select[Any]]:
    """What the work list counts: registrations to decide with the oldest of them, and terms that end soon."""
    waiting = sent.waiting(account, association)
    soon = today(association.time_zone) + timedelta(days=SOON)
    return {
        "registrations": waiting.with_only_columns(func.count()),
        "registered": waiting.with_only_columns(func.min(waiting.selected_columns[0])),
        "terms": counting_ending(account, association, soon),
    }


def list_waiting_of_person(person_id: int) -> Sequence[VolunteerRegistration]:
    """Registrations that somebody sent while signed in and that wait."""
    statement = select(VolunteerRegistration).where(
        VolunteerRegistration.person_id == person_id, VolunteerRegistration.state == RegistrationState.SUBMITTED
    )
    return db.session.scalars(statement.options(*SHOWN).order_by(VolunteerRegistration.id)).all()


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
