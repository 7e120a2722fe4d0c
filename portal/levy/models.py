"""What associations pay upward by head-count: the count is kept by name, everybody counted once."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.associations.models import Association
from portal.core.calendar import now
from portal.core.database import Base, PublicId
from portal.core.i18n import lazy_pgettext
from portal.core.labels import Labelled
from portal.ledger.models import DuesPeriod
from portal.members.models import Membership
from portal.people.models import Person


class LevyWay(Labelled):
    CASH = "cash", lazy_pgettext("levy", "Cash")
    TRANSFER = "transfer", lazy_pgettext("levy", "Bank transfer")


STANDS = text("voided_at IS NULL")


class Levy(Base):
    """A levy of an association on those below it for a period: so much for each member on the day of counting."""

    __tablename__ = "levy"
    __table_args__ = (
        Index(
            "uq_levy_live", "association_id", "period_id", unique=True,
            sqlite_where=STANDS, postgresql_where=STANDS,
        ),
        CheckConstraint("rate_fen > 0", "rate"),
        CheckConstraint("(voided_at IS NULL) = (void_reason = '')", "void_reason"),
    )  # fmt: skip

    public_id: Mapped[PublicId]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))  # to which it is paid
    period_id: Mapped[int] = mapped_column(ForeignKey("dues_period.id"), index=True)
    rate_fen: Mapped[int]
    counted_on: Mapped[date]
    due_on: Mapped[date]
    basis: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)

    voided_at: Mapped[datetime | None]  # laid by mistake: nothing is owed of it, and another can be laid
    void_reason: Mapped[str] = mapped_column(default="")

    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    period: Mapped[DuesPeriod] = relationship(lazy="raise_on_sql")


class LevyShare(Base):
    """What one association owes of a levy: its counted people times the rate."""

    __tablename__ = "levy_share"
    __table_args__ = (
        UniqueConstraint("levy_id", "association_id"),
        CheckConstraint("count > 0 AND amount_fen > 0", "amount"),
        CheckConstraint("paid_fen >= 0 AND paid_fen <= amount_fen", "not_more_than_owed"),
    )

    public_id: Mapped[PublicId]
    levy_id: Mapped[int] = mapped_column(ForeignKey("levy.id"))
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), index=True)  # that pays
    count: Mapped[int]
    amount_fen: Mapped[int]
    paid_fen: Mapped[int] = mapped_column(default=0)  # kept by one statement
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"), index=True)  # in the payer's books
    owed_entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"), index=True)  # in the other's

    levy: Mapped[Levy] = relationship(lazy="raise_on_sql")
    association: Mapped[Association] = relationship(lazy="raise_on_sql")

    @property
    def open_fen(self) -> int:
        """What is still to be paid (load `levy`)."""
        return 0 if self.levy.voided_at else self.amount_fen - self.paid_fen


class LevyPerson(Base):
    """Somebody who was counted, and for which association: once in a levy, whatever else they belong to."""

    __tablename__ = "levy_person"
    __table_args__ = (
        UniqueConstraint("levy_id", "person_id"),
        Index("ix_levy_person_share_id", "share_id", "id"),
    )

    levy_id: Mapped[int] = mapped_column(ForeignKey("levy.id"))
    share_id: Mapped[int] = mapped_column(ForeignKey("levy_share.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), index=True)

    person: Mapped[Person] = relationship(lazy="raise_on_sql")
    membership: Mapped[Membership] = relationship(lazy="raise_on_sql")


class LevyPayment(Base):
    """Money for a share, recorded by the association that receives it; a wrong one is void with its reason."""

    __tablename__ = "levy_payment"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", "amount"),
        CheckConstraint("way IN ('cash', 'transfer')", "way"),
        CheckConstraint("(voided_at IS NULL) = (void_reason = '')", "void_reason"),
    )

    public_id: Mapped[PublicId]
    share_id: Mapped[int] = mapped_column(ForeignKey("levy_share.id"), index=True)
    amount_fen: Mapped[int]
    received_on: Mapped[date]
    way: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    key: Mapped[str] = mapped_column(unique=True)
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(default="")

    share: Mapped[LevyShare] = relationship(lazy="raise_on_sql")
    recorder: Mapped[Person | None] = relationship(lazy="raise_on_sql")
