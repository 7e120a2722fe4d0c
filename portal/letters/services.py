"""What an office does with a letter, step by step. Raises RuleError by the field at fault; never commits."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core import text
from portal.core.calendar import now, today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _, lazy
from portal.letters import conflicts, deadlines, queries, routing
from portal.letters.models import Letter, LetterKind, StepKind
from portal.letters.moves import OPEN, hold, move
from portal.people.models import Person

LONGEST = 3000
LEAST = 2


def acknowledge(actor: Account, letter: Letter) -> None:
    """Tell the writer that it was received and is in hand."""
    move(actor, letter, StepKind.ACKNOWLEDGED, acknowledged_at=now())


def sort(actor: Account, letter: Letter, kind: str) -> None:
    """Say what it is, where the writer chose otherwise. The due date that the writer was told stays."""
    if kind not in set(LetterKind):
        raise RuleError("kind", lazy("Choose one."))
    move(actor, letter, StepKind.SORTED, body=str(LetterKind(kind)), kind=kind)


def assign(actor: Account, letter: Letter, person: Person | None) -> None:
    """Give it to somebody of the branch who may answer letters and whom it is not about."""
    hold(letter)  # nobody says meanwhile that it is about them
    if person is None or person.id not in {one.person_id for one in queries.list_assignable(letter)}:
        raise RuleError("person", lazy("Choose somebody who may answer letters."))
    move(actor, letter, StepKind.ASSIGNED, goes={"to_person_id": person.id}, assigned_to_id=person.id)


def pass_on(actor: Account, letter: Letter, to: Association | None, note: str = "") -> Association:
    """Pass it on to an association below, or to the one above. By when it is answered does not change.

    Not to where nobody is left who may see it, nor back to where it went past. Returns where it is now.
    """
    here = db.session.get_one(Association, letter.association_id)
    if to is None or to.is_archived or to.id == here.id:
        raise RuleError("to", lazy("Choose an association below this one, or the one above."))
    hold(letter)
    about = conflicts.about_ids(letter)
    if to.id == here.parent_id:
        to = routing.place(to, about)
    elif not here.contains(to):
        raise RuleError("to", lazy("Choose an association below this one, or the one above."))
    if to.id in conflicts.went_past(letter) or not routing.takes(to, about):
        raise RuleError("to", lazy("Nobody there can deal with this letter. Choose another association."))
    if letter.state not in OPEN:
        raise RuleError("", lazy("The letter is answered already."))
    conflicts.move_to(actor, letter, to, _note(note))
    return to


def note(actor: Account, letter: Letter, said: str) -> None:
    """Something for the office only."""
    move(actor, letter, StepKind.NOTE, body=_said(said, "note", lazy("Write the note.")))


def ask(actor: Account, letter: Letter, question: str) -> None:
    """Ask the writer for more. The due date stays: who needs longer puts it off, and says why."""
    said = _said(question, "question", lazy("Write what you would like to know."))
    move(actor, letter, StepKind.ASKED, body=said, acknowledged_at=letter.acknowledged_at or now())


def put_off(actor: Account, letter: Letter, until: date | None, reason: str) -> None:
    """Put the due date off, once, with a reason that the writer reads."""
    if queries.was_put_off(letter):
        raise RuleError("until", lazy("It was put off once already."))
    latest = deadlines.put_off_until(letter)
    last = max(letter.due_on, today() - timedelta(days=1))  # nobody is told of a day that is over
    if until is None or not last < until <= latest:
        raise RuleError("until", _("Enter a day after %(due)s, and not after %(latest)s.",
                                   due=last.isoformat(), latest=latest.isoformat()))  # fmt: skip
    said = _said(reason, "reason", lazy("Write the reason; the writer reads it."))
    values: dict[str, Any] = {"due_on": until, "acknowledged_at": letter.acknowledged_at or now()}
    move(
        actor, letter, StepKind.PUT_OFF, Letter.due_on == letter.due_on, body=f"{until.isoformat()} {said}", **values
    )


def answer(actor: Account, letter: Letter, said: str) -> None:
    """Answer it. The writer reads the answer, may rate it, and may ask once to open the letter again."""
    plain = _said(said, "answer", lazy("Write the answer."))
    values: dict[str, Any] = {
        "answer": plain,
        "answered_at": now(),
        "acknowledged_at": letter.acknowledged_at or now(),
    }
    move(actor, letter, StepKind.ANSWERED, body=plain, **values)


def close(actor: Account | None, letter: Letter) -> None:
    """Nothing is left to do. Nobody closes what is not answered."""
    move(actor, letter, StepKind.CLOSED, closed_at=now())


def settle(actor: Account, letter: Letter, said: str) -> None:
    """Answer and close at once: what was said to somebody who came or called."""
    answer(actor, letter, said)
    close(actor, letter)


def _note(said: str) -> str:
    return text.printable(said).strip()[:LONGEST]


def _said(said: str, field: str, missing: object) -> str:
    plain = _note(said)
    if len(plain) < LEAST or text.is_blank(plain):
        raise RuleError(field, missing)
    return plain
