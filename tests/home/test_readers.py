"""What the portal hands to programs, read by programs that other people wrote."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import feedparser
import icalendar
import pytest
from protego import Protego
from pyld import jsonld

from portal.core.calendar import today
from portal.objections import services
from portal.signups import feeds
from tests.charters import rows as charters
from tests.harness.cases import either_engine
from tests.notices.rows import acting, corrected, published
from tests.objections.rows import WORDS, make_period
from tests.signups.rows import opened, sign_up

BASE = "http://localhost"
SCHEMA = "http://schema.org/"
# What the context of schema.org says of the words that are used here; nothing is fetched.
CONTEXT = {"@vocab": SCHEMA, "url": {"@type": "@id"}, "id": "@id", "type": "@type"} | {
    name: {"@type": "Date"} for name in ("dateCreated", "datePublished", "dateModified", "expires")
}
TITLE = '<b>甲</b> & ]]> "乙"; 反斜杠\\, 逗号'


@pytest.fixture
def period(cast):
    return make_period(cast.secretary, cast.community, title=TITLE)


@either_engine
def test_feeds(cast, client, period):
    notice = published(cast.secretary, cast.community, title=TITLE, body="一、<script>1</script> & ]]>")
    corrected(cast.secretary, notice, contact="改")
    for address, page in (("/notices", "notices"), ("/notice-periods", "notice-periods")):
        read = feedparser.parse(client.get(f"{address}/feed.atom").data)
        assert (read.bozo, read.version) == (False, "atom10")
        links = {link.rel: link.href for link in read.feed.links}
        assert links == {"self": f"{BASE}{address}/feed.atom", "alternate": f"{BASE}{address}"}
        (entry,) = read.entries
        row = notice if page == "notices" else period
        assert entry.link == f"{BASE}/{page}/{row.public_id}"
        assert entry.title == TITLE.replace("<b>", "&lt;b&gt;") or entry.title == TITLE
        assert entry.author == cast.community.name
        assert datetime(*entry.updated_parsed[:6], tzinfo=UTC) >= datetime(*entry.published_parsed[:6], tzinfo=UTC)
        assert entry.id.startswith("tag:localhost,")
        assert client.get(address).text.count(f'href="{address}/feed.atom"') >= 1


def read_calendar(client, address: str) -> icalendar.Calendar:
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    read = icalendar.Calendar.from_ical(answer.data)
    assert read["VERSION"] == "2.0"
    assert read["PRODID"]
    assert [error for event in read.walk() for error in event.errors] == []
    assert len({event["UID"] for event in read.events}) == len(read.events)
    return read


@either_engine
def test_a_calendar_of_what_can_be_objected_to_and_commented_on(cast, client, period):
    charter = charters.begun(cast)
    charters.opened(cast, charter)
    services.withdraw(acting(cast.secretary), make_period(cast.secretary, cast.community, title="撤回的"), WORDS)
    make_period(cast.sibling, cast.sibling_community, title="别处的")
    read = read_calendar(client, f"/notice-periods/calendar.ics?association={cast.community.code}")
    assert str(read["X-WR-CALNAME"]).endswith(cast.community.name)
    one, other = read.events
    assert (one.start, one.end) == (period.start_on, period.end_on + timedelta(1))
    assert type(one.start) is date
    assert one["SUMMARY"].endswith(TITLE)
    assert one["URL"] == f"{BASE}/notice-periods/{period.public_id}"
    assert other["URL"] == f"{BASE}/charters/{charter.public_id}"
    assert other.end - other.start == timedelta(charters.CLOSES + 1)
    assert len(read_calendar(client, "/notice-periods/calendar.ics").events) == 3
    assert client.get("/notice-periods/calendar.ics?association=nothing").status_code == 404
    assert client.page("/notice-periods").select_one('a[href="/notice-periods/calendar.ics"]')


@either_engine
def test_calendars_of_activities(cast, client):
    starts = datetime(today().year + 1, 3, 1, 1, 30, tzinfo=UTC)
    session = opened(cast.community, starts, content=TITLE, place="望江桥头" * 12)
    sign_up(session, cast.volunteer.person)
    token = feeds.make(acting(cast.volunteer), cast.volunteer.person)
    for address in (f"/activities/sessions/{session.public_id}/session.ics", f"/feed/{token}.ics"):
        (event,) = read_calendar(client, address).events
        assert event.start == starts
        assert event.end == starts + timedelta(hours=2)
        assert event["LOCATION"] == "望江桥头" * 12
        assert TITLE in event["DESCRIPTION"]
        assert event["STATUS"] == "CONFIRMED"


@either_engine
def test_the_data_in_a_notices_page(cast, client):
    notice = published(cast.secretary, cast.community, title=TITLE, keywords="会费 减免")
    address = f"{BASE}/notices/{notice.public_id}"

    def load(url: str, _options: object) -> dict[str, object]:
        assert url in (address, "https://schema.org")
        context = url == "https://schema.org"
        document = {"@context": CONTEXT} if context else client.get(url).text
        kind = "application/ld+json" if context else "text/html"
        return {"contentType": kind, "contextUrl": None, "documentUrl": url, "document": document}

    (read,) = jsonld.expand(address, {"documentLoader": load, "extractAllScripts": True})
    assert (read["@id"], read["@type"]) == (address, [f"{SCHEMA}DigitalDocument"])
    assert read[f"{SCHEMA}name"] == [{"@value": TITLE}]
    assert read[f"{SCHEMA}url"] == [{"@id": address}]
    assert {one["@value"] for one in read[f"{SCHEMA}keywords"]} == {"会费", "减免"}
    (day,) = read[f"{SCHEMA}datePublished"]
    assert day["@type"] == f"{SCHEMA}Date"
    assert datetime.fromisoformat(day["@value"]) == notice.published_at
    assert read[f"{SCHEMA}publisher"][0][f"{SCHEMA}url"] == [{"@id": f"{BASE}/associations/{cast.community.code}"}]


@either_engine
def test_what_robots_may_read(client):
    rules = Protego.parse(client.get("/robots.txt").text)
    assert list(rules.sitemaps) == [f"{BASE}/sitemap.xml"]
    may = {path: rules.can_fetch(f"{BASE}{path}", "Anybot") for path in ("/", "/notices/x", "/letters/write")}
    assert set(may.values()) == {True}
    closed = ("/office/wangjiang/notices", "/me/dues", "/sign-in", "/verify/x", "/join/follow")
    assert not any(rules.can_fetch(f"{BASE}{path}", "Anybot") for path in closed)
