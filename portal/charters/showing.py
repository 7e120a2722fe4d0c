"""A charter as a page shows it: the whole way, a draft beside the one before it, the comments with their answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.charters import comparing, queries
from portal.charters.models import (
    Charter,
    CharterAdoption,
    CharterComment,
    CharterDraft,
    CharterState,
    CommentAnswer,
    ConsultationRound,
)
from portal.charters.moves import CONSULTING
from portal.core.i18n import lazy, lazy_pgettext

S = CharterState
STEPS = (
    lazy("First draft"), lazy("First consultation"), lazy("Second draft"), lazy("Second consultation"),
    lazy("Final draft"), lazy_pgettext("charter", "Meeting"), lazy_pgettext("charter", "Published"),
)  # fmt: skip
AT = {S.DRAFTING: 1, S.FIRST_ROUND: 2, S.REDRAFTING: 3, S.SECOND_ROUND: 4, S.FINISHING: 5, S.FINAL: 6, S.REJECTED: 6,
      S.ADOPTED: 7}  # fmt: skip
TONES = {S.ADOPTED: "green", S.REJECTED: "red", S.ABANDONED: "grey", S.FIRST_ROUND: "amber", S.SECOND_ROUND: "amber"}
OUTCOMES = {CommentAnswer.TAKEN_UP: "green", CommentAnswer.IN_PART: "amber", CommentAnswer.NOT_TAKEN_UP: "grey"}


@dataclass
class Shown:
    """What a page needs of a charter, read once."""

    charter: Charter
    drafts: dict[int, CharterDraft]
    rounds: dict[int, ConsultationRound]
    comments: Sequence[CharterComment]
    adoption: CharterAdoption | None
    number: int = 0
    lines: list[comparing.Line] = field(default_factory=list)
    is_clean: bool = False  # what was adopted, without the marks of what it changed

    @property
    def draft(self) -> CharterDraft | None:
        return self.drafts.get(self.number)

    @property
    def counts(self) -> dict[str, int]:
        return comparing.count(self.lines)

    def of_round(self, number: int) -> list[CharterComment]:
        """The comments of a round; nobody reads them in public while it runs."""
        return [one for one in self.comments if one.round.number == number]

    def tally(self, number: int) -> dict[str, int]:
        """How many were taken up, in part, not, and wait."""
        found = [one.outcome for one in self.of_round(number)]
        return {str(outcome or ""): found.count(outcome) for outcome in (*CommentAnswer, None)}


def read(charter: Charter) -> Shown:
    """A charter with all that belongs to it."""
    return Shown(
        charter,
        queries.drafts_of(charter),
        queries.rounds_of(charter),
        queries.comments_of(charter),
        queries.adoption_of(charter),
    )


def choose(shown: Shown, number: int | None, *, settled_only: bool) -> Shown:
    """Which draft is looked at: the one asked for, else the newest; in public only those that stand."""
    found = [one for one, draft in shown.drafts.items() if draft.settled_at or not settled_only]
    shown.number = number if number in found else max(found, default=0)
    shown.is_clean = settled_only and number is None and shown.charter.state == S.ADOPTED
    draft, before = shown.draft, None if shown.is_clean else shown.drafts.get(shown.number - 1)
    if draft is not None:
        new = draft.paragraphs
        shown.lines = comparing.compare(before.paragraphs, new) if before else comparing.plain(new)
    return shown


def around(shown: Shown) -> dict[str, Any]:
    """What the templates ask beside it."""
    charter = shown.charter
    running = shown.rounds.get(CONSULTING.get(charter.state, 0))  # type: ignore[call-overload]
    return {
        "charter": charter,
        "shown": shown,
        "running": running,
        "steps_named": STEPS,
        "step": AT.get(charter.state),  # type: ignore[call-overload]
        "state": (CharterState(charter.state).label, TONES.get(charter.state, "blue")),  # type: ignore[call-overload]
        "answerable": [number for number, one in shown.rounds.items() if one.closed_at and _is_open(shown, number)],
        "outcomes": {outcome: (outcome.label, tone) for outcome, tone in OUTCOMES.items()},
    }


def _is_open(shown: Shown, number: int) -> bool:
    """Whether the answers of a round can still be given: the draft after it does not stand."""
    following = shown.drafts.get(number + 1)
    return following is not None and following.settled_at is None
