"""The table of stars by version, stars asked for and granted in order, certificates of service as issued."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.associations.models import Association
from portal.core.calendar import now
from portal.core.database import Base, PublicId
from portal.core.i18n import lazy_pgettext
from portal.core.labels import Labelled
from portal.people.models import Person
from portal.verification.models import VerifiableCode


class StarState(Labelled):
    ASKED = "asked", lazy_pgettext("star", "Asked for")
    GRANTED = "granted", lazy_pgettext("star", "Granted")
    REFUSED = "refused", lazy_pgettext("star", "Refused")
    WITHDRAWN = "withdrawn", lazy_pgettext("star", "Withdrawn")


STANDS = text("state IN ('asked', 'granted')")


class StarTable(Base):
    """A federation's table of stars from a day on; the one before it stays in the record."""

    __tablename__ = "star_table"
    __table_args__ = (UniqueConstraint("association_id", "version"),)

    public_id: Mapped[PublicId]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))  # the root that keeps it
    version: Mapped[int]
    effective_on: Mapped[date]
    basis: Mapped[str] = mapped_column(default="")  # the regulation it follows
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)

    levels: Mapped[list[StarLevel]] = relationship(
        back_populates="table", lazy="raise_on_sql", cascade="all, delete-orphan", order_by="StarLevel.stars"
    )


class StarLevel(Base):
    """So many approved minutes for so many stars."""

    __tablename__ = "star_level"
    __table_args__ = (
        UniqueConstraint("table_id", "stars"),
        CheckConstraint("stars BETWEEN 1 AND 9 AND minutes > 0", "level"),
    )

    table_id: Mapped[int] = mapped_column(ForeignKey("star_table.id"))
    stars: Mapped[int]
    minutes: Mapped[int]

    table: Mapped[StarTable] = relationship(back_populates="levels", lazy="raise_on_sql")


class StarGrant(Base):
    """A volunteer asks for a star, the association grants it: in order, each once."""

    __tablename__ = "star_grant"
    __table_args__ = (
        Index(
            "uq_star_grant_live", "person_id", "stars", unique=True,
            sqlite_where=STANDS, postgresql_where=STANDS,
        ),
        Index("ix_star_grant_association_id", "association_id", "state", "id"),
        CheckConstraint("state IN ('asked', 'granted', 'refused', 'withdrawn')", "state"),
    )  # fmt: skip

    public_id: Mapped[PublicId]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    table_id: Mapped[int] = mapped_column(ForeignKey("star_table.id"), index=True)
    stars: Mapped[int]
    minutes: Mapped[int]  # approved, when it was asked for
    state: Mapped[str] = mapped_column(default=StarState.ASKED)
    asked_at: Mapped[datetime] = mapped_column(default=now)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str] = mapped_column(default="")

    person: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[person_id])
    association: Mapped[Association] = relationship(lazy="raise_on_sql")

    @property
    def state_label(self) -> str:
        return StarState(self.state).label


class ServiceCertificate(Base):
    """A certificate of service as it was printed from approved entries (order 67): free, checked by whoever
    receives it. A correction of the hours behind it supersedes it; it is never changed and never deleted.
    """

    __tablename__ = "service_certificate"
    __table_args__ = (
        Index("ix_service_certificate_person_id", "person_id", "id"),
        Index("ix_service_certificate_association_id", "association_id", "id"),
        CheckConstraint("(superseded_at IS NULL) = (superseded_reason = '')", "superseded_reason"),
    )

    public_id: Mapped[PublicId]
    number: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))  # the recording unit
    code_id: Mapped[int] = mapped_column(ForeignKey("verifiable_code.id"), unique=True)
    start_on: Mapped[date]
    end_on: Mapped[date]
    minutes: Mapped[int]
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSON)
    issued_at: Mapped[datetime] = mapped_column(default=now)
    superseded_at: Mapped[datetime | None]
    superseded_reason: Mapped[str] = mapped_column(default="")  # corrected, removed

    person: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[person_id])
    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    code: Mapped[VerifiableCode] = relationship(lazy="raise_on_sql")

    @property
    def printed_name(self) -> str:
        return str(self.snapshot["name"])
