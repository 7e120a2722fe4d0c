"""One space of codes for everything that can be verified: cards, and later receipts and certificates."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.calendar import now
from portal.core.database import Base


class VerifiableCode(Base):
    """A code that stands on something printed. What it stands on refers to it; `kind` says who can tell about it.

    16 characters of an alphabet of 32, drawn at random: 80 bits, so that none can be guessed.
    """

    __tablename__ = "verifiable_code"

    code: Mapped[str] = mapped_column(String(16), unique=True)
    kind: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
