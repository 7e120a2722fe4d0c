"""Objecting from a phone: one form, checked, sent once, followed; the name stays with whoever answers."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import func, select

from portal.core.calendar import at
from portal.core.database import db
from portal.objections import services
from portal.objections.models import NoticePeriod, Objection
from tests.harness.cases import each, either_engine
from tests.notices.rows import acting
from tests.objections.rows import SAID, make_objection, make_period, make_supervisor, over

ATOM = "{http://www.w3.org/2005/Atom}"
GIVEN = {"body": SAID, "name": "许文斌", "phone": "139 1234 0001", "shown": "reviewer"}


@pytest.fixture
def period(cast) -> NoticePeriod:
    return make_period(cast.secretary, cast.community)


@pytest.fixture
def url(period) -> str:
    return f"/notice-periods/{period.public_id}/object"


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Objection))


def test_it_is_checked_sent_once_and_followed(cast, client, db_session, period, url):
    checked = client.submit(url, GIVEN)
    assert checked.status_code == 200
    assert SAID in checked.text
    assert count() == 0
    said = {**client.form(url), **GIVEN, "csrf_token": client.token()}
    again = client.send(url, {**said, "change": "yes"})
    assert SAID in again.text
    assert 'name="body"' in again.text
    first, second = (client.send(f"{url}/send", said) for _ in range(2))
    assert first.location == second.location
    assert count() == 1
    made = db.session.scalars(select(Objection)).one()
    assert (made.number, made.name, made.phone, made.in_the_open) == (1, "许文斌", "13912340001", False)
    assert made.reference[:4].upper() in client.page(first.location).get_text()
    text = client.page(f"/objections/{made.reference}").get_text()
    assert SAID in text
    assert "许文斌" not in text
    found = client.submit("/objections", {"reference": made.reference.upper()})
    assert found.location == f"/objections/{made.reference}"
    assert client.submit("/objections", {"reference": "0000-0000-0000"}).status_code == 422
    assert client.get("/objections/000000000000").status_code == 404


@either_engine
@each("field", ["body", "name", "phone", "shown"])
def test_what_is_missing(client, db_session, url, field):
    for way in ("", "/send"):
        refused = client.force(url + way, {**GIVEN, "key": "k", field: ""})
        assert refused.status_code == 422
        assert f'id="{field}-error"' in refused.text
    assert count() == 0


@either_engine
def test_after_the_end_nothing_is_taken(client, db_session, period, url):
    page = f"/notice-periods/{period.public_id}"
    assert client.page(page).find("a", href=url)
    with at(over(period)):
        assert client.get(url).location == page
        assert client.force(url, GIVEN).location == page
        assert client.force(f"{url}/send", {**GIVEN, "key": "late"}).status_code == 422
        assert not client.page(page).find("a", href=url)
    assert count() == 0
    assert client.get("/notice-periods/xxxxxxxxxxxx/object").status_code == 404


@either_engine
def test_a_flood_is_held_up(client, db_session, monkeypatch, url):
    monkeypatch.setattr("portal.objections.object_views.MOST", 1)
    assert client.force(f"{url}/send", {**GIVEN, "key": "one"}).status_code == 303
    assert client.force(f"{url}/send", {**GIVEN, "key": "two"}).status_code == 422
    assert count() == 1


def test_the_public_page_tells_what_was_answered_and_no_hidden_name(cast, client, sign_in, db_session, period):
    hidden, open_ = (
        make_objection(period),
        make_objection(period, in_the_open=True, name="沈如意", body="名单有误，请改。"),
    )
    make_objection(period, body="还没有答复的一条")
    answers = sign_in(make_supervisor(cast))
    office = f"/office/wangjiang/notice-periods/{period.public_id}/objections"
    said = {"outcome": "rejected", "answer": "已核对活动记录，参加次数达到要求。", "no_conflict": "y"}
    for made in (hidden, open_):
        done = answers.submit(f"{office}/{made.public_id}/answer", said, page=f"{office}/{made.public_id}")
        assert done.status_code == 303
    text = client.page(f"/notice-periods/{period.public_id}").get_text()
    assert SAID in text
    assert said["answer"] in text
    assert "沈如意" in text
    for secret in ("许文斌", "13912340001", "还没有答复"):
        assert secret not in text
    assert period.title in client.page("/notice-periods").get_text()
    assert client.page(f"/notice-periods/{period.public_id}/print").find("svg")


@either_engine
def test_few_statements_whatever_was_objected(client, db_session, query_count, period):
    def asked(address: str) -> int:
        client.get(address)
        with query_count() as statements:
            client.get(address)
        return len(statements)

    addresses = (f"/notice-periods/{period.public_id}", "/notice-periods", "/notices")
    few = [asked(address) for address in addresses]
    for number in range(5):
        make_objection(period, body=f"第 {number} 条意见")
    assert [asked(address) for address in addresses] == few
    assert max(few) <= 6, few


@either_engine
def test_the_feed_is_read_by_a_library(cast, client, db_session, period):
    make_period(cast.secretary, cast.community, title="另一项公示")
    services.withdraw(acting(cast.secretary), period, "内容有误，重新公示")

    def entries(place: str) -> list[tuple[str, str]]:
        feed = ET.fromstring(client.get(f"/notice-periods/feed.atom?association={place}").data)
        return [
            (one.findtext(f"{ATOM}title"), one.findtext(f"{ATOM}summary")) for one in feed.findall(f"{ATOM}entry")
        ]

    assert {title for title, _summary in entries("liuan")} == {period.title, "另一项公示"}
    assert any("内容有误" in summary for _title, summary in entries("liuan"))
    assert entries("shiqiao") == []
