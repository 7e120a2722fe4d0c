"""The way in is drawn once for all visitors, and yet each has a token of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from portal.core import drawn
from tests.harness.cast import Cast
from tests.harness.client import PortalClient, client_of

pytestmark = pytest.mark.engines("sqlite")  # no database has a part in it


@pytest.fixture(autouse=True)
def kept(app: Flask) -> Iterator[None]:
    """As outside the tests: what was drawn stays for a while."""
    app.config["FIGURES_SECONDS"] = 60
    yield
    app.config["FIGURES_SECONDS"] = 0
    for name in ("portal.recent", "portal.drawn"):
        app.extensions.pop(name, None)


def token_of(client: PortalClient, path: str = "/sign-in") -> str:
    field = client.page(path).select_one('main input[name="csrf_token"]')
    assert field is not None
    return str(field["value"])


def test_each_visitor_has_a_token_of_their_own(app: Flask, cast: Cast) -> None:
    one, other = client_of(app), client_of(app)
    first, second = token_of(one), token_of(other)
    assert first != second
    assert one.post("/sign-in", data={"csrf_token": first, "login": "x", "password": "y"}).status_code == 422
    assert client_of(app).post("/sign-in", data={"csrf_token": first}).status_code == 400


def test_no_token_is_kept(app: Flask, cast: Cast) -> None:
    tokens = [token_of(client_of(app)) for _ in range(2)]
    drawings = app.extensions["portal.drawn"].drawings.values()
    assert drawings
    assert not [token for drawing in drawings for token in tokens if token in drawing.html]


def test_no_browser_and_no_server_between_keeps_it(app: Flask, cast: Cast) -> None:
    for _ in range(2):
        response = client_of(app).get("/sign-in")
        assert response.headers["Cache-Control"] == "no-store"
        assert drawn.TOKEN not in response.text


def test_the_way_on_belongs_to_the_address(app: Flask, cast: Cast) -> None:
    for path, way_on in (("/sign-in", ""), ("/sign-in?next=/me", "/me"), ("/sign-in?next=//evil.example", "")):
        for _ in range(2):
            field = client_of(app).page(path).select_one('main input[name="next"]')
            assert field is not None
            assert field.get("value", "") == way_on
