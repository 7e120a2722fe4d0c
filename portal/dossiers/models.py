"""Evaluations of a volunteer's service, as order 67 has them recorded."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.calendar import now
from portal.core.database import Base, PublicId
from portal.core.i18n import lazy_pgettext
from portal.core.labels import Labelled
from portal.people.models import Person
from portal.volunteers.models import Volunteer


class Grade(Labelled):
    EXCELLENT = "excellent", lazy_pgettext("evaluation", "Excellent")
    GOOD = "good", lazy_pgettext("evaluation", "Good")
    SATISFACTORY = "satisfactory", lazy_pgettext("evaluation", "Satisfactory")
    UNSATISFACTORY = "unsatisfactory", lazy_pgettext("evaluation", "Unsatisfactory")


class Evaluation(Base):
    """What an association says of a volunteer's service in a span of time. A later one does not replace it."""

    __tablename__ = "volunteer_evaluation"
    __table_args__ = (
        Index("ix_volunteer_evaluation_volunteer_id", "volunteer_id", "end_on", "id"),
        CheckConstraint("start_on <= end_on", "dates"),
        CheckConstraint("grade IN ('excellent', 'good', 'satisfactory', 'unsatisfactory')", "grade"),
    )

    public_id: Mapped[PublicId]
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"))
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), index=True)  # the volunteer's
    group_id: Mapped[int | None] = mapped_column(ForeignKey("association_group.id"), index=True)
    start_on: Mapped[date]
    end_on: Mapped[date]
    grade: Mapped[str]
    remarks: Mapped[str] = mapped_column(default="")
    evaluated_at: Mapped[datetime] = mapped_column(default=now)
    evaluated_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)

    volunteer: Mapped[Volunteer] = relationship(lazy="raise_on_sql")
    evaluator: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[evaluated_by_id])
