"""The disclosure calendar: what must be published by whom and when; and the guides for residents' questions."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.associations.models import Association
from portal.core.calendar import now
from portal.core.database import Base, PublicId
from portal.core.i18n import lazy_pgettext
from portal.core.labels import Labelled
from portal.notices.models import Notice, NoticeSubject


class Frequency(Labelled):
    """How often something must be published; a period of that length ends, and the clock begins to run."""

    MONTH = "month", lazy_pgettext("disclosure", "Every month")
    QUARTER = "quarter", lazy_pgettext("disclosure", "Every quarter")
    HALF_YEAR = "half_year", lazy_pgettext("disclosure", "Every half-year")
    YEAR = "year", lazy_pgettext("disclosure", "Every year")
    ONCE = "once", lazy_pgettext("disclosure", "Once, and kept up to date")


class DisclosureDuty(Base):
    """One line of the disclosure calendar. The federation sets it for its own tree: for every association below of a
    level, or for itself. What begins is owed from `starts_on` on; what ended is owed for no later period.
    """

    __tablename__ = "disclosure_duty"
    __table_args__ = (
        Index("ix_disclosure_duty_association_id", "association_id", "position"),
        CheckConstraint("frequency IN ('month', 'quarter', 'half_year', 'year', 'once')", "frequency"),
        CheckConstraint("within_days > 0", "within_days"),
    )

    public_id: Mapped[PublicId]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))  # whoever sets it
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("notice_subject.id"), index=True)
    title: Mapped[str]
    kind: Mapped[str]  # of the notice that fulfils it
    level: Mapped[str | None]  # associations of this level owe it; none: all
    frequency: Mapped[str]
    within_days: Mapped[int]  # working days after the period's end
    basis: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)
    starts_on: Mapped[date]
    ended_on: Mapped[date | None]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)

    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    subject: Mapped[NoticeSubject | None] = relationship(lazy="raise_on_sql")


class Disclosure(Base):
    """That a notice of an association fulfils a duty for one period (its first day). A notice that was withdrawn
    fulfils nothing; another one can then take its place.
    """

    __tablename__ = "disclosure"
    __table_args__ = (
        UniqueConstraint("duty_id", "association_id", "period_on"),
        Index("ix_disclosure_association_id", "association_id", "period_on"),
    )

    duty_id: Mapped[int] = mapped_column(ForeignKey("disclosure_duty.id"))
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    period_on: Mapped[date]
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)

    duty: Mapped[DisclosureDuty] = relationship(lazy="raise_on_sql")
    notice: Mapped[Notice] = relationship(lazy="raise_on_sql")


class Block(Labelled):
    """The five blocks of a resident's questions."""

    ASK = "ask", lazy_pgettext("guide", "What can I ask for")
    APPLY = "apply", lazy_pgettext("guide", "How do I apply")
    SUPPORT = "support", lazy_pgettext("guide", "What support is there")
    RIGHTS = "rights", lazy_pgettext("guide", "My rights and duties")
    RESPONSIBLE = "responsible", lazy_pgettext("guide", "Who is responsible")


class Guide(Base):
    """A start page of a block: what it is about, steps, documents needed, place and hours, cost, contact.

    An association's own, read on its page and on those of all below it. Texts are Markdown.
    """

    __tablename__ = "guide"
    __table_args__ = (
        Index("ix_guide_association_id", "association_id", "block", "position"),
        Index(
            "uq_guide_live_title", "association_id", "block", "title", unique=True,
            sqlite_where=text("ended_on IS NULL"), postgresql_where=text("ended_on IS NULL"),
        ),
        CheckConstraint("block IN ('ask', 'apply', 'support', 'rights', 'responsible')", "block"),
    )  # fmt: skip

    public_id: Mapped[PublicId]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    block: Mapped[str]
    title: Mapped[str]
    summary: Mapped[str] = mapped_column(default="")
    who: Mapped[str] = mapped_column(default="")  # for whom it is
    steps: Mapped[str] = mapped_column(default="")
    documents: Mapped[str] = mapped_column(default="")  # what to bring
    place: Mapped[str] = mapped_column(default="")
    hours: Mapped[str] = mapped_column(default="")
    cost: Mapped[str] = mapped_column(default="")
    takes: Mapped[str] = mapped_column(default="")  # how long it takes
    contact: Mapped[str] = mapped_column(default="")
    basis: Mapped[str] = mapped_column(default="")
    link: Mapped[str] = mapped_column(default="")  # a path of the portal where it can be done at once: /join
    position: Mapped[int] = mapped_column(default=0)
    is_open: Mapped[bool] = mapped_column(default=True, server_default=true())  # shown in public
    revised_at: Mapped[datetime] = mapped_column(default=now)
    revised_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    ended_on: Mapped[date | None]

    association: Mapped[Association] = relationship(lazy="raise_on_sql")
