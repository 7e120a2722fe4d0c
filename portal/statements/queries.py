"""Reading disclosed statements, and which books wait to be closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import contains_eager, joinedload

from portal.associations.models import Association
from portal.associations.queries import named
from portal.core.database import db
from portal.dues import queries as charges
from portal.dues.models import Charge
from portal.ledger.models import BookState, DuesPeriod, PeriodBook
from portal.statements.models import YearStatement

STANDS = YearStatement.withdrawn_at.is_(None)


def listing(text: str = "", year: int | None = None) -> Select[Any]:
    """What is disclosed, the latest period first, then by association; some by name and by year."""
    statement = select(YearStatement).join(YearStatement.association).join(YearStatement.period)
    statement = statement.where(STANDS, Association.archived_on.is_(None))
    if text:
        statement = statement.where(named(text))
    if year:
        statement = statement.where(DuesPeriod.start_on.between(date(year, 1, 1), date(year, 12, 31)))
    shown = (contains_eager(YearStatement.association), contains_eager(YearStatement.period))
    return statement.options(*shown).order_by(DuesPeriod.start_on.desc(), Association.path, YearStatement.id)


def years() -> list[int]:
    """Of which years something is disclosed, the latest first."""
    found = db.session.scalars(select(DuesPeriod.start_on).where(DuesPeriod.id.in_(_periods())).distinct())
    return sorted({day.year for day in found}, reverse=True)


def _periods() -> Select[Any]:
    return select(YearStatement.period_id).where(STANDS)


def get_public(public_id: str) -> YearStatement | None:
    """One of them, a withdrawn one too: its address says what became of it."""
    statement = select(YearStatement).where(YearStatement.public_id == public_id)
    return db.session.scalar(statement.options(*_shown()))


def list_of(association: Association) -> Sequence[YearStatement]:
    """Everything that an association ever disclosed, the latest first, with who did."""
    statement = select(YearStatement).where(YearStatement.association_id == association.id)
    shown = (*_shown(), joinedload(YearStatement.publisher))
    return db.session.scalars(statement.options(*shown).order_by(YearStatement.id.desc())).all()


def get_of(association: Association, public_id: str) -> YearStatement | None:
    statement = select(YearStatement).where(YearStatement.association_id == association.id)
    return db.session.scalar(statement.where(YearStatement.public_id == public_id).options(*_shown()))


def latest_of(association_id: int) -> YearStatement | None:
    """What an association discloses of its latest period."""
    found: YearStatement | None = db.session.scalar(_latest(), {"association": association_id})
    return found


@cache
def _latest() -> Select[Any]:
    """Every public page of an association asks it: put together once."""
    statement = select(YearStatement).join(YearStatement.period).options(contains_eager(YearStatement.period))
    kept = (YearStatement.association_id == bindparam("association"), STANDS)
    return statement.where(*kept).order_by(DuesPeriod.start_on.desc()).limit(1)


def _shown() -> tuple[Any, ...]:
    return joinedload(YearStatement.association), joinedload(YearStatement.period)


def counting_to_close(association: Association, day: date) -> Select[Any]:
    """Books with charges of periods that ended before a day, not closed yet."""
    statement = select(func.count()).select_from(PeriodBook).join(PeriodBook.period)
    charged = select(Charge.id).where(
        Charge.association_id == association.id, Charge.period_id == PeriodBook.period_id, charges.STANDS
    )
    kept = (PeriodBook.association_id == association.id, PeriodBook.state == BookState.OPEN, DuesPeriod.end_on < day)
    return statement.where(*kept, charged.exists())
