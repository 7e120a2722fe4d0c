"""Registrations that came to nothing are emptied like applications, in the same time."""

from __future__ import annotations

from portal.applications.retention import EVERY, empty_form, empty_old
from portal.core.audit import record
from portal.core.jobs import queue
from portal.volunteers.models import RegistrationState, VolunteerRegistration


@queue.every(EVERY)
def forget() -> None:
    """Done again, it does nothing."""
    over = (RegistrationState.DECLINED, RegistrationState.WITHDRAWN)
    for registration in empty_old(VolunteerRegistration, over, empty):
        record(None, "volunteers.forget", registration)


def empty(registration: VolunteerRegistration, name: str) -> None:
    """With the note about skills and time."""
    empty_form(registration, name, note="")
