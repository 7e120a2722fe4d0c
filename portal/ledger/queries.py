"""Reading periods, books and the journal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from portal.associations.models import Association
from portal.core.database import db
from portal.ledger.models import BookState, DuesPeriod, PeriodBook
from portal.members.queries import root_id


def list_periods(association: Association) -> Sequence[DuesPeriod]:
    """The periods of the association's federation, the latest first."""
    kept = DuesPeriod.association_id == root_id(association)
    return db.session.scalars(select(DuesPeriod).where(kept).order_by(DuesPeriod.start_on.desc())).all()


def get_period(association: Association, public_id: str) -> DuesPeriod | None:
    """A period of the association's federation."""
    kept = DuesPeriod.association_id == root_id(association)
    return db.session.scalar(select(DuesPeriod).where(kept, DuesPeriod.public_id == public_id))


def period_on(association: Association, day: date) -> DuesPeriod | None:
    """The period in which a day lies."""
    lies_in = (DuesPeriod.start_on <= day, DuesPeriod.end_on >= day)
    kept = DuesPeriod.association_id == root_id(association)
    return db.session.scalar(select(DuesPeriod).where(kept, *lies_in))


def book_of(association: Association, period: DuesPeriod) -> PeriodBook | None:
    """The association's book of a period; None while nothing happened to it: it is open."""
    kept = (PeriodBook.association_id == association.id, PeriodBook.period_id == period.id)
    return db.session.scalar(select(PeriodBook).where(*kept))


def is_open(association: Association, period: DuesPeriod) -> bool:
    """Whether something can be dated in the period."""
    book = book_of(association, period)
    return book is None or book.state == BookState.OPEN
