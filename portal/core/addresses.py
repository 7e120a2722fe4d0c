"""Addresses of the portal's pages as templates ask for them: dozens on a page, and almost always the same few."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from flask import Flask, current_app, g, request, url_for
from werkzeug.routing import BuildError, Rule

PLAIN = re.compile(r"[A-Za-z0-9_-]+")  # ids and codes: they stand in an address as they are
KEPT = 2_000
NUMBER = 706_050_403  # and those after it stand where a number goes: no address of ours holds them


class LateRule(Rule):
    """A route. Werkzeug compiles two functions for each that build its address, which is a tenth of the portal's
    start; most are not asked for, so here each is compiled when it first is.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compile_now = super()._compile_builder

        @cache
        def compiled() -> Callable[..., tuple[str, str]]:
            return compile_now(append_unknown)

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            return compiled()(rule, **values)

        return build


def install(app: Flask) -> None:
    app.url_rule_class = LateRule
    app.extensions["portal.addresses"] = {}
    app.url_defaults(_same_association)
    app.jinja_env.globals["url_for"] = address_for


def address_for(endpoint: str, /, **values: Any) -> str:
    """What `url_for` gives, ten times as fast for words and numbers: built once, then they are put in."""
    _same_association(endpoint, values)
    numbers = 0
    for place, (name, value) in enumerate(values.items()):
        if type(value) is int and value >= 0 and not name.startswith("_"):
            numbers |= 1 << place
        elif type(value) is not str or name.startswith("_") or not PLAIN.fullmatch(value):
            return url_for(endpoint, **values)
    kept: dict[tuple[Any, ...], str | None] = current_app.extensions["portal.addresses"]
    key = (
        endpoint,
        request.blueprint if endpoint.startswith(".") else "",
        request.environ.get("SCRIPT_NAME"),
        numbers,
        *values,
    )
    if key not in kept:
        if len(kept) > KEPT:
            kept.clear()
        kept[key] = _pattern(endpoint, values)
    pattern = kept[key]
    return url_for(endpoint, **values) if pattern is None else pattern % values


def _pattern(endpoint: str, values: dict[str, Any]) -> str | None:
    """The address with %(name)s where a value goes; None where it depends on the value (one of a few words)."""
    marks = {
        name: str(NUMBER + place) if type(value) is int else f"zq{place}qz"
        for place, (name, value) in enumerate(values.items())
    }
    try:
        address = url_for(endpoint, **marks).replace("%", "%%")  # type: ignore[arg-type]
    except (BuildError, ValueError):
        return None
    for name, mark in marks.items():
        if address.count(mark) != 1:
            return None
        address = address.replace(mark, f"%({name})s")
    return address


def _same_association(endpoint: str, values: dict[str, Any]) -> None:
    """Links from an office page lead to the same association's office."""
    if "code" not in values and "association" in g and current_app.url_map.is_endpoint_expecting(endpoint, "code"):
        values["code"] = g.association.code
