"""Commendations (表彰): the federation's kinds, calls, what somebody is nominated for and by whom."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.associations.models import Association, Group, Listed
from portal.core.calendar import now
from portal.core.database import Base, PublicId
from portal.core.encryption import EncryptedText
from portal.core.i18n import lazy_pgettext
from portal.core.labels import Labelled
from portal.people.models import Channel, Person


class Scope(Labelled):
    """Who is commended under a kind."""

    INDIVIDUAL = "individual", lazy_pgettext("commendation", "Individuals")
    CHAIR = "chair", lazy_pgettext("commendation", "Chairs")
    COLLECTIVE = "collective", lazy_pgettext("commendation", "Collectives")  # a group, a team
    ASSOCIATION = "association", lazy_pgettext("commendation", "Associations")


class CommendationKind(Listed):
    """A kind of commendation (优秀志愿者, 先进集体 …) of the list that the federation keeps.

    `scope` is chosen with it and stays. `english` stands on the English certificate.
    """

    __tablename__ = "commendation_kind"
    __table_args__ = (
        Index(
            "uq_commendation_kind_live_name", "association_id", "name", unique=True,
            sqlite_where=text("ended_on IS NULL"), postgresql_where=text("ended_on IS NULL"),
        ),
        CheckConstraint("scope IN ('individual', 'chair', 'collective', 'association')", "scope"),
    )  # fmt: skip

    scope: Mapped[str]
    english: Mapped[str] = mapped_column(default="")


class CallState(Labelled):
    """The way of a call. Whether nominations are still taken is computed from its last day."""

    DRAFT = "draft", lazy_pgettext("call", "Draft")
    OPEN = "open", lazy_pgettext("call", "Nominations")
    REVIEW = "review", lazy_pgettext("call", "Review")
    CHOSEN = "chosen", lazy_pgettext("call", "Chosen by the meeting")
    SHOWN = "shown", lazy_pgettext("call", "On public notice")
    DECIDED = "decided", lazy_pgettext("call", "Decided")
    WITHDRAWN = "withdrawn", lazy_pgettext("call", "Withdrawn")


class CommendationCall(Base):
    """A call for nominations: for which period, on what basis, until when; who may nominate.

    `association` calls, reviews and decides; associations of its subtree nominate. Once it is open its terms stand:
    only its last day may be put off. A social organisation commends on a stated basis, method and result public.
    """

    __tablename__ = "commendation_call"
    __table_args__ = (
        Index("ix_commendation_call_association_id", "association_id", "state", "closes_on"),
        CheckConstraint("end_on >= start_on", "period"),
        CheckConstraint("closes_on >= opens_on", "dates"),
        CheckConstraint("state IN ('draft', 'open', 'review', 'chosen', 'shown', 'decided', 'withdrawn')", "state"),
    )

    public_id: Mapped[PublicId]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    title: Mapped[str]
    basis: Mapped[str]  # the regulation or resolution it rests on
    body: Mapped[str]  # Markdown: who may be commended, how it is chosen
    html: Mapped[str]  # as shown
    contact: Mapped[str]
    start_on: Mapped[date]  # the period that is looked at
    end_on: Mapped[date]
    opens_on: Mapped[date]
    closes_on: Mapped[date]  # the last day on which nominations are taken
    put_off_reason: Mapped[str] = mapped_column(default="")  # why it was put off, a line each time
    by_groups: Mapped[bool] = mapped_column(default=True, server_default=true())
    by_members: Mapped[bool] = mapped_column(default=False, server_default=false())
    by_anyone: Mapped[bool] = mapped_column(default=False, server_default=false())
    # A reviewer who belongs to the nominee's own association is kept out.
    keeps_own_out: Mapped[bool] = mapped_column(default=True, server_default=true())
    state: Mapped[str] = mapped_column(default=CallState.DRAFT)
    entry_key: Mapped[str | None] = mapped_column(unique=True)  # the form's own key
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    opened_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(default="")  # why it was withdrawn; everybody reads it

    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    categories: Mapped[list[CallCategory]] = relationship(
        back_populates="call", lazy="raise_on_sql", order_by="CallCategory.position"
    )
    criteria: Mapped[list[CallCriterion]] = relationship(
        back_populates="call", lazy="raise_on_sql", order_by="CallCriterion.position"
    )


class CallCategory(Base):
    """A kind within a call: how many at most, how many from one association, and what the record must show.

    Minimums count within the call's period; None asks for nothing. They rule proposals by evidence and warn at a
    nomination; they are about service to the association and nothing else.
    """

    __tablename__ = "call_category"
    __table_args__ = (
        UniqueConstraint("call_id", "kind_id"),
        CheckConstraint("places > 0 AND (per_association IS NULL OR per_association > 0)", "places"),
    )

    public_id: Mapped[PublicId]
    call_id: Mapped[int] = mapped_column(ForeignKey("commendation_call.id"))
    kind_id: Mapped[int] = mapped_column(ForeignKey("commendation_kind.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    places: Mapped[int]
    per_association: Mapped[int | None]
    least_minutes: Mapped[int | None]  # approved service within the period
    least_years: Mapped[int | None]  # of membership or on the roster, at the period's end
    least_led: Mapped[int | None]  # activities led within the period
    least_stars: Mapped[int | None]
    needs_dues: Mapped[bool] = mapped_column(default=False, server_default=false())  # nothing of the period is owed

    call: Mapped[CommendationCall] = relationship(back_populates="categories", lazy="raise_on_sql")
    kind: Mapped[CommendationKind] = relationship(lazy="raise_on_sql")


class CallCriterion(Base):
    """By what nominations are judged, with the most points for it."""

    __tablename__ = "call_criterion"
    __table_args__ = (
        UniqueConstraint("call_id", "position"),
        CheckConstraint("points BETWEEN 1 AND 100", "points"),
    )

    call_id: Mapped[int] = mapped_column(ForeignKey("commendation_call.id"))
    position: Mapped[int]
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    points: Mapped[int]

    call: Mapped[CommendationCall] = relationship(back_populates="criteria", lazy="raise_on_sql")


class NominationState(Labelled):
    """The way of a nomination. The consent of the nominee goes beside it."""

    NOMINATED = "nominated", lazy_pgettext("nomination", "Nominated")
    CHOSEN = "chosen", lazy_pgettext("nomination", "Chosen by the meeting")
    PASSED_OVER = "passed_over", lazy_pgettext("nomination", "Not chosen")
    HONOURED = "honoured", lazy_pgettext("nomination", "Commended")
    WITHDRAWN = "withdrawn", lazy_pgettext("nomination", "Withdrawn")


LIVE = text("state <> 'withdrawn'")
LIVE_ITSELF = text("person_id IS NULL AND group_id IS NULL AND state <> 'withdrawn'")


class Nomination(Base):
    """An association puts somebody forward in a category, once each: a person, a group, or (neither) itself.

    `name` is as it is to stand on the certificate. `evidence` is what the record said on that day, computed and never
    typed. A person's name is public only with `consented_at`; without it the nomination is never chosen.
    """

    __tablename__ = "nomination"
    __table_args__ = (
        Index(
            "uq_nomination_person", "category_id", "person_id", unique=True,
            sqlite_where=LIVE, postgresql_where=LIVE,
        ),
        Index(
            "uq_nomination_group", "category_id", "group_id", unique=True,
            sqlite_where=LIVE, postgresql_where=LIVE,
        ),
        Index(
            "uq_nomination_association", "category_id", "association_id", unique=True,
            sqlite_where=LIVE_ITSELF, postgresql_where=LIVE_ITSELF,
        ),
        Index("ix_nomination_association_id", "association_id", "state", "id"),
        Index("ix_nomination_call_id", "call_id", "state", "id"),
        CheckConstraint("person_id IS NULL OR group_id IS NULL", "nominee"),
        CheckConstraint(
            "state IN ('nominated', 'chosen', 'passed_over', 'honoured', 'withdrawn')", "state"
        ),
        CheckConstraint("consented_at IS NULL OR refused_at IS NULL", "consent"),
        CheckConstraint(
            "person_id IS NULL OR consented_at IS NOT NULL OR state NOT IN ('chosen', 'honoured')", "consented"
        ),
    )  # fmt: skip

    public_id: Mapped[PublicId]
    call_id: Mapped[int] = mapped_column(ForeignKey("commendation_call.id"))
    category_id: Mapped[int] = mapped_column(ForeignKey("call_category.id"))
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("association_group.id"), index=True)
    name: Mapped[str]
    reason: Mapped[str]
    evidence: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(default=NominationState.NOMINATED)
    nominated_at: Mapped[datetime] = mapped_column(default=now)
    nominated_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    key: Mapped[str | None] = mapped_column(unique=True)  # the form's own key
    end_reason: Mapped[str] = mapped_column(default="")  # why it was withdrawn
    consented_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
    consent_by: Mapped[str] = mapped_column(default="")  # self, paper, guardian
    consent_entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    consent_version: Mapped[int | None]  # of the privacy notice

    call: Mapped[CommendationCall] = relationship(lazy="raise_on_sql")
    category: Mapped[CallCategory] = relationship(lazy="raise_on_sql")
    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    person: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[person_id])
    group: Mapped[Group | None] = relationship(lazy="raise_on_sql")
    suggestions: Mapped[list[Suggestion]] = relationship(
        back_populates="nomination", lazy="raise_on_sql", order_by="Suggestion.id"
    )


class Source(Labelled):
    """Who speaks for somebody."""

    GROUP = "group", lazy_pgettext("suggestion", "A group")
    MEMBER = "member", lazy_pgettext("suggestion", "A member")
    PUBLIC = "public", lazy_pgettext("suggestion", "From the public")


class SuggestionState(Labelled):
    WAITING = "waiting", lazy_pgettext("suggestion", "Waits for the association")
    TAKEN_UP = "taken_up", lazy_pgettext("suggestion", "Put forward")
    DECLINED = "declined", lazy_pgettext("suggestion", "Not put forward")


class Suggestion(Base):
    """A group leader, a member or anybody (as the call allows) speaks for somebody, in words: the register is not
    open to them. The association answers: it puts the nominee forward, or says why not.

    It is followed by its reference, without an account. Name and phone are encrypted, for the officers who answer.
    `notice_version` is the privacy notice that was in force when it was sent, with which whoever spoke agreed.
    """

    __tablename__ = "suggestion"
    __table_args__ = (
        CheckConstraint("source IN ('group', 'member', 'public')", "source"),
        CheckConstraint("state IN ('waiting', 'taken_up', 'declined')", "state"),
        CheckConstraint("(state = 'waiting') = (answered_at IS NULL)", "answered"),
        CheckConstraint("state <> 'taken_up' OR nomination_id IS NOT NULL", "taken_up"),
        Index("ix_suggestion_association_id", "association_id", "state", "id"),
        Index("ix_suggestion_category_id", "category_id", "state"),
    )

    public_id: Mapped[PublicId]
    reference: Mapped[str] = mapped_column(String(12), unique=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("call_category.id"))
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))  # the nominee's, which answers
    source: Mapped[str]
    group_id: Mapped[int | None] = mapped_column(ForeignKey("association_group.id"), index=True)  # that speaks
    by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)  # who was signed in
    name: Mapped[str | None] = mapped_column(EncryptedText)
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    nominee: Mapped[str]  # who is meant, in the words of whoever speaks
    reason: Mapped[str]
    channel: Mapped[str] = mapped_column(default=Channel.WEB)
    notice_version: Mapped[int | None]
    key: Mapped[str | None] = mapped_column(unique=True)  # the form's own key
    received_at: Mapped[datetime] = mapped_column(default=now)
    state: Mapped[str] = mapped_column(default=SuggestionState.WAITING)
    nomination_id: Mapped[int | None] = mapped_column(ForeignKey("nomination.id"), index=True)
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)

    category: Mapped[CallCategory] = relationship(lazy="raise_on_sql")
    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    group: Mapped[Group | None] = relationship(lazy="raise_on_sql")
    nomination: Mapped[Nomination | None] = relationship(back_populates="suggestions", lazy="raise_on_sql")
