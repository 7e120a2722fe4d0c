"""The yearly statement that an association chooses to disclose."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.associations.models import Association
from portal.core.calendar import now
from portal.core.database import Base, PublicId
from portal.ledger.models import DuesPeriod
from portal.people.models import Person

STANDS = text("withdrawn_at IS NULL")


class YearStatement(Base):
    """The figures of a closed period as they were disclosed: totals, never a name. A later one takes its place."""

    __tablename__ = "year_statement"
    __table_args__ = (
        Index(
            "uq_year_statement_live", "association_id", "period_id", unique=True,
            sqlite_where=STANDS, postgresql_where=STANDS,
        ),
        Index("ix_year_statement_association_id", "association_id", "id"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdraw_reason = '')", "withdraw_reason"),
    )  # fmt: skip

    public_id: Mapped[PublicId]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    period_id: Mapped[int] = mapped_column(ForeignKey("dues_period.id"), index=True)
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    remarks: Mapped[str] = mapped_column(default="")
    published_at: Mapped[datetime] = mapped_column(default=now)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    withdrawn_at: Mapped[datetime | None]
    withdraw_reason: Mapped[str] = mapped_column(default="")

    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    period: Mapped[DuesPeriod] = relationship(lazy="raise_on_sql")
    publisher: Mapped[Person | None] = relationship(lazy="raise_on_sql")
