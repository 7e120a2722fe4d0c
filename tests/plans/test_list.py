"""The year's plan in the office: what it shows and filters, its files, its calendar, what of it is overdue."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import openpyxl
import pytest

from portal.core.calendar import add_working_days, at, now, today
from portal.core.database import db
from portal.core.formats import local
from portal.plans import plan_queries
from tests.harness.cases import each, either_engine
from tests.harness.factory import make_group
from tests.harness.service import make_activity, make_session, make_sign_up
from tests.plans.rows import PLAN, STATED, url_of

YEAR = today().year


def on(month, day, year=YEAR):
    return date(year, month, day)


@pytest.fixture
def written(cast):
    """A year with something in each state."""
    plan = {"opened_at": None}
    make_activity(cast.community, "计划中的", planned_on=on(12, 31), kind="visit", **plan)
    make_activity(cast.community, "小组的", planned_on=on(12, 30), group_id=cast.group.id, **plan)
    make_activity(cast.community, "取消的", planned_on=on(2, 1), cancelled_at=now(), cancel_reason="下雨", **plan)
    make_activity(cast.community, "记过的", planned_on=on(3, 5), logged_at=now(), festival="volunteer_service_day")
    make_activity(cast.community, "去年的", planned_on=on(5, 1, YEAR - 1), logged_at=now(), **plan)
    make_activity(cast.sibling_community, "邻居的", planned_on=on(4, 1), **plan)


def titles(page):
    return [link.text for link in page.select(".month .list a")]


def test_by_month(cast, sign_in, written):
    page = sign_in(cast.secretary).page(PLAN)
    assert titles(page) == ["取消的", "记过的", "小组的", "计划中的"]
    assert len(page.select(".month")) == 12
    march = page.select("section.month")[2]
    assert "学雷锋志愿服务日" in march.select_one(".festivals").text
    assert "festival=volunteer_service_day" in march.select_one(".festivals a")["href"]


ASKED = [
    ("state=planned", ["小组的", "计划中的"]),
    ("state=cancelled", ["取消的"]),
    ("state=logged", ["记过的"]),
    ("kind=visit", ["计划中的"]),
    (f"year={YEAR - 1}", ["去年的"]),
    ("state=nonsense&kind=nonsense&page=x&year=99999", ["取消的", "记过的", "小组的", "计划中的"]),
]


def test_what_is_asked_for(cast, sign_in, written):
    client = sign_in(cast.secretary)
    for asked, found in ASKED:
        assert (asked, titles(client.page(f"{PLAN}?{asked}"))) == (asked, found)
    assert titles(client.page(f"{PLAN}?group={cast.group.public_id}")) == ["小组的"]
    assert "没有符合条件的活动" in client.page(f"{PLAN}?kind=meeting").text


@either_engine
def test_empty_it_says_how_to_begin(cast, sign_in):
    page = sign_in(cast.secretary).page(PLAN)
    assert "还没有计划" in page.select_one(".empty").text
    assert page.select(".downloads") == []


def test_a_leader_sees_the_own_group_s(cast, sign_in, written):
    assert titles(sign_in(cast.leader).page(PLAN)) == ["小组的"]


@either_engine
@each("path", ["", "/list.xlsx", "/list.csv", "/calendar"])
def test_who_may_read(cast, sign_in, written, path):
    expected = {"treasurer": 200, "publisher": 200, "sibling": 404, "member": 404, "stranger": 404, "ended": 404}
    assert {name: sign_in(getattr(cast, name)).get(PLAN + path).status_code for name in expected} == expected


def test_no_button_for_who_only_reads(cast, sign_in, written):
    page = sign_in(cast.treasurer).page(PLAN)
    assert page.select(".actions a") == []
    assert page.select(".festivals a") == []


def test_files_hold_what_the_list_shows(cast, sign_in, written):
    client = sign_in(cast.secretary)
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{PLAN}/list.xlsx?state=cancelled").data)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert [row[1] for row in rows] == ["活动名称", "取消的"]
    assert rows[1][-2:] == ("已取消", "下雨")
    text = client.get(f"{PLAN}/list.csv").data.decode("utf-8-sig")
    assert [line[1] for line in csv.reader(io.StringIO(text))][1:] == ["取消的", "记过的", "小组的", "计划中的"]
    leader = sign_in(cast.leader).get(f"{PLAN}/list.csv").data.decode("utf-8-sig")
    assert [line[1] for line in csv.reader(io.StringIO(leader))][1:] == ["小组的"]


def test_a_month_as_a_calendar(cast, sign_in):
    with at(local(now()).replace(year=2026, month=9, day=15)):
        activity = make_activity(cast.community, "中秋茶会")
        make_session(activity, local(now()).replace(day=25, hour=9, minute=30), **STATED)
        make_activity(cast.community, "没有场次", planned_on=date(2026, 9, 3), opened_at=None)
        client = sign_in(cast.secretary)
        page = client.page(f"{PLAN}/calendar?month=2026-09")
        assert client.page(f"{PLAN}/calendar").title.text == page.title.text
    cells = {cell.time["datetime"]: cell for cell in page.select(".calendar td") if cell.time}
    assert len(cells) == 30
    assert "09:30 中秋茶会" in " ".join(cells["2026-09-25"].text.split())
    assert "公开信日" in cells["2026-09-25"].text
    assert "中秋节" in cells["2026-09-25"].text
    assert "班" in cells["2026-09-20"].select_one(".amber").text
    assert "没有场次" in cells["2026-09-03"].text
    assert "rest" in cells["2026-09-26"]["class"]
    assert [link["href"][-7:] for link in page.select("a[rel=prev], a[rel=next]")] == ["2026-08", "2026-10"]


@each("month", ["2026-13", "nonsense", "1999-01", "9999-12"])
def test_a_month_that_is_none(cast, sign_in, month):
    page = sign_in(cast.secretary).page(f"{PLAN}/calendar?month={month}")
    assert f"{YEAR} 年{today().month}月" in page.title.text.replace("年", " 年", 1)


def overdue(cast, account=None):
    found = plan_queries.list_overdue(account or cast.secretary, "activities.write", cast.community)
    return [(one.activity.title, one.was_held, one.days_left) for one in found]


def test_what_is_overdue(cast, sign_in):
    day = today()
    held = make_activity(cast.community, "已举办")
    make_session(held, now() - timedelta(days=1), **STATED)
    make_activity(cast.community, "没有办", planned_on=add_working_days(day, -12), opened_at=None)
    make_activity(cast.community, "记过的", planned_on=day - timedelta(days=9), opened_at=None, logged_at=now())
    make_activity(cast.community, "今天的", planned_on=day, opened_at=None)
    make_activity(
        cast.community, "取消的", planned_on=day - timedelta(days=9), cancelled_at=now(), cancel_reason="雨"
    )
    assert [(title, was_held) for title, was_held, _ in overdue(cast)] == [("没有办", False), ("已举办", True)]
    late, soon = (left for _, _, left in overdue(cast))
    assert late in (-1, -2)  # counted from a Sunday one less
    assert 8 <= soon <= 10
    assert overdue(cast, cast.leader) == []
    page = sign_in(cast.secretary).page(PLAN)
    assert [line.b.text for line in page.select(".work li")] == ["没有办", "已举办"]
    work = sign_in(cast.secretary).page("/office/wangjiang").select_one("main").text
    assert "1 项活动已举办未记录" in work
    assert "1 项计划活动到期未办" in work


def test_ways_to_log_what_was_held(cast, sign_in):
    bare = make_activity(cast.community, planned_on=today() - timedelta(days=2), opened_at=None)
    held = make_activity(cast.community)
    session = make_session(held, now() - timedelta(days=1), **STATED)
    client = sign_in(cast.secretary)
    links = [link["href"] for link in client.page(url_of(bare)).select("a")]
    assert f"/office/wangjiang/activities/new?activity={bare.public_id}" in links
    for page in (client.page(url_of(held)), client.page(url_of(session))):
        links = [link["href"] for link in page.select("a")]
        assert f"/office/wangjiang/activities/new?session={session.public_id}" in links
        assert client.get(f"/office/wangjiang/activities/new?session={session.public_id}").status_code == 200


@either_engine
def test_no_more_queries_for_fifty_rows_than_for_two(cast, sign_in, query_count):
    client = sign_in(cast.chair)
    one = make_activity(cast.community, planned_on=today(), opened_at=None)
    pages = (
        PLAN,
        f"{PLAN}/calendar",
        f"{PLAN}/list.csv",
        f"{PLAN}/copy?year={YEAR + 1}",
        url_of(one),
        "/activities/open",
    )

    def counts():
        found = []
        for page in pages:
            with query_count() as queries:
                assert client.get(page).data
            found.append(len(queries))
        return found

    def more(count):
        for number in range(count):
            group = make_group(cast.community, f"组{number}{count}") if number % 10 == 0 else None
            values = {"group_id": group.id if group else None, "planned_on": today() - timedelta(days=1)}
            activity = make_activity(cast.community, **values, opened_at=None if number % 3 else now())
            session = make_session(activity, now() + timedelta(days=number % 9, hours=2), **STATED)
            make_session(one, now() + timedelta(days=number % 9, hours=3), **STATED)
            make_sign_up(session, None, guest_name="来宾")

    more(2)
    few = counts()
    more(50)
    db.session.commit()
    many = counts()
    assert all(after <= before + 1 for before, after in zip(few, many, strict=True))  # behind a full page: a count
    assert max(many) <= 12
