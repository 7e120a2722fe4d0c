"""The way through /letters: which questions there are for the answers given so far, and which comes next."""

from __future__ import annotations

from portal.applications.answers import Answers, value
from portal.letters.models import LetterKind

STEPS = ("association", "kind", "text", "about", "writer", "publish")


def steps(answers: Answers) -> list[str]:
    """The questions in their order. Whoever says thanks is not asked whom it complains about; what is about somebody
    is never published, so that is not asked either.
    """
    left_out = {"about": is_thanks(answers), "publish": is_about_somebody(answers)}
    return [step for step in STEPS if not left_out.get(step)]


def first_open(answers: Answers, _version: int = 0) -> str | None:
    """The first question without an answer; whom it is about is asked anew for another association."""
    code = value(answers, "association", "code")
    for step in steps(answers):
        if step not in answers or (step == "about" and answers[step].get("code") != code):
            return step
    return None


def is_thanks(answers: Answers) -> bool:
    return bool(value(answers, "kind", "kind") == LetterKind.THANKS)


def is_about_somebody(answers: Answers) -> bool:
    """Whether it is about an officer, named or not."""
    return not is_thanks(answers) and bool(value(answers, "about", "about"))
