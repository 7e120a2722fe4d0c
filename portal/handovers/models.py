"""Cash that collectors hand over to the treasurer, counted as it changes hands."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.associations.models import Association
from portal.core.calendar import now
from portal.core.database import Base, PublicId
from portal.ledger.models import JournalEntry
from portal.people.models import Person


class HandOver(Base):
    """A collector gives the treasurer what was taken in. What lacks stays owed by the collector, what is over is
    a difference of the association's; both stand in it. `credited_fen` is what the collector no longer owes. A
    write-off is one in which nothing came: what lacked before is a difference, too, signed by `receiver`.
    """

    __tablename__ = "hand_over"
    __table_args__ = (
        Index("ix_hand_over_association_id", "association_id", "handed_on", "id"),
        Index("ix_hand_over_collector_id", "collector_id", "association_id"),
        CheckConstraint("expected_fen >= 0 AND counted_fen >= 0 AND credited_fen >= 0", "amount"),
        CheckConstraint("credited_fen <= expected_fen AND (is_write_off OR credited_fen <= counted_fen)", "credited"),
        CheckConstraint("NOT is_write_off OR (counted_fen = 0 AND credited_fen = expected_fen)", "write_off"),
        CheckConstraint("(voided_at IS NULL) = (void_reason = '')", "void_reason"),
    )

    public_id: Mapped[PublicId]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    collector_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    received_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    handed_on: Mapped[date]
    expected_fen: Mapped[int]
    counted_fen: Mapped[int]
    credited_fen: Mapped[int]
    is_write_off: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")
    key: Mapped[str] = mapped_column(unique=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("journal_entry.id"), index=True)
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(default="")
    void_entry_id: Mapped[int | None] = mapped_column(ForeignKey("journal_entry.id"), index=True)

    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    collector: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[collector_id])
    receiver: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[received_by_id])
    entry: Mapped[JournalEntry | None] = relationship(lazy="raise_on_sql", foreign_keys=[entry_id])

    @property
    def difference_fen(self) -> int:
        """Counted less expected: below zero where money lacks."""
        return self.counted_fen - self.expected_fen
