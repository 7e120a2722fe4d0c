"""What programs read, by other people's libraries: JSON, CSV, Atom, JSON-LD, a page to print; with hostile titles."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import pytest
from bs4 import BeautifulSoup
from feedgen.feed import FeedGenerator
from lxml import etree

from portal.core.database import db
from portal.notices import queries, services
from portal.notices.machine import FIELDS
from portal.notices.models import NoticeSubject
from tests.harness.cases import either_engine
from tests.notices.payloads import PAYLOADS, dangers
from tests.notices.rows import corrected, draft, published

HOSTILE = [
    "</script><script>alert(1)</script>", "<!--<script>", "]]>&\"'", "=HYPERLINK(1)", "\u2028会费\u2029",
    *(one for one in PAYLOADS[::9] if "\0" not in one and len(one) < 100),
]  # fmt: skip
BASE = "http://localhost"
# What schema.org publishes of CreativeWork, of which a DigitalDocument is one, as far as it is used here.
PUBLISHED = {
    "@context", "@type", "@id", "url", "name", "identifier", "abstract", "author", "publisher", "datePublished",
    "dateModified", "dateCreated", "expires", "version", "creativeWorkStatus", "keywords", "about", "inLanguage",
    "isAccessibleForFree", "isPartOf",
}  # fmt: skip


@pytest.fixture
def hostile(cast):
    return [published(cast.secretary, cast.community, title=title, keywords=title[:90]) for title in HOSTILE]


def fetched(client, address: str):
    """The answer, after it was asked for again with its mark."""
    answer = client.get(address)
    assert answer.status_code == 200
    assert client.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    return answer


def test_all_notices_as_json_and_csv(cast, client, hostile):
    new = published(
        cast.secretary, cast.community, title="新办法", supersedes=hostile[0].public_id, expires_on=date(2099, 1, 1)
    )
    corrected(cast.secretary, new, contact="改")
    services.withdraw(cast.secretary, hostile[1], "发错了")
    draft(cast.secretary, cast.community, title="草稿")
    listed = fetched(client, "/notices.json")
    records = json.loads(listed.data)["notices"]
    assert [record["title"] for record in records] == [*HOSTILE, "新办法"]
    assert {tuple(record) for record in records} == {FIELDS}
    last, gone = records[-1], records[1]
    assert (last["version"], last["supersedes"], last["expires_on"]) == (2, hostile[0].public_id, "2099-01-01")
    assert last["url"] == f"{BASE}/notices/{new.public_id}"
    assert (gone["status"], gone["withdrawal_reason"], gone["keywords"]) == ("withdrawn", "发错了", None)
    assert listed.last_modified.timestamp() == pytest.approx(hostile[1].updated_at.timestamp(), abs=2)
    table = list(csv.DictReader(io.StringIO(fetched(client, "/notices.csv").data.decode("utf-8-sig"))))
    assert tuple(table[0]) == FIELDS
    assert [row["id"] for row in table] == [record["id"] for record in records]
    assert "'=HYPERLINK(1)" in {row["title"] for row in table}


@either_engine
def test_the_mark_changes_with_what_changed(cast, client, hostile):
    marks = [client.get("/notices.json").headers["ETag"]]
    corrected(cast.secretary, hostile[0], contact="改")
    marks.append(client.get("/notices.json").headers["ETag"])
    services.withdraw(cast.secretary, hostile[0], "发错了")
    marks += [client.get("/notices.json").headers["ETag"], client.get("/notices.csv").headers["ETag"]]
    assert len(set(marks)) == 4


@either_engine
def test_nothing_yet(client):
    assert json.loads(client.get("/notices.json").data) == {"notices": []}
    assert client.get("/notices.csv").data.decode("utf-8-sig").strip() == ",".join(FIELDS)


@either_engine
def test_a_notice_is_described_for_search_engines(client, cast, hostile):
    for notice in hostile[:5]:
        html = client.get(f"/notices/{notice.public_id}").text
        page = BeautifulSoup(html, "html.parser")
        (block,) = page.select('script[type="application/ld+json"]')
        data = json.loads(block.string)
        assert (data["@context"], data["@type"]) == ("https://schema.org", "DigitalDocument")
        assert set(data) <= PUBLISHED
        assert data["name"] == notice.title
        assert data["identifier"] == notice.index_number
        assert data["publisher"]["name"] == cast.community.name
        assert data["datePublished"].startswith(notice.published_at.date().isoformat())
        assert page.select_one('meta[property="og:title"]')["content"] == notice.title
        assert page.select_one('meta[property="og:url"]')["content"] == data["url"]
        assert page.select_one('link[rel="canonical"]')["href"] == data["url"]
        assert etree.HTML(html).xpath("count(//script)") == len(page.select("script"))
        block.extract()
        assert dangers(str(page)) == []


@either_engine
def test_what_is_no_longer_so_is_not_described(client, cast):
    notice = published(cast.secretary, cast.community)
    corrected(cast.secretary, notice, contact="改")
    assert "ld+json" not in client.get(f"/notices/{notice.public_id}/versions/1").text
    services.withdraw(cast.secretary, notice, "发错了")
    page = client.page(f"/notices/{notice.public_id}")
    assert not page.select('script[type="application/ld+json"]')
    assert not page.select('meta[property="og:description"]')


def test_feed_of_a_subject(cast, client, db_session, hostile):
    subject = NoticeSubject(association_id=cast.federation.id, name="财务 & <收支>", position=1)
    db_session.add(subject)
    db_session.flush()
    hostile[0].subject_id = subject.id
    db_session.flush()
    feed = etree.fromstring(fetched(client, f"/notices/feed.atom?subject={subject.public_id}").data)
    atom = {"a": "http://www.w3.org/2005/Atom"}
    assert feed.xpath("//a:entry/a:title/text()", namespaces=atom) == [HOSTILE[0]]
    assert "财务 & <收支>" in feed.xpath("string(a:title)", namespaces=atom)
    assert len(etree.fromstring(client.get("/notices/feed.atom").data).xpath("//a:entry", namespaces=atom)) == len(
        HOSTILE
    )
    assert client.get("/notices/feed.atom?subject=nothing").status_code == 404
    again = FeedGenerator()
    (
        again.id("x"),
        again.title(feed.xpath("string(a:title)", namespaces=atom)),
        again.updated(feed.xpath("string(a:updated)", namespaces=atom)),
    )
    assert again.atom_str()


def test_the_sheet_to_print(client, cast):
    notice = published(cast.secretary, cast.community)
    page = client.page(f"/notices/{notice.public_id}/print")
    assert f"{BASE}/notices/{notice.public_id}" in page.get_text()
    assert page.select_one(".qr svg title")
    assert client.page(f"/notices/{notice.public_id}").select_one(f'a[href$="/{notice.public_id}/print"]')
    services.withdraw(cast.secretary, notice, "发错了")
    assert client.get(f"/notices/{notice.public_id}/print").status_code == 303
    assert client.get("/notices/nothing/print").status_code == 404


def test_the_catalogue(cast, client, db_session):
    subjects = [
        NoticeSubject(association_id=cast.federation.id, name=name, position=n) for n, name in enumerate("甲乙")
    ]
    db_session.add_all(subjects)
    db_session.flush()
    for kind, subject in (("policy", 0), ("accounts", 0), ("policy", None)):
        made = published(cast.secretary, cast.community, title=f"{kind}{subject}", kind=kind)
        made.subject_id = subjects[subject].id if subject is not None else None
    db_session.flush()
    page = client.page("/policies")
    links = {link.get_text(): link["href"] for link in page.select(".halves a")}
    assert links["甲"] == f"/policies?subject={subjects[0].public_id}"
    assert "乙" not in links
    assert page.select_one('[aria-labelledby="subjects"] .end').get_text().strip() == "2"
    assert links[cast.street.name] == f"/policies?association={cast.street.code}"
    assert len(page.select('[aria-labelledby="questions"] li')) == 5
    filed = client.page(links["甲"])
    assert [a.get_text() for a in filed.select(".list a")] == ["accounts0", "policy0"]
    assert filed.select_one("#subject option[selected]").get_text() == "甲"
    assert not filed.select(".halves")
    assert client.get("/policies?subject=nothing").status_code == 404
    assert db.session.scalar(queries.counting(queries.Filter(subject_id=subjects[0].id))) == 2
