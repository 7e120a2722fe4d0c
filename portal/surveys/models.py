"""Appraisals (民主评议): a few questions, one answer each by code or account, answers apart from names."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.associations.models import Association
from portal.core.calendar import now
from portal.core.database import Base, PublicId
from portal.core.i18n import lazy_pgettext
from portal.core.labels import Labelled


class SurveyState(Labelled):
    DRAFT = "draft", lazy_pgettext("appraisal", "Draft")
    OPEN = "open", lazy_pgettext("appraisal", "Open")
    CLOSED = "closed", lazy_pgettext("appraisal", "Closed")
    PUBLISHED = "published", lazy_pgettext("appraisal", "Published")


class Audience(Labelled):
    MEMBERS = "members", lazy_pgettext("appraisal", "Members, each by their account or a printed code")
    RESIDENTS = "residents", lazy_pgettext("appraisal", "Residents, each by a printed code")


class QuestionKind(Labelled):
    SATISFACTION = "satisfaction", lazy_pgettext("appraisal", "How satisfied")
    CHOICE = "choice", lazy_pgettext("appraisal", "One of several")
    TEXT = "text", lazy_pgettext("appraisal", "In one's own words")


class Survey(Base):
    """An appraisal of an association's work in a year. Opened, its questions no longer change."""

    __tablename__ = "survey"
    __table_args__ = (
        Index("ix_survey_association_id", "association_id", "state"),
        CheckConstraint("state IN ('draft', 'open', 'closed', 'published')", "state"),
        CheckConstraint("closes_on >= opens_on", "dates"),
        CheckConstraint("asked >= 0 AND hide_below >= 3", "counts"),
    )

    public_id: Mapped[PublicId]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    title: Mapped[str]
    introduction: Mapped[str] = mapped_column(default="")
    audience: Mapped[str]
    state: Mapped[str] = mapped_column(default=SurveyState.DRAFT)
    opens_on: Mapped[date]
    closes_on: Mapped[date]  # the last day
    asked: Mapped[int] = mapped_column(default=0)  # tickets given out; kept by one statement
    hide_below: Mapped[int] = mapped_column(default=5)  # a group with fewer answers is not shown
    entry_key: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    results: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # frozen when published

    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    questions: Mapped[list[SurveyQuestion]] = relationship(
        back_populates="survey", lazy="raise_on_sql", order_by="SurveyQuestion.position"
    )


class SurveyQuestion(Base):
    __tablename__ = "survey_question"
    __table_args__ = (
        UniqueConstraint("survey_id", "position"),
        CheckConstraint("kind IN ('satisfaction', 'choice', 'text')", "kind"),
    )

    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    position: Mapped[int]
    kind: Mapped[str]
    text: Mapped[str]
    choices: Mapped[list[Any]] = mapped_column(JSON, default=list)  # of one of several

    survey: Mapped[Survey] = relationship(back_populates="questions", lazy="raise_on_sql")


class SurveyTicket(Base):
    """The right to one answer: a printed code (kept as its keyed hash), or a member's. It says that it was used and
    nothing else, not even when: what was answered cannot be found from it. Once the appraisal is closed it is
    nobody's: only how many there were, and how many were used, is left.
    """

    __tablename__ = "survey_ticket"
    __table_args__ = (
        UniqueConstraint("survey_id", "person_id"),
        Index("ix_survey_ticket_survey_id", "survey_id", "is_used"),
        CheckConstraint("(code_hash IS NULL) <> (person_id IS NULL)", "one_of_both"),
    )

    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), index=True)  # of whoever is asked
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    sheet: Mapped[int] = mapped_column(default=0)  # the batch it was printed with
    is_used: Mapped[bool] = mapped_column(default=False)


def random_number() -> int:
    """Answers lie in no order that tells when they came."""
    return secrets.randbelow(2**62)


class SurveyAnswer(Base):
    """One filled-in sheet: nobody's name, no moment, no order. `answers` holds a value by question position."""

    __tablename__ = "survey_answer"
    __table_args__ = (Index("ix_survey_answer_survey_id", "survey_id", "association_id"),)

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False, default=random_number
    )
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), index=True)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
