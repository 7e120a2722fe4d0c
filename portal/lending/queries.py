"""Reading requests to borrow volunteers: what was asked, of whom, who is lent where and when."""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select

from portal.associations.models import Association
from portal.core.database import db
from portal.lending.models import LendingRequest, LendingState, LentVolunteer
from portal.volunteers.models import Volunteer


def is_lent_to(person_id: int, association: Association, day: date) -> bool:
    """Whether somebody is lent to the association on a day: lender and volunteer have agreed, and it is the span."""
    statement = (
        select(LentVolunteer.id)
        .join(LentVolunteer.request)
        .join(LentVolunteer.volunteer)
        .where(
            Volunteer.person_id == person_id,
            or_(Volunteer.ended_on.is_(None), Volunteer.ended_on >= day),
            LentVolunteer.state == LendingState.AGREED,
            LendingRequest.state == LendingState.AGREED,
            LendingRequest.association_id == association.id,
            LendingRequest.start_on <= day,
            LendingRequest.end_on >= day,
        )
    )
    return db.session.scalar(statement.limit(1)) is not None
