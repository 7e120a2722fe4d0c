"""What the writer does with the own letter, by its reference: adds something, rates the answer, opens it again."""

from __future__ import annotations

from typing import Any

from portal.accounts.models import Account
from portal.core import text
from portal.core.calendar import now, today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.letters import conflicts, deadlines, publishing, sight
from portal.letters.models import Letter, Satisfaction, StepKind
from portal.letters.moves import move

LONGEST = 1000
NOT_BY_THE_OFFICE = lazy("You deal with this letter in the office: only whoever wrote it rates the answer.")
MOST_ADDED = 20  # a letter is no conversation without end, and no way to fill a table


def add(letter: Letter, said: str, added: int) -> None:
    """Add something to what was written, or answer what was asked back."""
    if added >= MOST_ADDED:
        raise RuleError("more", lazy("Much has been added already. Please call or visit the office."))
    move(None, letter, StepKind.ADDED, body=_said(said, "more", lazy("Write what you would like to add.")))


def rate(letter: Letter, rating: str | None, note: str = "", by: Account | None = None) -> None:
    """Say how satisfied one is with the answer, once. `by` is who is signed in: not of the office."""
    if by is not None and sight.is_office(by, letter):
        raise RuleError("", NOT_BY_THE_OFFICE)
    if rating not in set(Satisfaction):
        raise RuleError("rating", lazy("Choose one."))
    values: dict[str, Any] = {"rating": int(rating or 0), "rating_note": _plain(note), "rated_at": now()}
    move(None, letter, StepKind.RATED, Letter.rating.is_(None), **values)


def reopen(letter: Letter, why: str) -> None:
    """Ask to look at it again: once, within fifteen working days of the answer, with the reason. It is due anew; what
    was published of the answer is taken back.
    """
    if not deadlines.may_reopen(letter):
        raise RuleError("", lazy("The letter cannot be opened again any more. You may write a new one."))
    said = _said(why, "why", lazy("Write what is still missing."))
    if letter.published_at is not None:
        publishing.unpublish(None, letter)
    due = deadlines.due_on(letter.kind, today())
    values: dict[str, Any] = {"reopened": 1, "answered_at": None, "closed_at": None, "due_on": due}
    move(None, letter, StepKind.REOPENED, Letter.reopened == 0, body=said, **values)
    db.session.flush()
    conflicts.go_past(letter)


def _plain(said: str) -> str:
    return text.printable(said).strip()[:LONGEST]


def _said(said: str, field: str, missing: object) -> str:
    plain = _plain(said)
    if len(plain) < 2 or text.is_blank(plain):
        raise RuleError(field, missing)
    return plain
