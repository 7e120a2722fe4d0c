"""The office's list: what it filters, whom it shows to whom, and its files, which hold what it shows."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from portal.core.calendar import today
from portal.core.database import db
from tests.activities.rows import days_ago, make_log, make_photo, who
from tests.harness.cases import each, either_engine
from tests.harness.factory import affiliate, make_group, make_person

LIST = "/office/wangjiang/activities"
EVERY = ["宣传反诈", "手机课", "半截", "小组扫楼", "去年的会"]


def asked_for():
    return [
        ("kind=training", ["手机课"]),
        ("place=活动", ["手机课", "半截"]),
        ("q=反诈", ["宣传反诈"]),
        ("q=%25", []),
        ("q=' OR 1=1 --", []),
        ("state=incomplete", ["半截"]),
        ("state=complete&kind=safety", ["小组扫楼"]),
        ("state=struck", ["作废的"]),
        ("period=last-year", ["去年的会"]),
        ("period=year&kind=meeting", []),
        (f"start={days_ago(1)}", ["宣传反诈", "手机课"]),
        (f"start={days_ago(2)}&end={days_ago(1)}", ["手机课", "半截"]),
        (
            "kind=nonsense&period=nonsense&state=nonsense&page=x",
            ["宣传反诈", "手机课", "半截", "小组扫楼", "去年的会"],
        ),
        ("below=y", ["宣传反诈", "手机课", "半截", "小组扫楼", "去年的会"]),
    ]


def titles(page):
    return [link.text for link in page.select("tbody td.wraps a")]


@pytest.fixture
def written(january_over, cast):
    """A few entries that differ in everything that can be asked for."""
    make_log(
        cast.community, (who(cast.member),), title="宣传反诈", kind="publicity", place="北门", held_on=days_ago(0)
    )
    make_log(cast.community, title="手机课", kind="training", place="活动室", held_on=days_ago(1))
    make_log(cast.community, title="半截", summary="", is_complete=False, place="活动室", held_on=days_ago(2))
    make_log(cast.community, title="小组扫楼", group_id=cast.group.id, held_on=days_ago(3))
    make_log(cast.community, title="去年的会", kind="meeting", held_on=today().replace(year=today().year - 1, day=1))
    make_log(cast.community, title="作废的", held_on=days_ago(4), removed_at=cast.secretary.created_at)
    make_log(cast.sibling_community, title="邻居的", held_on=days_ago(5))
    make_log(cast.village, title="镇上的", held_on=days_ago(6))


def test_newest_first(cast, sign_in, written):
    page = sign_in(cast.secretary).page(LIST)
    assert titles(page) == EVERY
    first = page.select("tbody tr")[0]
    assert [cell.text.strip() for cell in first.select("td.r")] == ["4", "2.0", "0"]


def test_what_is_asked_for(cast, sign_in, written):
    client = sign_in(cast.secretary)
    for asked, found in asked_for():
        page = client.page(f"{LIST}?{asked}")
        assert (asked, titles(page)) == (asked, found)
        assert len(page.select(".downloads a")) == (2 if found else 0)


def test_a_group_is_asked_for(cast, sign_in, written):
    client = sign_in(cast.secretary)
    assert titles(client.page(f"{LIST}?group={cast.group.public_id}")) == ["小组扫楼"]
    assert titles(client.page(f"{LIST}?group={cast.other_group.public_id}")) == []


def test_a_reference_finds_its_entry(cast, sign_in):
    log = make_log(cast.community)
    make_log(cast.community, title="别的")
    assert titles(sign_in(cast.secretary).page(f"{LIST}?q={log.reference}")) == [log.title]


@either_engine
def test_a_bad_date_is_named(cast, sign_in, written):
    page = sign_in(cast.secretary).page(f"{LIST}?start=yesterday")
    assert page.select_one("input[name=start]")["value"] == "yesterday"
    assert page.select(".msg")


def test_the_address_remembers(cast, sign_in, written):
    page = sign_in(cast.secretary).page(f"{LIST}?kind=training&place=活动室")
    assert page.select_one("#kind option[selected]")["value"] == "training"
    assert page.select_one("#place")["value"] == "活动室"
    assert "kind=training" in page.select_one(".downloads a")["href"]


def test_the_associations_below_come_in_on_asking(cast, sign_in, written):
    chair = sign_in(cast.chair)
    assert titles(chair.page("/office/liuan/activities")) == []
    below = chair.page("/office/liuan/activities?below=y")
    assert "邻居的" in titles(below)
    assert "宣传反诈" in titles(below)
    assert "镇上的" not in titles(below)
    assert "below" not in str(sign_in(cast.secretary).page(LIST).select(".filters"))


def test_a_leader_sees_the_own_group_s_entries(cast, sign_in, written):
    leader = sign_in(cast.leader)
    assert titles(leader.page(LIST)) == ["小组扫楼"]
    assert titles(leader.page(f"{LIST}?below=y&q=手机")) == []


@either_engine
@each("path", ["", "/list.xlsx", "/list.csv", "/months"])
def test_who_may_read(cast, sign_in, written, path):
    expected = {"treasurer": 200, "publisher": 200, "sibling": 404, "member": 404, "stranger": 404, "ended": 404}
    assert {name: sign_in(getattr(cast, name)).get(LIST + path).status_code for name in expected} == expected


@either_engine
def test_an_entry_is_read_by_who_may(cast, sign_in):
    url = f"{LIST}/{make_log(cast.community).public_id}"
    expected = {"treasurer": 200, "chair": 200, "sibling": 404, "leader": 404, "member": 404}
    assert {name: sign_in(getattr(cast, name)).get(url).status_code for name in expected} == expected
    assert "更正" not in sign_in(cast.treasurer).page(url).select_one(".actions").text
    assert sign_in(cast.chair).get(url.replace("wangjiang", "tingyu")).status_code == 404


def test_no_button_for_who_only_reads(cast, sign_in, written):
    assert "记活动" in sign_in(cast.secretary).page(LIST).select_one(".actions").text
    assert sign_in(cast.treasurer).page(LIST).select(".actions a") == []


def sheet(answer):
    return list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))


def test_excel_holds_what_the_list_shows(cast, sign_in, written):
    client = sign_in(cast.secretary)
    rows = sheet(client.get(f"{LIST}/list.xlsx?place=活动"))
    assert [row[1] for row in rows] == ["活动名称", "手机课", "半截"]
    assert rows[1][0].date() == days_ago(1)
    assert rows[1][2:] == ("培训", "活动室", "望江社区协会", "", 3, 0, 0, 0, "完整")
    assert "王秀英" not in str(sheet(client.get(f"{LIST}/list.xlsx")))


def test_csv_holds_the_same(cast, sign_in, written):
    answer = sign_in(cast.secretary).get(f"{LIST}/list.csv?kind=training")
    lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [line[1] for line in lines] == ["活动名称", "手机课"]
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_leader_s_file_holds_the_own_group_only(cast, sign_in, written):
    assert [row[1] for row in sheet(sign_in(cast.leader).get(f"{LIST}/list.xlsx"))] == ["活动名称", "小组扫楼"]


def test_no_file_calculates(cast, sign_in):
    starts = ("=", "+", "-", "@", "＝", "\t")
    for start in starts:
        make_log(cast.community, title=f'{start}HYPERLINK("http://example.com")', place=f"{start}1+1")
    client = sign_in(cast.secretary)
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{LIST}/list.xlsx").data))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink]
    lines = list(csv.reader(io.StringIO(client.get(f"{LIST}/list.csv").data.decode("utf-8-sig"))))
    assert [line[1][0] for line in lines[1:]] == ["'"] * len(starts)


def test_paged_by_25(cast, sign_in):
    for number in range(30):
        make_log(cast.community, title=f"活动{number}", held_on=days_ago(number))
    client = sign_in(cast.secretary)
    assert len(titles(client.page(LIST))) == 25
    second = client.page(f"{LIST}?page=2")
    assert len(titles(second)) == 5
    assert "第 2 页" in second.title.text
    assert len(sheet(client.get(f"{LIST}/list.xlsx"))) == 31


@either_engine
def test_no_more_queries_for_many_rows_than_for_two(cast, sign_in, query_count):
    client = sign_in(cast.chair)
    pages = (f"{LIST}?below=y", f"{LIST}/months", "/activities", f"{LIST}/list.csv")

    def counts():
        found = []
        for page in pages:
            with query_count() as queries:
                assert client.get(page).data
            found.append(len(queries))
        return found

    people = [make_person(f"人{number}") for number in range(5)]
    for number in range(2):
        make_photo(make_log(cast.community, tuple(people), is_complete=number % 2 == 0))
    few = counts()
    for number in range(26):  # more than a page
        group = make_group(cast.community, f"组{number}") if number % 10 == 0 else None
        affiliate(make_person(f"员{number}"), cast.community)
        held_on, half = days_ago(number), number % 2 == 0
        values = {"group_id": group.id if group else None, "is_complete": half, "held_on": held_on}
        make_photo(make_log(cast.community, tuple(people), **values))
    db.session.commit()
    many = counts()
    assert all(after <= before + 1 for before, after in zip(few, many, strict=True))  # behind a full page: a count
    assert max(many) <= 12
