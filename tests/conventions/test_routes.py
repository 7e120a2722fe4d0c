"""Every address declares who may open it, is written in kebab-case, and is answered by a typed view."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal import create_app
from portal.core.access import public, requires
from portal.offices.rights import RIGHTS
from tests.harness.apps import Apps
from tests.harness.findings import none_of

WORDS = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)?")


@pytest.fixture(scope="module")
def portal(apps: Apps) -> Flask:
    return create_app(apps.settings("sqlite://"))


def breaches(app: Flask) -> list[str]:
    """What is wrong with the app's routes, one line each."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        problems = [*_access(app, rule), *_address(rule.rule), *_types(app.view_functions[rule.endpoint])]
        found += [f"{rule.rule} ({rule.endpoint}) {problem}" for problem in problems]
    return found


def _access(app: Flask, rule: Any) -> list[str]:
    declared = getattr(app.view_functions[rule.endpoint], "access", None)
    if declared in ("public", "signed_in"):
        return ["is an office page without a right"] if rule.rule.startswith("/office/") else []
    if declared is None:
        return ["declares no access"]
    if declared not in RIGHTS:
        return [f"asks for the unknown right {declared!r}"]
    return [] if rule.rule.startswith("/office/<code>") else ["asks for a right but names no place for it"]


def _address(path: str) -> list[str]:
    parts = re.sub(r"<[^>]+>", "x", path).strip("/").split("/")
    wrong = [part for part in parts if part and not WORDS.fullmatch(part)]
    numbers = re.findall(r"<int:(\w*id)>", path)
    return [f"has {part!r}, not kebab-case" for part in wrong] + [f"shows the row number {n}" for n in numbers]


def _types(view: Callable[..., Any]) -> list[str]:
    signature = inspect.signature(view)
    bare = [name for name, item in signature.parameters.items() if item.annotation is item.empty]
    if signature.return_annotation is signature.empty:
        bare.append("its answer")
    return [f"does not type {name}" for name in bare]


def test_routes_keep_the_rules(portal):
    none_of(breaches(portal))


def test_there_are_routes(portal):
    assert len(list(portal.url_map.iter_rules())) > 3


def undeclared() -> str:
    return ""


@public
def untyped(name):
    return name


@public
def open_office(code: str) -> str:
    return code


@requires("members.adore")
def unknown_right(code: str) -> str:
    return code


@requires("members.read")
def without_place() -> str:
    return ""


@public
def by_number(notice_id: int) -> str:
    return str(notice_id)


@pytest.mark.parametrize(
    ("address", "view", "count"),
    [
        ("/declares-nothing", undeclared, 1),
        ("/untyped/<name>", untyped, 2),
        ("/office/<code>/open", open_office, 1),
        ("/office/<code>/unknown", unknown_right, 1),
        ("/nowhere", without_place, 1),
        ("/notices/<int:notice_id>", by_number, 1),
        ("/Snake_case", public(lambda: ""), 2),
    ],
)
def test_control_a_planted_route_is_found(address, view, count):
    app = Flask("planted", static_folder=None)
    app.add_url_rule(address, "planted", view)
    assert len(breaches(app)) == count


def test_control_a_view_that_declares_nothing_answers_403(apps):
    app = create_app(apps.settings("sqlite://"))
    app.add_url_rule("/planted", "planted", undeclared)
    app.config["TRUSTED_HOSTS"] = None
    with app.test_request_context("/planted"):
        from portal.core.access import _check

        with pytest.raises(Exception, match="403"):
            _check()
