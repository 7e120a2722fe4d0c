"""What may be a minute old: figures and names that many pages show, kept by each worker for a while."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any, TypeVar

from flask import current_app

Value = TypeVar("Value")


def recent(key: str, compute: Callable[[], Value]) -> Value:
    """The value, computed anew once a minute at most (FIGURES_SECONDS; in tests each time). None is not kept.

    Only for what everybody may see: the key is all that tells one value from another.
    """
    shelf: dict[str, tuple[float, Value]] = current_app.extensions.setdefault("portal.recent", {})
    kept = shelf.get(key)
    if kept is not None and kept[0] > monotonic():
        return kept[1]
    value = compute()
    if value is not None:
        shelf[key] = (monotonic() + current_app.config["FIGURES_SECONDS"], value)
    return value


def last_known(key: str) -> Any:
    """The value however old it is, or None: for a page that must not ask the database."""
    kept = current_app.extensions.get("portal.recent", {}).get(key)
    return kept[1] if kept else None
