"""The columns of the list: which there are, which the reader chose, and what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from portal.core.downloads import words
from portal.core.i18n import lazy, lazy_pgettext, pgettext
from portal.members.models import EndReason, Membership, MembershipState
from portal.people.models import Sex

# In the order of the list. The name stands before them and cannot be left out.
COLUMNS: dict[str, Any] = {
    "number": lazy("Member number"),
    "kind": lazy_pgettext("membership", "Kind"),
    "association": lazy("Association"),
    "group": lazy("Group"),
    "state": lazy("State"),
    "phone": lazy("Phone"),
    "sex": lazy("Sex"),
    "age": lazy("Age"),
    "birth_on": lazy("Date of birth"),
    "residence": lazy("Area of residence"),
    "joined_on": lazy("Joined on"),
    "ended_on": lazy("Ended on"),
    "end_reason": lazy("Reason of the end"),
    "covered": lazy("People covered"),
}
FIRST = ("number", "kind", "association", "group", "state", "phone", "joined_on")


def chosen(names: Sequence[str], *, below: bool) -> list[str]:
    """The columns to show: those asked for, else the usual ones; which association only where there are several."""
    asked = [name for name in COLUMNS if name in names] or list(FIRST)
    return asked if below or names else [name for name in asked if name != "association"]


class Words:
    """The words of cells in the reader's language, looked up while the request lasts."""

    def __init__(self) -> None:
        self.states = words(MembershipState.labels())
        self.sexes = words(Sex.labels())
        self.until = pgettext("membership", "until %(date)s", date="#")
        self.reasons = words(EndReason.labels())


def _state(row: Membership, words: Words, day: date) -> str:
    """The state in words; of one whose end is settled, its last day."""
    if row.ended_on is not None and row.ended_on >= day:
        return words.until.replace("#", row.ended_on.isoformat())
    return words.states[row.state_on(day)]


def values(row: Membership, covered: int, words: Words, day: date) -> dict[str, Any]:
    """What each column holds for a membership, numbers masked; None where there is nothing."""
    person, is_person = row.person, not row.organisation_name
    return {
        "name": row.display_name,
        "number": row.number,
        "kind": row.kind.name,
        "association": row.association.display_name,
        "group": row.group.name if row.group else None,
        "state": _state(row, words, day),
        "phone": person.masked_phone or None,
        "sex": words.sexes.get(person.sex or "") if is_person else None,
        "age": person.age_on(day) if is_person else None,
        "birth_on": person.birth_on if is_person else None,
        "residence": person.residence or None,
        "joined_on": row.joined_on,
        "ended_on": row.ended_on,
        "end_reason": words.reasons.get(row.end_reason or ""),
        "covered": covered or None,
    }
