"""Applications for membership, and what was said about them on the way to the decision."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.calendar import now
from portal.core.database import Base
from portal.core.encryption import EncryptedText
from portal.core.i18n import lazy_pgettext
from portal.core.labels import Labelled
from portal.members.models import Membership, MembershipKind
from portal.people.models import SentForm


class ApplicationState(Labelled):
    SUBMITTED = "submitted", lazy_pgettext("application", "Waiting for the decision")
    ASKED = "asked", lazy_pgettext("application", "More was asked")
    ACCEPTED = "accepted", lazy_pgettext("application", "Accepted")
    DECLINED = "declined", lazy_pgettext("application", "Declined")
    WITHDRAWN = "withdrawn", lazy_pgettext("application", "Withdrawn")

    @property
    def is_open(self) -> bool:
        return self in (ApplicationState.SUBMITTED, ApplicationState.ASKED)


class MembershipApplication(SentForm):
    """Somebody asks to become a member, for themselves or for an organisation."""

    __tablename__ = "membership_application"
    __table_args__ = (
        Index("ix_membership_application_association_id", "association_id", "state", "id"),
        CheckConstraint("state IN ('submitted', 'asked', 'accepted', 'declined', 'withdrawn')", "state"),
        CheckConstraint("channel IN ('web', 'paper')", "channel"),
        CheckConstraint("(state = 'accepted') = (membership_id IS NOT NULL)", "accepted"),
    )

    kind_id: Mapped[int] = mapped_column(ForeignKey("membership_kind.id"), index=True)
    organisation_name: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")  # why the applicant would like to join, if they say
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"), index=True)

    kind: Mapped[MembershipKind] = relationship(lazy="raise_on_sql")
    membership: Mapped[Membership | None] = relationship(lazy="raise_on_sql")

    @property
    def state_label(self) -> str:
        return ApplicationState(self.state).label


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
