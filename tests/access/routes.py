"""The routes of the portal as the tests of access see them, and addresses to try them with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import Flask
from werkzeug.routing import AnyConverter

NOBODY = "x" * 12  # a public id that nothing has
SAMPLES = {"form": "xlsx", "size": "thumb", "number": 1, "purpose": "photo", "filename": "portal.css"}


@dataclass(frozen=True)
class Route:
    """One method of one rule, with what its view declares."""

    method: str
    endpoint: str
    declared: str
    arguments: frozenset[str]
    whole: bool = False  # not for who holds the right for a group only

    @property
    def is_office(self) -> bool:
        return "code" in self.arguments and self.declared not in ("public", "signed_in")

    def address(self, app: Flask, **values: Any) -> str:
        known = {name: SAMPLES.get(name) or sample(app, self.endpoint, name) for name in self.arguments}
        return app.url_map.bind("localhost").build(self.endpoint, {**known, **values})


@cache
def sample(app: Flask, endpoint: str, name: str) -> str:
    """An id that nothing has, or one of the words that stand in this place of the address."""
    rule = next(rule for rule in app.url_map.iter_rules(endpoint) if name in rule.arguments)
    kind = rule._converters[name]
    return min(kind.items) if isinstance(kind, AnyConverter) else NOBODY


def routes(app: Flask) -> list[Route]:
    found = [
        Route(method, rule.endpoint, view.access, frozenset(rule.arguments), getattr(view, "for_the_whole", False))
        for rule in app.url_map.iter_rules()
        for view in (app.view_functions[rule.endpoint],)
        for method in sorted(rule.methods & {"GET", "POST"})
        if rule.endpoint != "static"
    ]
    return sorted(found, key=lambda route: (route.endpoint, route.method))


def office_routes(app: Flask) -> list[Route]:
    return [route for route in routes(app) if route.is_office]
