"""Notice periods (公示): a decision is shown before it is taken, anybody may object, each objection is answered."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.associations.models import Association
from portal.core.calendar import now
from portal.core.database import Base, PublicId
from portal.core.encryption import EncryptedText
from portal.core.i18n import lazy_pgettext
from portal.core.labels import Labelled
from portal.people.models import Channel


class Matter(Labelled):
    """What is to be decided."""

    COMMENDATION = "commendation", lazy_pgettext("notice period", "Commendation")
    AID = "aid", lazy_pgettext("notice period", "Aid")
    CHARTER = "charter", lazy_pgettext("notice period", "Charter")
    MEMBERSHIP = "membership", lazy_pgettext("notice period", "Membership list")
    APPOINTMENT = "appointment", lazy_pgettext("notice period", "Appointment")
    OTHER = "other", lazy_pgettext("notice period", "Other matter")


class PeriodState(Labelled):
    """Whether an open one has ended is computed from its last day."""

    OPEN = "open", lazy_pgettext("notice period", "Open")
    PASSED = "passed", lazy_pgettext("notice period", "Decided as shown")
    STOPPED = "stopped", lazy_pgettext("notice period", "Not decided as shown")
    WITHDRAWN = "withdrawn", lazy_pgettext("notice period", "Withdrawn")


class NoticePeriod(Base):
    """What is shown before it is decided, with first and last day and a contact.

    The last day is computed (calendar.notice_period_end), counted from the day it opens; it can be put off and never
    be moved nearer: the database refuses it. Nothing passes before it has ended and every objection is answered.
    """

    __tablename__ = "notice_period"
    __table_args__ = (
        Index("ix_notice_period_association_id", "association_id", "state", "end_on"),
        Index("ix_notice_period_state", "state", "end_on"),
        CheckConstraint("end_on >= start_on", "dates"),
        CheckConstraint("state IN ('open', 'passed', 'stopped', 'withdrawn')", "state"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", "decided"),
    )

    public_id: Mapped[PublicId]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    matter: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]  # Markdown: what is to be decided, about whom, on what basis
    html: Mapped[str]  # as shown
    contact: Mapped[str]
    start_on: Mapped[date]
    end_on: Mapped[date]  # the last day on which objections are taken
    state: Mapped[str] = mapped_column(default=PeriodState.OPEN)
    entry_key: Mapped[str | None] = mapped_column(unique=True)  # the form's own key: sent twice, opened once
    opened_at: Mapped[datetime] = mapped_column(default=now)
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    extension_reason: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    decision: Mapped[str] = mapped_column(default="")  # what was decided, or why not; everybody reads it

    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    objections: Mapped[list[Objection]] = relationship(
        back_populates="period", lazy="raise_on_sql", order_by="Objection.number"
    )


class ObjectionState(Labelled):
    RECEIVED = "received", lazy_pgettext("objection", "Waits for an answer")
    UPHELD = "upheld", lazy_pgettext("objection", "Upheld")
    REJECTED = "rejected", lazy_pgettext("objection", "Not upheld")


class Objection(Base):
    """What somebody has against it. The name is known to whoever answers objections; in public it is shown only
    where `in_the_open` and once it is answered. It is followed by its reference, without an account.
    """

    __tablename__ = "objection"
    __table_args__ = (
        UniqueConstraint("period_id", "number"),
        CheckConstraint("state IN ('received', 'upheld', 'rejected')", "state"),
        CheckConstraint("(state = 'received') = (answered_at IS NULL)", "answered"),
    )

    public_id: Mapped[PublicId]
    reference: Mapped[str] = mapped_column(String(12), unique=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("notice_period.id"))
    number: Mapped[int]
    in_the_open: Mapped[bool] = mapped_column(default=False, server_default=false())
    name: Mapped[str | None] = mapped_column(EncryptedText)
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)  # sent while signed in
    channel: Mapped[str] = mapped_column(default=Channel.WEB)
    body: Mapped[str]
    key: Mapped[str | None] = mapped_column(unique=True)  # the form's own key
    received_at: Mapped[datetime] = mapped_column(default=now)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)  # from paper
    state: Mapped[str] = mapped_column(default=ObjectionState.RECEIVED)
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)

    period: Mapped[NoticePeriod] = relationship(back_populates="objections", lazy="raise_on_sql")
