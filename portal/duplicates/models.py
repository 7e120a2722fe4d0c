"""What was decided about two records that look like one person: merged, or told apart."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.calendar import now
from portal.core.database import Base, PublicId
from portal.core.encryption import EncryptedText
from portal.people.models import Person


class ToldApart(Base):
    """Two records of two different people: the pair is not asked about again. The lower id comes first."""

    __tablename__ = "told_apart"
    __table_args__ = (UniqueConstraint("first_id", "second_id"),)

    public_id: Mapped[PublicId]
    first_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=now)
    by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)


class PersonMerge(Base):
    """Two records made one. `log` says which rows moved, which were dropped and how both stood before: JSON,
    encrypted, since it holds what was typed; with it the merge can be undone.
    """

    __tablename__ = "person_merge"

    public_id: Mapped[PublicId]
    kept_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    gone_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), index=True)
    log: Mapped[str] = mapped_column(EncryptedText)
    merged_at: Mapped[datetime] = mapped_column(default=now)
    merged_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)

    kept: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[kept_id])
    gone: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[gone_id])
