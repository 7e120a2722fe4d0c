"""The map of moves: which step a letter may take from which state, and the one place where it takes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, select, update

from portal.accounts.models import Account
from portal.core.audit import record
from portal.core.database import change, db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.letters.models import Letter, LetterState, LetterStep, StepKind

RECEIVED, IN_HAND = LetterState.RECEIVED, LetterState.IN_HAND
ANSWERED, CLOSED = LetterState.ANSWERED, LetterState.CLOSED
OPEN = (RECEIVED, IN_HAND)
OVER = (ANSWERED, CLOSED)
# Step → the states in which it may be taken, and the state that it leads to (none: the same).
MOVES: dict[StepKind, tuple[tuple[LetterState, ...], LetterState | None]] = {
    StepKind.ACKNOWLEDGED: ((RECEIVED,), IN_HAND),
    StepKind.SORTED: (OPEN, None),
    StepKind.ASSIGNED: (OPEN, None),
    StepKind.PASSED_ON: ((*OPEN, ANSWERED), None),
    StepKind.ASKED: (OPEN, IN_HAND),
    StepKind.ADDED: ((*OPEN, ANSWERED), None),
    StepKind.NOTE: ((*OPEN, *OVER), None),
    StepKind.PUT_OFF: (OPEN, IN_HAND),
    StepKind.ANSWERED: (OPEN, ANSWERED),
    StepKind.CLOSED: ((ANSWERED,), CLOSED),
    StepKind.REOPENED: (OVER, IN_HAND),
    StepKind.RATED: (OVER, None),
    StepKind.PUBLISHED: (OVER, None),
    StepKind.UNPUBLISHED: (OVER, None),
    StepKind.CONFLICT: ((*OPEN, *OVER), None),
}
# What the writer is shown of it; the other steps are the office's own.
SHOWN = frozenset({
    StepKind.RECEIVED, StepKind.ACKNOWLEDGED, StepKind.PASSED_ON, StepKind.ASKED, StepKind.ADDED, StepKind.PUT_OFF,
    StepKind.ANSWERED, StepKind.CLOSED, StepKind.REOPENED, StepKind.RATED, StepKind.PUBLISHED, StepKind.UNPUBLISHED,
})  # fmt: skip


def may(letter: Letter, step: StepKind) -> bool:
    """Whether the map knows this step from the letter's state."""
    return letter.state in MOVES[step][0]


def move(
    actor: Account | None,
    letter: Letter,
    step: StepKind,
    *still: ColumnElement[bool],
    body: str = "",
    goes: Mapping[str, int | None] | None = None,
    **values: Any,
) -> None:
    """Take the step if the letter is still where it was seen: of two at once, one does. Raises RuleError("").

    `still` is what must hold besides; `body` is what is said with it, `goes` says from where to where or to whom it
    goes. No actor: the writer, or the rule itself.
    """
    states, to = MOVES[step]
    if to is not None:
        values["state"] = to
    here = (Letter.id == letter.id, Letter.state.in_(states), Letter.association_id == letter.association_id, *still)
    if not change(update(Letter).where(*here).values(values or {"state": Letter.state})):
        raise RuleError("", lazy("Somebody has gone on with this letter meanwhile: see below how it stands now."))
    if values:
        db.session.refresh(letter, [*values])
    add_step(actor, letter, step, body, goes)
    record(actor, f"letters.{step}", letter)


def hold(letter: Letter) -> None:
    """Nobody takes a step with it before this transaction ends; what it is about is asked after that."""
    db.session.execute(select(Letter.id).where(Letter.id == letter.id).with_for_update(key_share=True))


def add_step(
    actor: Account | None,
    letter: Letter,
    step: StepKind,
    body: str = "",
    goes: Mapping[str, int | None] | None = None,
) -> None:
    """Write the step down, with what was said."""
    by_id = actor.person_id if actor else None
    known = {"letter_id": letter.id, "kind": step, "by_id": by_id, "body": body or None, "is_shown": step in SHOWN}
    db.session.add(LetterStep(**known, **(goes or {})))
    db.session.flush()
