"""Fee plans by kind of member, what is charged to whom for a period, and what is let off."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from portal.associations.models import Association, Group
from portal.core.calendar import now
from portal.core.database import Base, PublicId
from portal.core.i18n import lazy_pgettext
from portal.core.labels import Labelled
from portal.ledger.models import DuesPeriod, JournalEntry
from portal.members.models import Membership, MembershipKind
from portal.people.models import Person


class Proration(Labelled):
    """What is due of the amount by somebody who is a member for a part of the period."""

    WHOLE = "whole", lazy_pgettext("fee", "The whole amount")
    HALVES = "halves", lazy_pgettext("fee", "Half of it, who joins in the second half")
    MONTHS = "months", lazy_pgettext("fee", "By months, the first and the last counted whole")


class ChargeOrigin(Labelled):
    PLAN = "plan", lazy_pgettext("charge", "By the fee plan")
    OPENING = "opening", lazy_pgettext("charge", "Opening balance")


class VoidReason(Labelled):
    """Why a charge stands no longer. A changed amount is a void charge and a new one: neither is ever edited."""

    CHANGED = "changed", lazy_pgettext("charge", "Replaced: amount or payer changed")
    LEFT = "left", lazy_pgettext("charge", "No member in this period")
    FREE = "free", lazy_pgettext("charge", "No longer charged by the fee plan")
    IN_ERROR = "in_error", lazy_pgettext("charge", "Entered in error")


class WaiverKind(Labelled):
    """Let off for hardship, or given up as lost: counted apart, and a waiver is no longer to be collected."""

    WAIVER = "waiver", lazy_pgettext("waiver", "Waiver")
    WRITE_OFF = "write_off", lazy_pgettext("waiver", "Write-off")


class WaiverState(Labelled):
    ASKED = "asked", lazy_pgettext("waiver", "Waits for the second signature")
    APPROVED = "approved", lazy_pgettext("waiver", "Approved")
    REFUSED = "refused", lazy_pgettext("waiver", "Refused")
    WITHDRAWN = "withdrawn", lazy_pgettext("waiver", "Withdrawn")
    VOID = "void", lazy_pgettext("waiver", "Void with its charge")


class FeePlan(Base):
    """What a kind of member owes for a whole period, from a day on: an association's own, and of all below it that
    have none. A change is a new version; one that was used stays as it is.
    """

    __tablename__ = "fee_plan"
    __table_args__ = (
        UniqueConstraint("association_id", "kind_id", "version"),
        CheckConstraint("amount_fen >= 0", "amount"),
        CheckConstraint("proration IN ('whole', 'halves', 'months')", "proration"),
    )

    public_id: Mapped[PublicId]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    kind_id: Mapped[int] = mapped_column(ForeignKey("membership_kind.id"), index=True)
    version: Mapped[int]
    amount_fen: Mapped[int]
    proration: Mapped[str] = mapped_column(default=Proration.WHOLE)
    effective_on: Mapped[date]  # for periods that begin on this day or later
    basis: Mapped[str] = mapped_column(default="")  # the decision it follows
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    withdrawn_at: Mapped[datetime | None]  # only one that was never used

    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    kind: Mapped[MembershipKind] = relationship(lazy="raise_on_sql")


STANDS, WAITS = text("voided_at IS NULL"), text("state = 'asked'")


class Charge(Base):
    """What is owed for one membership and one period, by whom; at most one stands. Its money never changes.

    `paid_fen`, `waived_fen`, `written_off_fen` are kept by one statement each, and never add up to more than it.
    """

    __tablename__ = "charge"
    __table_args__ = (
        Index(
            "uq_charge_live", "membership_id", "period_id", unique=True,
            sqlite_where=STANDS, postgresql_where=STANDS,
        ),
        Index("ix_charge_membership_id", "membership_id", "period_id"),
        Index(
            "ix_charge_period_id", "period_id", "association_id", "group_id", "voided_at",
            "amount_fen", "paid_fen", "waived_fen", "written_off_fen",
        ),
        Index("ix_charge_association_id", "association_id", "period_id"),
        Index("ix_charge_payer_id", "payer_id", "association_id"),
        CheckConstraint("amount_fen > 0", "amount"),
        CheckConstraint("paid_fen >= 0 AND waived_fen >= 0 AND written_off_fen >= 0", "settled"),
        CheckConstraint("paid_fen + waived_fen + written_off_fen <= amount_fen", "not_more_than_owed"),
        CheckConstraint(
            "voided_at IS NULL OR (paid_fen = 0 AND waived_fen = 0 AND written_off_fen = 0)", "void_is_free"
        ),
        CheckConstraint("(voided_at IS NULL) = (void_reason = '')", "void_reason"),
    )  # fmt: skip

    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("association_group.id"), index=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("dues_period.id"))
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    payer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("fee_plan.id"), index=True)
    origin: Mapped[str] = mapped_column(default=ChargeOrigin.PLAN)
    amount_fen: Mapped[int]
    paid_fen: Mapped[int] = mapped_column(default=0)
    waived_fen: Mapped[int] = mapped_column(default=0)
    written_off_fen: Mapped[int] = mapped_column(default=0)
    due_on: Mapped[date]
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(default="")

    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    group: Mapped[Group | None] = relationship(lazy="raise_on_sql")
    period: Mapped[DuesPeriod] = relationship(lazy="raise_on_sql")
    membership: Mapped[Membership] = relationship(lazy="raise_on_sql")
    payer: Mapped[Person] = relationship(lazy="raise_on_sql")
    plan: Mapped[FeePlan | None] = relationship(lazy="raise_on_sql")

    @property
    def open_fen(self) -> int:
        """What is still owed of it."""
        if self.voided_at is not None:
            return 0
        return self.amount_fen - self.paid_fen - self.waived_fen - self.written_off_fen


class SecondSignature(Base):
    """What one officer asks for, with a reason, and another decides: `entry_id` is its entry in the journal, once it
    is made. `portal.dues.signing` moves its state.
    """

    __abstract__ = True

    public_id: Mapped[PublicId]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default="asked")
    asked_at: Mapped[datetime] = mapped_column(default=now)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    decision_note: Mapped[str] = mapped_column(default="")
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("journal_entry.id"), index=True)

    @declared_attr
    def association(cls) -> Mapped[Association]:  # noqa: N805 - called with the class
        return relationship(Association, lazy="raise_on_sql")

    @declared_attr
    def asker(cls) -> Mapped[Person]:  # noqa: N805 - as above
        return relationship(Person, lazy="raise_on_sql", foreign_keys=[cls.asked_by_id])  # type: ignore[list-item]

    @declared_attr
    def decider(cls) -> Mapped[Person | None]:  # noqa: N805 - as above
        return relationship(Person, lazy="raise_on_sql", foreign_keys=[cls.decided_by_id])  # type: ignore[list-item]

    @declared_attr
    def entry(cls) -> Mapped[JournalEntry | None]:  # noqa: N805 - as above
        return relationship(JournalEntry, lazy="raise_on_sql")


class Waiver(SecondSignature):
    """An amount of a charge that is let off, or written off, for a reason: one officer asks, another decides."""

    __tablename__ = "waiver"
    __table_args__ = (
        Index(
            "uq_waiver_waiting", "charge_id", unique=True,
            sqlite_where=WAITS, postgresql_where=WAITS,
        ),
        Index("ix_waiver_charge_id", "charge_id"),
        Index("ix_waiver_association_id", "association_id", "state", "id"),
        CheckConstraint("amount_fen > 0", "amount"),
        CheckConstraint("kind IN ('waiver', 'write_off')", "kind"),
        CheckConstraint("state IN ('asked', 'approved', 'refused', 'withdrawn', 'void')", "state"),
        CheckConstraint("reason <> ''", "reason"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> asked_by_id", "four_eyes"),
        CheckConstraint("state <> 'approved' OR decided_by_id IS NOT NULL", "signed"),
    )  # fmt: skip

    charge_id: Mapped[int] = mapped_column(ForeignKey("charge.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("association_group.id"), index=True)
    kind: Mapped[str] = mapped_column(default=WaiverKind.WAIVER)
    amount_fen: Mapped[int]

    charge: Mapped[Charge] = relationship(lazy="raise_on_sql")
