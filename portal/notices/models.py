"""A notice and its versions. A published version is never edited: the database refuses it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.associations.models import Association, Listed
from portal.core.calendar import now
from portal.core.database import Base, PublicId
from portal.core.i18n import lazy, lazy_pgettext
from portal.core.labels import Labelled
from portal.people.models import Person


class NoticeKind(Labelled):
    NOTICE = "notice", lazy_pgettext("notice kind", "Notice")
    POLICY = "policy", lazy_pgettext("notice kind", "Policy")
    ACCOUNTS = "accounts", lazy_pgettext("notice kind", "Accounts")
    RECRUITMENT = "recruitment", lazy_pgettext("notice kind", "Recruitment")
    RESULT = "result", lazy_pgettext("notice kind", "Result")
    CONSULTATION = "consultation", lazy_pgettext("notice kind", "Consultation")
    OPEN_LETTER = "open_letter", lazy_pgettext("notice kind", "Open letter")


class NoticeStatus(Labelled):
    DRAFT = "draft", lazy("Draft")
    PUBLISHED = "published", lazy("Published")
    WITHDRAWN = "withdrawn", lazy_pgettext("notice", "Withdrawn")


class Way(Labelled):
    """How far a draft has come on its way to publication."""

    WRITING = "writing", lazy("Draft")
    SUBMITTED = "submitted", lazy("Waits for review")
    SENT_BACK = "sent_back", lazy_pgettext("notice", "Sent back")
    REVIEWED = "reviewed", lazy_pgettext("notice", "Approved")
    SCHEDULED = "scheduled", lazy_pgettext("notice", "Scheduled")

    @property
    def tone(self) -> str:
        return WAY_TONES.get(self, "amber")


WAY_TONES = {Way.SENT_BACK: "red", Way.REVIEWED: "green", Way.SCHEDULED: "blue"}


def way_of(draft: Any) -> Way:
    """Where a draft stands (a version, or any row with these moments of it)."""
    if draft.publish_at is not None:
        return Way.SCHEDULED
    if draft.submitted_at is None:
        return Way.WRITING if draft.reviewed_at is None else Way.SENT_BACK
    return Way.SUBMITTED if draft.reviewed_at is None else Way.REVIEWED


class Validity(Labelled):
    """有效性: what a reader may still rely on."""

    DRAFT = "draft", lazy("Draft")
    VALID = "valid", lazy("In force")
    EXPIRED = "expired", lazy("Expired")
    SUPERSEDED = "superseded", lazy("Superseded")
    WITHDRAWN = "withdrawn", lazy_pgettext("notice", "Withdrawn")

    @property
    def tone(self) -> str:
        return TONES.get(self, "grey")


TONES = {Validity.VALID: "green", Validity.DRAFT: "amber", Validity.WITHDRAWN: "red"}


def validity(row: Any, day: date) -> Validity:
    """Whether a notice (any row with its status, end and `is_superseded`) is in force on a day."""
    if row.status != NoticeStatus.PUBLISHED:
        return Validity(row.status)
    if row.is_superseded:
        return Validity.SUPERSEDED
    return Validity.EXPIRED if row.expires_on and row.expires_on < day else Validity.VALID


class NoticeSubject(Listed):
    """A subject (主题) under which the catalogue files notices, of the list that the federation keeps."""

    __tablename__ = "notice_subject"
    __table_args__ = (
        Index(
            "uq_notice_subject_live_name", "association_id", "name", unique=True,
            sqlite_where=text("ended_on IS NULL"), postgresql_where=text("ended_on IS NULL"),
        ),
    )  # fmt: skip


class IndexScheme(Base):
    """How a federation makes index numbers (索引号): a pattern with {code}, {year} and {serial}, and its digits."""

    __tablename__ = "index_scheme"

    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), unique=True)  # the root
    pattern: Mapped[str]
    digits: Mapped[int]


class Notice(Base):
    """A notice or disclosed document of an association: its identity through all versions.

    The fields used by lists (title, kind, dates) are those of the current version, set when it is published.
    """

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_published", "status", "published_at", "id"),
        Index("ix_notice_kind", "kind", "status", "published_at"),
        Index("ix_notice_association_id", "association_id", "status", "published_at"),
        Index(  # few are aimed at others: where SQLite counts the rest it takes it that each association is aimed at
            "ix_notice_target_id",
            "target_id",
            "status",
            "published_at",
            sqlite_where=text("target_id IS NOT NULL"),
            postgresql_where=text("target_id IS NOT NULL"),
        ),
        Index(  # as above
            "ix_notice_supersedes_id",
            "supersedes_id",
            sqlite_where=text("supersedes_id IS NOT NULL"),
            postgresql_where=text("supersedes_id IS NOT NULL"),
        ),
        Index("ix_notice_subject_id", "subject_id", "status", "published_at"),
        Index("ix_notice_updated_at", "updated_at", "id"),
        UniqueConstraint("association_id", "index_number"),
        CheckConstraint("status IN ('draft', 'published', 'withdrawn')", "status"),
    )

    public_id: Mapped[PublicId]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    index_number: Mapped[str | None]  # 索引号, given at the first publication
    status: Mapped[str] = mapped_column(default=NoticeStatus.DRAFT)
    title: Mapped[str]
    kind: Mapped[str]
    expires_on: Mapped[date | None]
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("notice_subject.id"))
    # Whose page it stands on beside its own: the association's here and of all below it. None: nobody else's.
    target_id: Mapped[int | None] = mapped_column(ForeignKey("association.id"))
    is_pinned: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime | None]  # first publication
    updated_at: Mapped[datetime] = mapped_column(default=now)  # publication of the current version, or withdrawal
    withdrawn_at: Mapped[datetime | None]
    withdrawal_reason: Mapped[str] = mapped_column(default="")
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    entry_key: Mapped[str | None] = mapped_column(unique=True)  # the form's own key: sent twice, made once

    association: Mapped[Association] = relationship(lazy="raise_on_sql", foreign_keys=[association_id])
    target: Mapped[Association | None] = relationship(lazy="raise_on_sql", foreign_keys=[target_id])
    supersedes: Mapped[Notice | None] = relationship(remote_side="Notice.id", lazy="raise_on_sql")
    versions: Mapped[list[NoticeVersion]] = relationship(
        back_populates="notice", lazy="raise_on_sql", order_by="NoticeVersion.number"
    )


class NoticeVersion(Base):
    """One version. While a draft (published_at is null) it is edited in place; there is one draft at most.

    Its way to publication: submitted for review, read by another officer than whoever wrote it, scheduled. An edit
    takes it back to the beginning.
    """

    __tablename__ = "notice_version"
    __table_args__ = (
        UniqueConstraint("notice_id", "number"),
        Index(
            "uq_notice_version_one_draft",
            "notice_id",
            unique=True,
            sqlite_where=text("published_at IS NULL"),
            postgresql_where=text("published_at IS NULL"),
        ),
        CheckConstraint("expires_on IS NULL OR effective_on IS NULL OR expires_on >= effective_on", "dates"),
    )

    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    number: Mapped[int]
    title: Mapped[str]
    kind: Mapped[str]
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("notice_subject.id"), index=True)
    subject: Mapped[str] = mapped_column(default="")  # its name, as published
    body: Mapped[str]  # Markdown as written
    html: Mapped[str] = mapped_column(default="")  # as published
    issuer: Mapped[str]  # 发文机关
    document_number: Mapped[str] = mapped_column(default="")  # 文号
    signed_on: Mapped[date | None]  # 成文日期
    effective_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    keywords: Mapped[str] = mapped_column(default="")  # separated by spaces
    contact: Mapped[str] = mapped_column(default="")
    correction_note: Mapped[str] = mapped_column(default="")  # what this version corrects
    written_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    written_at: Mapped[datetime] = mapped_column(default=now)
    submitted_at: Mapped[datetime | None]  # waits for another officer since
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    review_note: Mapped[str] = mapped_column(
        default="", server_default=""
    )  # what the reviewer asks to change, or says
    publish_at: Mapped[datetime | None]  # scheduled, once reviewed
    published_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    published_at: Mapped[datetime | None]

    notice: Mapped[Notice] = relationship(back_populates="versions", lazy="raise_on_sql")
    author: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[written_by])
    submitter: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[submitted_by])
    reviewer: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[reviewed_by])
    publisher: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[published_by])
    attachments: Mapped[list[NoticeAttachment]] = relationship(
        back_populates="version", lazy="raise_on_sql", order_by="NoticeAttachment.position"
    )

    def begin_again(self) -> None:
        """It was edited: what was approved or scheduled is not this any more. A note sent back stays in sight."""
        if self.submitted_at is not None:
            self.submitted_at = self.submitted_by = self.reviewed_at = self.reviewed_by = None
            self.review_note = ""
        self.publish_at = self.published_by = None


class NoticeAttachment(Base):
    """A file or picture of a version. A correction takes over those of the version before, and their files."""

    __tablename__ = "notice_attachment"
    __table_args__ = (
        UniqueConstraint("version_id", "position"),
        CheckConstraint("size > 0", "size"),
    )

    public_id: Mapped[PublicId]
    version_id: Mapped[int] = mapped_column(ForeignKey("notice_version.id"))
    position: Mapped[int]
    name: Mapped[str]  # as it is downloaded
    alternative: Mapped[str] = mapped_column(default="")  # what a picture shows, in words
    media_type: Mapped[str]
    size: Mapped[int]  # bytes
    digest: Mapped[str]  # SHA-256 of the content
    key: Mapped[str]  # in the store of files
    width: Mapped[int | None]  # of a picture
    height: Mapped[int | None]
    added_at: Mapped[datetime] = mapped_column(default=now)

    version: Mapped[NoticeVersion] = relationship(back_populates="attachments", lazy="raise_on_sql")
