"""Reminders of what is owed: rounds of them, and each reminder with the sum that was still open on its day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.associations.models import Association, Group
from portal.core.calendar import now
from portal.core.database import Base, PublicId
from portal.core.i18n import lazy_pgettext
from portal.core.labels import Labelled
from portal.people.models import Person


class Channel(Labelled):
    CALL = "call", lazy_pgettext("reminder", "Call")
    LETTER = "letter", lazy_pgettext("reminder", "Letter")
    MAIL = "mail", lazy_pgettext("reminder", "Mail")


class ReminderRound(Base):
    """Reminders that are made together: one for each payer, however often it is sent off. `key` is of the form."""

    __tablename__ = "reminder_round"
    __table_args__ = (
        Index("ix_reminder_round_association_id", "association_id", "id"),
        CheckConstraint("channel IN ('call', 'letter', 'mail')", "channel"),
    )

    public_id: Mapped[PublicId]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    channel: Mapped[str]
    made_on: Mapped[date]
    overdue_days: Mapped[int] = mapped_column(default=0)  # the least that makes somebody part of it
    group_id: Mapped[int | None] = mapped_column(
        ForeignKey("association_group.id"), index=True
    )  # of what is owed in it
    key: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)

    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    creator: Mapped[Person | None] = relationship(lazy="raise_on_sql")


class Reminder(Base):
    """One payer is reminded of what is open: the sum that day, never what was paid already."""

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("round_id", "payer_id"),
        Index("ix_reminder_payer_id", "payer_id", "association_id"),
        Index("ix_reminder_association_id", "association_id", "id"),
        CheckConstraint("amount_fen > 0", "amount"),
    )

    public_id: Mapped[PublicId]
    round_id: Mapped[int] = mapped_column(ForeignKey("reminder_round.id"))
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))  # to which it is owed
    group_id: Mapped[int | None] = mapped_column(ForeignKey("association_group.id"), index=True)
    payer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    amount_fen: Mapped[int]
    level: Mapped[int] = mapped_column(default=1)  # the first, second … reminder of this debt
    done_at: Mapped[datetime | None]  # called, printed, sent
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    outcome: Mapped[str] = mapped_column(default="")

    round: Mapped[ReminderRound] = relationship(lazy="raise_on_sql")
    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    group: Mapped[Group | None] = relationship(lazy="raise_on_sql")
    payer: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[payer_id])
