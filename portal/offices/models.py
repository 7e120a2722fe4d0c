"""Terms of an association and the dated appointments that give rights."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.associations.models import Association, Group
from portal.core.calendar import now
from portal.core.database import Base, PublicId
from portal.offices.rights import RIGHTS, Position, rights_of
from portal.people.models import Person


class Term(Base):
    """A term of office of an association (届), from one election to the next."""

    __tablename__ = "term"
    __table_args__ = (CheckConstraint("end_on IS NULL OR end_on >= start_on", "dates"),)

    public_id: Mapped[PublicId]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), index=True)
    name: Mapped[str]
    start_on: Mapped[date]
    end_on: Mapped[date | None]

    association: Mapped[Association] = relationship(lazy="raise_on_sql")


class Appointment(Base):
    """A person holds a position at an association (or a group of it) from a day to a day, both included.

    Only the end ever changes. One that is withdrawn on its first day or before ends before it starts: it is in
    force on no day from then on, and stays in the record. `covers_subtree` extends the rights to every
    association below.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        Index("ix_appointment_person_id", "person_id", "end_on"),
        Index("ix_appointment_association_id", "association_id", "end_on"),
    )

    public_id: Mapped[PublicId]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("association_group.id"), index=True)
    term_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"), index=True)
    position: Mapped[str]
    covers_subtree: Mapped[bool] = mapped_column(default=False)
    start_on: Mapped[date]
    end_on: Mapped[date | None]
    is_public: Mapped[bool] = mapped_column(default=False)  # the officer agreed to be shown
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)

    person: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[person_id])
    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    group: Mapped[Group | None] = relationship(lazy="raise_on_sql")
    term: Mapped[Term | None] = relationship(lazy="raise_on_sql")

    @property
    def position_label(self) -> str:
        return Position(self.position).label

    @property
    def rights_in_words(self) -> list[str]:
        """What the position gives, for a page that says it."""
        return [str(RIGHTS[right]) for right in rights_of(self.position)]

    @property
    def is_withdrawn(self) -> bool:
        return self.end_on is not None and self.end_on < self.start_on

    def is_live_on(self, day: date) -> bool:
        return self.start_on <= day and not self.has_ended_by(day)

    def has_ended_by(self, day: date) -> bool:
        return self.end_on is not None and self.end_on < day
