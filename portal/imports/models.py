"""An import of a spreadsheet: the file until it is done, the mapping, and what became of each row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.associations.models import Association
from portal.core.calendar import now
from portal.core.database import Base, PublicId
from portal.core.i18n import lazy_pgettext
from portal.core.labels import Labelled


class ImportState(Labelled):
    UPLOADED = "uploaded", lazy_pgettext("import", "Columns to be named")
    CHECKING = "checking", lazy_pgettext("import", "Being checked")
    CHECKED = "checked", lazy_pgettext("import", "Ready to be looked at")
    RUNNING = "running", lazy_pgettext("import", "Being taken in")
    DONE = "done", lazy_pgettext("import", "Taken in")
    FAILED = "failed", lazy_pgettext("import", "Failed, nothing was taken in")
    UNDONE = "undone", lazy_pgettext("import", "Undone")
    DISCARDED = "discarded", lazy_pgettext("import", "Discarded")


class RowVerdict(Labelled):
    NEW = "new", lazy_pgettext("import", "New")
    SAME = "same", lazy_pgettext("import", "Already in the register")
    POSSIBLE = "possible", lazy_pgettext("import", "Perhaps in the register")
    FAULTY = "faulty", lazy_pgettext("import", "Faulty")


LEFT_OUT = lazy_pgettext("import", "Left out")
OUTCOMES = {**RowVerdict.labels(), "skip": LEFT_OUT}


class RegisterImport(Base):
    """One file on its way into the register. The file lies encrypted in the store and is removed when done."""

    __tablename__ = "register_import"
    __table_args__ = (Index("ix_register_import_association_id", "association_id", "id"),)

    public_id: Mapped[PublicId]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"), index=True)
    state: Mapped[str] = mapped_column(default=ImportState.UPLOADED)
    file_name: Mapped[str]
    file_key: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # kind, encoding, sheet, headings, titles
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # column (from 0, as text) → field
    options: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # kind of membership, group, joined on
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # rows by verdict, and what was done
    created_at: Mapped[datetime] = mapped_column(default=now)
    done_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]

    association: Mapped[Association] = relationship(lazy="raise_on_sql")

    @property
    def reference(self) -> str:
        """What people say of it: 8YK1-JK6F-HQP0."""
        return "-".join(self.public_id[at : at + 4] for at in range(0, 12, 4)).upper()

    @property
    def state_label(self) -> str:
        return ImportState(self.state).label


class ImportRow(Base):
    """What the check found of a row, what the officer chose, and what the row became. No data of the row itself."""

    __tablename__ = "register_import_row"
    __table_args__ = (
        UniqueConstraint("import_id", "number"),
        Index("ix_register_import_row_verdict", "import_id", "verdict", "number"),
        CheckConstraint("verdict IN ('new', 'same', 'possible', 'faulty')", "verdict"),
        CheckConstraint("choice IN ('', 'new', 'same', 'skip')", "choice"),
    )

    import_id: Mapped[int] = mapped_column(ForeignKey("register_import.id", ondelete="CASCADE"))
    number: Mapped[int]  # of the row in the file, as the officer sees it
    verdict: Mapped[str]
    reasons: Mapped[list[Any]] = mapped_column(JSON, default=list)  # [code, column, …] to be put into words
    choice: Mapped[str] = mapped_column(default="")
    matched_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    created_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    created_membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"), index=True)

    @property
    def outcome(self) -> str:
        """What is to become of it: the officer's choice once there is one, until then the verdict."""
        return self.choice or self.verdict

    @property
    def outcome_label(self) -> str:
        return str(LEFT_OUT) if self.choice == "skip" else RowVerdict(self.outcome).label

    @property
    def is_numbered(self) -> bool:
        """Whether it is the identity number that was found in the register, under another name."""
        return any(reason[0] == "name_differs" for reason in self.reasons)


class RememberedColumn(Base):
    """Which field an association's officers said a heading means; guessed so the next time."""

    __tablename__ = "remembered_column"
    __table_args__ = (UniqueConstraint("association_id", "heading"),)

    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    heading: Mapped[str]
    field: Mapped[str]  # empty: not taken
