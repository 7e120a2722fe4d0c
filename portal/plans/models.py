"""The plan of a year: activities, their sessions, how many are needed for what, and an association's own days."""

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
from portal.plans.kinds import ActivityKind
from portal.volunteers.models import Skill


class ActivityState(Labelled):
    """How an activity stands at a moment; computed from what was done and the time, never stored."""

    PLANNED = "planned", lazy_pgettext("activity", "Planned")
    OPEN = "open", lazy_pgettext("activity", "Open for sign-up")
    HELD = "held", lazy_pgettext("activity", "Held")
    LOGGED = "logged", lazy_pgettext("activity", "Logged")
    CANCELLED = "cancelled", lazy_pgettext("activity", "Cancelled")


class FestivalDay(Base):
    """A day of the year that an association adds to the portal's own (`core.calendar.FESTIVALS`)."""

    __tablename__ = "festival_day"
    __table_args__ = (
        UniqueConstraint("association_id", "month", "day", "name"),
        CheckConstraint("month BETWEEN 1 AND 12 AND day BETWEEN 1 AND 31", "date"),
    )

    public_id: Mapped[PublicId]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    name: Mapped[str]
    month: Mapped[int]
    day: Mapped[int]


class Activity(Base):
    """Something that an association plans to do. It is opened for sign-up, held, logged, or cancelled.

    Planned until it is opened; held once its last session (or, without one, nothing) has ended; logged once the log
    book has a complete entry of it (`logged_at`, written by the floor of the log book). Cancelled stays cancelled.
    """

    __tablename__ = "activity"
    __table_args__ = (
        Index("ix_activity_association_id", "association_id", "planned_on", "id"),
        Index("ix_activity_group_id", "group_id", "planned_on", "id"),
        CheckConstraint("(cancelled_at IS NULL) = (cancel_reason = '')", "cancel_reason"),
    )

    public_id: Mapped[PublicId]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("association_group.id"))
    kind: Mapped[str]
    title: Mapped[str]
    planned_on: Mapped[date]
    festival: Mapped[str] = mapped_column(default="")  # the day it is tied to, by key or own name
    place: Mapped[str] = mapped_column(default="")
    content: Mapped[str] = mapped_column(default="")
    in_charge_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"), index=True)
    ends_at: Mapped[datetime | None]  # the end of its last session that was not cancelled
    opened_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(default="")
    logged_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    entry_key: Mapped[str | None] = mapped_column(unique=True)  # sending a form twice makes one activity

    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    group: Mapped[Group | None] = relationship(lazy="raise_on_sql")
    in_charge: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[in_charge_id])
    sessions: Mapped[list[ActivitySession]] = relationship(
        back_populates="activity", lazy="raise_on_sql", order_by="ActivitySession.starts_at"
    )

    def state_at(self, moment: datetime) -> ActivityState:
        if self.cancelled_at is not None:
            return ActivityState.CANCELLED
        if self.logged_at is not None:
            return ActivityState.LOGGED
        if self.opened_at is None:
            return ActivityState.PLANNED
        held = self.ends_at is not None and self.ends_at <= moment
        return ActivityState.HELD if held else ActivityState.OPEN

    @property
    def kind_label(self) -> str:
        return ActivityKind(self.kind).label


class ActivitySession(Base):
    """One meeting of an activity, with all that a recruitment notice must state (order 67).

    Half open: [starts_at, ends_at). Places are kept in its needs. `own_only` keeps it to the association's own
    volunteers and those below.
    """

    __tablename__ = "activity_session"
    __table_args__ = (
        Index("ix_activity_session_activity_id", "activity_id", "starts_at"),
        Index("ix_activity_session_association_id", "association_id", "starts_at", "id"),
        Index("ix_activity_session_starts_at", "starts_at", "id"),
        CheckConstraint("starts_at < ends_at", "times"),
        CheckConstraint("min_people >= 0", "min_people"),
        CheckConstraint("min_age IS NULL OR max_age IS NULL OR min_age <= max_age", "ages"),
        CheckConstraint("(cancelled_at IS NULL) = (cancel_reason = '')", "cancel_reason"),
    )

    public_id: Mapped[PublicId]
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("association_group.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    deadline_at: Mapped[datetime]  # until when one signs up
    place: Mapped[str]
    content: Mapped[str] = mapped_column(default="")
    conditions: Mapped[str] = mapped_column(default="")
    risks: Mapped[str] = mapped_column(default="")
    safeguards: Mapped[str] = mapped_column(default="")
    contact_name: Mapped[str] = mapped_column(default="")
    contact_phone: Mapped[str] = mapped_column(default="")
    min_people: Mapped[int] = mapped_column(default=0)
    min_age: Mapped[int | None]
    max_age: Mapped[int | None]
    own_only: Mapped[bool] = mapped_column(default=False)
    series: Mapped[str | None] = mapped_column(index=True)  # sessions made together from one pattern
    reminded_at: Mapped[datetime | None]
    moved_at: Mapped[datetime | None]  # its time or place was changed after somebody had signed up
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=now)

    activity: Mapped[Activity] = relationship(back_populates="sessions", lazy="raise_on_sql")
    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    group: Mapped[Group | None] = relationship(lazy="raise_on_sql")
    needs: Mapped[list[SessionNeed]] = relationship(
        back_populates="session", lazy="raise_on_sql", cascade="all, delete-orphan", order_by="SessionNeed.id"
    )

    @property
    def wanted(self) -> int:
        """The capacity: all places of its needs."""
        return sum(need.wanted for need in self.needs)

    @property
    def taken(self) -> int:
        return sum(need.taken for need in self.needs)


class SessionNeed(Base):
    """How many are wanted for a session, with one skill or (None) with any. A place is taken by one statement:
    `UPDATE … SET taken = taken + 1 WHERE id = ? AND taken < wanted`.
    """

    __tablename__ = "session_need"
    __table_args__ = (
        UniqueConstraint("session_id", "skill_id"),
        Index(
            "uq_session_need_anybody", "session_id", unique=True,
            sqlite_where=text("skill_id IS NULL"), postgresql_where=text("skill_id IS NULL"),
        ),
        CheckConstraint("wanted > 0 AND taken >= 0 AND taken <= wanted", "places"),
    )  # fmt: skip

    public_id: Mapped[PublicId]
    session_id: Mapped[int] = mapped_column(ForeignKey("activity_session.id"), index=True)
    skill_id: Mapped[int | None] = mapped_column(ForeignKey("volunteer_skill.id"), index=True)
    wanted: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)

    session: Mapped[ActivitySession] = relationship(back_populates="needs", lazy="raise_on_sql")
    skill: Mapped[Skill | None] = relationship(lazy="raise_on_sql")
