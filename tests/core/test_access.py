"""The hook that asks what a view declares: what declares nothing is closed, to everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask, request

from portal.core import access
from portal.core.access import public, requires, signed_in
from tests.harness.cast import Cast, build_cast
from tests.harness.client import client_of

pytestmark = pytest.mark.engines("sqlite")  # the rule itself has its own tests, on both


def seen() -> Callable[..., str]:
    """A view of its own: a declaration is kept on the view."""
    return lambda **_values: "seen"


VIEWS = {
    "/faults/undeclared": seen(),
    "/faults/public": public(seen()),
    "/faults/signed-in": signed_in(seen()),
    "/office/<code>/faults/read": requires("members.read")(seen()),
    "/office/<code>/faults/decide": requires("dues.approve")(seen()),
}


@pytest.fixture
def portal(apps, engine_kind) -> Iterator[Flask]:
    with apps.live(engine_kind) as app:
        for number, (address, view) in enumerate(VIEWS.items()):
            app.add_url_rule(address, f"faults.{number}", view, methods=["GET", "POST"])
        yield app


@pytest.fixture
def cast(portal) -> Cast:
    return build_cast()


def statuses(portal: Flask, cast: Cast, address: str) -> dict[str, int]:
    """What each of the cast, and a visitor, is answered."""
    found = {"visitor": client_of(portal).get(address).status_code}
    for name in ("chair", "secretary", "sibling", "member", "ended"):
        client = client_of(portal)
        client.sign_in(getattr(cast, name))
        found[name] = client.get(address).status_code
    return found


def test_what_declares_nothing_is_closed(portal, cast):
    assert set(statuses(portal, cast, "/faults/undeclared").values()) == {403}
    client = client_of(portal)
    client.sign_in(cast.administrator)
    assert client.force("/faults/undeclared").status_code == 403


def test_control_without_the_hook_it_is_open(portal, cast):
    portal.before_request_funcs[None].remove(access._check)
    assert set(statuses(portal, cast, "/faults/undeclared").values()) == {200}


def test_what_is_declared_is_asked(portal, cast):
    assert set(statuses(portal, cast, "/faults/public").values()) == {200}
    one = statuses(portal, cast, "/faults/signed-in")
    assert (one.pop("visitor"), set(one.values())) == (303, {200})
    read = statuses(portal, cast, "/office/wangjiang/faults/read")
    assert read == {
        "visitor": 303,
        "chair": 200,
        "secretary": 200,
        "sibling": 404,
        "member": 404,
        "ended": 404,
    }
    decide = statuses(portal, cast, "/office/wangjiang/faults/decide")
    assert decide["secretary"] == 403, "seen, but forbidden"
    assert decide["sibling"] == 404, "not theirs to see"


def test_a_place_that_is_none(portal, cast):
    client = client_of(portal)
    client.sign_in(cast.administrator)
    assert client.get("/office/nowhere/faults/read").status_code == 404


def test_other_methods_are_asked_too(portal, cast):
    visitor = client_of(portal)
    for method in (visitor.options, visitor.head, visitor.get):
        assert method("/faults/undeclared").status_code == 403
        assert method("/office/wangjiang/faults/read").status_code == 303


def test_a_template_may_ask(portal, cast):
    """Nobody signed in, or no place: nothing is allowed."""
    with portal.test_request_context("/"):
        assert access.can("members.read", cast.community) is False
        assert access.can("members.read") is False


@pytest.mark.parametrize("address", ["/faults/public%00", "/no/such%00page"])
def test_an_address_with_nul_leads_nowhere(portal, address):
    """PostgreSQL refuses to look for it, whatever page would ask."""
    assert client_of(portal).get(address).status_code == 404


def test_a_question_with_nul_is_asked_without_it(portal):
    with portal.test_request_context("/?q=%00%E7%8E%8B%00&q=b&q=%2500"):
        assert request.args.getlist("q") == ["王", "b", "%00"]


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_form_with_nul_is_read_without_it(portal, kind):
    with portal.test_request_context(
        "/", method="POST", data={"parent": "王\0b", "q": ["\0", "c"]}, content_type=kind
    ):
        assert request.form.to_dict(flat=False) == {"parent": ["王b"], "q": ["", "c"]}
