"""Chance that comes out the same every time: generators seeded by what they are for."""

from __future__ import annotations

import random

from portal.core.database import ALPHABET


def seeded(*parts: object) -> random.Random:
    """A generator of its own for these parts, so that more data of one kind changes nothing of another."""
    return random.Random("/".join(map(str, parts)))  # noqa: S311 - invented data must repeat, not be secret


def public_ids(kind: str, count: int) -> list[str]:
    """Distinct public ids for the rows of a table, the same in every demonstration."""
    chance = seeded("public-id", kind)
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(chance.choices(ALPHABET, k=12))] = None
    return list(found)
