"""The way through /volunteer: the questions for the answers given so far, and for what the register knows already."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from portal.applications.answers import Answers, birth_of, is_under_age, value
from portal.people.models import ConsentPurpose, Person

STEPS = (
    "association", "name", "identity", "birth", "contact", "residence", "guardian", "skills", "interests", "times",
    "consents",
)  # fmt: skip


@dataclass(frozen=True)
class Known:
    """Who is signed in, and what that person has agreed to; somebody else is asked everything."""

    person: Person | None = None
    agreed: Collection[str] = ()

    def has(self, name: str) -> bool:
        return self.person is not None and bool(getattr(self.person, name))


def steps(answers: Answers, known: Known) -> list[str]:
    """The questions in their order: who is signed in is not asked what the register knows."""
    left_out = {
        "name": known.person is not None,
        "identity": known.has("identity_index") or (known.has("birth_on") and known.has("sex")),
        "birth": (known.has("birth_on") and known.has("sex")) or bool(value(answers, "identity", "identity_number")),
        "contact": known.has("phone"),
        "residence": known.has("residence"),
        "guardian": not is_child(answers, known) or (known.has("guardian_name") and known.has("guardian_phone")),
        "consents": set(ConsentPurpose) <= set(known.agreed),
    }
    return [step for step in STEPS if not left_out.get(step)]


def first_open(answers: Answers, version: int, known: Known) -> str | None:
    """The first question without an answer; None when all are answered.

    Consents given to an earlier version of the notice are asked for again, and so is the phone of somebody who
    turns out to be no child.
    """
    for step in steps(answers, known):
        if step not in answers:
            return step
        if step == "contact" and not answers[step].get("phone") and not is_child(answers, known):
            return step
        if step == "consents" and answers[step].get("version") != version:
            return step
    return None


def born(answers: Answers, known: Known) -> date | None:
    if known.person is not None and known.person.birth_on is not None:
        return known.person.birth_on
    return birth_of(answers)


def is_child(answers: Answers, known: Known) -> bool:
    """Whether a guardian has a part: who registers is under 14 today."""
    return is_under_age(born(answers, known))
