"""Service time: one entry for a person's part in one activity, its revisions, and who approved each."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.associations.models import Association, Group
from portal.core.calendar import now
from portal.core.database import Base, PublicId
from portal.core.i18n import lazy_pgettext
from portal.core.labels import Labelled
from portal.people.models import Person


class Category(Labelled):
    """Time given as a volunteer, or time spent learning in a training course."""

    SERVICE = "service", lazy_pgettext("hours", "Service")
    STUDY = "study", lazy_pgettext("hours", "Study")


class MinutesOrigin(Labelled):
    """Where a number of minutes comes from."""

    SCANNED = "scanned", lazy_pgettext("hours", "Scanned by the volunteer")
    ENTERED = "entered", lazy_pgettext("hours", "Entered by an officer")
    CORRECTED = "corrected", lazy_pgettext("hours", "Corrected")


class RevisionState(Labelled):
    PENDING = "pending", lazy_pgettext("hours", "Waiting for approval")
    APPROVED = "approved", lazy_pgettext("hours", "Approved")
    REFUSED = "refused", lazy_pgettext("hours", "Not approved")
    SUPERSEDED = "superseded", lazy_pgettext("hours", "Replaced by a correction")


class VoidReason(Labelled):
    """Why the portal itself takes an entry out; what an officer writes stands beside these in the same column."""

    STRUCK_OUT = "struck out", lazy_pgettext("hours", "The entry of the log book was struck out")
    NOT_THERE = "not there", lazy_pgettext("hours", "Not there after all")
    OTHER_KIND = "other kind", lazy_pgettext("hours", "Recorded as the other kind, service or study")
    TWICE = "recorded twice", lazy_pgettext("hours", "Recorded twice")
    TAKEN_BACK = "check-out taken back", lazy_pgettext("hours", "The check-out was taken back")


STANDS = text("voided_at IS NULL")


class HoursEntry(Base):
    """A person's part in one session, or in one entry of the log book that has no session; one each, so that no
    minute is counted twice. What order 67 asks of a service record stands in it as it was on the day.

    Its minutes are those of its approved revision: none until somebody else than the recorder approved one.
    """

    __tablename__ = "hours_entry"
    __table_args__ = (
        Index(
            "uq_hours_entry_session", "session_id", "person_id", unique=True,
            sqlite_where=STANDS, postgresql_where=STANDS,
        ),
        Index(
            "uq_hours_entry_log", "log_id", "person_id", unique=True,
            sqlite_where=STANDS, postgresql_where=STANDS,
        ),
        Index("ix_hours_entry_person_id", "person_id", "held_on"),
        Index("ix_hours_entry_association_id", "association_id", "held_on", "id"),
        CheckConstraint("(session_id IS NULL) <> (log_id IS NULL)", "source"),
        CheckConstraint("category IN ('service', 'study')", "category"),
        CheckConstraint("(voided_at IS NULL) = (void_reason = '')", "void_reason"),
    )  # fmt: skip

    public_id: Mapped[PublicId]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))  # the organising unit
    group_id: Mapped[int | None] = mapped_column(ForeignKey("association_group.id"), index=True)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("activity_session.id"))
    log_id: Mapped[int | None] = mapped_column(ForeignKey("activity_log.id"))
    category: Mapped[str] = mapped_column(default=Category.SERVICE)
    held_on: Mapped[date]
    starts_at: Mapped[datetime | None]  # when the person served, where it is known to the minute
    ends_at: Mapped[datetime | None]
    title: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    content: Mapped[str] = mapped_column(default="")
    in_charge: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    voided_at: Mapped[datetime | None]  # it counts no longer: struck out, not there after all, recorded twice
    void_reason: Mapped[str] = mapped_column(default="")

    person: Mapped[Person] = relationship(lazy="raise_on_sql")
    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    group: Mapped[Group | None] = relationship(lazy="raise_on_sql")
    revisions: Mapped[list[HoursRevision]] = relationship(
        back_populates="entry", lazy="raise_on_sql", order_by="HoursRevision.number"
    )

    @property
    def approved(self) -> HoursRevision | None:
        """The revision that counts (its revisions are loaded)."""
        return next((one for one in self.revisions if one.state == RevisionState.APPROVED), None)

    @property
    def waiting(self) -> HoursRevision | None:
        return next((one for one in self.revisions if one.state == RevisionState.PENDING), None)

    @property
    def minutes(self) -> int:
        """The minutes that count: none while nothing is approved, and none once it is void."""
        return self.approved.minutes if self.approved and self.voided_at is None else 0

    @property
    def void_words(self) -> str:
        return str(VoidReason.labels().get(self.void_reason, self.void_reason))


class HoursRevision(Base):
    """A number of minutes for an entry: who recorded it and why, who approved it. Only its state ever changes.

    At most one is approved and one waits. Whoever recorded it, and the person it is about, do not decide it.
    """

    __tablename__ = "hours_revision"
    __table_args__ = (
        UniqueConstraint("entry_id", "number"),
        Index(
            "uq_hours_revision_approved", "entry_id", unique=True,
            sqlite_where=text("state = 'approved'"), postgresql_where=text("state = 'approved'"),
        ),
        Index(
            "uq_hours_revision_pending", "entry_id", unique=True,
            sqlite_where=text("state = 'pending'"), postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_hours_revision_waiting", "association_id", "id",
            sqlite_where=text("state = 'pending'"), postgresql_where=text("state = 'pending'"),
        ),
        CheckConstraint("minutes >= 0 AND minutes <= 1440", "minutes"),
        CheckConstraint("origin IN ('scanned', 'entered', 'corrected')", "origin"),
        CheckConstraint("state IN ('pending', 'approved', 'refused', 'superseded')", "state"),
        CheckConstraint("(state = 'pending') = (decided_at IS NULL)", "decided"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> recorded_by_id", "four_eyes"),
    )  # fmt: skip

    public_id: Mapped[PublicId]
    entry_id: Mapped[int] = mapped_column(ForeignKey("hours_entry.id"))
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), index=True)  # the entry's
    group_id: Mapped[int | None] = mapped_column(ForeignKey("association_group.id"), index=True)
    number: Mapped[int]
    minutes: Mapped[int]
    origin: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[str] = mapped_column(default=RevisionState.PENDING)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    decision_reason: Mapped[str] = mapped_column(default="")

    entry: Mapped[HoursEntry] = relationship(back_populates="revisions", lazy="raise_on_sql")
    recorder: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[recorded_by_id])
    decider: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[decided_by_id])

    @property
    def origin_label(self) -> str:
        return MinutesOrigin(self.origin).label
