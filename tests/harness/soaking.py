"""Which form of a test runs: `make test` holds a short one of what takes long, `make soak` all of it.

A test marked `soak` runs in both, a case marked `soak(only=True)` in `make soak` alone.
"""

from __future__ import annotations

import os

import pytest

SOAKING = os.environ.get("PORTAL_TEST_SOAK") == "1"
ONLY_SOAK = pytest.mark.soak(only=True)


def is_left_for_soak(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("soak")
    return not SOAKING and marker is not None and bool(marker.kwargs.get("only"))


def alternatives(*ids: str, short: str) -> list[object]:
    """Whether scripts run, as parameters: "scripts" or "plain"; the others than `short` only in `make soak`."""
    return [pytest.param(name == "scripts", id=name, marks=() if name == short else ONLY_SOAK) for name in ids]
