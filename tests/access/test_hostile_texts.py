"""Whatever somebody types into a box that others read, on no page is it anything but text.

Every text box of every form that a role meets takes hostile texts; then every page and file behind the portal's
links is read again. What the pages have beside it (drawings, their own hx-*) is known from before.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from bs4 import BeautifulSoup
from flask import render_template_string
from sqlalchemy import String, text
from werkzeug.test import TestResponse

from portal.core.access import requires
from portal.core.database import db
from portal.core.text import printable
from tests.access.forms import FoundForm, crawl
from tests.access.furnished import clients
from tests.access.walk import Walk
from tests.harness.client import PortalClient
from tests.harness.soaking import SOAKING
from tests.notices.payloads import PAYLOADS, dangers

# The pages are the same whichever database keeps the text.
pytestmark = pytest.mark.engines("sqlite")

# What ends the visit, or the visitor.
NOT_SENT = ("accounts.sign_out", "accounts.end_all_sessions", "own.delete", "associations.archive_branch")
LAST = ("end", "withdraw", "discard", "strike", "remove", "delete", "refuse", "decline")
ROUNDS = 2 if SOAKING else 1
GROUPS = "/office/wangjiang/groups"  # the page of the control
# Every payload holds one of these: a page without any of them shows none.
MARKS = re.compile(r"alert\(|evil|script:|position:fixed|hx-|data-print|config\.|formaction|[!\]]\[t")


def test_every_payload_is_a_danger_where_it_is_let_through():
    """The control of the eyes: rendered as it is, nearly every payload is seen."""
    seen = [payload for payload in PAYLOADS if dangers(f"<p>{payload}</p>") or dangers(f'<p title="{payload}">')]
    assert len(seen) > 40


class Feeder:
    """Hands out the payloads in turn, as many at once as fit into the box."""

    def __init__(self) -> None:
        self.payloads = cycle(printable(payload).replace("\n", " ") for payload in PAYLOADS)
        self.kept = next(self.payloads)

    def fill(self, room: int) -> str:
        found = ""
        while len(found) + len(self.kept) + 1 <= min(room, 1800):
            found += f"{self.kept} "
            self.kept = next(self.payloads)
        if not found:
            found, self.kept = self.kept[:room], next(self.payloads)
        return found.strip()


def in_order(forms: dict[str, tuple[PortalClient, FoundForm]]) -> list[tuple[PortalClient, FoundForm]]:
    """What only adds before what takes away."""
    sent = [(client, form) for name, (client, form) in forms.items() if name not in NOT_SENT and form.texts]
    return sorted(sent, key=lambda pair: any(word in pair[1].endpoint for word in LAST))


def send(client: PortalClient, form: FoundForm, feeder: Feeder) -> Iterator[TestResponse]:
    """The form with hostile texts in every box; boxes that refuse them get what they ask for."""
    for _ in range(ROUNDS):
        hostile = {name: feeder.fill(room) for name, room in form.texts.items()}
        answer = client.force(form.action, {**form.filled(), **hostile})
        yield answer
        if answer.status_code == 422:
            bad = {box["name"] for box in BeautifulSoup(answer.text, "lxml").select(".bad [name]")}
            yield client.force(
                form.action, {**form.filled(), **{name: text for name, text in hostile.items() if name not in bad}}
            )


def dangers_of(url: str, response: TestResponse) -> set[str]:
    """What of an answer could run, send or fetch; files are no pages, and say so."""
    assert response.headers["X-Content-Type-Options"] == "nosniff", url
    if response.mimetype == "text/html":
        return set(dangers(response.text)) if MARKS.search(response.text) else set()
    if response.mimetype == "application/atom+xml":
        return {danger for entry in ET.fromstring(response.text).iter() for danger in _of_entry(entry)}
    if response.mimetype == "application/json":
        json.loads(response.text)
    return set()


def _of_entry(entry: ET.Element) -> list[str]:
    return dangers(entry.text) if entry.get("type") == "html" and entry.text else []


def read_everything(app: Any, walked: Walk) -> dict[str, set[str]]:
    """A page of each kind, whoever may read it; in the long form two of each, and every file."""
    found: dict[str, set[str]] = {}
    visits: Counter[str] = Counter()
    for role, client in walked.visitors.items():
        for url, response in crawl(app, client, walked.starts(role), visits, files=SOAKING, each=2 if SOAKING else 1):
            found[f"{role} {url}"] = dangers_of(url, response)
    return found


def kept_payloads() -> int:
    """In how many columns of the database a hostile text stands."""
    found = 0
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, String):
                marks = f"{column.name} LIKE '%<%>%' OR {column.name} LIKE '%javascript:%'"
                found += bool(db.session.scalar(text(f"SELECT 1 FROM {table.name} WHERE {marks} LIMIT 1")))
    return found


def nothing_typed_is_markup(app: Any, walked: Walk, own: set[str]) -> None:
    """`own` is what the pages had beside it before anything was typed."""
    feeder, sent, wrong = Feeder(), 0, []
    for client, form in in_order(walked.forms):
        for answer in send(client, form, feeder):
            sent += answer.status_code in (200, 303)
            given_back = dangers_of(form.action, answer) if answer.status_code in (200, 422) else set()
            wrong += [f"{form.endpoint} gives back {danger}" for danger in given_back - own]
    assert sent > 50
    assert kept_payloads() > 25
    pages = read_everything(app, walked)
    wrong += [f"{url}: {danger}" for url, found_there in pages.items() for danger in found_there - own]
    assert not wrong, "\n".join(sorted(wrong))
    assert len(pages) > 100
    assert f"secretary {GROUPS}" in pages


def test_control_a_page_that_trusts_a_text_is_seen(app, cast, monkeypatch):
    """One page that renders a name with |safe, and the same reading finds it."""

    @requires("members.read")
    def planted(code: str) -> str:
        return render_template_string("<p>{{ name|safe }}</p>", name=cast_name)

    secretary, cast_name = clients(app, cast)["secretary"], PAYLOADS[8]
    own = dangers_of(GROUPS, secretary.get(GROUPS))
    monkeypatch.setitem(app.view_functions, "associations.groups", planted)
    assert dangers_of(GROUPS, secretary.get(GROUPS)) - own
