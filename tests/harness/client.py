"""A visitor without a browser: keeps cookies, fills in the form that a page shows, signs in."""

from __future__ import annotations

import contextvars
import re
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from flask import Flask, session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from werkzeug.test import TestResponse

from portal.accounts import sessions
from portal.accounts.models import Account
from portal.core.database import db

Result = TypeVar("Result")
FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
SUMMARY = re.compile(r'<div class="summary".*?</div>', re.DOTALL)
SHOWN = re.compile(r'<(?:input(?! type="hidden")|select|textarea)\b[^>]*? name="([^"]+)"')
TARGET = re.compile(r'href="#([^"]+)"')


class PortalClient(FlaskClient):
    """CSRF is on, as it is outside. Each request runs apart from the test's own app context and session."""

    _made: tuple[Any, str] | None = None  # the session's cookie, and the token made of it

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """What the test has not committed is committed first; what it holds is read again afterwards."""
        db.session.commit()
        response = apart(super().open, *args, **kwargs)
        db.session.expire_all()
        if response.status_code == 422 and response.mimetype == "text/html":
            lost = faults_that_lead_nowhere(response.text)
            assert not lost, f"{response.request.path} tells of faults in fields that it does not show: {lost}"
        return response

    def page(self, url: str, status: int = 200, **kwargs: Any) -> BeautifulSoup:
        """The page at `url` as a tree, after checking its status."""
        return BeautifulSoup(self._text(url, status, **kwargs), "lxml")

    def _text(self, url: str, status: int = 200, **kwargs: Any) -> str:
        response = self.get(url, **kwargs)
        assert response.status_code == status, f"{url} answered {response.status_code}:\n{response.text[:2000]}"
        return response.text

    def submit(
        self, url: str, data: dict[str, Any] | None = None, page: str | None = None, **kwargs: Any
    ) -> TestResponse:
        """Open `page` (default: `url`), fill in its form that posts to `url`, and send it.

        What `data` does not name is sent as the page gives it, hidden fields and the token among it; a value of
        None leaves a field out.
        """
        return self.send(url, {**self.form(url, page), **(data or {})}, **kwargs)

    def form(self, url: str, page: str | None = None) -> dict[str, Any]:
        """What the form on `page` that posts to `url` sends as it is: asked once, it can be sent many times."""
        return form_values(form_in(self._text(page or url), url, page or url))

    def send(self, url: str, values: dict[str, Any], **kwargs: Any) -> TestResponse:
        """Post a form's values; one of None is left out."""
        return self.post(url, data={name: value for name, value in values.items() if value is not None}, **kwargs)

    def force(self, url: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """Post with a valid token but without having seen the form: what somebody does who may not open it."""
        return self.post(url, data={"csrf_token": self.token(), **(data or {})}, **kwargs)

    def token(self) -> str:
        """A CSRF token of this visitor's session; the same as before while the session is."""

        def make() -> str:
            with self.session_transaction() as kept, self.application.test_request_context("/"):
                session.update(kept)
                token = generate_csrf()
                kept.update(session)
            return str(token)

        name = self.application.config["SESSION_COOKIE_NAME"]
        if self._made is None or self._made[0] != self.get_cookie(name):
            token = apart(make)
            self._made = self.get_cookie(name), token
        return self._made[1]

    def sign_in(self, account: Account) -> None:
        """A session of this account, as signing in leaves it; the page for it has its own tests."""
        token = sessions.open_session(account, "test", "127.0.0.1")
        db.session.commit()
        with self.application.test_request_context("/"):
            name, value = sessions._cookie_name(), sessions._signer().sign(token).decode("ascii")
        self.set_cookie(name, value, httponly=True)


def apart(function: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
    """Call the function outside the test's own app context, which Flask would share with the request: `g`, the
    session of the database and the signed-in account would be those of the request before. All else (a stopped
    clock, say) holds inside too.
    """

    def call() -> Result:
        for variable, value in outside.items():
            if not variable.name.startswith("flask."):
                variable.set(value)
        return function(*args, **kwargs)

    outside = contextvars.copy_context()
    return contextvars.Context().run(call)


def faults_that_lead_nowhere(html: str) -> list[str]:
    """What the summary of a refused form leads to and the page has not, though it shows a field of that name."""
    summary = SUMMARY.search(html)
    told = TARGET.findall(summary[0]) if summary else []
    shown = set(SHOWN.findall(html))
    return [name for name in told if f'id="{name}"' not in html and name.removesuffix("-0") in shown]


def client_of(app: Flask) -> PortalClient:
    app.test_client_class = PortalClient
    client = app.test_client()
    assert isinstance(client, PortalClient)
    return client


def form_to(page: BeautifulSoup, url: str, shown_at: str) -> Tag:
    """The page's form that posts to `url`; one without an action posts to the page's own address."""
    for form in page.find_all("form", method=lambda method: (method or "").lower() == "post"):
        if urlsplit(form.get("action") or shown_at).path == urlsplit(url).path:
            return form
    raise AssertionError(f"no form on {shown_at} posts to {url}")


def form_in(html: str, url: str, shown_at: str) -> Tag:
    """The same, for a page of which nothing else is looked at: what stands around its forms is not read."""
    forms = (form for form in FORM.findall(html) if urlsplit(url).path in form or ' action="/' not in form)
    return form_to(BeautifulSoup("".join(forms), "lxml"), url, shown_at)


def form_values(form: Tag) -> dict[str, Any]:
    """The fields of a form as a browser would send them untouched; several values of a name become a list."""
    values: dict[str, Any] = {}
    for field in form.find_all(["input", "textarea", "select"]):
        name = field.get("name")
        if not name or field.has_attr("disabled"):
            continue
        for value in _field_values(field):
            values[name] = [*_as_list(values[name]), value] if name in values else value
    return values


def _field_values(field: Tag) -> list[str]:
    if field.name == "textarea":
        return [field.get_text().removeprefix("\n")]
    if field.name == "select":
        chosen = field.find_all("option", selected=True)
        if not chosen and not field.has_attr("multiple"):
            chosen = field.find_all("option")[:1]
        return [option.get("value", option.get_text()) for option in chosen]
    kind = field.get("type", "text")
    if kind in ("submit", "button", "reset", "image", "file"):
        return []
    if kind in ("checkbox", "radio"):
        return [field.get("value", "on")] if field.has_attr("checked") else []
    return [field.get("value", "")]


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
