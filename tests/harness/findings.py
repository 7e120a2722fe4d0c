"""How a convention test says what it found: every breach on a line of its own."""

from __future__ import annotations

from collections.abc import Iterable


def none_of(breaches: Iterable[str]) -> None:
    """Fail with the whole list unless it is empty."""
    found = list(breaches)
    assert not found, "\n  ".join(["", *found])
