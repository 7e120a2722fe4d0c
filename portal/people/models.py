"""A person once, which associations hold the record, what the person agreed to, and who looked."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, PrimaryKeyConstraint, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from portal.associations.models import Association, Group
from portal.core.calendar import now, today
from portal.core.database import Base, BigInt, Bytewise, PublicId, db
from portal.core.encryption import EncryptedText
from portal.core.i18n import lazy, lazy_pgettext
from portal.core.labels import Labelled


class Sex(Labelled):
    FEMALE = "female", lazy("Female")
    MALE = "male", lazy("Male")


class AffiliationKind(Labelled):
    MEMBER = "member", lazy("Member")
    VOLUNTEER = "volunteer", lazy("Volunteer")
    OFFICER = "officer", lazy("Officer")


class ConsentPurpose(Labelled):
    """What a person may agree to, each by itself. Nothing is shown in public unless agreed."""

    REGISTER = "register", lazy("Keeping my record in the register")
    PUBLIC_NAME = "public_name", lazy("Showing my name in public")
    PHOTO = "photo", lazy("Showing photos of me in public")
    PUBLIC_ROSTER = "public_roster", lazy("Naming me in a public roster")


# What stands in place of the name of somebody who asked for deletion, in the language of the federation.
REMOVED_NAMES = {"zh-Hans": "已删除", "zh-Hant": "已刪除", "en": "Removed"}


class Person(Base):
    """Somebody in the register, once. Number and phone are encrypted; their indexes answer equality only."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("sex IN ('female', 'male')", "sex"),
        Index("ix_person_sort_key", "sort_key", "id", "birth_on"),  # ages are asked of a list by name
        Index("ix_person_birth_on", "birth_on", "sort_key"),  # who was born the same day and bears the same name
    )

    public_id: Mapped[PublicId]
    name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(Bytewise)
    sex: Mapped[str | None]
    birth_on: Mapped[date | None]
    identity_number: Mapped[str | None] = mapped_column(EncryptedText)
    identity_index: Mapped[str | None] = mapped_column(unique=True)
    identity_last4: Mapped[str | None]
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    phone_index: Mapped[str | None] = mapped_column(index=True)
    phone_last4: Mapped[str | None] = mapped_column(index=True)
    email: Mapped[str | None]
    residence: Mapped[str] = mapped_column(default="")
    guardian_name: Mapped[str] = mapped_column(default="")
    guardian_phone: Mapped[str | None] = mapped_column(EncryptedText)
    created_at: Mapped[datetime] = mapped_column(default=now)
    removed_at: Mapped[datetime | None]  # the person asked for deletion: name and data are gone, sums stay
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)  # removed: a duplicate

    affiliations: Mapped[list[Affiliation]] = relationship(
        back_populates="person", lazy="raise_on_sql", order_by="Affiliation.start_on"
    )

    @property
    def masked_phone(self) -> str:
        return f"*******{self.phone_last4}" if self.phone_last4 else ""

    @property
    def masked_identity(self) -> str:
        return f"**************{self.identity_last4}" if self.identity_last4 else ""

    def age_on(self, day: date) -> int | None:
        """Whole years; somebody born on 29 February is a year older on 1 March of a common year."""
        if self.birth_on is None:
            return None
        return day.year - self.birth_on.year - ((day.month, day.day) < (self.birth_on.month, self.birth_on.day))


# The index by which names are found: every gram of one and two characters, sorted by pinyin within a gram.
person_gram = db.Table(
    "person_gram",
    db.metadata,
    db.Column("gram", Bytewise, nullable=False),
    db.Column("sort_key", Bytewise, nullable=False),
    db.Column("person_id", BigInt, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    PrimaryKeyConstraint("gram", "sort_key", "person_id"),
    Index("ix_person_gram_person_id", "person_id", "gram"),  # whether somebody is filed under one: no row is read
    sqlite_with_rowid=False,
)


class Channel(Labelled):
    """How a form came in."""

    WEB = "web", lazy_pgettext("application", "Online")
    PAPER = "paper", lazy("On paper")


class SentForm(Base):
    """What somebody says about themselves on a form that an association decides about, from the web or from paper.

    `reference` follows it without an account: 12 characters, 60 bits. Number and phone are kept as in a person's
    record. What was written stays; on acceptance it goes into the register, and `person_id` says as whom. What came
    to nothing is emptied in time (see applications.retention).
    """

    __abstract__ = True

    public_id: Mapped[PublicId]
    reference: Mapped[str] = mapped_column(String(12), unique=True)
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("association_group.id"), index=True)
    state: Mapped[str] = mapped_column(default="submitted")
    channel: Mapped[str] = mapped_column(default=Channel.WEB)
    language: Mapped[str] = mapped_column(default="", server_default="")  # of the pages it was sent from
    name: Mapped[str]
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
    emptied_at: Mapped[datetime | None]

    @declared_attr
    def association(cls) -> Mapped[Association]:  # noqa: N805 - called with the class
        return relationship(Association, lazy="raise_on_sql")

    @declared_attr
    def group(cls) -> Mapped[Group | None]:  # noqa: N805 - as above
        return relationship(Group, lazy="raise_on_sql")

    @declared_attr
    def person(cls) -> Mapped[Person | None]:  # noqa: N805 - as above
        return relationship(Person, lazy="raise_on_sql", foreign_keys=[cls.person_id])  # type: ignore[list-item]


class Affiliation(Base):
    """Which association holds a person's record, as what, from when to when. Access asks this and nothing else."""

    __tablename__ = "affiliation"
    __table_args__ = (
        Index("ix_affiliation_association_id_kind", "association_id", "kind", "person_id"),
        Index("ix_affiliation_person_id", "person_id"),
        Index(
            "uq_affiliation_live",
            "person_id",
            "association_id",
            "kind",
            unique=True,
            sqlite_where=text("end_on IS NULL"),
            postgresql_where=text("end_on IS NULL"),
        ),
        CheckConstraint("kind IN ('member', 'volunteer', 'officer')", "kind"),
        CheckConstraint("end_on IS NULL OR end_on >= start_on", "dates"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("association_group.id"), index=True)
    kind: Mapped[str]
    start_on: Mapped[date]
    end_on: Mapped[date | None]  # the last day

    person: Mapped[Person] = relationship(back_populates="affiliations", lazy="raise_on_sql")
    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    group: Mapped[Group | None] = relationship(lazy="raise_on_sql")

    @property
    def label(self) -> str:
        return AffiliationKind(self.kind).label

    @property
    def is_live(self) -> bool:
        """In force today, as `people.queries.live` asks it; an officer's ends with the term, a day known before."""
        day = today()
        return self.start_on <= day and (self.end_on is None or self.end_on >= day)


class PrivacyNotice(Base):
    """The privacy notice by version and language; a consent names the version that was shown."""

    __tablename__ = "privacy_notice"
    __table_args__ = (UniqueConstraint("version", "language"),)

    version: Mapped[int]
    language: Mapped[str]
    body: Mapped[str]  # Markdown
    effective_on: Mapped[date]


class Consent(Base):
    """What a person agreed to, under which version of the notice, when; withdrawn as easily as given."""

    __tablename__ = "consent"
    __table_args__ = (
        Index("ix_consent_person_id", "person_id"),  # what refers to somebody who goes: the partial one cannot say
        Index(
            "uq_consent_live",
            "person_id",
            "purpose",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    purpose: Mapped[str]
    notice_version: Mapped[int]
    given_at: Mapped[datetime]
    given_by: Mapped[str] = mapped_column(default="self")  # self, paper, guardian
    withdrawn_at: Mapped[datetime | None]


class Reveal(Base):
    """Somebody looked at a person's number or phone in clear, and wrote down why. The person can read it."""

    __tablename__ = "reveal"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    field: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    by_name: Mapped[str]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), index=True)

    association: Mapped[Association] = relationship(lazy="raise_on_sql")
