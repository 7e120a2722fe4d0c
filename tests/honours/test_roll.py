"""The honour roll: names with consent only, on no public page without it; the rest is counted."""

from __future__ import annotations

import pytest

from portal.core.calendar import at
from portal.core.database import db
from portal.honours import services
from tests.harness.cases import either_engine
from tests.honours.rows import honoured
from tests.notices.rows import acting

NAME = "陈晓明"


@pytest.fixture
def given(app, cast):
    found = honoured(cast)
    db.session.commit()
    return found


def main(client, url: str) -> str:
    return client.page(url).select_one("main").get_text(" ", strip=True)


def test_named_by_year_kind_and_association(client, cast, given):
    person, group, moment = given
    year = person.decided_on.year
    with at(moment):
        assert all(name in main(client, "/honours") for name in (NAME, "第一小组"))
        assert NAME in main(client, f"/honours?year={year}&association=wangjiang")
        assert NAME not in main(client, "/honours?association=shiqiao")
        assert client.get("/honours?association=nowhere").status_code == 404
        assert NAME in main(client, f"/honours/print?year={year}")
        assert NAME in main(client, f"/honours/{person.public_id}")
        assert NAME in main(client, "/honours?year=1234&kind=x&page=9")
        assert f"/honours/{group.public_id}" in client.get("/honours").text
        assert 'href="/honours' in client.get("/associations/wangjiang").text
        assert 'href="/honours' not in client.get("/associations/shiqiao").text
        assert 'href="/honours"' in client.get("/commendations").text


PUBLIC = (
    "/", "/honours", "/honours/print", "/honours?association=wangjiang", "/commendations", "/associations/wangjiang",
    "/sitemap.xml", "/sitemaps/pages.xml", "/notices/feed.atom", "/notice-periods/feed.atom",
)  # fmt: skip


def test_without_consent_a_name_is_on_no_public_page(client, cast, given):
    """Counted and no more; the control is the page before. What stood on public notice by consent stays there."""
    person, _group, moment = given
    own = f"/honours/{person.public_id}"
    with at(moment):
        assert NAME in client.get("/honours").text
        services.show_in_public(acting(cast.volunteer), person, is_public=False)
        db.session.commit()
        for url in PUBLIC:
            page = client.get(url)
            assert page.status_code == 200, url
            assert NAME not in page.text, url
            assert own not in page.text, url
        assert client.get(own).status_code == 404
        assert "1" in main(client, f"/honours?year={person.decided_on.year}")


@either_engine
def test_an_empty_roll(client, cast):
    assert client.get("/honours").status_code == 200
    assert client.get("/honours/print").status_code == 404
