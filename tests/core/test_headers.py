"""Headers of every answer, whatever it is; hosts, cookies, and what may be kept of a page by a browser or a proxy."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from portal import server
from portal.core.access import public
from portal.core.database import db
from portal.core.shared import PAGE
from portal.core.web import HEADERS, security_headers
from portal.people.models import Person
from tests.harness.cast import Cast, build_cast
from tests.harness.client import client_of
from tests.harness.factory import PASSWORD

pytestmark = pytest.mark.engines("sqlite")  # no database has a part in it
POLICY = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
    "connect-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'",
}  # fmt: skip
HTTPS = {"base_url": "https://portal.example.org", "trusted_hosts": ("portal.example.org",)}


@public
def broken() -> str:
    raise ZeroDivisionError


@public
def filled_in() -> str:
    return "saved"


@pytest.fixture
def portal(apps, engine_kind) -> Iterator[Flask]:
    """The portal with a page that breaks, and error pages in place of the test's own traceback."""
    with apps.live(engine_kind, upload_mb=1) as app:
        app.config["SHOW_ERROR_PAGES"] = True
        app.add_url_rule("/faults/broken", "broken", broken, methods=["GET", "POST"])
        app.add_url_rule("/faults/form", "filled_in", filled_in, methods=["POST"])
        app.add_url_rule("/faults/undeclared", "undeclared", lambda: "open to everybody")
        yield app


@pytest.fixture
def secure(apps, engine_kind) -> Iterator[Flask]:
    """The portal behind https, with one proxy in front of it."""
    with apps.live(engine_kind, **HTTPS, proxies=1) as app:
        yield app


@pytest.fixture
def cast(request) -> Cast:
    """Written into whichever of the two the test has."""
    request.getfixturevalue("secure" if "secure" in request.fixturenames else "portal")
    return build_cast()


def check(answer) -> None:
    for name, value in HEADERS.items():
        assert answer.headers[name] == value, (answer.request.path, name)
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_the_policy_is_the_one_that_was_promised():
    parts = {part.strip() for part in HEADERS["Content-Security-Policy"].split(";")}
    assert parts >= POLICY
    assert not [part for part in parts if "unsafe" in part or "http" in part or "*" in part]


def test_every_answer_carries_them(portal, cast):
    client = client_of(portal)
    client.sign_in(cast.secretary)
    token = {"csrf_token": client.token()}
    big = {**token, "file": (io.BytesIO(b"x" * 2**21), "big.bin")}
    answers = {
        "page": (200, client.get("/")),
        "own page": (200, client.get("/me")),
        "redirect": (303, client.get("/preferences?size=large")),
        "to sign in": (303, client_of(portal).get("/me")),
        "without token": (400, client.post("/faults/form", data={"a": "b"})),
        "forged host": (400, client.get("/", headers={"Host": "evil.example"})),
        "declares nothing": (403, client.get("/faults/undeclared")),
        "not there": (404, client.get("/nowhere")),
        "not this way": (405, client.get("/faults/form")),
        "too large": (413, client.post("/faults/form", data=big)),
        "form again": (422, client.post("/sign-in", data=token)),
        "broken": (500, client.get("/faults/broken")),
        "static": (200, client.get("/static/portal.css")),
        "static, not there": (404, client.get("/static/nothing.css")),
        "options": (200, client.options("/")),
        "head": (200, client.head("/")),
    }
    for name, (status, answer) in answers.items():
        assert answer.status_code == status, name
        check(answer)
        if status >= 400:
            assert answer.headers["Cache-Control"] == "no-store", name
            assert "<h1>" in answer.text, name


def test_a_page_made_for_somebody_is_kept_nowhere(portal, cast):
    stranger, member = client_of(portal), client_of(portal)
    member.sign_in(cast.member)
    assert stranger.get("/").headers["Cache-Control"] == PAGE
    assert stranger.get("/sign-in").headers["Cache-Control"] == "no-store", "it holds a token"
    for answer in (member.get("/"), member.get("/me"), stranger.post("/faults/form")):
        assert answer.headers["Cache-Control"] == "no-store"
    for answer in (stranger.get("/"), member.get("/")):
        assert all(name in answer.vary for name in ("HX-Request", "Cookie", "Accept-Language"))


def test_two_people_at_one_address_get_their_own(portal, cast):
    """Through a cache that keeps what it may, by the rules of HTTP, neither sees the other's page."""
    kept: dict[str, str] = {}
    texts = []
    for account in (cast.secretary, cast.treasurer):
        client = client_of(portal)
        client.sign_in(account)
        answer = client.get("/me")
        if "no-store" not in answer.headers.get("Cache-Control", ""):
            kept["/me"] = answer.text
        texts.append(kept.get("/me", answer.text))
    assert "黄淑兰" in texts[0]
    assert "黄淑兰" not in texts[1]


def test_a_forged_host_is_refused_and_stands_in_no_link(portal):
    client = client_of(portal)
    for host in ("evil.example", "localhost.evil.example", "evil.example:80", "localhost@evil.example", "local host"):
        answer = client.get("/", headers={"Host": host})
        assert answer.status_code == 400, host
        assert "evil" not in answer.text
    answer = client.get("/me", headers={"X-Forwarded-Host": "evil.example"})
    assert "evil" not in answer.headers["Location"]
    assert client.get("/", headers={"Host": "192.0.2.7"}).status_code == 400, "only the hosts of the settings"


def test_cookies_under_https(secure, cast):
    """Every cookie is __Host-, Secure, HttpOnly and SameSite=Lax; every answer asks for https from now on."""
    client = secure.test_client()
    options = {"base_url": "https://portal.example.org"}
    cookies = []
    for path in ("/sign-in", "/preferences?size=large"):
        answer = client.get(path, **options)
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        cookies += answer.headers.getlist("Set-Cookie")
    token = answer_token(client, options)
    person = cast.member.person_id
    answer = client.post(
        "/sign-in", data={"csrf_token": token, "login": phone(person), "password": PASSWORD}, **options
    )
    assert answer.status_code == 303
    cookies += answer.headers.getlist("Set-Cookie")
    names = {cookie.split("=")[0] for cookie in cookies}
    assert names == {"__Host-form", "__Host-prefs", "__Host-portal"}
    for cookie in cookies:
        flags = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= flags, cookie
        assert not any(flag.startswith("domain") for flag in flags)


def answer_token(client, options) -> str:
    page = BeautifulSoup(client.get("/sign-in", **options).text, "html.parser")
    return page.select_one("input[name=csrf_token]")["value"]


def phone(person_id: int) -> str:
    return str(db.session.get(Person, person_id).phone)


def test_static_files_carry_them_too(secure):
    """WhiteNoise answers before the portal does."""
    sent = {}

    def start(status, headers, *_rest):
        sent.update(dict(headers), status=status)

    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/static/portal.css", "wsgi.input": io.BytesIO()}
    for part in server.with_static(secure)(environ, start):
        assert part
    assert sent["status"].startswith("200")
    assert sent["Cache-Control"] == "max-age=31536000, public"
    assert "Access-Control-Allow-Origin" not in sent
    for name, value in security_headers(secure.extensions["portal.settings"]).items():
        assert sent[name] == value


@pytest.mark.parametrize(("path", "status"), [("/faults/form", 400), ("/faults/broken", 500)])
def test_what_was_typed_is_given_back(portal, path, status):
    client = client_of(portal)
    typed = {
        "title": "一段很长的文字 <b>",
        "tags": ["甲", "乙"],
        "password": "a secret",
        "current": "another",
        "kept": " ",
    }
    token = {"csrf_token": client.token()} if status == 500 else {"csrf_token": "expired"}
    answer = client.post(path, data={**typed, **token}, headers={"Accept-Language": "en"})
    assert answer.status_code == status
    assert "Nothing was saved." in answer.text
    for shown in ("一段很长的文字 &lt;b&gt;", ">甲<", ">乙<"):
        assert shown in answer.text
    for hidden in ("a secret", "another", "expired", "csrf_token"):
        assert hidden not in answer.text.split("<h1>")[1]
    assert client.get("/faults/broken?title=一段").status_code == 500


def test_an_upload_that_is_too_large_gives_back_the_text(portal):
    """The photos are dropped, the words that were typed beside them are not."""
    client = client_of(portal)
    photo = (io.BytesIO(b"\xff" * 3 * 2**20), "big.jpg")
    data = {"csrf_token": client.token(), "summary": "清扫了三条巷子", "photos": photo, "place": "望江路"}
    answer = client.post("/faults/form", data=data, headers={"Accept-Language": "en"})
    assert answer.status_code == 413
    assert "The file is too large" in answer.text
    assert "清扫了三条巷子" in answer.text
    assert "望江路" in answer.text
    endless = client.post("/faults/form", data={**data, "photos": (io.BytesIO(b"\xff" * 21 * 2**20), "b.jpg")})
    assert endless.status_code == 413, "so much is not even read"


def test_text_without_end_is_refused(portal):
    client = client_of(portal)
    answer = client.post("/faults/form", data={"csrf_token": client.token(), "summary": "x" * 3 * 2**20})
    assert answer.status_code == 413
