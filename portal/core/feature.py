"""A feature as create_app sees it: its blueprint and the entries it adds to the navigations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint


@dataclass(frozen=True)
class Entry:
    """A line of a navigation. Shown in the office only to who holds `right`; `badge` counts what waits.

    Pages at or below the addresses of `also` belong to it too; a name without a dot is a whole feature.
    """

    label: Any
    endpoint: str
    order: int
    right: str | None = None
    section: str | None = None
    badge: Callable[[], int | None] | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Feature:
    """One folder of the house."""

    name: str
    blueprint: Blueprint
    public: tuple[Entry, ...] = ()
    own: tuple[Entry, ...] = ()
    office: tuple[Entry, ...] = ()
    jobs: tuple[Callable[..., Any], ...] = field(default=())
