"""Every form that a role meets on its way through the portal's own links, filled in as somebody would."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from portal.core.calendar import today
from tests.harness.client import PortalClient, form_values

LINK = re.compile(r'<a [^>]*href="([^"]+)"')
FILE = re.compile(r"\.(xlsx|csv|pdf|json|jpg|svg)(\?|$)")  # no page, no form
WHOLE = re.compile(r"<form\b.*?</form>", re.DOTALL)
FORM = re.compile(r'<form (?=[^>]*method="post")(?:[^>]*?\baction="([^"]*)")?')
PER_ENDPOINT = 2
TEXTS = ("text", "search", "email", "tel", "url")
# What a box is filled with when the page leaves it empty, by what its name says.
BY_NAME = {
    "identity_number": "", "phone": "13900002222", "guardian_phone": "13900003333", "email": "someone@example.com",
    "code": "xinqu", "password": "quite another password", "current": "a password for tests", "minutes": "",
    "height": "", "founded_on": "2001-01-01", "end_on": str(today() + timedelta(days=90)), "slug": "newplace",
    "pattern": "{code}-{serial}", "digits": "5",
}  # fmt: skip
# What a form needs besides, where the page alone does not tell.
BY_ENDPOINT = {
    "offices.open_term": {"start_on": "2031-01-01", "end_on": "2034-12-31"},
    "offices.end": {"end_on": str(today())},
    "offices.grant": {"confirmed": "yes", "end_on": ""},
    "activities.correct": {"minutes": "60", "length": ""},
    "attendance.decide": {"minutes": "10"},
    "letters.enter": {"answer": ""},  # whom it is about may be the chair: then somebody above answers
    "letters.put_off": {"until": str(today() + timedelta(days=30))},
    "certificates.new_star_table": {"hours": "100 200 300"},
    "dossiers.evaluate": {"start_on": str(today() - timedelta(days=60)), "end_on": str(today())},
    "hours.correct": {"minutes": "55"},
    "plans.add_session": {"every": "", "min_age": "", "max_age": "", "deadline_day": "", "deadline_time": ""},
    "volunteers.rename_skill": {"name": "新的叫法"},
    "volunteers.renew": {"term_end_on": f"{today().year + 2}-12-31"},
    "attendance.add": {"person": ""},  # a guest; whoever was found is sent by a form of its own beside it
}


@dataclass
class FoundForm:
    """A form that posts, as the page gave it: what it sends, and which of its boxes take free text."""

    endpoint: str
    action: str
    page: str
    values: dict[str, Any]
    texts: dict[str, int] = field(default_factory=dict)  # name → characters that fit
    declared: set[str] = field(default_factory=set)

    def filled(self, **more: Any) -> dict[str, Any]:
        return {name: value for name, value in {**self.values, **more}.items() if value is not None}


def endpoint_of(app: Flask, url: str, method: str) -> str | None:
    try:
        return str(app.url_map.bind("localhost").match(urlsplit(url).path, method=method)[0])
    except (HTTPException, RequestRedirect):
        return None


def crawl(
    app: Flask,
    client: PortalClient,
    starts: Iterable[str],
    visits: Counter[str] | None = None,
    *,
    files: bool = True,
    each: int = PER_ENDPOINT,
) -> Iterator[tuple[str, TestResponse]]:
    """What stands behind the portal's own links: what is named, `each` pages and a file of each kind; `visits` are
    those seen.
    """
    named = list(starts)
    waiting, seen = list(named), set()
    visits = Counter() if visits is None else visits
    while waiting:
        url = waiting.pop(0)
        endpoint = endpoint_of(app, url, "GET")
        if url in seen or endpoint in (None, "static", "home.preferences") or (not files and FILE.search(url)):
            continue
        if visits[endpoint] >= (1 if FILE.search(url) else each) and url not in named:
            continue
        seen.add(url)
        response = client.get(url)
        visits[endpoint] += response.status_code == 200
        if response.status_code in (302, 303):
            waiting.append(response.location)
        if response.status_code == 200:
            if response.mimetype == "text/html":
                waiting += [urljoin(url, unescape(link)).split("#")[0] for link in LINK.findall(response.text)]
            yield url, response


def forms_of(
    app: Flask,
    client: PortalClient,
    starts: Iterable[str],
    look: Callable[[str, TestResponse], Any] | None = None,
    visits: Counter[str] | None = None,
) -> dict[str, FoundForm]:
    """The first form for each endpoint that takes a POST; `look` is shown every answer on the way."""
    found: dict[str, FoundForm] = {}

    def is_new(action: str) -> bool:
        return endpoint_of(app, action, "POST") not in (None, *found)

    for url, response in crawl(app, client, starts, visits, files=False):
        if look is not None:
            look(url, response)
        html = response.text if response.mimetype == "text/html" else ""
        if not any(is_new(urljoin(url, unescape(action) or url)) for action in FORM.findall(html)):
            continue
        for form in forms_on(app, url, html):
            found.setdefault(form.endpoint, form)
    return found


def forms_on(app: Flask, url: str, html: str) -> Iterator[FoundForm]:
    """The forms of a page that post; what stands around them is not read."""
    for tag in BeautifulSoup("".join(WHOLE.findall(html)), "lxml").find_all(
        "form", method=lambda method: (method or "").lower() == "post"
    ):
        action = urljoin(url, str(tag.get("action") or url))
        endpoint = endpoint_of(app, action, "POST")
        if endpoint is not None:
            yield _read(endpoint, action, url, tag)


def _read(endpoint: str, action: str, url: str, tag: Tag) -> FoundForm:
    form = FoundForm(endpoint, action, url, {k: v for k, v in form_values(tag).items() if k != "csrf_token"})
    for box in tag.find_all(["input", "textarea", "select"]):
        name = str(box.get("name") or "")
        if not name or name == "csrf_token":
            continue
        form.declared.add(name)
        kind = "text" if box.name == "textarea" else str(box.get("type", "text"))
        if box.name != "select" and kind in TEXTS and box.get("inputmode") != "numeric":
            form.texts[name] = int(str(box.get("maxlength") or 4000))
        if not form.values.get(name):
            value = _answer(tag, box, name, kind)
            if value is not None:
                form.values[name] = value
    button = tag.select_one("button[name]:not([disabled])")
    if button is not None and tag.select_one("button:not([name])") is None:  # one of several must be pressed
        form.values[str(button["name"])] = str(button.get("value", ""))
        form.declared.add(str(button["name"]))
    form.values.update(BY_ENDPOINT.get(endpoint, {}))
    form.declared.update(BY_ENDPOINT.get(endpoint, {}))
    return form


def _answer(tag: Tag, box: Tag, name: str, kind: str) -> Any:
    """What a person would put into a box that the page leaves empty."""
    if box.name == "select":
        return next((str(o["value"]) for o in box.find_all("option") if o.get("value")), None)
    if kind == "radio":
        return str(box.get("value", "on"))
    if kind == "checkbox":
        return str(box.get("value", "y"))
    if name in BY_NAME:
        return BY_NAME[name]
    if kind == "date" or name.endswith(("_on", "_date")):
        return str(today())
    if kind in ("file", "submit", "button", "hidden"):
        return None
    return "1" if kind == "number" or box.get("inputmode") in ("numeric", "decimal") else "写在这里的几个字"
