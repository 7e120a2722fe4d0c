"""Letters and visits (来信来访): what somebody writes in, and every step until it is answered, closed and rated."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.associations.models import Association
from portal.core.calendar import now
from portal.core.database import Base, PublicId
from portal.core.encryption import EncryptedText
from portal.core.i18n import lazy_pgettext
from portal.core.labels import Labelled
from portal.people.models import Person


class LetterChannel(Labelled):
    WEB = "web", lazy_pgettext("letter", "Online")
    LETTER = "letter", lazy_pgettext("letter", "By letter")
    PHONE = "phone", lazy_pgettext("letter", "By phone")
    VISIT = "visit", lazy_pgettext("letter", "In person")


class LetterKind(Labelled):
    """What it is: always about the association's own work, never about other people's private lives."""

    QUESTION = "question", lazy_pgettext("letter", "Question")
    SUGGESTION = "suggestion", lazy_pgettext("letter", "Suggestion")
    REQUEST = "request", lazy_pgettext("letter", "Request for help")
    COMPLAINT = "complaint", lazy_pgettext("letter", "Complaint about the association's work")
    THANKS = "thanks", lazy_pgettext("letter", "Thanks")


class LetterState(Labelled):
    RECEIVED = "received", lazy_pgettext("letter", "Received")
    IN_HAND = "in_hand", lazy_pgettext("letter", "In hand")  # acknowledged, sorted, assigned
    ANSWERED = "answered", lazy_pgettext("letter", "Answered")
    CLOSED = "closed", lazy_pgettext("letter", "Closed")


class Satisfaction(Labelled):
    """How satisfied the writer is with the answer; the number is what is kept."""

    VERY = "5", lazy_pgettext("rating", "Very satisfied")
    RATHER = "4", lazy_pgettext("rating", "Satisfied")
    FAIR = "3", lazy_pgettext("rating", "Fair")
    HARDLY = "2", lazy_pgettext("rating", "Not satisfied")
    NOT = "1", lazy_pgettext("rating", "Not satisfied at all")


class Letter(Base):
    """A letter or visit, with the association that deals with it now.

    Anonymous where the writer wishes: then name and phone are empty. `reference` follows it without an account. It
    is due by a date counted in working days from its receipt, which passing it on does not move. Whoever it complains
    about (letter_about) never sees it, in no list and in no figure that could be taken apart.
    """

    __tablename__ = "letter"
    __table_args__ = (
        Index("ix_letter_association_id", "association_id", "state", "due_on"),
        Index("ix_letter_received_at", "association_id", "received_at"),
        Index("ix_letter_assigned_to_id", "assigned_to_id", "state"),
        Index(
            "ix_letter_published", "association_id", "published_at",
            sqlite_where=text("published_at IS NOT NULL"), postgresql_where=text("published_at IS NOT NULL"),
        ),
        Index(
            "ix_letter_published_at", "published_at", "id",
            sqlite_where=text("published_at IS NOT NULL"), postgresql_where=text("published_at IS NOT NULL"),
        ),
        CheckConstraint("state IN ('received', 'in_hand', 'answered', 'closed')", "state"),
        CheckConstraint("(state IN ('answered', 'closed')) = (answered_at IS NOT NULL)", "answered"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", "closed"),
        CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", "rating"),
        CheckConstraint("published_at IS NULL OR may_publish", "publishing"),
    )  # fmt: skip

    public_id: Mapped[PublicId]
    reference: Mapped[str] = mapped_column(String(12), unique=True)
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    received_by_association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), index=True)
    channel: Mapped[str] = mapped_column(default=LetterChannel.WEB)
    kind: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(EncryptedText)
    language: Mapped[str] = mapped_column(default="")
    is_anonymous: Mapped[bool] = mapped_column(default=False, server_default=false())
    name: Mapped[str | None] = mapped_column(EncryptedText)
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    email: Mapped[str | None] = mapped_column(EncryptedText)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)  # sent while signed in
    may_publish: Mapped[bool] = mapped_column(default=False, server_default=false())  # the writer agrees
    key: Mapped[str | None] = mapped_column(unique=True)  # the form's own key: sent twice, received once
    received_at: Mapped[datetime] = mapped_column(default=now)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)  # from paper, phone, visit
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(default=LetterState.RECEIVED)
    acknowledged_at: Mapped[datetime | None]
    assigned_to_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    reopened: Mapped[int] = mapped_column(default=0, server_default="0")  # how often: 0 is closed at first visit
    rating: Mapped[int | None]  # 1 to 5, by the writer
    rating_note: Mapped[str] = mapped_column(default="")
    rated_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    public_question: Mapped[str] = mapped_column(default="")  # as published: without names
    public_answer: Mapped[str] = mapped_column(default="")
    emptied_at: Mapped[datetime | None]  # who wrote it is no longer kept

    association: Mapped[Association] = relationship(lazy="raise_on_sql", foreign_keys=[association_id])
    received_by: Mapped[Association] = relationship(lazy="raise_on_sql", foreign_keys=[received_by_association_id])
    assigned_to: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[assigned_to_id])
    steps: Mapped[list[LetterStep]] = relationship(
        back_populates="letter", lazy="raise_on_sql", order_by="LetterStep.id"
    )

    @property
    def state_label(self) -> str:
        return LetterState(self.state).label

    @property
    def kind_label(self) -> str:
        return LetterKind(self.kind).label

    @property
    def channel_label(self) -> str:
        return LetterChannel(self.channel).label


class LetterAbout(Base):
    """Somebody that the letter complains about. They see nothing of it; with nobody left, it goes up."""

    __tablename__ = "letter_about"
    __table_args__ = (UniqueConstraint("letter_id", "person_id"),)

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    named_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)  # none: by the writer
    at: Mapped[datetime] = mapped_column(default=now)


class StepKind(Labelled):
    RECEIVED = "received", lazy_pgettext("letter step", "Received")
    ACKNOWLEDGED = "acknowledged", lazy_pgettext("letter step", "Acknowledged")
    SORTED = "sorted", lazy_pgettext("letter step", "Sorted")
    ASSIGNED = "assigned", lazy_pgettext("letter step", "Assigned")
    PASSED_ON = "passed_on", lazy_pgettext("letter step", "Passed on")
    ASKED = "asked", lazy_pgettext("letter step", "Asked back")
    ADDED = "added", lazy_pgettext("letter step", "Added by the writer")
    NOTE = "note", lazy_pgettext("letter step", "Note")
    PUT_OFF = "put_off", lazy_pgettext("letter step", "Put off")
    ANSWERED = "answered", lazy_pgettext("letter step", "Answered")
    CLOSED = "closed", lazy_pgettext("letter step", "Closed")
    REOPENED = "reopened", lazy_pgettext("letter step", "Opened again")
    RATED = "rated", lazy_pgettext("letter step", "Rated")
    PUBLISHED = "published", lazy_pgettext("letter step", "Published")
    UNPUBLISHED = "unpublished", lazy_pgettext("letter step", "Taken out of public")
    CONFLICT = "conflict", lazy_pgettext("letter step", "Conflict of interest declared")


class LetterStep(Base):
    """One step of a letter. It is added to and never changed: the database refuses it."""

    __tablename__ = "letter_step"
    __table_args__ = (Index("ix_letter_step_letter_id", "letter_id", "id"),)

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    kind: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)  # none: the writer
    from_association_id: Mapped[int | None] = mapped_column(ForeignKey("association.id"), index=True)
    to_association_id: Mapped[int | None] = mapped_column(ForeignKey("association.id"), index=True)
    to_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    body: Mapped[str | None] = mapped_column(EncryptedText)
    is_shown: Mapped[bool] = mapped_column(default=False, server_default=false())  # to the writer

    letter: Mapped[Letter] = relationship(back_populates="steps", lazy="raise_on_sql")
