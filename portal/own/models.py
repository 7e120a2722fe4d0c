"""What a person asks about the own record: a correction, or deletion; and what came of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.associations.models import Association
from portal.core.calendar import now
from portal.core.database import Base, PublicId
from portal.core.encryption import EncryptedText
from portal.core.i18n import lazy_pgettext
from portal.core.labels import Labelled
from portal.people.models import Person


class RequestKind(Labelled):
    CORRECTION = "correction", lazy_pgettext("request", "Correction")
    DELETION = "deletion", lazy_pgettext("request", "Deletion")


class RequestState(Labelled):
    OPEN = "open", lazy_pgettext("request", "Waiting for the decision")
    DONE = "done", lazy_pgettext("request", "Done")
    REFUSED = "refused", lazy_pgettext("request", "Refused")
    WITHDRAWN = "withdrawn", lazy_pgettext("request", "Withdrawn")


TONES = {
    RequestState.OPEN: "amber",
    RequestState.DONE: "green",
    RequestState.REFUSED: "red",
    RequestState.WITHDRAWN: "grey",
}


class PersonalRequest(Base):
    """A request about one's own data (Personal Information Protection Law of the PRC, articles 45 to 47).

    At most one of each kind waits at a time. It is decided by an association that holds the record.
    """

    __tablename__ = "personal_request"
    __table_args__ = (
        Index("ix_personal_request_association_id", "association_id", "state", "id"),
        Index(
            "uq_personal_request_open",
            "person_id",
            "kind",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        CheckConstraint("kind IN ('correction', 'deletion')", "kind"),
        CheckConstraint("state IN ('open', 'done', 'refused', 'withdrawn')", "state"),
    )

    public_id: Mapped[PublicId]
    kind: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    wanted: Mapped[str | None] = mapped_column(EncryptedText)  # JSON: field → the value that would be right
    note: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=RequestState.OPEN)
    asked_at: Mapped[datetime] = mapped_column(default=now)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str] = mapped_column(default="")

    person: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[person_id])
    association: Mapped[Association] = relationship(lazy="raise_on_sql")

    @property
    def is_open(self) -> bool:
        return self.state == RequestState.OPEN

    @property
    def kind_label(self) -> str:
        return RequestKind(self.kind).label

    @property
    def state_label(self) -> str:
        return RequestState(self.state).label

    @property
    def tone(self) -> str:
        return TONES[RequestState(self.state)]

    @property
    def reference(self) -> str:
        """The public id as it is read aloud: 7K3M-9QXT-2W5B."""
        return "-".join(self.public_id[n : n + 4] for n in range(0, len(self.public_id), 4)).upper()
