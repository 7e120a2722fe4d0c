"""Receipts: numbered without a gap per association and year, with a snapshot of what is printed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.associations.models import Association, Group
from portal.core.calendar import now
from portal.core.database import Base, PublicId
from portal.payments.models import Payment
from portal.verification.models import VerifiableCode

STANDS = text("voided_at IS NULL")


class ReceiptCounter(Base):
    """The last number of an association and year, raised in the transaction that writes the receipt: no gap."""

    __tablename__ = "receipt_counter"
    __table_args__ = (UniqueConstraint("association_id", "year"),)

    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    year: Mapped[int]
    last: Mapped[int] = mapped_column(default=0)


class Receipt(Base):
    """A receipt for a payment as it was issued. Nothing of it changes; with its payment it becomes void."""

    __tablename__ = "receipt"
    __table_args__ = (
        UniqueConstraint("association_id", "year", "number"),
        Index(
            "uq_receipt_live", "payment_id", unique=True,
            sqlite_where=STANDS, postgresql_where=STANDS,
        ),
        Index("ix_receipt_payment_id", "payment_id"),
        Index("ix_receipt_issued_on", "association_id", "issued_on", "id"),
        CheckConstraint("(voided_at IS NULL) = (void_reason = '')", "void_reason"),
    )  # fmt: skip

    public_id: Mapped[PublicId]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("association_group.id"), index=True)
    year: Mapped[int]
    number: Mapped[int]
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"))
    code_id: Mapped[int] = mapped_column(ForeignKey("verifiable_code.id"), unique=True)
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSON)
    issued_on: Mapped[date]
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    printed_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(default="")

    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    group: Mapped[Group | None] = relationship(lazy="raise_on_sql")
    payment: Mapped[Payment] = relationship(lazy="raise_on_sql")
    code: Mapped[VerifiableCode] = relationship(lazy="raise_on_sql")
