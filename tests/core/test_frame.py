"""The public header and footer are drawn once for all visitors, and yet everybody gets their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.harness.cast import Cast
from tests.harness.client import PortalClient, client_of

pytestmark = pytest.mark.engines("sqlite")  # no database has a part in it
HOSTILE = '/notices?q="><script>alert(1)</script>&association=wangjiang'


@pytest.fixture(autouse=True)
def kept(app: Flask) -> Iterator[None]:
    """As outside the tests: what was drawn stays for a minute."""
    app.config["FIGURES_SECONDS"] = 60
    yield
    app.config["FIGURES_SECONDS"] = 0
    app.extensions.pop("portal.recent", None)


def frame(client: PortalClient, path: str, **headers: str) -> tuple[str, str]:
    page = client.page(path, headers=headers)
    return str(page.select_one("header.site")), str(page.select_one("footer.site"))


def test_it_is_what_a_worker_draws_that_keeps_nothing(app: Flask, cast: Cast, client: PortalClient) -> None:
    for path in ("/", "/notices", "/policies", "/activities", "/sign-in", "/accessibility", HOSTILE):
        app.config["FIGURES_SECONDS"] = 0
        drawn = frame(client, path)
        app.config["FIGURES_SECONDS"] = 60
        assert [frame(client, path), frame(client, path)] == [drawn, drawn]


def test_the_way_back_is_that_of_the_page(cast: Cast, client: PortalClient) -> None:
    """The address comes from whoever wrote the link: whatever stands in it stays an address."""
    client.get("/notices")
    page = client.page(HOSTILE)
    assert page.find("script", string=lambda text: text and "alert" in text) is None
    links = [link["href"] for link in page.select("header.site a[rel=nofollow], footer.site a[rel=nofollow]")]
    assert len(links) > 6
    for link in links:
        back = client.get(link).headers["Location"]
        assert back.startswith("/notices?q=")
        assert "association=wangjiang" in back


def test_languages_and_preferences_are_kept_apart(app: Flask, cast: Cast) -> None:
    one, other = client_of(app), client_of(app)
    assert "Sign in" in frame(one, "/", **{"Accept-Language": "en"})[0]
    assert "Sign in" not in frame(other, "/", **{"Accept-Language": "zh-CN"})[0]
    one.get("/preferences?size=large")
    assert "size=normal" in frame(one, "/")[0]
    assert "size=large" in frame(other, "/")[0]


def test_who_is_signed_in_gets_a_header_of_their_own(cast: Cast, client: PortalClient, sign_in) -> None:
    frame(client, "/")
    assert "黄淑兰" in frame(sign_in(cast.secretary), "/")[0]
    assert "林建国" in frame(sign_in(cast.chair), "/")[0]
    assert "/sign-in" in frame(client, "/")[0]


def test_the_present_section_is_marked(cast: Cast, client: PortalClient) -> None:
    for path in ("/activities", "/notices", "/associations", "/"):
        current = client.page(path).select("header.site nav.main a[aria-current]")
        assert [link["href"] for link in current] == [path]
