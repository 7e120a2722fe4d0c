"""What a stranger learns about a letter of appointment by its code."""

from __future__ import annotations

from sqlalchemy import select

from portal.core.calendar import today
from portal.core.database import db
from portal.core.formats import mask_name
from portal.core.i18n import _
from portal.verification.kinds import State, Verdict, tells
from portal.volunteers.letters import KIND, VoidReason
from portal.volunteers.models import AppointmentLetter, Volunteer

OVER = (VoidReason.RENEWED, VoidReason.ENDED)  # it was right in its time


@tells(KIND)
def tell(code_id: int) -> Verdict | None:
    """Valid for its term; ended when the term or the service is over; not valid when it should not be about."""
    row = db.session.execute(
        select(AppointmentLetter, Volunteer.ended_on)
        .join(Volunteer, Volunteer.id == AppointmentLetter.volunteer_id)
        .where(AppointmentLetter.code_id == code_id)
    ).one_or_none()
    if row is None:
        return None
    letter, ended_on = row
    name, association = mask_name(str(letter.snapshot["name"])), str(letter.snapshot["association"])
    return Verdict(_state(letter, is_over=ended_on is not None), str(_("Letter of appointment")), name, association)


def _state(letter: AppointmentLetter, *, is_over: bool) -> State:
    if letter.voided_at is not None:
        return State.ENDED if letter.void_reason in OVER else State.VOID
    return State.ENDED if is_over or letter.end_on < today() else State.VALID
