"""The Atom feed, read back by a parser that knows nothing of the library that wrote it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from xml.etree import ElementTree as ET

import pytest

from portal.notices import services
from portal.notices.queries import FEED_LENGTH
from tests.harness.cases import either_engine
from tests.notices.rows import TITLE, corrected, draft, published

ATOM = "{http://www.w3.org/2005/Atom}"
TAG = re.compile(r"tag:[\w.-]+,\d{4}(-\d\d-\d\d)?:\S+")


@pytest.fixture
def read(client, app):
    """read("?association=…") is the feed as a tree, after checking what RFC 4287 asks of every feed."""
    settings = app.extensions["portal.settings"]
    app.extensions["portal.settings"] = replace(settings, base_url="https://portal.example.org")

    def read(query: str = "") -> ET.Element:
        response = client.get(f"/notices/feed.atom{query}")
        assert (response.status_code, response.mimetype) == (200, "application/atom+xml")
        feed = ET.fromstring(response.data)
        check(feed)
        return feed

    yield read
    app.extensions["portal.settings"] = settings


def check(feed: ET.Element) -> None:
    assert feed.tag == f"{ATOM}feed"
    entries = feed.findall(f"{ATOM}entry")
    for element in (feed, *entries):
        assert TAG.fullmatch(element.findtext(f"{ATOM}id"))
        assert element.findtext(f"{ATOM}title")
        assert datetime.fromisoformat(element.findtext(f"{ATOM}updated")).tzinfo
        assert all(
            link.get("href").startswith("https://portal.example.org/") for link in element.findall(f"{ATOM}link")
        )
        assert element.findtext(f"{ATOM}author/{ATOM}name")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids)


def entries(feed: ET.Element) -> dict[str, ET.Element]:
    return {entry.findtext(f"{ATOM}title"): entry for entry in feed.findall(f"{ATOM}entry")}


@either_engine
def test_an_entry(cast, read):
    notice = published(cast.secretary, cast.community)
    entry = entries(read())[TITLE]
    assert entry.find(f"{ATOM}link").get("href") == f"https://portal.example.org/notices/{notice.public_id}"
    assert entry.findtext(f"{ATOM}summary").startswith("为规范会费收缴，制定本办法。")
    assert datetime.fromisoformat(entry.findtext(f"{ATOM}updated")) == notice.updated_at
    assert datetime.fromisoformat(entry.findtext(f"{ATOM}published")) == notice.published_at
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "望江社区协会"
    assert entry.find(f"{ATOM}category").get("term") == "policy"


def test_of_one_association_and_those_below(cast, read, client):
    published(cast.secretary, cast.community, title="望江的")
    published(cast.sibling, cast.sibling_community, title="听雨的")
    assert set(entries(read("?association=wangjiang"))) == {"望江的"}
    assert set(entries(read("?association=liuan"))) == {"望江的", "听雨的"}
    assert client.get("/notices/feed.atom?association=nowhere").status_code == 404


def test_a_correction_comes_to_the_top_under_the_same_id(cast, read):
    first = published(cast.secretary, cast.community, title="第一份")
    published(cast.secretary, cast.community, title="第二份")
    before = entries(read())["第一份"].findtext(f"{ATOM}id")
    corrected(cast.secretary, first, body="更正后的正文", correction_note="金额有误")
    found = entries(read())
    assert next(iter(found)) == "第一份"
    assert found["第一份"].findtext(f"{ATOM}id") == before
    assert "金额有误" in found["第一份"].findtext(f"{ATOM}summary")
    assert "更正后的正文" in found["第一份"].findtext(f"{ATOM}summary")


def test_a_withdrawal_is_told_without_the_text(cast, read):
    notice = published(cast.secretary, cast.community)
    services.withdraw(cast.secretary, notice, "数字有误")
    (title, entry), *others = entries(read()).items()
    assert title.endswith(TITLE)
    assert title != TITLE
    assert entry.findtext(f"{ATOM}summary") == "数字有误"
    assert others == []


@either_engine
def test_no_drafts_no_more_than_a_page_and_an_empty_feed_is_a_feed(cast, read):
    draft(cast.secretary, cast.community)
    assert entries(read()) == {}
    for number in range(FEED_LENGTH + 3):
        published(cast.secretary, cast.community, title=f"第{number}号")
    assert len(entries(read())) == FEED_LENGTH


def test_marks_of_the_file_format_are_text(cast, read):
    title = '<b>甲</b> & ]]> "乙"'
    published(cast.secretary, cast.community, title=title, body="<script>1</script> & ]]>")
    assert entries(read())[title].findtext(f"{ATOM}summary") == "<script>1</script> & ]]>"


def test_the_list_announces_it(client):
    assert client.page("/notices").select_one('link[type="application/atom+xml"]')["href"] == "/notices/feed.atom"
