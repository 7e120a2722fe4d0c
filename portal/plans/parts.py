"""What features above show with a session: they hand over their parts, this floor does not know them.

A part stands on the recruitment notice that everybody reads (`notice`: how to sign up) or on the session's page in
the office (`office`: who signed up).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from portal.core.parts import Parts
from portal.plans.models import ActivitySession


@dataclass(frozen=True)
class Part:
    """A template, what it needs, and its heading where it has one. The template also sees `session`."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    title: str = ""


PLACES: dict[str, Parts[[ActivitySession], Part]] = {"notice": Parts(), "office": Parts()}
Maker = Callable[[ActivitySession], Part | None]


def part(place: str, order: int) -> Callable[[Maker], Maker]:
    """Declare what a feature shows with a session (loaded as by queries.get_session); None shows nothing."""
    return PLACES[place].declare(order)


def parts_of(place: str, session: ActivitySession) -> list[Part]:
    return PLACES[place].of(session)
