"""Somebody's record is deleted at the own request: service ends, letters are void, and what was written down goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select

from portal.accounts.models import Account
from portal.core.audit import record
from portal.core.calendar import now, today
from portal.core.database import db
from portal.people.models import Person
from portal.volunteers import services
from portal.volunteers.models import (
    AppointmentLetter,
    LeaveReason,
    RegistrationState,
    Volunteer,
    VolunteerRegistration,
)
from portal.volunteers.retention import empty


def forget(actor: Account, people: Sequence[Person], name: str) -> None:
    """End and empty all that holds the people as volunteers; `name` is the neutral word that takes their place.

    Call it while the records still have their numbers: registrations are found by them too.
    """
    ids = [one.id for one in people]
    for held in db.session.scalars(select(Volunteer).where(Volunteer.person_id.in_(ids))).all():
        if held.ended_on is None:
            services.end(actor, held, max(held.started_on, today()), LeaveReason.DELETED)
        held.note = ""
        _empty_letters(held, name)
    _empty_registrations(actor, people, name)
    db.session.flush()


def _empty_letters(held: Volunteer, name: str) -> None:
    """None keeps the name."""
    for letter in db.session.scalars(select(AppointmentLetter).where(AppointmentLetter.volunteer_id == held.id)):
        letter.snapshot = {**letter.snapshot, "name": name}


def _empty_registrations(actor: Account, people: Sequence[Person], name: str) -> None:
    """What was written at /volunteer, also where it never led to a record but carries the same number."""
    row = VolunteerRegistration
    same: list[Any] = [row.person_id.in_([one.id for one in people])]
    for one in people:
        if one.identity_index:
            same.append(row.identity_index == one.identity_index)
        if one.phone_index:
            same.append((row.phone_index == one.phone_index) & (row.name == one.name))
    for registration in db.session.scalars(select(row).where(or_(*same))).all():
        empty(registration, name)
        if registration.state == RegistrationState.SUBMITTED:
            registration.state, registration.decided_at = RegistrationState.WITHDRAWN, now()
        record(actor, "own.empty_registration", registration)
