"""The navigations: each feature's entries, as the reader of this page may see them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app, request
from flask_login import current_user

from portal.core import access
from portal.core.addresses import address_for
from portal.core.feature import Entry, Feature


@dataclass(frozen=True)
class Line:
    """An entry as a template shows it."""

    label: str
    href: str
    current: bool
    badge: int | None
    section: str | None


@dataclass(frozen=True)
class Site:
    name: str
    contact: str


class Navigation:
    """Computed when a template asks for it, so that a page pays only for the navigation that it shows."""

    @property
    def public(self) -> list[Line]:
        return _lines("public")

    @property
    def own(self) -> list[Line]:
        return _lines("own") if current_user.is_authenticated else []

    @property
    def office(self) -> list[Line]:
        return _lines("office")


def register(app: Flask, features: list[Feature], site: Callable[[], Site]) -> None:
    """Keep the features' entries, and how to learn the federation's name."""
    app.extensions["portal.site"] = site
    app.extensions["portal.navigation"] = {
        where: sorted((entry for f in features for entry in getattr(f, where)), key=lambda entry: entry.order)
        for where in ("public", "own", "office")
    }


def _lines(where: str) -> list[Line]:
    entries: list[Entry] = current_app.extensions["portal.navigation"][where]
    shown = [entry for entry in entries if entry.right is None or access.can(entry.right)]
    endpoint = request.endpoint
    return [_line(entry, endpoint) for entry in shown]


def _line(entry: Entry, shown: str | None) -> Line:
    """The entry on the page at the endpoint `shown`."""
    blueprint, here = entry.endpoint.rpartition(".")[0], (shown or "").rpartition(".")[0]
    current = (
        shown == entry.endpoint
        or (here == blueprint and blueprint != "home" and _lies_at(entry.endpoint))
        or here in entry.also
        or any(_lies_at(endpoint) for endpoint in entry.also if "." in endpoint)
    )
    badge = entry.badge() if entry.badge else None
    section = str(entry.section) if entry.section else None
    return Line(str(entry.label), address_for(entry.endpoint), current, badge or None, section)


def _lies_at(endpoint: str) -> bool:
    """Whether this page lies at the endpoint's address or below it."""
    return request.path.startswith(address_for(endpoint))
