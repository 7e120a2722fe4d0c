"""The public page of a notice: every field of the document, its text, its versions; no draft ever."""

from __future__ import annotations

from datetime import date

import pytest

from portal.notices import services
from tests.harness.cases import either_engine
from tests.notices.rows import TITLE, corrected, draft, published

MOST_QUERIES = 6
FIELDS = {
    "document_number": "望协〔2026〕12号",
    "subject": "财务公开",
    "signed_on": date(2026, 11, 7),
    "effective_on": date(2026, 11, 8),
    "expires_on": date(2031, 1, 2),
    "keywords": "会费 减免",
    "contact": "秘书处 6200-0118",
}


@pytest.fixture
def notice(cast):
    return published(cast.secretary, cast.community, **FIELDS)


@either_engine
def test_every_field_is_there(client, notice):
    page = client.page(f"/notices/{notice.public_id}", headers={"Accept-Language": "zh-CN"})
    words = page.get_text()
    for told in (
        notice.index_number, "望江社区协会", "望协〔2026〕12号", "财务公开", "2026年11月7日", "2026年11月8日",
        "2031年1月2日", "会费 减免", "秘书处 6200-0118",
    ):  # fmt: skip
        assert told in words
    assert page.h1.get_text() == TITLE
    assert page.select_one(".prose h2").get_text() == "一、标准"
    assert page.select_one(".prose").has_attr("hx-disable")
    assert page.select_one(".signature").get_text("|") == "望江社区协会|2026年11月7日"
    assert "为规范会费收缴" in page.select_one('meta[name="description"]')["content"]
    assert len(page.find_all("h1")) == 1


@either_engine
def test_a_signature_in_the_text_is_not_doubled(cast, client):
    notice = published(cast.secretary, cast.community, body="正文。\n\n望江社区协会\n2026年11月7日", **FIELDS)
    assert len(client.page(f"/notices/{notice.public_id}").select(".signature")) == 1


@either_engine
def test_it_announces_the_associations_feed(client, notice):
    feeds = client.page(f"/notices/{notice.public_id}").select('link[type="application/atom+xml"]')
    assert [feed["href"] for feed in feeds] == ["/notices/feed.atom?association=wangjiang"]


@either_engine
def test_drafts_and_strangers_are_not_there(cast, client, sign_in, notice):
    unpublished = draft(cast.secretary, cast.community)
    for address in (
        unpublished.public_id,
        f"{unpublished.public_id}/versions/1",
        "zzzzzzzzzzzz",
        "%00",
        "a%00/versions/1",
    ):
        assert client.get(f"/notices/{address}").status_code == 404
        assert sign_in(cast.secretary).get(f"/notices/{address}").status_code == 404
    for number in ("0", "2", "99999", "x"):
        assert client.get(f"/notices/{notice.public_id}/versions/{number}").status_code == 404


@either_engine
def test_a_draft_of_a_correction_is_not_there(cast, client, db_session, notice):
    version = services.begin_correction(cast.secretary, notice)
    version.body = "还没有发布"
    db_session.flush()
    assert client.get(f"/notices/{notice.public_id}/versions/2").status_code == 404
    assert "还没有发布" not in client.get(f"/notices/{notice.public_id}").text


@either_engine
def test_both_pages_say_what_supersedes_what(cast, client, notice):
    new = published(cast.secretary, cast.community, title="新办法", supersedes=notice.public_id)
    old_page, new_page = (client.page(f"/notices/{one.public_id}") for one in (notice, new))
    assert old_page.select_one(f'.notice a[href="/notices/{new.public_id}"]').get_text() == "新办法"
    assert new_page.select_one(f'.facts a[href="/notices/{notice.public_id}"]').get_text() == TITLE


@either_engine
def test_in_english_the_chinese_text_is_marked_as_chinese(client, notice):
    page = client.page(f"/notices/{notice.public_id}", headers={"Accept-Language": "en"})
    assert (page.html["lang"], page.h1["lang"], page.select_one(".prose")["lang"]) == ("en", "zh", "zh")


@either_engine
def test_queries(cast, client, query_count, notice):
    for number in range(5):
        corrected(cast.secretary, notice, body=f"第{number}次更正")
    published(cast.secretary, cast.community, supersedes=notice.public_id)
    url = f"/notices/{notice.public_id}"
    client.get(url)
    with query_count() as queries:
        assert client.get(url).status_code == 200
    assert len(queries) <= MOST_QUERIES, queries
