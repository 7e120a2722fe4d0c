"""Review of nominations: who reviews, who is kept out, points by criterion, the meeting, what was put on notice."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.commendations.models import CallCriterion, CommendationCall, Nomination
from portal.core.calendar import now
from portal.core.database import Base, PublicId
from portal.core.i18n import lazy_pgettext
from portal.core.labels import Labelled
from portal.objections.models import NoticePeriod
from portal.people.models import Person


class Reviewer(Base):
    """Somebody who reviews a call's nominations, asked by whoever decides. Ended, what they wrote stays, and their
    points count: nobody takes points out of a ranking by ending whoever gave them.
    """

    __tablename__ = "reviewer"
    __table_args__ = (UniqueConstraint("call_id", "person_id"),)

    public_id: Mapped[PublicId]
    call_id: Mapped[int] = mapped_column(ForeignKey("commendation_call.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(default=now)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(default="", server_default="")  # of one who had given points

    call: Mapped[CommendationCall] = relationship(lazy="raise_on_sql")
    person: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[person_id])
    reviews: Mapped[list[Review]] = relationship(back_populates="reviewer", lazy="raise_on_sql")


class ConflictKind(Labelled):
    """Why a reviewer is kept out of a nomination. All but what is declared is found in the record, each time anew."""

    DECLARED = "declared", lazy_pgettext("conflict", "Declared by the reviewer")
    NOMINEE = "nominee", lazy_pgettext("conflict", "Is the nominee")
    NOMINATOR = "nominator", lazy_pgettext("conflict", "Spoke for the nominee or put the nominee forward")
    HOUSEHOLD = "household", lazy_pgettext("conflict", "Of the same household")
    OWN_GROUP = "own_group", lazy_pgettext("conflict", "Belongs to the nominated group")
    OWN_ASSOCIATION = "own_association", lazy_pgettext("conflict", "Of the nominee's own association")


class DeclaredConflict(Base):
    """A reviewer says themselves that they are not impartial. It is not taken back."""

    __tablename__ = "declared_conflict"
    __table_args__ = (UniqueConstraint("reviewer_id", "nomination_id"),)

    reviewer_id: Mapped[int] = mapped_column(ForeignKey("reviewer.id"))
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"), index=True)
    reason: Mapped[str] = mapped_column(default="")
    declared_at: Mapped[datetime] = mapped_column(default=now)


class Review(Base):
    """What one reviewer says about one nomination: points by criterion, a remark. It may change until the meeting."""

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("reviewer_id", "nomination_id"),)

    reviewer_id: Mapped[int] = mapped_column(ForeignKey("reviewer.id"))
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"), index=True)
    remark: Mapped[str] = mapped_column(default="")
    written_at: Mapped[datetime] = mapped_column(default=now)

    reviewer: Mapped[Reviewer] = relationship(back_populates="reviews", lazy="raise_on_sql")
    nomination: Mapped[Nomination] = relationship(lazy="raise_on_sql")
    scores: Mapped[list[ReviewScore]] = relationship(
        back_populates="review", lazy="raise_on_sql", cascade="all, delete-orphan"
    )


class ReviewScore(Base):
    """Points for one criterion, from nothing to the criterion's most."""

    __tablename__ = "review_score"
    __table_args__ = (
        UniqueConstraint("review_id", "criterion_id"),
        CheckConstraint("points >= 0", "points"),
    )

    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    criterion_id: Mapped[int] = mapped_column(ForeignKey("call_criterion.id"), index=True)
    points: Mapped[int]

    review: Mapped[Review] = relationship(back_populates="scores", lazy="raise_on_sql")
    criterion: Mapped[CallCriterion] = relationship(lazy="raise_on_sql")


class SelectionMeeting(Base):
    """The meeting that chose: when, where, who was there, how it was decided. `chosen` is what it chose, and the
    ranking that lay before it, as they were.
    """

    __tablename__ = "selection_meeting"
    __table_args__ = (
        UniqueConstraint("call_id", "number"),
        CheckConstraint("present > 0 AND in_favour >= 0 AND against >= 0 AND abstained >= 0", "votes"),
        CheckConstraint("in_favour <= present", "present"),
    )

    public_id: Mapped[PublicId]
    call_id: Mapped[int] = mapped_column(ForeignKey("commendation_call.id"))
    number: Mapped[int] = mapped_column(default=1)  # a second one follows an upheld objection
    held_on: Mapped[date]
    place: Mapped[str]
    chaired_by: Mapped[str]
    present: Mapped[int]
    in_favour: Mapped[int]
    against: Mapped[int]
    abstained: Mapped[int]
    minutes: Mapped[str]
    chosen: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)

    call: Mapped[CommendationCall] = relationship(lazy="raise_on_sql")


class Showing(Base):
    """What a meeting chose stands on public notice. Only that is decided, and only after the period's end."""

    __tablename__ = "showing"
    __table_args__ = (UniqueConstraint("call_id", "period_id"),)

    call_id: Mapped[int] = mapped_column(ForeignKey("commendation_call.id"))
    meeting_id: Mapped[int] = mapped_column(ForeignKey("selection_meeting.id"), unique=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("notice_period.id"), unique=True)

    call: Mapped[CommendationCall] = relationship(lazy="raise_on_sql")
    meeting: Mapped[SelectionMeeting] = relationship(lazy="raise_on_sql")
    period: Mapped[NoticePeriod] = relationship(lazy="raise_on_sql")
