"""The register of honours, certificates as printed, the keys that sign credentials, revocation."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.associations.models import Association, Group
from portal.commendations.models import CommendationCall, CommendationKind, Nomination
from portal.core.calendar import now
from portal.core.database import Base, PublicId
from portal.core.encryption import EncryptedText
from portal.core.i18n import lazy_pgettext
from portal.core.labels import Labelled
from portal.objections.models import NoticePeriod
from portal.people.models import Person
from portal.verification.models import VerifiableCode


class Layout(Labelled):
    """How a certificate is printed."""

    CLASSIC = "classic", lazy_pgettext("certificate", "Classic, red and gold")
    PLAIN = "plain", lazy_pgettext("certificate", "Plain, for any printer")
    UPRIGHT = "upright", lazy_pgettext("certificate", "Upright, to be framed")


class Honour(Base):
    """An honour as decided: to whom, of what kind, by whom, on what day. One for each nomination; never deleted.

    It is held by a person, by a group, or (neither) by the association `of`, as in the nomination. `is_public` is the
    person's consent to the honour roll, withdrawn as easily as given; groups and associations are always on it.
    """

    __tablename__ = "honour"
    __table_args__ = (
        Index("ix_honour_association_id", "association_id", "decided_on", "id"),
        Index("ix_honour_of_id", "of_id", "decided_on"),
        Index("ix_honour_call_id", "call_id", "id"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_reason = '')", "revoked_reason"),
    )

    public_id: Mapped[PublicId]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))  # whoever commends
    of_id: Mapped[int] = mapped_column(ForeignKey("association.id"))  # the holder's association, then
    call_id: Mapped[int] = mapped_column(ForeignKey("commendation_call.id"))
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"), unique=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("commendation_kind.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("association_group.id"), index=True)
    name: Mapped[str]
    decided_on: Mapped[date]
    is_public: Mapped[bool] = mapped_column(default=False, server_default=false())
    handed_on: Mapped[date | None]  # the certificate or medal was handed over
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str] = mapped_column(default="")
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)

    association: Mapped[Association] = relationship(lazy="raise_on_sql", foreign_keys=[association_id])
    of: Mapped[Association] = relationship(lazy="raise_on_sql", foreign_keys=[of_id])
    call: Mapped[CommendationCall] = relationship(lazy="raise_on_sql")
    nomination: Mapped[Nomination] = relationship(lazy="raise_on_sql")
    kind: Mapped[CommendationKind] = relationship(lazy="raise_on_sql")
    person: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[person_id])
    group: Mapped[Group | None] = relationship(lazy="raise_on_sql")
    certificates: Mapped[list[HonourCertificate]] = relationship(
        back_populates="honour", lazy="raise_on_sql", order_by="HonourCertificate.id"
    )


class HonourCertificate(Base):
    """A certificate of an honour as it is printed, from its snapshot, each time the same. A new one, with the name
    corrected or in another layout, supersedes it: of each honour one is in force.
    """

    __tablename__ = "honour_certificate"
    __table_args__ = (
        Index(
            "uq_honour_certificate_live", "honour_id", unique=True,
            sqlite_where=text("superseded_at IS NULL"), postgresql_where=text("superseded_at IS NULL"),
        ),
        Index("ix_honour_certificate_honour_id", "honour_id", "id"),
        CheckConstraint("(superseded_at IS NULL) = (superseded_reason = '')", "superseded_reason"),
        CheckConstraint("layout IN ('classic', 'plain', 'upright')", "layout"),
    )  # fmt: skip

    public_id: Mapped[PublicId]
    number: Mapped[str] = mapped_column(unique=True)
    honour_id: Mapped[int] = mapped_column(ForeignKey("honour.id"))
    code_id: Mapped[int] = mapped_column(ForeignKey("verifiable_code.id"), unique=True)
    layout: Mapped[str] = mapped_column(default=Layout.CLASSIC)
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSON)
    issued_at: Mapped[datetime] = mapped_column(default=now)
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    superseded_at: Mapped[datetime | None]
    superseded_reason: Mapped[str] = mapped_column(default="")

    honour: Mapped[Honour] = relationship(back_populates="certificates", lazy="raise_on_sql")
    code: Mapped[VerifiableCode] = relationship(lazy="raise_on_sql")


class RevocationState(Labelled):
    SHOWN = "shown", lazy_pgettext("revocation", "On public notice")
    REVOKED = "revoked", lazy_pgettext("revocation", "Revoked")
    KEPT = "kept", lazy_pgettext("revocation", "The honour stays")


class Revocation(Base):
    """An honour is to be taken back: with its reason and a notice period, as it was given."""

    __tablename__ = "revocation"
    __table_args__ = (
        Index(
            "uq_revocation_open", "honour_id", unique=True,
            sqlite_where=text("state = 'shown'"), postgresql_where=text("state = 'shown'"),
        ),
        Index("ix_revocation_honour_id", "honour_id", "id"),
        CheckConstraint("state IN ('shown', 'revoked', 'kept')", "state"),
        CheckConstraint("(state = 'shown') = (decided_at IS NULL)", "decided"),
    )  # fmt: skip

    public_id: Mapped[PublicId]
    honour_id: Mapped[int] = mapped_column(ForeignKey("honour.id"))
    period_id: Mapped[int] = mapped_column(ForeignKey("notice_period.id"), unique=True)
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default=RevocationState.SHOWN)
    proposed_at: Mapped[datetime] = mapped_column(default=now)
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)

    honour: Mapped[Honour] = relationship(lazy="raise_on_sql")
    period: Mapped[NoticePeriod] = relationship(lazy="raise_on_sql")


class SigningKey(Base):
    """The Ed25519 key with which an association signs credentials. An ended one still proves what it signed."""

    __tablename__ = "signing_key"
    __table_args__ = (UniqueConstraint("association_id", "number"),)

    public_id: Mapped[PublicId]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    number: Mapped[int] = mapped_column(default=1)
    public: Mapped[str] = mapped_column(unique=True)  # multibase: z, base58btc of 0xed01 and 32 bytes
    secret: Mapped[str] = mapped_column(EncryptedText)
    created_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
