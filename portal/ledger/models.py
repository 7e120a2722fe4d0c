"""Periods of dues, each association's book of one, and the journal: entries of balanced lines, sealed once locked.

The journal holds no name: a line says which charge or payment it is about, and they say whose. So a record that is
merged or removed leaves the journal, and its hashes, as they are.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.associations.models import Association
from portal.core.calendar import now
from portal.core.database import Base, PublicId
from portal.core.i18n import lazy_pgettext
from portal.core.labels import Labelled
from portal.people.models import Person


class BookState(Labelled):
    """What may still happen in an association's book of a period. Without a row it is open."""

    OPEN = "open", lazy_pgettext("book", "Open")
    CLOSED = "closed", lazy_pgettext("book", "Closed")
    LOCKED = "locked", lazy_pgettext("book", "Locked")


class LedgerAccount(Labelled):
    """The chart of accounts, the same for every association. Debit is left: what there is and what is owed."""

    CASH = "cash", lazy_pgettext("ledger", "Cash")
    COLLECTORS = "collectors", lazy_pgettext("ledger", "Cash held by collectors")
    BANK = "bank", lazy_pgettext("ledger", "Bank")
    RECEIVABLE = "receivable", lazy_pgettext("ledger", "Dues receivable")
    CREDIT = "credit", lazy_pgettext("ledger", "Received in advance")
    DUES = "dues", lazy_pgettext("ledger", "Dues income")
    WAIVED = "waived", lazy_pgettext("ledger", "Dues waived")
    WRITTEN_OFF = "written_off", lazy_pgettext("ledger", "Dues written off")
    DIFFERENCE = "difference", lazy_pgettext("ledger", "Cash differences")
    FORGONE = "forgone", lazy_pgettext("ledger", "Credit left to the association")
    OPENING = "opening", lazy_pgettext("ledger", "Opening balances")
    LEVY_RECEIVABLE = "levy_receivable", lazy_pgettext("ledger", "Levies receivable")
    LEVY_INCOME = "levy_income", lazy_pgettext("ledger", "Levy income")
    LEVY_PAYABLE = "levy_payable", lazy_pgettext("ledger", "Levies payable")
    LEVY_EXPENSE = "levy_expense", lazy_pgettext("ledger", "Levy expense")


class EntryKind(Labelled):
    """The event that an entry of the journal records."""

    CHARGE = "charge", lazy_pgettext("journal", "Dues charged")
    VOID = "void", lazy_pgettext("journal", "Charge void")
    PAYMENT = "payment", lazy_pgettext("journal", "Payment")
    ALLOCATION = "allocation", lazy_pgettext("journal", "Payment settles a charge")
    RELEASE = "release", lazy_pgettext("journal", "Settlement freed")
    REVERSAL = "reversal", lazy_pgettext("journal", "Reversal")
    REFUND = "refund", lazy_pgettext("journal", "Refund")
    WAIVER = "waiver", lazy_pgettext("journal", "Waiver")
    WRITE_OFF = "write_off", lazy_pgettext("journal", "Write-off")
    HAND_OVER = "hand_over", lazy_pgettext("journal", "Cash handed over")
    DEPOSIT = "deposit", lazy_pgettext("journal", "Cash to the bank")
    OPENING = "opening", lazy_pgettext("journal", "Opening balance")
    LEVY = "levy", lazy_pgettext("journal", "Levy")
    LEVY_PAYMENT = "levy_payment", lazy_pgettext("journal", "Levy paid")


class DuesPeriod(Base):
    """A time for which dues are set, a year as a rule; kept by the federation, and no two of its overlap."""

    __tablename__ = "dues_period"
    __table_args__ = (
        UniqueConstraint("association_id", "start_on"),
        CheckConstraint("end_on >= start_on", "dates"),
    )

    public_id: Mapped[PublicId]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))  # the root that keeps it
    name: Mapped[str]
    start_on: Mapped[date]
    end_on: Mapped[date]  # the last day
    due_on: Mapped[date]  # by when dues are to be paid
    created_at: Mapped[datetime] = mapped_column(default=now)


class PeriodBook(Base):
    """An association's book of a period once something happened to it: charged, closed, opened again, locked.

    Closed: nothing is dated in it, `figures` are what its rates were. Locked: its lines are sealed, for good.
    """

    __tablename__ = "period_book"
    __table_args__ = (
        UniqueConstraint("association_id", "period_id"),
        CheckConstraint("state IN ('open', 'closed', 'locked')", "state"),
        CheckConstraint("locked_by_id IS NULL OR locked_by_id <> closed_by_id", "four_eyes"),
    )

    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    period_id: Mapped[int] = mapped_column(ForeignKey("dues_period.id"), index=True)
    state: Mapped[str] = mapped_column(default=BookState.OPEN)
    charged_at: Mapped[datetime | None]  # when the charges were last brought up to date
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    reopened_at: Mapped[datetime | None]
    reopen_reason: Mapped[str] = mapped_column(default="")
    locked_at: Mapped[datetime | None]
    locked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    figures: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # frozen when it was closed

    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    period: Mapped[DuesPeriod] = relationship(lazy="raise_on_sql")
    closer: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[closed_by_id])
    locker: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[locked_by_id])


class JournalEntry(Base):
    """One event in the books of an association: its lines sum to zero. Added, never changed: triggers see to it."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        Index("ix_journal_entry_association_id", "association_id", "entry_on", "id"),
        Index("ix_journal_entry_period_id", "period_id", "association_id", "id"),
    )

    public_id: Mapped[PublicId]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    period_id: Mapped[int] = mapped_column(ForeignKey("dues_period.id"))  # in which entry_on lies
    entry_on: Mapped[date]
    kind: Mapped[str]
    memo: Mapped[str] = mapped_column(default="")
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)

    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    period: Mapped[DuesPeriod] = relationship(lazy="raise_on_sql")
    recorder: Mapped[Person | None] = relationship(lazy="raise_on_sql")
    lines: Mapped[list[JournalLine]] = relationship(
        back_populates="entry", lazy="raise_on_sql", order_by="JournalLine.id"
    )


class JournalLine(Base):
    """An amount on one side of an account. Added, never changed."""

    __tablename__ = "journal_line"
    __table_args__ = (
        Index("ix_journal_line_association_id", "association_id", "account", "id"),
        CheckConstraint("debit_fen >= 0 AND credit_fen >= 0 AND (debit_fen = 0 OR credit_fen = 0)", "one_side"),
    )

    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"), index=True)
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))  # the entry's
    account: Mapped[str]
    debit_fen: Mapped[int] = mapped_column(default=0)
    credit_fen: Mapped[int] = mapped_column(default=0)
    charge_id: Mapped[int | None] = mapped_column(ForeignKey("charge.id"), index=True)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), index=True)

    entry: Mapped[JournalEntry] = relationship(back_populates="lines", lazy="raise_on_sql")


class JournalSeal(Base):
    """A locked line's place in its association's chain: the hash covers the line, its entry, the hash before."""

    __tablename__ = "journal_seal"
    __table_args__ = (UniqueConstraint("association_id", "position"),)

    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    position: Mapped[int]  # 1, 2, 3 … without a gap
    line_id: Mapped[int] = mapped_column(ForeignKey("journal_line.id"), unique=True)
    hash: Mapped[str]  # SHA-256 in hexadecimal
