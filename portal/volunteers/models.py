"""Volunteers: how they registered, where they serve and what they can do, their letters, and who borrows them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.associations.models import Association, Group, Listed
from portal.core.calendar import now
from portal.core.database import Base, Bytewise, PublicId
from portal.core.i18n import lazy, lazy_pgettext
from portal.core.labels import Labelled
from portal.people.models import Person, SentForm
from portal.verification.models import VerifiableCode


class RegistrationState(Labelled):
    SUBMITTED = "submitted", lazy_pgettext("registration", "Waiting for the decision")
    ACCEPTED = "accepted", lazy_pgettext("registration", "Accepted")
    DECLINED = "declined", lazy_pgettext("registration", "Declined")
    WITHDRAWN = "withdrawn", lazy_pgettext("registration", "Withdrawn")


class SkillKind(Labelled):
    """What a volunteer can do, or what kind of service somebody would like to give."""

    SKILL = "skill", lazy("Skill")
    INTEREST = "interest", lazy("Kind of service")


class DayPart(Labelled):
    """A part of a day on which a volunteer has time."""

    MORNING = "morning", lazy("Morning")
    AFTERNOON = "afternoon", lazy("Afternoon")
    EVENING = "evening", lazy("Evening")


class LeaveReason(Labelled):
    """Why somebody is no longer a volunteer of the association."""

    OWN_WISH = "own_wish", lazy_pgettext("volunteer", "Own wish")
    MOVED_AWAY = "moved_away", lazy("Moved away")
    TERM_OVER = "term_over", lazy_pgettext("volunteer", "Term over, not renewed")
    NOT_REACHED = "not_reached", lazy_pgettext("volunteer", "Could no longer be reached")
    EXCLUDED = "excluded", lazy("Excluded by decision")
    DECEASED = "deceased", lazy("Deceased")
    IN_ERROR = "in_error", lazy("Entered in error")
    DELETED = "deleted", lazy("Record deleted at the person's request")


LIVE = text("ended_on IS NULL")


class Skill(Listed):
    """A skill or a kind of service of a federation's own list."""

    __tablename__ = "volunteer_skill"
    __table_args__ = (
        Index(
            "uq_volunteer_skill_live_name", "association_id", "kind", "name", unique=True,
            sqlite_where=LIVE, postgresql_where=LIVE,
        ),
        CheckConstraint("kind IN ('skill', 'interest')", "kind"),
    )  # fmt: skip

    kind: Mapped[str]


class VolunteerRegistration(SentForm):
    """Somebody asks to become a volunteer.

    It holds what order 67 asks for and nothing else: name, sex, birth date, identity number, residence, contact,
    skills, kinds of service, available time.
    """

    __tablename__ = "volunteer_registration"
    __table_args__ = (
        Index("ix_volunteer_registration_association_id", "association_id", "state", "id"),
        CheckConstraint("state IN ('submitted', 'accepted', 'declined', 'withdrawn')", "state"),
        CheckConstraint("channel IN ('web', 'paper')", "channel"),
        CheckConstraint("(state = 'accepted') = (volunteer_id IS NOT NULL)", "accepted"),
    )

    skills: Mapped[list[Any]] = mapped_column(JSON, default=list)  # public ids of the list, skills and interests
    times: Mapped[list[Any]] = mapped_column(JSON, default=list)  # pairs of weekday (0 Monday) and part of the day
    note: Mapped[str] = mapped_column(default="")  # what the volunteer wishes to add about skills or time
    volunteer_id: Mapped[int | None] = mapped_column(ForeignKey("volunteer.id"), index=True)

    volunteer: Mapped[Volunteer | None] = relationship(lazy="raise_on_sql")

    @property
    def state_label(self) -> str:
        return RegistrationState(self.state).label


class Volunteer(Base):
    """Somebody on an association's roster, from a day to a day; the term is what the letter of appointment names."""

    __tablename__ = "volunteer"
    __table_args__ = (
        Index(
            "uq_volunteer_live", "person_id", "association_id", unique=True,
            sqlite_where=LIVE, postgresql_where=LIVE,
        ),
        Index("ix_volunteer_association_id", "association_id", "sort_key", "id"),
        Index("ix_volunteer_group_id", "group_id", "sort_key", "id"),
        Index("ix_volunteer_term_end_on", "association_id", "term_end_on"),
        CheckConstraint("ended_on IS NULL OR ended_on >= started_on", "dates"),
        CheckConstraint("(ended_on IS NULL) = (end_reason IS NULL)", "end_reason"),
    )  # fmt: skip

    public_id: Mapped[PublicId]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("association_group.id"))
    sort_key: Mapped[str] = mapped_column(
        Bytewise
    )  # the order of the roster: the person's, kept by services (people.services.renamed)
    started_on: Mapped[date]
    term_end_on: Mapped[date]  # the last day of the present term
    ended_on: Mapped[date | None]  # the last day
    end_reason: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=now)

    person: Mapped[Person] = relationship(lazy="raise_on_sql")
    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    group: Mapped[Group | None] = relationship(lazy="raise_on_sql")
    abilities: Mapped[list[VolunteerAbility]] = relationship(
        back_populates="volunteer", lazy="raise_on_sql", cascade="all, delete-orphan"
    )
    times: Mapped[list[VolunteerTime]] = relationship(
        back_populates="volunteer", lazy="raise_on_sql", cascade="all, delete-orphan"
    )


class VolunteerAbility(Base):
    """A skill that a volunteer has, or a kind of service that a volunteer would like to give."""

    __tablename__ = "volunteer_ability"
    __table_args__ = (
        UniqueConstraint("volunteer_id", "skill_id"),
        Index("ix_volunteer_ability_skill_id", "skill_id", "volunteer_id"),
    )

    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"))
    skill_id: Mapped[int] = mapped_column(ForeignKey("volunteer_skill.id"))

    volunteer: Mapped[Volunteer] = relationship(back_populates="abilities", lazy="raise_on_sql")
    skill: Mapped[Skill] = relationship(lazy="raise_on_sql")


class VolunteerTime(Base):
    """A part of a weekday (0 is Monday) on which a volunteer has time."""

    __tablename__ = "volunteer_time"
    __table_args__ = (
        UniqueConstraint("volunteer_id", "weekday", "part"),
        Index("ix_volunteer_time_weekday", "weekday", "part", "volunteer_id"),
        CheckConstraint("weekday BETWEEN 0 AND 6 AND part IN ('morning', 'afternoon', 'evening')", "time"),
    )

    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"))
    weekday: Mapped[int]
    part: Mapped[str]

    volunteer: Mapped[Volunteer] = relationship(back_populates="times", lazy="raise_on_sql")


class GroupSkill(Base):
    """What a group of volunteers is there for: the roster's classes by skill."""

    __tablename__ = "group_skill"
    __table_args__ = (UniqueConstraint("group_id", "skill_id"),)

    group_id: Mapped[int] = mapped_column(ForeignKey("association_group.id"))
    skill_id: Mapped[int] = mapped_column(ForeignKey("volunteer_skill.id"), index=True)

    group: Mapped[Group] = relationship(lazy="raise_on_sql")
    skill: Mapped[Skill] = relationship(lazy="raise_on_sql")


class AppointmentLetter(Base):
    """A letter of appointment as it was issued for a term. `snapshot` is what is printed; it only becomes void."""

    __tablename__ = "appointment_letter"
    __table_args__ = (
        Index(
            "uq_appointment_letter_live", "volunteer_id", unique=True,
            sqlite_where=text("voided_at IS NULL"), postgresql_where=text("voided_at IS NULL"),
        ),
        Index("ix_appointment_letter_volunteer_id", "volunteer_id", "id"),
        Index("ix_appointment_letter_association_id", "association_id", "id"),
        CheckConstraint("(voided_at IS NULL) = (void_reason = '')", "void_reason"),
    )  # fmt: skip

    public_id: Mapped[PublicId]
    number: Mapped[str] = mapped_column(unique=True)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"))
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    code_id: Mapped[int] = mapped_column(ForeignKey("verifiable_code.id"), unique=True)
    start_on: Mapped[date]
    end_on: Mapped[date]
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSON)
    issued_on: Mapped[date]
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(default="")  # renewed, ended, corrected, in_error, removed

    volunteer: Mapped[Volunteer] = relationship(lazy="raise_on_sql")
    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    code: Mapped[VerifiableCode] = relationship(lazy="raise_on_sql")
