"""What features above show with a session: they hand over their parts, this floor does not know them.

A part stands on the recruitment notice that everybody reads (`notice`: how to sign up) or on the session's page in
the office (`office`: who signed up).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from portal.plans.models import ActivitySession


@dataclass(frozen=True)
class Part:
    """A template, what it needs, and its heading where it has one. The template also sees `session`."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    title: str = ""


Teller = Callable[[ActivitySession], Part | None]
_tellers: dict[str, list[tuple[int, Teller]]] = {"notice": [], "office": []}


def part(place: str, order: int) -> Callable[[Teller], Teller]:
    """Declare what a feature shows with a session (loaded as by queries.get_session); None shows nothing."""

    def declare(teller: Teller) -> Teller:
        _tellers[place].append((order, teller))
        return teller

    return declare


def parts_of(place: str, session: ActivitySession) -> list[Part]:
    """The parts of a page in their order."""
    found = (teller(session) for _, teller in sorted(_tellers[place], key=lambda entry: entry[0]))
    return [one for one in found if one is not None]
