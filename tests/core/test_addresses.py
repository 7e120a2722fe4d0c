"""Addresses on pages are those of the router, however they come about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, g, url_for
from werkzeug.routing import Map, Rule

from portal.core import addresses
from tests.harness.cast import Cast

pytestmark = pytest.mark.engines("sqlite")  # no database has a part in it
HOSTILE = ("../x", "a b", "a%2Fb", "%(code)s", "协会", "", "a&b=c", "//evil.example", "1")


def test_every_page_has_the_address_that_the_router_gives(app: Flask) -> None:
    """Asked twice, as the second answer comes from what the first has kept."""
    with app.test_request_context("/"):
        for rule in app.url_map.iter_rules():
            values = dict.fromkeys(rule.arguments, "wangjiang")
            expected = _answer(url_for, rule.endpoint, values)
            assert _answer(addresses.address_for, rule.endpoint, values) == expected
            assert _answer(addresses.address_for, rule.endpoint, values) == expected


def test_a_route_that_is_compiled_late_builds_what_werkzeugs_own_does(app: Flask) -> None:
    def built(kind: type[Rule]) -> list[str]:
        rules = [
            kind("/office/<code>/people/<public_id>", endpoint="person"),
            kind("/list", endpoint="list", defaults={"page": 1}),
            kind("/list/<int:page>", endpoint="list"),
        ]
        adapter = Map(rules).bind("localhost", script_name="/below")
        asked = [(word, {"code": word, "public_id": "x"}) for word in HOSTILE if word]
        found = [adapter.build("person", {**values, "q": word}) for word, values in asked]
        return [*found, *(adapter.build("list", {"page": page}) for page in (1, 2, 2))]

    assert app.url_map._rules_by_endpoint["home.front"][0].__class__ is addresses.LateRule
    assert built(addresses.LateRule) == built(Rule)


def _answer(build: Callable[..., str], endpoint: str, values: dict[str, Any]) -> str:
    try:
        return build(endpoint, **values)
    except ValueError as refused:  # a number, or one of few words
        return str(refused)


def test_a_number_in_an_address(app: Flask) -> None:
    with app.test_request_context("/"):
        for number in (2, 10, 2, 9999):
            for values in ({"number": number}, {"number": number, "page": 7}, {"number": number, "page": "7"}):
                shown = addresses.address_for("notices.version", public_id="x", **values)
                assert shown == url_for("notices.version", public_id="x", **values)
        for endpoint, values in (("notices.public_list", {"page": 0}), ("notices.public_list", {"page": -1})):
            assert addresses.address_for(endpoint, **values) == url_for(endpoint, **values)


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_that_an_address_must_quote(app: Flask, value: str) -> None:
    with app.test_request_context("/"):
        for values in ({"public_id": "plain"}, {"public_id": value}, {"public_id": "plain", "q": value}):
            if value or "q" in values:
                shown = addresses.address_for("activities.story", **values)
                assert shown == url_for("activities.story", **values)


def test_values_stand_where_they_belong(app: Flask) -> None:
    with app.test_request_context("/"):
        for one, other in (("a", "b"), ("b", "a"), ("zq1qz", "zq0qz")):
            shown = addresses.address_for("activities.entry", code=one, public_id=other)
            assert shown == f"/office/{one}/activities/{other}"


def test_an_office_page_links_to_its_own_association(app: Flask, cast: Cast) -> None:
    with app.test_request_context("/"):
        for association in (cast.community, cast.sibling_community):
            g.association = association
            assert addresses.address_for("activities.office_list") == f"/office/{association.code}/activities"
            assert addresses.address_for("activities.office_list", code="liuan") == "/office/liuan/activities"


def test_names_from_an_address_fill_no_memory(app: Flask) -> None:
    kept = app.extensions["portal.addresses"]
    with app.test_request_context("/"):
        for number in range(addresses.KEPT * 2):
            addresses.address_for("activities.public_list", **{f"name{number}": "a"})
            assert len(kept) <= addresses.KEPT + 1
