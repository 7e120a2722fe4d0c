"""Charters (章程、自治公约) in two rounds of consultation (两上两下): drafts by paragraph, comments, adoption."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.associations.models import Association
from portal.core.calendar import now
from portal.core.database import Base, PublicId
from portal.core.i18n import lazy_pgettext
from portal.core.labels import Labelled
from portal.notices.models import Notice
from portal.objections.models import NoticePeriod
from portal.people.models import Channel, Person


class CharterKind(Labelled):
    CHARTER = "charter", lazy_pgettext("charter", "Charter")
    COMPACT = "compact", lazy_pgettext("charter", "Residents' compact")  # 自治公约
    RULES = "rules", lazy_pgettext("charter", "Rules")


class CharterState(Labelled):
    """The way: a draft, its consultation, a second draft, its consultation, the final draft, a meeting."""

    DRAFTING = "drafting", lazy_pgettext("charter", "First draft being written")
    FIRST_ROUND = "first_round", lazy_pgettext("charter", "First consultation")
    REDRAFTING = "redrafting", lazy_pgettext("charter", "Second draft being written")
    SECOND_ROUND = "second_round", lazy_pgettext("charter", "Second consultation")
    FINISHING = "finishing", lazy_pgettext("charter", "Final draft being written")
    FINAL = "final", lazy_pgettext("charter", "Ready for the meeting")
    ADOPTED = "adopted", lazy_pgettext("charter", "Adopted")
    REJECTED = "rejected", lazy_pgettext("charter", "Not adopted")
    ABANDONED = "abandoned", lazy_pgettext("charter", "Given up")


class Charter(Base):
    """A charter on its way, or in force. Adopted, it is published as a notice that supersedes the one before."""

    __tablename__ = "charter"
    __table_args__ = (
        Index("ix_charter_association_id", "association_id", "state"),
        Index(
            "uq_charter_under_way", "association_id", "kind", unique=True,
            sqlite_where=text("state NOT IN ('adopted', 'rejected', 'abandoned')"),
            postgresql_where=text("state NOT IN ('adopted', 'rejected', 'abandoned')"),
        ),
    )  # fmt: skip

    public_id: Mapped[PublicId]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    kind: Mapped[str]
    title: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")  # why it is drawn up or changed
    state: Mapped[str] = mapped_column(default=CharterState.DRAFTING)
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("charter.id"), index=True)  # the one in force before
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"), index=True)  # as published
    period_id: Mapped[int | None] = mapped_column(ForeignKey("notice_period.id"), index=True)
    entry_key: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(default="")

    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    notice: Mapped[Notice | None] = relationship(lazy="raise_on_sql")
    period: Mapped[NoticePeriod | None] = relationship(lazy="raise_on_sql")
    drafts: Mapped[list[CharterDraft]] = relationship(
        back_populates="charter", lazy="raise_on_sql", order_by="CharterDraft.number"
    )


class CharterDraft(Base):
    """The text as it stood at one step: 1 and 2 are consulted on, 3 goes before the meeting.

    Once its consultation has opened it is never edited.
    """

    __tablename__ = "charter_draft"
    __table_args__ = (UniqueConstraint("charter_id", "number"),)

    charter_id: Mapped[int] = mapped_column(ForeignKey("charter.id"))
    number: Mapped[int]
    note: Mapped[str] = mapped_column(default="")  # what was changed, and why
    settled_at: Mapped[datetime | None]  # from then on it stands
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    written_at: Mapped[datetime] = mapped_column(default=now)

    charter: Mapped[Charter] = relationship(back_populates="drafts", lazy="raise_on_sql")
    paragraphs: Mapped[list[CharterParagraph]] = relationship(
        back_populates="draft", lazy="raise_on_sql", order_by="CharterParagraph.position"
    )


class CharterParagraph(Base):
    """An article or heading of a draft. `follows_id` is the same one in the draft before."""

    __tablename__ = "charter_paragraph"
    __table_args__ = (UniqueConstraint("draft_id", "position"),)

    public_id: Mapped[PublicId]
    draft_id: Mapped[int] = mapped_column(ForeignKey("charter_draft.id"))
    position: Mapped[int]
    is_heading: Mapped[bool] = mapped_column(default=False)
    body: Mapped[str]
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("charter_paragraph.id"), index=True)

    draft: Mapped[CharterDraft] = relationship(back_populates="paragraphs", lazy="raise_on_sql")


class ConsultationRound(Base):
    """One of the two rounds: from when to when members comment on a draft. It is never made shorter."""

    __tablename__ = "consultation_round"
    __table_args__ = (
        UniqueConstraint("charter_id", "number"),
        CheckConstraint("number IN (1, 2)", "number"),
        CheckConstraint("closes_on >= opens_on", "dates"),
    )

    charter_id: Mapped[int] = mapped_column(ForeignKey("charter.id"))
    draft_id: Mapped[int] = mapped_column(ForeignKey("charter_draft.id"), index=True)
    number: Mapped[int]
    opens_on: Mapped[date]
    closes_on: Mapped[date]  # the last day
    closed_at: Mapped[datetime | None]
    summary: Mapped[str] = mapped_column(default="")  # what came in, and what became of it
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)

    charter: Mapped[Charter] = relationship(lazy="raise_on_sql")
    draft: Mapped[CharterDraft] = relationship(lazy="raise_on_sql")


class CommentAnswer(Labelled):
    TAKEN_UP = "taken_up", lazy_pgettext("charter comment", "Taken up")
    IN_PART = "in_part", lazy_pgettext("charter comment", "Taken up in part")
    NOT_TAKEN_UP = "not_taken_up", lazy_pgettext("charter comment", "Not taken up")


class CharterComment(Base):
    """What a member says about a paragraph, or about the whole; each is answered before the next draft settles.

    In public it stands without the name unless the member agreed to show it.
    """

    __tablename__ = "charter_comment"
    __table_args__ = (
        Index("ix_charter_comment_round_id", "round_id", "paragraph_id"),
        CheckConstraint("outcome IS NULL OR outcome IN ('taken_up', 'in_part', 'not_taken_up')", "outcome"),
        CheckConstraint("(outcome IS NULL) = (answered_at IS NULL)", "answered"),
    )

    public_id: Mapped[PublicId]
    round_id: Mapped[int] = mapped_column(ForeignKey("consultation_round.id"))
    paragraph_id: Mapped[int | None] = mapped_column(ForeignKey("charter_paragraph.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    shows_name: Mapped[bool] = mapped_column(default=False)
    channel: Mapped[str] = mapped_column(default=Channel.WEB)
    body: Mapped[str]
    key: Mapped[str | None] = mapped_column(unique=True)
    written_at: Mapped[datetime] = mapped_column(default=now)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)  # from paper
    outcome: Mapped[str | None]
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)

    round: Mapped[ConsultationRound] = relationship(lazy="raise_on_sql")
    person: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[person_id])


class CharterAdoption(Base):
    """The meeting that adopted a charter, or did not, with its figures. They add up, or the database refuses them."""

    __tablename__ = "charter_adoption"
    __table_args__ = (
        UniqueConstraint("charter_id"),
        CheckConstraint("present <= entitled AND present > 0", "present"),
        CheckConstraint("in_favour >= 0 AND against >= 0 AND abstained >= 0", "votes"),
        CheckConstraint("in_favour + against + abstained = present", "all_voted"),
    )

    charter_id: Mapped[int] = mapped_column(ForeignKey("charter.id"))
    draft_id: Mapped[int] = mapped_column(ForeignKey("charter_draft.id"), index=True)
    held_on: Mapped[date]
    place: Mapped[str]
    meeting: Mapped[str]  # 会员大会, 会员代表大会
    presided_by: Mapped[str]
    recorded_as: Mapped[str] = mapped_column(default="")  # number of the minutes
    entitled: Mapped[int]
    present: Mapped[int]
    in_favour: Mapped[int]
    against: Mapped[int] = mapped_column(default=0)
    abstained: Mapped[int] = mapped_column(default=0)
    is_adopted: Mapped[bool]
    effective_on: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)

    charter: Mapped[Charter] = relationship(lazy="raise_on_sql")
