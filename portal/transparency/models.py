"""The chain of hashes over what was published. It is added to and never changed: the database refuses it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.associations.models import Association
from portal.core.calendar import now
from portal.core.database import Base, BigInt
from portal.core.i18n import lazy_pgettext
from portal.core.labels import Labelled


class ChainKind(Labelled):
    """What was published."""

    NOTICE = "notice", lazy_pgettext("chain", "Notice")
    NOTICE_WITHDRAWN = "notice_withdrawn", lazy_pgettext("chain", "Notice withdrawn")
    NOTICE_PERIOD = "notice_period", lazy_pgettext("chain", "Notice period opened")
    DECISION = "decision", lazy_pgettext("chain", "Decision after a notice period")
    CHARTER = "charter", lazy_pgettext("chain", "Charter")
    CALL = "call", lazy_pgettext("chain", "Call for commendations")
    APPRAISAL = "appraisal", lazy_pgettext("chain", "Result of an appraisal")
    LETTER = "letter", lazy_pgettext("chain", "Published answer")
    STATEMENT = "statement", lazy_pgettext("chain", "Yearly statement of dues")
    STATEMENT_WITHDRAWN = "statement_withdrawn", lazy_pgettext("chain", "Yearly statement withdrawn")


class ChainEntry(Base):
    """One publication. `hash` covers the entry before, what this one is, and the digest of what was published.

    `number` runs through the whole portal without a gap. `digest` is the SHA-256 of the canonical content of the
    document's version, so that whoever alters the content behind the portal's back is found, and the chain can be
    handed out without the contents.
    """

    __tablename__ = "chain_entry"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("previous"),  # two that follow the same one: a fork
        UniqueConstraint("kind", "document", "version"),
        Index("ix_chain_entry_document", "document", "version"),
        CheckConstraint("number > 0", "number"),
    )

    number: Mapped[int]
    kind: Mapped[str]
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), index=True)
    document: Mapped[str] = mapped_column(String(12))  # its public id
    version: Mapped[int] = mapped_column(default=1)
    digest: Mapped[str] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    published_at: Mapped[datetime] = mapped_column(default=now)

    association: Mapped[Association] = relationship(lazy="raise_on_sql")


class ChainHead(Base):
    """The end of the chain, one row: whoever adds an entry changes it first, so that all stand in one line."""

    __tablename__ = "chain_head"
    __table_args__ = (CheckConstraint("id = 1", "one"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False, default=1)
    number: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(String(64))
