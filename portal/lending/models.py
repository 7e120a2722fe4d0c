"""Requests to borrow volunteers, and the volunteers who were named for them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.associations.models import Association
from portal.core.calendar import now
from portal.core.database import Base, PublicId
from portal.core.i18n import lazy_pgettext
from portal.core.labels import Labelled
from portal.volunteers.models import Skill, Volunteer


class LendingState(Labelled):
    """How a request to borrow volunteers stands; a volunteer who was asked answers by the same words."""

    ASKED = "asked", lazy_pgettext("lending", "Asked")
    AGREED = "agreed", lazy_pgettext("lending", "Agreed")
    DECLINED = "declined", lazy_pgettext("lending", "Declined")
    WITHDRAWN = "withdrawn", lazy_pgettext("lending", "Withdrawn")


class LendingRequest(Base):
    """An association asks a sister for volunteers with a skill; the sister agrees, then each volunteer answers."""

    __tablename__ = "lending_request"
    __table_args__ = (
        Index("ix_lending_request_association_id", "association_id", "state", "id"),
        Index("ix_lending_request_lender_id", "lender_id", "state", "id"),
        CheckConstraint("state IN ('asked', 'agreed', 'declined', 'withdrawn')", "state"),
        CheckConstraint("wanted > 0 AND start_on <= end_on", "sense"),
    )

    public_id: Mapped[PublicId]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))  # that asks
    lender_id: Mapped[int] = mapped_column(ForeignKey("association.id"))  # that is asked
    skill_id: Mapped[int] = mapped_column(ForeignKey("volunteer_skill.id"), index=True)
    wanted: Mapped[int]
    occasion: Mapped[str]  # what they are wanted for
    place: Mapped[str] = mapped_column(default="")
    start_on: Mapped[date]
    end_on: Mapped[date]
    state: Mapped[str] = mapped_column(default=LendingState.ASKED)
    asked_at: Mapped[datetime] = mapped_column(default=now)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    answer: Mapped[str] = mapped_column(default="")

    association: Mapped[Association] = relationship(lazy="raise_on_sql", foreign_keys=[association_id])
    lender: Mapped[Association] = relationship(lazy="raise_on_sql", foreign_keys=[lender_id])
    skill: Mapped[Skill] = relationship(lazy="raise_on_sql")
    lent: Mapped[list[LentVolunteer]] = relationship(
        back_populates="request", lazy="raise_on_sql", order_by="LentVolunteer.id"
    )

    @property
    def state_label(self) -> str:
        return LendingState(self.state).label


class LentVolunteer(Base):
    """A volunteer whom the lender names; lent only once the volunteer agrees."""

    __tablename__ = "lent_volunteer"
    __table_args__ = (
        UniqueConstraint("request_id", "volunteer_id"),
        CheckConstraint("state IN ('asked', 'agreed', 'declined', 'withdrawn')", "state"),
    )

    public_id: Mapped[PublicId]
    request_id: Mapped[int] = mapped_column(ForeignKey("lending_request.id"))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"), index=True)
    state: Mapped[str] = mapped_column(default=LendingState.ASKED)
    answered_at: Mapped[datetime | None]

    request: Mapped[LendingRequest] = relationship(back_populates="lent", lazy="raise_on_sql")
    volunteer: Mapped[Volunteer] = relationship(lazy="raise_on_sql")

    @property
    def state_label(self) -> str:
        return LendingState(self.state).label
