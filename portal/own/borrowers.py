"""Who sees me where I am lent: a borrower's officers, from my yes until the last day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.core.calendar import today
from portal.core.database import db
from portal.lending.queries import RIGHT, standing_loans
from portal.offices.access import live
from portal.offices.models import Appointment
from portal.offices.queries import by_position
from portal.offices.rights import gives

PHONE = "members.read_sensitive"


@dataclass(frozen=True)
class Borrowing:
    """An association that has borrowed me, until when, and its officers who see my name; some may see my phone."""

    name: str
    until: date
    officers: list[Appointment]
    with_phone: frozenset[int]  # of these appointments, by id


def list_borrowing(person_id: int) -> list[Borrowing]:
    """What `lending.queries.asked_by` and `is_shown` allow, asked from the other end."""
    loans = [one for one in standing_loans(person_id) if not one.association.is_archived]
    if not loans:
        return []
    places = {place for one in loans for place in one.association.path_ids}
    statement = (
        select(Appointment)
        .where(live(today()), Appointment.association_id.in_(places), Appointment.group_id.is_(None))
        .options(joinedload(Appointment.person), joinedload(Appointment.association), joinedload(Appointment.group))
        .order_by(Appointment.start_on, Appointment.id)
    )
    keepers = [one for one in db.session.scalars(statement) if gives(one.position, RIGHT)]
    phone = frozenset(one.id for one in keepers if gives(one.position, PHONE))
    found = []
    for loan in loans:
        here = loan.association
        officers = [
            one
            for one in keepers
            if one.association_id == here.id or (one.covers_subtree and here.path.startswith(one.association.path))
        ]
        found.append(Borrowing(here.name, loan.end_on, by_position(officers), phone))
    return found
