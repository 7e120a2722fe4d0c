"""Preferences: kept in a cookie, back to where one was, never anywhere else."""

from __future__ import annotations

import pytest

from tests.harness.cases import either_engine


@either_engine
def test_language_is_remembered(cast, client):
    response = client.get("/preferences?language=en&back=/associations")
    assert (response.status_code, response.location) == (303, "/associations")
    assert client.page("/").html["lang"] == "en"


@either_engine
def test_choices_add_up(cast, client):
    client.get("/preferences?size=large&back=/")
    client.get("/preferences?scheme=dark&back=/")
    html = client.page("/").html
    assert html.has_attr("data-large")
    assert html["data-scheme"] == "dark"
    client.get("/preferences?size=normal&back=/")
    assert not client.page("/").html.has_attr("data-large")


@either_engine
@pytest.mark.parametrize("value", ["fr", "zh-Hans;x=1", "a:b.c:d", "", "../../etc"])
def test_nonsense_is_not_kept(cast, client, value):
    response = client.get("/preferences", query_string={"language": value, "back": "/"})
    assert response.status_code == 303
    assert client.page("/").html["lang"] == "zh-Hans"


@either_engine
@pytest.mark.parametrize(
    "cookie", ["x", "language:fr", "language", ":::...", "size:large.size:large" * 50, "语言:en"]
)
def test_a_spoiled_cookie_does_no_harm(cast, client, cookie):
    client.set_cookie("prefs", cookie)
    assert client.get("/").status_code == 200


@either_engine
@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_never_leaves_the_portal(cast, client, back):
    assert client.get("/preferences", query_string={"size": "large", "back": back}).location == "/"
