"""Ways back that are given by the reader, files to keep, addresses with changed arguments."""

from __future__ import annotations

import importlib

import pytest
from flask import request
from wtforms import PasswordField
from wtforms.fields.core import UnboundField

from portal.core import web
from portal.core.access import public
from portal.core.forms import BaseForm
from tests.harness.client import client_of
from tests.harness.source import modules

pytestmark = pytest.mark.engines("sqlite")  # no database has a part in it

HOSTILE = [
    "https://evil.example/", "http:evil.example", "https:evil.example/me", "//evil.example/me", "///evil.example/me",
    "////evil.example/me", "/\\evil.example/me", "\\\\evil.example", "/\t/evil.example/me", "/\n/evil.example",
    "/\r/evil.example", "/\0/evil.example", " //evil.example", "/%2fevil.example", "/%5cevil.example",
    "javascript:alert(1)", "data:text/html,x", "@evil.example", "/@evil.example", "https://localhost@evil.example/me",
    "http://[::1", "/no-such-page", "/sign-out", "me", "?next=/me", "#", "", "/me\r\nSet-Cookie: a=b",
    "/.//evil.example", "/\u2028/evil.example",
    "/static/../../etc/passwd/x\0", "ftp://evil.example", "/me/../../evil.example//", "/;//evil.example", "//", "/\\",
]  # fmt: skip
OWN = {
    "/": "/",
    "/me": "/me",
    "/me?": "/me",
    "/me?page=2&q=%E6%9E%97": "/me?page=2&q=%E6%9E%97",
    "/office/wangjiang": "/office/wangjiang",
    "/me?next=https://evil.example": "/me?next=https://evil.example",
    "/me#part": "/me",
}


def test_hostile_paths_lead_nowhere(app):
    with app.test_request_context("/"):
        assert {path: web.own_path(path) for path in HOSTILE} == dict.fromkeys(HOSTILE)
        assert web.own_path(None) is None


def test_own_paths_are_gone_to(app):
    with app.test_request_context("/"):
        assert {path: web.own_path(path) for path in OWN} == OWN


def test_control_the_usual_recipe_lets_some_through():
    """Joining with one's own address and comparing hosts, as it stands in many a tutorial."""
    from urllib.parse import urljoin, urlsplit

    def recipe(path: str) -> bool:
        there = urlsplit(urljoin("http://localhost/", path))
        return there.scheme in ("http", "https") and there.netloc == "localhost"

    assert recipe("////evil.example/me")
    assert recipe("/\\evil.example/me")


def test_the_redirect_goes_to_this_site(app, client):
    for path in HOSTILE:
        answer = client.get("/preferences", query_string={"back": path, "size": "large"})
        assert answer.headers["Location"] == "/", path


@pytest.mark.parametrize(
    "name", ["花名册 2026.xlsx", 'a"b\\c.xlsx', "a\r\nSet-Cookie: x=y.csv", "../../etc/passwd", "a;b=c.csv"]
)
def test_a_file_to_keep_has_the_name_it_was_given(app, name):
    with app.test_request_context("/"):
        answer = web.download(b"content", name, "text/csv")
    value = answer.headers["Content-Disposition"]
    assert value.startswith('attachment; filename="')
    assert value.isascii()
    assert "\r" not in value
    assert value.split('filename="')[1].split('"')[0].count("\\") == 0
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_an_address_with_changed_arguments(app):
    with app.test_request_context("/list?q=林&kind=a&kind=b&page=7"):
        assert web.address_with(page=None) == "/list?q=%E6%9E%97&kind=a&kind=b"
        assert web.address_with(kind=None, page=2) == "/list?q=%E6%9E%97&page=2"
        assert web.address_with(kind=["c"], q="a&b=c") == "/list?page=7&kind=c&q=a%26b%3Dc"
        assert dict(request.args)["page"] == "7"


def test_a_post_is_answered_with_a_redirect_and_htmx_in_its_own_way(apps, engine_kind):
    with apps.live(engine_kind) as portal:
        portal.add_url_rule("/faults/go", "go", public(lambda: web.go("home.front", "saved")), methods=["POST"])
        client = client_of(portal)
        plain = client.force("/faults/go")
        assert (plain.status_code, plain.headers["Location"]) == (303, "/")
        assert "saved" in client.get("/").text
        partly = client.post("/faults/go", data={"csrf_token": client.token()}, headers={"HX-Request": "true"})
        assert (partly.status_code, partly.headers["HX-Redirect"]) == (204, "/")


def test_no_password_is_ever_carried_into_another_page():
    """Every field for a password, in every form there is, is known by its name."""
    for module in (module.name for module in modules() if module.name.endswith(".forms")):
        importlib.import_module(module)
    fields = [
        (form.__name__, name)
        for form in every_form(BaseForm)
        for name, field in vars(form).items()
        if isinstance(field, UnboundField) and issubclass(field.field_class, PasswordField)
    ]
    assert len(fields) > 3
    assert [field for field in fields if not web.is_secret_field(field[1])] == []
    assert not web.is_secret_field("name")


def every_form(form: type) -> list[type]:
    return [form, *(below for child in form.__subclasses__() for below in every_form(child))]
