"""Applications for membership, and what was said about them on the way to the decision."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.associations.models import Association, Group
from portal.core.calendar import now
from portal.core.database import Base, PublicId
from portal.core.encryption import EncryptedText
from portal.core.i18n import lazy_pgettext
from portal.core.labels import Labelled
from portal.members.models import Membership, MembershipKind
from portal.people.models import Person


class ApplicationState(Labelled):
    SUBMITTED = "submitted", lazy_pgettext("application", "Waiting for the decision")
    ASKED = "asked", lazy_pgettext("application", "More was asked")
    ACCEPTED = "accepted", lazy_pgettext("application", "Accepted")
    DECLINED = "declined", lazy_pgettext("application", "Declined")
    WITHDRAWN = "withdrawn", lazy_pgettext("application", "Withdrawn")

    @property
    def is_open(self) -> bool:
        return self in (ApplicationState.SUBMITTED, ApplicationState.ASKED)


class MembershipApplication(Base):
    """Somebody asks to become a member. `reference` follows it without an account: 12 characters, 60 bits.

    What was written stays here; on acceptance it goes into the register as a person and a membership.
    """

    __tablename__ = "membership_application"
    __table_args__ = (
        Index("ix_membership_application_association_id", "association_id", "state", "id"),
        CheckConstraint("state IN ('submitted', 'asked', 'accepted', 'declined', 'withdrawn')", "state"),
        CheckConstraint("channel IN ('web', 'paper')", "channel"),
        CheckConstraint("(state = 'accepted') = (membership_id IS NOT NULL)", "accepted"),
    )

    public_id: Mapped[PublicId]
    reference: Mapped[str] = mapped_column(String(12), unique=True)
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("association_group.id"), index=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("membership_kind.id"), index=True)
    state: Mapped[str] = mapped_column(default=ApplicationState.SUBMITTED)
    channel: Mapped[str] = mapped_column(default="web")
    name: Mapped[str]
    organisation_name: Mapped[str] = mapped_column(default="")
    sex: Mapped[str | None]
    birth_on: Mapped[date | None]
    identity_number: Mapped[str | None] = mapped_column(EncryptedText)
    identity_index: Mapped[str | None] = mapped_column(index=True)
    identity_last4: Mapped[str | None]
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    phone_index: Mapped[str | None] = mapped_column(index=True)
    phone_last4: Mapped[str | None]
    email: Mapped[str | None]
    residence: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")  # why the applicant would like to join, if they say
    guardian_name: Mapped[str] = mapped_column(default="")
    guardian_phone: Mapped[str | None] = mapped_column(EncryptedText)
    consents: Mapped[list[Any]] = mapped_column(JSON, default=list)  # purposes agreed to
    notice_version: Mapped[int]
    submitted_at: Mapped[datetime] = mapped_column(default=now)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)  # from paper
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    decision_reason: Mapped[str] = mapped_column(default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"), index=True)

    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    group: Mapped[Group | None] = relationship(lazy="raise_on_sql")
    kind: Mapped[MembershipKind] = relationship(lazy="raise_on_sql")
    membership: Mapped[Membership | None] = relationship(lazy="raise_on_sql")
    person: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[person_id])


class ApplicationMessage(Base):
    """What the association asked and what the applicant answered, in order."""

    __tablename__ = "application_message"

    application_id: Mapped[int] = mapped_column(ForeignKey("membership_application.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=now)
    is_from_applicant: Mapped[bool]
    by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    body: Mapped[str]


class ApplicationDraft(Base):
    """Answers given so far at /join, kept for a day under a random token that only the applicant's cookie holds."""

    __tablename__ = "application_draft"

    token_hash: Mapped[str] = mapped_column(unique=True)
    answers: Mapped[str] = mapped_column(EncryptedText)  # JSON
    updated_at: Mapped[datetime] = mapped_column(default=now, index=True)
