"""Reading codes: the one question behind every verification."""

from __future__ import annotations

from sqlalchemy import select

from portal.core.database import db
from portal.verification import codes
from portal.verification.kinds import UNKNOWN, Verdict, verdict_on
from portal.verification.models import VerifiableCode


def verify(typed: str) -> Verdict:
    """What is to be said about what was typed. A malformed code is looked for like any other: the same work."""
    found = db.session.execute(
        select(VerifiableCode.kind, VerifiableCode.id).where(VerifiableCode.code == codes.read(typed))
    ).one_or_none()
    return verdict_on(found.kind, found.id) if found else UNKNOWN
