"""Awards that features above give: the dossier tells them beside the stars without knowing who gives them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.core.parts import Parts


@dataclass(frozen=True)
class Award:
    """What it is, given by whom, on what day."""

    title: str
    giver: str
    given_on: date


_parts: Parts[[int], list[Award]] = Parts()
awards = _parts.declare


def awards_of(person_id: int) -> list[Award]:
    """Somebody's awards, the latest first."""
    found = [award for given in _parts.of(person_id) for award in given]
    return sorted(found, key=lambda award: award.given_on, reverse=True)
