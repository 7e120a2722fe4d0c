"""Where the way leads after signing in: to a page of this portal, or nowhere but home."""

from __future__ import annotations

from urllib.parse import unquote

from tests.harness.cases import either_engine
from tests.harness.client import client_of

HOSTILE = [
    "https://evil.example/", "http:evil.example", "https:evil.example/me", "//evil.example/me", "///evil.example/me",
    "////evil.example/me", "/\\evil.example/me", "\\/evil.example", "/\t/evil.example", "/\n/evil.example",
    "\t//evil.example", " //evil.example", "/%09/evil.example", "/%2f%2fevil.example", "/.//evil.example",
    "/..//evil.example", "javascript:alert(1)", "data:text/html,x", "me", "/me@evil.example", "@evil.example",
    "/no-such-page", "https://localhost@evil.example/me", "/sign-out", "http://[::1", "/me\r\nSet-Cookie: a=b",
    "?next=//evil.example",
]  # fmt: skip
OWN = ["/me/security", "/notices/?page=2", "/office/wangjiang", "/me/security?page=1&q=林"]


@either_engine
def test_hostile_targets_lead_home(cast, app, enter):
    led = {target: enter(client_of(app), cast.member, next=target).location for target in HOSTILE}
    assert led == dict.fromkeys(HOSTILE, "/me")


@either_engine
def test_hostile_targets_are_not_written_into_the_form(cast, client):
    pages = [client.page("/sign-in", query_string={"next": target}) for target in HOSTILE]
    assert {page.select_one("input[name=next]")["value"] for page in pages} == {""}


def test_own_pages_are_gone_to(cast, app, enter):
    led = [unquote(enter(client_of(app), cast.secretary, next=target).location) for target in OWN]
    assert led == OWN


def test_the_page_that_was_asked_for_comes_after(cast, client, phone_of):
    asked = client.get("/me/security?page=1")
    assert asked.location == "/sign-in?next=/me/security?page%3D1"
    answer = client.submit(asked.location, {"login": phone_of(cast.member), "password": "a password for tests"})
    assert answer.status_code == 303
    assert answer.location == "/me/security?page=1"


@either_engine
def test_htmx_is_sent_as_a_whole_page(cast, client):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/me/security?page=2"}
    answer = client.get("/me/security", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/me/security?page%3D2"
    answer = client.get("/me/security", headers=headers | {"HX-Current-URL": "https://evil.example/x"})
    assert answer.headers["HX-Redirect"] == "/sign-in"


@either_engine
def test_a_forged_host_is_refused(cast, client):
    assert client.get("/sign-in", headers={"Host": "evil.example"}).status_code == 400
