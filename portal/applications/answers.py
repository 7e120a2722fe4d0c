"""The way through /join: which questions there are for the answers given so far, and which comes next."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.core.calendar import today
from portal.core.identity import IdentityNumber
from portal.members.models import Holder

Answers = dict[str, dict[str, Any]]  # by step, as kept in the draft: plain values only

GROWN_UP = 14  # under this age a guardian agrees (Personal Information Protection Law, article 31)
STEPS = (
    "association", "kind", "organisation", "name", "identity", "birth", "contact", "residence", "group", "guardian",
    "reason", "consents",
)  # fmt: skip


def steps(answers: Answers) -> list[str]:
    """The questions in their order: an organisation is asked less, a child's guardian more."""
    left_out = {
        "organisation": not is_organisation(answers),
        "identity": is_organisation(answers),
        "birth": is_organisation(answers) or bool(value(answers, "identity", "identity_number")),
        "residence": is_organisation(answers),
        "group": not value(answers, "association", "has_groups"),
        "guardian": not is_child(answers),
    }
    return [step for step in STEPS if not left_out.get(step)]


def first_open(answers: Answers, version: int) -> str | None:
    """The first question without an answer; None when all are answered.

    Consents given to an earlier version of the notice are asked for again, and so is the phone of somebody who
    turns out to be no child.
    """
    for step in steps(answers):
        if step not in answers:
            return step
        if step == "contact" and not answers[step].get("phone") and not is_child(answers):
            return step
        if step == "consents" and answers[step].get("version") != version:
            return step
    return None


def may_open(step: str, way: list[str], wanted: str | None) -> bool:
    """Whether a question can be opened: it is one of these answers, and all before the one `wanted` are answered."""
    return step in way and (wanted is None or wanted not in way or way.index(step) <= way.index(wanted))


def put(answers: Answers, step: str, given: dict[str, Any]) -> Answers:
    """The answers with one of them given anew; what hung on the old one is asked again."""
    changed = {**answers, step: given}
    if step == "association" and answers.get("association", {}).get("code") != given.get("code"):
        changed.pop("group", None)
        if answers.get("association", {}).get("root") != given.get("root"):
            changed.pop("kind", None)
    return changed


def value(answers: Answers, step: str, name: str) -> Any:
    return answers.get(step, {}).get(name)


def is_organisation(answers: Answers) -> bool:
    return bool(value(answers, "kind", "holder") == Holder.ORGANISATION)


def birth_of(answers: Answers) -> date | None:
    number = value(answers, "identity", "identity_number")
    if number:
        return IdentityNumber.parse(number).birth
    born = value(answers, "birth", "birth_on")
    return date.fromisoformat(born) if born else None


def is_child(answers: Answers) -> bool:
    """Whether a guardian has a part: the applicant is under 14 today."""
    return not is_organisation(answers) and is_under_age(birth_of(answers))


def is_under_age(birth_on: date | None) -> bool:
    if birth_on is None:
        return False
    day = today()
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day)) < GROWN_UP


def plain(data: dict[str, Any]) -> dict[str, Any]:
    """A form's values as the draft keeps them: dates as text."""
    return {name: each.isoformat() if isinstance(each, date) else each for name, each in data.items()}
