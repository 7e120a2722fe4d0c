"""One's own hours: what counts, what waits, and why; nobody else's."""

from __future__ import annotations

import pytest

from portal.core.database import db
from portal.hours import services
from tests.activities.rows import make_log, who
from tests.harness.cases import either_engine
from tests.hours.rows import recorded, revision, served


@pytest.fixture
def entry(cast, app):
    made = recorded(cast.secretary, who(cast.volunteer), cast.community)
    services.approve(cast.chair, revision(made))
    services.correct(cast.secretary, made, 90, "提前离开")
    db.session.commit()
    return made


@either_engine
def test_my_hours(cast, sign_in, entry, query_count):
    volunteer = sign_in(cast.volunteer)
    with query_count() as asked:
        page = volunteer.page("/me/hours")
    text = page.get_text()
    assert "2 小时" in text
    assert "待审核 1 小时 30 分" in text
    assert len(asked) <= 12
    assert page.select_one(f"a[href='/me/hours/{entry.public_id}']")


def test_year_by_year(cast, sign_in, entry):
    long_ago = make_log(cast.community, title="去年的清扫")
    part = served(who(cast.volunteer), long_ago, held_on=entry.held_on.replace(year=2024, day=1), title="去年的清扫")
    services.record(cast.secretary, part, origin="entered")
    db.session.commit()
    volunteer = sign_in(cast.volunteer)
    assert "去年的清扫" not in volunteer.page("/me/hours").get_text()
    assert "去年的清扫" in volunteer.page("/me/hours?year=2024").get_text()
    for wrong in ("1999", "x", "99999999999", "２０２４"):
        assert "江边步道清洁" in volunteer.page(f"/me/hours?year={wrong}").get_text()


def test_what_counted_once_and_was_struck_out_is_said(cast, sign_in, entry):
    waited = recorded(cast.secretary, who(cast.volunteer), cast.community, title="值守")
    entry.held_on = entry.held_on.replace(year=2024, day=1)  # a year in which nothing else stands
    volunteer = sign_in(cast.volunteer)
    assert "不再计入" not in volunteer.page("/me/hours").get_text()
    for one in (entry, waited):
        services.void(cast.secretary, one, "记错了人")
    db.session.commit()
    page = volunteer.page("/me/hours").main
    links = [link["href"] for link in page.select("ul.people a")]
    assert links == [f"/me/hours/{entry.public_id}"], "not what never counted"
    assert ("不再计入" in page.text, "记错了人" in page.text) == (True, True)


def test_study_stands_apart(cast, sign_in, entry):
    log = make_log(cast.community, kind="training", title="急救培训")
    services.record(
        cast.secretary, served(who(cast.volunteer), log, category="study", title="急救培训"), origin="entered"
    )
    db.session.commit()
    volunteer = sign_in(cast.volunteer)
    assert "急救培训" not in volunteer.page("/me/hours").get_text()
    assert "急救培训" in volunteer.page("/me/hours?kind=study").get_text()


@either_engine
def test_why_this_number(cast, sign_in, entry):
    text = sign_in(cast.volunteer).page(f"/me/hours/{entry.public_id}").get_text()
    for told in ("黄淑兰", "林建国", "提前离开", "望江社区协会"):
        assert told in text


def test_an_entry_that_was_struck_out_says_so(cast, sign_in, entry):
    services.void(cast.secretary, entry, "不在场")
    db.session.commit()
    volunteer = sign_in(cast.volunteer)
    assert volunteer.page("/me/hours").select_one("table") is None
    assert "不在场" in volunteer.page(f"/me/hours/{entry.public_id}").get_text()


@either_engine
def test_nobody_elses(cast, client, sign_in, entry):
    assert sign_in(cast.member).get(f"/me/hours/{entry.public_id}").status_code == 404
    assert sign_in(cast.member).page("/me/hours").select_one(".empty")
    assert client.get("/me/hours").status_code == 303


@either_engine
def test_on_the_persons_page(cast, sign_in, entry, query_count):
    address = f"/office/wangjiang/people/{who(cast.volunteer).public_id}"
    page = sign_in(cast.secretary).page(address)
    assert page.select_one(f"a[href='/office/wangjiang/hours/{entry.public_id}']")
    member = f"/office/wangjiang/people/{who(cast.member).public_id}"
    assert "已审核服务时长" not in sign_in(cast.secretary).page(member).get_text()
