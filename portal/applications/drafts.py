"""Answers on their way: encrypted, under a random token that only the applicant's cookie holds, for a day."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import timedelta

from sqlalchemy import delete

from portal.applications import queries
from portal.applications.answers import Answers
from portal.applications.models import ApplicationDraft
from portal.core.calendar import now
from portal.core.database import ALPHABET, db

KEPT = timedelta(days=1)
REFERENCE = 12
MISREAD = str.maketrans({"o": "0", "i": "1", "l": "1", "u": "v"})  # Crockford: letters that are taken for others


def new_token() -> str:
    return secrets.token_urlsafe(32)


def reference_of(token: str) -> str:
    """The reference under which this draft is sent, so that what is sent twice is one application."""
    number = int.from_bytes(hashlib.sha256(f"reference {token}".encode()).digest()[:8], "big")
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(REFERENCE))


def meant(text: str) -> str:
    """The reference that was typed or read aloud: dashes, spaces and capitals do not matter."""
    plain = "".join(character for character in text.lower() if character.isascii() and character.isalnum())
    return plain.translate(MISREAD)[:40]


def load(token: str | None) -> Answers:
    """The answers so far; none for an unknown token or one of more than a day ago."""
    draft = queries.get_draft(_hash(token), now() - KEPT) if token else None
    answers: Answers = json.loads(draft.answers) if draft is not None else {}
    return answers


def keep(token: str, answers: Answers) -> None:
    """Keep the answers for another day."""
    draft = queries.get_draft(_hash(token), now() - KEPT)
    if draft is None:
        draft = ApplicationDraft(token_hash=_hash(token))
        db.session.add(draft)
    draft.answers, draft.updated_at = json.dumps(answers, ensure_ascii=False), now()
    db.session.flush()


def drop_old() -> None:
    """Delete what nobody came back to for a day."""
    db.session.execute(delete(ApplicationDraft).where(ApplicationDraft.updated_at <= now() - KEPT))


def drop(token: str | None) -> bool:
    """Delete what was typed; whether there was anything. Of two at once only one is told so."""
    if not token:
        return False
    gone = delete(ApplicationDraft).where(ApplicationDraft.token_hash == _hash(token)).returning(ApplicationDraft.id)
    return db.session.scalar(gone) is not None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
