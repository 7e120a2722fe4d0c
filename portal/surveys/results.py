"""What was said, as figures: each with its base, and never so that a small group's answers can be worked out.

A group with fewer answers than the appraisal's limit is hidden. Where the answers of the hidden ones together are
fewer than that, or one group alone is hidden, what is shown of the others and of all would reveal them: so the
smallest groups shown are hidden with them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.core.i18n import lazy_pgettext
from portal.core.labels import Labelled
from portal.surveys.models import QuestionKind


class Satisfaction(Labelled):
    """The four steps, and that one does not know."""

    SATISFIED = "satisfied", lazy_pgettext("appraisal", "Satisfied")
    FAIRLY = "fairly", lazy_pgettext("appraisal", "Fairly satisfied")
    NOT_VERY = "not_very", lazy_pgettext("appraisal", "Not very satisfied")
    DISSATISFIED = "dissatisfied", lazy_pgettext("appraisal", "Dissatisfied")
    UNKNOWN = "unknown", lazy_pgettext("appraisal", "I don't know")


CONTENT = (Satisfaction.SATISFIED, Satisfaction.FAIRLY)
SAID = tuple(step for step in Satisfaction if step != Satisfaction.UNKNOWN)


@dataclass(frozen=True)
class Asked:
    """A question as it was asked."""

    position: int
    kind: str
    text: str
    choices: Sequence[str] = ()


@dataclass
class Sheets:
    """The answers of a group: how many were asked, and what was said."""

    name: str
    asked: int = 0
    answers: list[Mapping[str, Any]] = field(default_factory=list)


def compute(questions: Iterable[Asked], groups: Sequence[Sheets], hide_below: int) -> dict[str, Any]:
    """The results as they are frozen: whole numbers and words alone, so that they stay the same wherever kept."""
    everything = [answers for group in groups for answers in group.answers]
    hidden = to_hide({number: len(group.answers) for number, group in enumerate(groups)}, hide_below)
    return {
        "asked": sum(group.asked for group in groups),
        "answered": len(everything),
        "hide_below": hide_below,
        "groups": [
            {"name": group.name, "asked": group.asked, "answered": None if number in hidden else len(group.answers)}
            for number, group in enumerate(groups)
        ]
        if len(groups) > 1
        else [],
        "questions": [_question(one, everything, groups, hide_below, hidden) for one in questions],
    }


def to_hide(bases: Mapping[int, int], least: int, besides: Iterable[int] = ()) -> set[int]:
    """Which groups are not shown, by their number of answers (those with none have nothing to hide)."""
    shown = {number: base for number, base in bases.items() if base}
    hidden = {number for number, base in shown.items() if base < least} | (set(besides) & set(shown))
    rest = sorted((number for number in shown if number not in hidden), key=lambda number: (shown[number], number))
    while hidden and rest and (len(hidden) < 2 or sum(shown[number] for number in hidden) < least):
        hidden.add(rest.pop(0))
    return hidden


def rate(found: Mapping[str, Any]) -> tuple[int, int]:
    """(satisfied and fairly satisfied, all who said) of a question's counts."""
    counts = found.get("counts") or {}
    return sum(counts.get(step, 0) for step in CONTENT), int(found.get("base") or 0)


def _question(
    asked: Asked, everything: Sequence[Any], groups: Sequence[Sheets], least: int, besides: set[int]
) -> dict[str, Any]:
    told: dict[str, Any] = {"position": asked.position, "kind": asked.kind, "text": asked.text}
    if asked.kind == QuestionKind.TEXT:
        return {**told, "base": sum(bool(answers.get(str(asked.position))) for answers in everything), "texts": []}
    counts = _counts(asked, everything)
    base = _base(asked, counts)
    if 0 < base < least:
        return {**told, "base": None, "counts": None, "groups": []}
    if asked.kind == QuestionKind.CHOICE:
        return {**told, "choices": list(asked.choices), "base": base, "counts": counts}
    return {**told, "base": base, "counts": counts, "groups": _by_group(asked, groups, least, besides)}


def _by_group(asked: Asked, groups: Sequence[Sheets], least: int, besides: set[int]) -> list[dict[str, Any]]:
    """Base and satisfied of each group that can be shown; of the others that they are hidden."""
    if len(groups) < 2:
        return []
    counted = [_counts(asked, group.answers) for group in groups]
    bases = {number: _base(asked, counts) for number, counts in enumerate(counted)}
    hidden = to_hide(bases, least, besides) | set(besides)  # nor that all of a small group said they do not know
    return [
        {"name": group.name, "base": None, "content": None}
        if number in hidden
        else {"name": group.name, "base": bases[number], "content": sum(counted[number].get(s, 0) for s in CONTENT)}
        for number, group in enumerate(groups)
    ]


def _counts(asked: Asked, answers: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    said = Counter(str(one[str(asked.position)]) for one in answers if str(asked.position) in one)
    names = list(Satisfaction) if asked.kind == QuestionKind.SATISFACTION else range(len(asked.choices))
    return {str(name): said[str(name)] for name in names}


def _base(asked: Asked, counts: Mapping[str, int]) -> int:
    """All who said something of it: whoever does not know is not among them."""
    return sum(n for name, n in counts.items() if name != Satisfaction.UNKNOWN)


def by_child(depth: int, own: int, places: Iterable[Any]) -> dict[int, int]:
    """The group of each association: the one directly below under which it stands, or itself for the top."""
    found: dict[int, int] = defaultdict(int)
    for place in places:
        ids = [int(part) for part in place.path.split("/") if part]
        found[place.id] = ids[depth] if len(ids) > depth else own
    return found
