"""Answers that nobody objected to are closed in time; later on, who wrote is no longer kept."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import or_, select

from portal.applications.retention import AT_ONCE, EVERY
from portal.core.audit import record
from portal.core.calendar import add_working_days, now, today
from portal.core.database import db
from portal.core.jobs import queue
from portal.letters import deadlines, queries, services
from portal.letters.models import Letter, LetterState

# After closing: as long as somebody may sue over what was done or left undone (Civil Code of the PRC, article 188).
KEPT = timedelta(days=3 * 365)


@queue.every(EVERY)
def keep_up() -> None:
    """Done again, it does nothing."""
    close_answered()
    forget()


def close_answered() -> int:
    """Close what was answered and can no longer be opened again."""
    last = add_working_days(today(), -deadlines.REOPEN_WITHIN)
    answered = Letter.state == LetterState.ANSWERED, Letter.answered_at < queries.begin_of(last)
    found = db.session.scalars(select(Letter).where(*answered).order_by(Letter.id).limit(AT_ONCE)).all()
    for letter in found:
        services.close(None, letter)
    return len(found)


def forget() -> int:
    """Empty name, phone and e-mail of what was closed long ago."""
    known = or_(Letter.name.is_not(None), Letter.phone.is_not(None), Letter.email.is_not(None))
    due = Letter.closed_at <= now() - KEPT, Letter.emptied_at.is_(None), known
    found = db.session.scalars(select(Letter).where(*due).order_by(Letter.id).limit(AT_ONCE)).all()
    for letter in found:
        empty(letter)
        record(None, "letters.forget", letter)
    db.session.flush()
    return len(found)


def empty(letter: Letter) -> None:
    """Nothing is left by which the writer could be found; the letter and its answer stay."""
    letter.name = letter.phone = letter.email = letter.person_id = None
    letter.rating_note = ""
    if letter.published_at is None:  # nobody can tell any more whether the name stands in it
        letter.may_publish = False
    letter.emptied_at = now()
