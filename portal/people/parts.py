"""What features above show on a person's page: they hand over their parts, this floor does not know them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from portal.associations.models import Association
from portal.people.models import Person


@dataclass(frozen=True)
class Part:
    """A section of the page: its heading, its template, and what the template needs."""

    title: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)


Teller = Callable[[Person, Association], Part | None]
_tellers: list[tuple[int, Teller]] = []


def part(order: int) -> Callable[[Teller], Teller]:
    """Declare what a feature shows about a person in an association's office; None shows nothing."""

    def declare(teller: Teller) -> Teller:
        _tellers.append((order, teller))
        return teller

    return declare


def parts_of(person: Person, association: Association) -> list[Part]:
    """The parts of a person's page in their order."""
    found = (teller(person, association) for _, teller in sorted(_tellers, key=lambda entry: entry[0]))
    return [one for one in found if one is not None]
