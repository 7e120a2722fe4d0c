"""Money received, which charges it settles, and how it goes back: by reversal or by refund."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.associations.models import Association, Group
from portal.core.calendar import now
from portal.core.database import Base, PublicId
from portal.core.i18n import lazy_pgettext
from portal.core.labels import Labelled
from portal.dues.models import Charge, SecondSignature
from portal.payments.kinds import Method, RefundWay
from portal.people.models import Person

__all__ = ["Allocation", "Method", "Payment", "Refund", "RefundWay", "Reversal", "UndoState"]


class UndoState(Labelled):
    """How far a reversal or a refund is."""

    ASKED = "asked", lazy_pgettext("reversal", "Waits for the second signature")
    MADE = "made", lazy_pgettext("reversal", "Made")
    REFUSED = "refused", lazy_pgettext("reversal", "Refused")
    WITHDRAWN = "withdrawn", lazy_pgettext("reversal", "Withdrawn")


STATES = "state IN ('asked', 'made', 'refused', 'withdrawn')"
IN_FORCE, WAITS = text("state IN ('asked', 'made')"), text("state = 'asked'")
NAMED = text("bank_reference IS NOT NULL AND reversed_at IS NULL")
STANDS = text("released_at IS NULL")


class Payment(Base):
    """Money received from a payer. Its amount, day and way never change; `used_fen` is what settles charges or was
    refunded, kept by one statement, and never more than there is. What is not used is the payer's credit.

    Cash that a group leader took is theirs to hand over: `collector_id`, until `hand_over_id`.
    """

    __tablename__ = "payment"
    __table_args__ = (
        Index("ix_payment_association_id", "association_id", "received_on", "id"),
        Index("ix_payment_payer_id", "payer_id", "association_id"),
        Index("ix_payment_collector_id", "collector_id", "association_id"),
        Index(
            "uq_payment_bank_reference", "association_id", "bank_reference", unique=True,
            sqlite_where=NAMED, postgresql_where=NAMED,
        ),
        CheckConstraint("amount_fen > 0", "amount"),
        CheckConstraint("used_fen >= 0 AND used_fen <= amount_fen", "not_more_than_there_is"),
        CheckConstraint("reversed_at IS NULL OR used_fen = 0", "reversed_is_free"),
        CheckConstraint("method IN ('cash', 'transfer', 'mobile', 'opening')", "method"),
        CheckConstraint("collector_id IS NULL OR method = 'cash'", "collector"),
    )  # fmt: skip

    public_id: Mapped[PublicId]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("association_group.id"), index=True)
    payer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    received_on: Mapped[date]
    method: Mapped[str]
    amount_fen: Mapped[int]
    used_fen: Mapped[int] = mapped_column(default=0)
    collector_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    hand_over_id: Mapped[int | None] = mapped_column(ForeignKey("hand_over.id"), index=True)
    key: Mapped[str] = mapped_column(unique=True)  # of the form that was sent: the same form is one payment
    bank_reference: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="")
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    reversed_at: Mapped[datetime | None]

    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    group: Mapped[Group | None] = relationship(lazy="raise_on_sql")
    payer: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[payer_id])
    collector: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[collector_id])
    recorder: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[recorded_by_id])
    allocations: Mapped[list[Allocation]] = relationship(
        back_populates="payment", lazy="raise_on_sql", order_by="Allocation.id"
    )

    @property
    def credit_fen(self) -> int:
        """What of it settles nothing yet."""
        return 0 if self.reversed_at is not None else self.amount_fen - self.used_fen


class Allocation(Base):
    """An amount of a payment that settles a charge, until it is freed again."""

    __tablename__ = "allocation"
    __table_args__ = (CheckConstraint("amount_fen > 0", "amount"),)

    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    charge_id: Mapped[int] = mapped_column(ForeignKey("charge.id"), index=True)
    amount_fen: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    released_at: Mapped[datetime | None]

    payment: Mapped[Payment] = relationship(back_populates="allocations", lazy="raise_on_sql")
    charge: Mapped[Charge] = relationship(lazy="raise_on_sql")


class Reversal(SecondSignature):
    """A payment is taken back, for a reason, on a day of an open period: once. Whoever recorded it on the same day
    may do it alone; everything else takes a second signature.
    """

    __tablename__ = "reversal"
    __table_args__ = (
        Index(
            "uq_reversal_live", "payment_id", unique=True,
            sqlite_where=IN_FORCE, postgresql_where=IN_FORCE,
        ),
        Index("ix_reversal_payment_id", "payment_id"),
        Index("ix_reversal_association_id", "association_id", "state", "id"),
        CheckConstraint(STATES, "state"),
        CheckConstraint("reason <> ''", "reason"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> asked_by_id", "four_eyes"),
        CheckConstraint("(state = 'made') = (entry_id IS NOT NULL)", "entry"),
    )  # fmt: skip

    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"))
    reversed_on: Mapped[date]

    payment: Mapped[Payment] = relationship(lazy="raise_on_sql")

    @property
    def state_label(self) -> str:
        return UndoState(self.state).label


class Refund(SecondSignature):
    """Credit that is paid back to the payer, from cash or from the bank, or that the payer leaves to the association;
    with a second signature.
    """

    __tablename__ = "refund"
    __table_args__ = (
        Index(
            "uq_refund_waiting", "payment_id", unique=True,
            sqlite_where=WAITS, postgresql_where=WAITS,
        ),
        Index("ix_refund_payment_id", "payment_id"),
        Index("ix_refund_association_id", "association_id", "state", "id"),
        CheckConstraint(STATES, "state"),
        CheckConstraint("amount_fen > 0", "amount"),
        CheckConstraint("reason <> ''", "reason"),
        CheckConstraint("method IN ('cash', 'transfer', 'mobile', 'forgone')", "method"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> asked_by_id", "four_eyes"),
        CheckConstraint("(state = 'made') = (entry_id IS NOT NULL)", "entry"),
        CheckConstraint("state <> 'made' OR decided_by_id IS NOT NULL", "signed"),
    )  # fmt: skip

    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"))
    amount_fen: Mapped[int]
    method: Mapped[str]
    refunded_on: Mapped[date]

    payment: Mapped[Payment] = relationship(lazy="raise_on_sql")

    @property
    def state_label(self) -> str:
        return UndoState(self.state).label
