"""The front page: what is new, for everybody, whatever is there or not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal.activities.models import ActivityLog
from portal.core.calendar import now, today
from portal.core.database import db
from portal.notices.models import Notice, NoticeVersion
from tests.harness.cases import either_engine


def publish(association, title: str, **values) -> Notice:
    moment = values.pop("published_at", now())
    known = {"kind": "notice", "status": "published", "published_at": moment, "updated_at": moment}
    notice = Notice(association_id=association.id, title=title, **{**known, **values})
    db.session.add(notice)
    db.session.flush()
    db.session.add(
        NoticeVersion(
            notice_id=notice.id, number=1, title=title, kind=notice.kind, body="正文", html="<p>正文</p>",
            issuer=association.name, published_at=moment,
        )
    )  # fmt: skip
    db.session.commit()
    return notice


def log(association, title: str, **values) -> ActivityLog:
    known = {"kind": "safety", "held_on": today(), "place": "湖滨", "minutes": 90, "others_count": 12,
             "summary": "清理了步道两侧的落叶和杂物。", "is_complete": True}  # fmt: skip
    row = ActivityLog(association_id=association.id, title=title, **{**known, **values})
    db.session.add(row)
    db.session.commit()
    return row


@either_engine
def test_shows_notices_and_activities(cast, client):
    publish(cast.community, "活动室开放时间")
    log(cast.community, "湖滨清洁日")
    page = client.page("/")
    assert "活动室开放时间" in page.get_text()
    assert "湖滨清洁日" in page.get_text()
    assert page.h1


@either_engine
def test_drafts_and_private_entries_are_not_there(cast, client):
    publish(cast.community, "还没写完", status="draft")
    log(cast.community, "内部会议", is_public=False)
    log(cast.community, "划掉的", removed_at=now())
    text = client.page("/").get_text()
    for hidden in ("还没写完", "内部会议", "划掉的"):
        assert hidden not in text


def test_counts_each_person_once(cast, client):
    text = client.page("/").get_text()
    assert "3 个基层协会" in text or "3" in text


@either_engine
def test_an_empty_portal_says_how_to_begin(client):
    page = client.page("/")
    assert "portal init" in page.get_text()


@either_engine
def test_queries_do_not_grow(cast, client, query_count):
    publish(cast.community, "第一份")
    log(cast.community, "第一次")
    client.get("/")
    with query_count() as few:
        client.get("/")
    for number in range(20):
        publish(
            cast.community, f"第{number}份", published_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)
        )
        log(cast.community, f"第{number}次")
    with query_count() as many:
        client.get("/")
    assert len(many) == len(few) <= 12


@either_engine
@pytest.mark.parametrize(
    ("accept", "lang"),
    [
        ("zh-CN", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("en-GB", "en"),
        ("fr", "zh-Hans"),
        ("", "zh-Hans"),
    ],
)
def test_the_language_that_the_browser_asks_for(cast, client, accept, lang):
    page = client.page("/", headers={"Accept-Language": accept})
    assert page.html["lang"] == lang
