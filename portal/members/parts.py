"""What features above show on a membership's page: they hand over their parts, this floor does not know them."""

from __future__ import annotations

from collections.abc import Callable

from portal.associations.models import Association
from portal.members.models import Membership
from portal.people.parts import Part

__all__ = ["Part", "part", "parts_of"]

Teller = Callable[[Membership, Association], Part | None]
_tellers: list[tuple[int, Teller]] = []


def part(order: int) -> Callable[[Teller], Teller]:
    """Declare what a feature shows about a membership in an association's office; None shows nothing."""

    def declare(teller: Teller) -> Teller:
        _tellers.append((order, teller))
        return teller

    return declare


def parts_of(membership: Membership, association: Association) -> list[Part]:
    """The parts of a membership's page in their order."""
    found = (teller(membership, association) for _, teller in sorted(_tellers, key=lambda entry: entry[0]))
    return [one for one in found if one is not None]
