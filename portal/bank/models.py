"""Files of a bank account and their lines: each line is read once, however often its file comes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.associations.models import Association
from portal.core.calendar import now
from portal.core.database import Base, PublicId
from portal.core.i18n import lazy_pgettext
from portal.core.labels import Labelled
from portal.payments.models import Method, Payment
from portal.people.models import Person


class LineState(Labelled):
    WAITING = "waiting", lazy_pgettext("bank line", "Waits to be matched")
    MATCHED = "matched", lazy_pgettext("bank line", "Matched")
    SET_ASIDE = "set_aside", lazy_pgettext("bank line", "No dues")


class FileState(Labelled):
    UPLOADED = "uploaded", lazy_pgettext("bank file", "Uploaded")
    CHECKING = "checking", lazy_pgettext("bank file", "Being read")
    CHECKED = "checked", lazy_pgettext("bank file", "Ready to take in")
    RUNNING = "running", lazy_pgettext("bank file", "Being taken in")
    DONE = "done", lazy_pgettext("bank file", "Taken in")
    FAILED = "failed", lazy_pgettext("bank file", "Stopped half-way")
    DISCARDED = "discarded", lazy_pgettext("bank file", "Discarded")


class BankFile(Base):
    """A file as it came. `digest` is of its content: the same file a second time is recognised.

    What was read of it lies encrypted in the store until it is taken in, afterwards its faulty rows, seven days.
    """

    __tablename__ = "bank_file"
    __table_args__ = (
        Index("ix_bank_file_association_id", "association_id", "id"),
        CheckConstraint("method IN ('transfer', 'mobile')", "method"),
    )

    public_id: Mapped[PublicId]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    name: Mapped[str]
    digest: Mapped[str]
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"), index=True)
    state: Mapped[str] = mapped_column(default=FileState.UPLOADED)
    method: Mapped[str] = mapped_column(default=Method.TRANSFER)  # how the money of its lines came
    file_key: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # kind, encoding, what the check found
    columns: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # column (from 0, as text) → field
    lines: Mapped[int] = mapped_column(default=0)  # read from it, those known already among them
    known: Mapped[int] = mapped_column(default=0)  # known already
    faulty: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[int] = mapped_column(default=0)  # money that went out, or never came
    taken_at: Mapped[datetime] = mapped_column(default=now)
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)

    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    taker: Mapped[Person | None] = relationship(lazy="raise_on_sql")

    @property
    def state_label(self) -> str:
        return FileState(self.state).label


class BankLine(Base):
    """Money that came into the account: matched with a payment, set aside as no dues with its reason, or waiting.

    `fingerprint` is the bank's own number, or made of the line's contents and its count in the file.
    """

    __tablename__ = "bank_line"
    __table_args__ = (
        UniqueConstraint("association_id", "fingerprint"),
        Index("ix_bank_line_state", "association_id", "state", "booked_on", "id"),
        CheckConstraint("amount_fen > 0", "amount"),
        CheckConstraint("state IN ('waiting', 'matched', 'set_aside')", "state"),
        CheckConstraint("state <> 'set_aside' OR reason <> ''", "reason"),
    )

    public_id: Mapped[PublicId]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("bank_file.id"), index=True)
    position: Mapped[int]  # the row in the file
    fingerprint: Mapped[str]
    booked_on: Mapped[date]
    amount_fen: Mapped[int]
    payer_name: Mapped[str] = mapped_column(default="")
    memo: Mapped[str] = mapped_column(default="")
    reference: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=LineState.WAITING)
    reason: Mapped[str] = mapped_column(default="")  # why it waits, or was set aside
    # Of a line that waits it is the payment that was taken back.
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), index=True)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)

    association: Mapped[Association] = relationship(lazy="raise_on_sql")
    file: Mapped[BankFile] = relationship(lazy="raise_on_sql")
    payment: Mapped[Payment | None] = relationship(lazy="raise_on_sql")
    decider: Mapped[Person | None] = relationship(lazy="raise_on_sql")

    @property
    def state_label(self) -> str:
        return LineState(self.state).label
