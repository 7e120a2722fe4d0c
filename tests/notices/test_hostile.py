"""Hostile texts in every field (`make soak`: all sixty): on no page does anything of them run, send, or fetch."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup

from portal.core.text import printable
from portal.notices import services
from portal.notices.drafts import LIMITS, Content
from portal.notices.models import Notice
from tests.harness.cases import each
from tests.harness.soaking import SOAKING
from tests.notices.payloads import PAYLOADS, dangers
from tests.notices.rows import OFFICE

FIELDS = ("title", "body", "issuer", "document_number", "keywords", "contact")
ALLOWED_IN_TEXT = {
    "a", "blockquote", "br", "code", "div", "em", "h2", "h3", "hr", "li", "ol", "p", "pre", "strong", "table",
    "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


# The short form sends each fifth, which are of every kind; the forms of all rooms get the rest (tests/access).
SENT = PAYLOADS if SOAKING else PAYLOADS[::5]

# The pages are the same whichever database keeps the text; what it keeps is tested with the forms.
pytestmark = pytest.mark.engines("sqlite")


def filled(payload: str) -> dict[str, Any]:
    data = {name: payload[: LIMITS[name]] for name in FIELDS}
    return data | {
        "body": f"{payload}\n\n甲 {payload} 乙\n\n- {payload}\n\n| 表 |\n|---|\n| {payload} |\n\n# {payload}"
    }


def test_there_are_sixty():
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 60


@pytest.fixture
def drafts(cast, db_session) -> list[Notice]:
    """Each payload in every field of a draft."""
    made = []
    for payload in SENT:
        content = Content(kind="notice", **{name: printable(text) for name, text in filled(payload).items()})
        made.append(services.save_draft(cast.secretary, cast.community, content))
    db_session.flush()
    return made


@pytest.fixture
def notices(cast, db_session, drafts) -> list[Notice]:
    """Each published, and corrected with the payload as the note."""
    for notice, payload in zip(drafts, SENT, strict=True):
        services.publish(cast.secretary, notice, number=1)
        draft = services.begin_correction(cast.secretary, notice)
        draft.correction_note, draft.contact = printable(payload), "改"
        db_session.flush()
        services.publish(cast.secretary, notice, number=2)
    return drafts


@pytest.mark.soak
def test_nothing_of_it_survives_in_public(client, notices):
    for public_id in [notice.public_id for notice in notices]:
        html = client.get(f"/notices/{public_id}").text
        assert dangers(html) == []
        prose = BeautifulSoup(html, "html.parser").select_one(".prose")
        assert {tag.name for tag in prose.find_all(True)} <= ALLOWED_IN_TEXT
        for tag in prose.find_all(True):
            assert set(tag.attrs) <= {"href", "rel", "title", "class", "tabindex", "start"}
    for page in range(1, 4 if SOAKING else 2):
        assert dangers(client.get(f"/notices?page={page}").text) == []


@pytest.mark.soak
def test_nor_in_the_office(cast, sign_in, drafts):
    secretary, ids = sign_in(cast.secretary), [notice.public_id for notice in drafts]
    for public_id in ids:
        for page in ("check", "edit"):
            assert dangers(secretary.get(f"{OFFICE}/{public_id}/{page}").text) == []
    for page in range(1, 4 if SOAKING else 2):
        assert dangers(secretary.get(f"{OFFICE}?page={page}").text) == []


@pytest.mark.soak
def test_nor_when_it_is_given_back(cast, sign_in, client, db_session, notices):
    for notice, payload in zip(notices, SENT, strict=True):
        services.withdraw(cast.secretary, notice, printable(payload))
    db_session.flush()
    secretary, ids = sign_in(cast.secretary), [notice.public_id for notice in notices]
    for public_id, payload in zip(ids, SENT, strict=True):
        answers = [
            client.get(f"/notices/{public_id}"),
            client.get("/notices", query_string={"q": payload, "kind": payload, "year": payload}),
            secretary.force(f"{OFFICE}/new", {**filled(payload), "title": "", "kind": payload}),
        ]
        assert [dangers(answer.text) for answer in answers] == [[]] * 3
        assert [answer.status_code for answer in answers] == [200, 200, 422]


@each("payload", [p for p in PAYLOADS if p.startswith("<") and "CDATA" not in p])
def test_control_unguarded_it_would_be_found(payload):
    harmless = ("<div id=main", "<javascript:", "<noscript>", "<!-->")
    assert dangers(f"<html><body>{payload}</body></html>") or payload.startswith(harmless)
