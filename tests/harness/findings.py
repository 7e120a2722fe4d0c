"""How a test says what it found: every breach on a line of its own, and the figures of a long run."""

from __future__ import annotations

import sys
from collections.abc import Iterable


def none_of(breaches: Iterable[str]) -> None:
    """Fail with the whole list unless it is empty."""
    found = list(breaches)
    assert not found, "\n  ".join(["", *found])


def tell(figures: str) -> None:
    """A line of figures between the dots, for `make soak`."""
    sys.stdout.write(f"\n{figures}\n")
