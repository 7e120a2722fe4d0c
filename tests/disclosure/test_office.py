"""The office's calendar: write, link, undo; the tree below and its files; the federation's list of duties; guides."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from portal.core.calendar import at
from portal.core.database import db
from portal.disclosure import guide_queries, queries
from portal.disclosure.models import Disclosure, DisclosureDuty, Guide
from portal.notices.models import Notice, NoticeSubject
from tests.disclosure.rows import make_duty, make_guide
from tests.harness.cases import each, either_engine
from tests.notices.rows import published

OFFICE = "/office/wangjiang/disclosure"
DUTIES = "/office/qinghe/disclosure/duties"
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
WHO_MAY_NOT = [("treasurer", 403), ("leader", 403), ("sibling", 404), ("member", 404), ("stranger", 404)]


@pytest.fixture(autouse=True)
def old_tree(cast):
    for place in (cast.federation, cast.street, cast.community, cast.sibling_community):
        db.session.merge(place).created_at = datetime(2020, 1, 1, tzinfo=UTC)
    with at(NOON):
        yield


@pytest.fixture
def address(cast):
    duty = make_duty(cast.federation)
    return f"{OFFICE}/{duty.public_id}/2025-01-01"


def test_write_link_undo(cast, sign_in, address):
    """Begun, the draft is found again; linked and undone, the calendar says so; twice changes nothing."""
    client = sign_in(cast.secretary)
    first = client.submit(f"{address}/write", page=OFFICE)
    assert first.status_code == 303
    assert client.submit(f"{address}/write", page=OFFICE).location == first.location
    assert client.get(first.location).status_code == 200
    assert client.page(OFFICE).main.select("form[action*=write]")
    db.session.execute(Disclosure.__table__.delete())
    notice = published(cast.secretary, cast.community)
    answer = client.submit(f"{address}/link", {"notice": notice.public_id})
    assert answer.status_code == 303
    assert client.submit(f"{address}/link", {"notice": "x" * 12}).status_code == 422
    page = client.page(OFFICE).main
    assert page.find("a", href=f"/office/wangjiang/notices/{notice.public_id}")
    assert page.select("td .tag.amber")
    assert client.get(f"{OFFICE}/list.csv").text.count(notice.title) == 1
    assert client.submit(f"{address}/undo", page=OFFICE).status_code == 303
    assert db.session.scalar(select(Disclosure.id)) is None
    assert client.force(f"{address}/undo").status_code == 303
    assert db.session.scalar(select(Notice.status)) is not None


@either_engine
@each(("who", "status"), WHO_MAY_NOT)
def test_who_may_not(cast, sign_in, address, who, status):
    client = sign_in(getattr(cast, who))
    for path in ("write", "undo", "link"):
        assert client.force(f"{address}/{path}").status_code == status, path


@either_engine
def test_refused(cast, sign_in, client, address):
    assert client.get(OFFICE).status_code == 303
    secretary = sign_in(cast.secretary)
    assert secretary.get(f"{address}/write").status_code == 405
    assert secretary.get(f"{address}/undo").status_code == 405
    for wrong in (f"{OFFICE}/{'x' * 12}/2025-01-01", address.replace("2025-01-01", "2019-01-01"), f"{address}x"):
        assert secretary.force(f"{wrong}/write").status_code == 404
    assert db.session.scalar(select(Disclosure.id)) is None


@either_engine
def test_the_work_list_says_what_is_late(cast, sign_in, address):
    """To whoever writes notices, and to nobody else."""
    for who, is_told in (("secretary", True), ("publisher", True), ("treasurer", False)):
        page = sign_in(getattr(cast, who)).page("/office/wangjiang")
        assert bool(page.select(f"ul.work a[href='{OFFICE}']")) == is_told, who


def test_the_tree_below(cast, sign_in, address):
    client = sign_in(cast.chair)
    page = client.page("/office/liuan/disclosure/below").get_text()
    assert "听雨社区协会" in page
    assert "年度收支情况" in page
    assert client.get("/office/liuan/disclosure/below.xlsx").status_code == 200
    lines = client.get("/office/liuan/disclosure/below.csv?state=late").text.strip().splitlines()
    assert len(lines) == 4  # the headings, the street, two communities
    assert client.page("/office/liuan/disclosure/below?state=done").select(".empty")
    assert sign_in(cast.sibling).get("/office/wangjiang/disclosure/below").status_code == 404


def test_duties_are_kept_by_the_federation(cast, sign_in):
    head = sign_in(cast.administrator)
    new = {
        "title": "走访慰问情况",
        "kind": "result",
        "frequency": "quarter",
        "within_days": "8",
        "level": "grassroots",
    }
    assert head.submit(f"{DUTIES}/new", new).status_code == 303
    made = db.session.scalars(select(DisclosureDuty)).one()
    assert (made.title, made.frequency, made.within_days, made.level) == ("走访慰问情况", "quarter", 8, "grassroots")
    for bad in ({"title": ""}, {"within_days": "0"}, {"within_days": "900"}, {"kind": "x"}, {"frequency": "day"}):
        assert head.submit(f"{DUTIES}/new", {**new, **bad}).status_code == 422, bad
    url = f"{DUTIES}/{made.public_id}"
    assert head.submit(url, {"title": "走访情况", "within_days": "12"}).status_code == 303
    assert head.submit(url, {"frequency": "year"}).status_code == 422
    assert (made.title, made.within_days, made.frequency) == ("走访情况", 12, "quarter")
    second = make_duty(cast.federation, position=1)
    assert head.submit(f"{DUTIES}/{second.public_id}/order", {"step": "up"}, page=DUTIES).status_code == 303
    assert [duty.title for duty in queries.list_duties(cast.federation.id)] == ["年度收支情况", "走访情况"]
    assert head.submit(f"{url}/end").status_code == 303
    assert head.force(f"{url}/end").status_code == 404
    assert sign_in(cast.chair).get("/office/liuan/disclosure/duties").status_code == 404
    assert sign_in(cast.treasurer).get("/office/wangjiang/disclosure/duties").status_code == 403


def test_guides_are_written(cast, sign_in):
    client, url = sign_in(cast.secretary), f"{OFFICE}/guides"
    new = {
        "block": "apply",
        "title": "怎样加入协会",
        "summary": "自愿加入。",
        "steps": "1. 填表\n2. 审核",
        "link": "/join",
    }
    preview = client.submit(f"{url}/new", {**new, "preview": "yes", "title": "只看看"})
    assert "<li>填表</li>" in preview.text
    assert db.session.scalar(select(Guide.id)) is None
    assert client.submit(f"{url}/new", new).status_code == 303
    for bad in ({"title": ""}, {"summary": " "}, {"link": "https://x.example"}, {"block": "z"}, {}):
        assert client.submit(f"{url}/new", {**new, **bad}).status_code == 422, bad
    made, other = db.session.scalars(select(Guide)).one(), make_guide(cast.community, "转会手续", position=1)
    assert client.submit(f"{url}/{made.public_id}", {"title": "如何入会"}).status_code == 303
    assert client.submit(f"{url}/{other.public_id}", {"title": "如何入会"}).status_code == 422
    assert client.submit(f"{url}/{other.public_id}/order", {"step": "up"}, page=url).status_code == 303
    assert [guide.title for guide in guide_queries.list_own(cast.community)] == ["转会手续", "如何入会"]
    assert client.submit(f"{url}/{other.public_id}/end").status_code == 303
    assert client.force(f"{url}/{other.public_id}/end").status_code == 404
    assert sign_in(cast.treasurer).get(f"{url}/new").status_code == 403
    assert sign_in(cast.sibling).get(f"/office/tingyu/disclosure/guides/{made.public_id}").status_code == 404


@either_engine
def test_of_a_subject_that_ended_the_notice_is_begun_without_it(cast, sign_in):
    subject = NoticeSubject(association_id=cast.federation.id, name="旧主题", position=9, ended_on=NOON.date())
    db.session.add(subject)
    db.session.flush()
    duty = make_duty(cast.federation, subject_id=subject.id)
    answer = sign_in(cast.secretary).submit(f"{OFFICE}/{duty.public_id}/2025-01-01/write", page=OFFICE)
    assert answer.status_code == 303
