"""Periods that the federation opens, the journal and the cash book as pages and files."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.core.calendar import today
from portal.core.database import db
from portal.ledger import queries
from portal.ledger.models import DuesPeriod
from tests.harness.cases import either_engine
from tests.harness.factory import make_membership, make_person
from tests.harness.money import make_payment, make_period
from tests.ledger.rows import deposit, last_year

NEW = "/office/qinghe/dues/periods/new"


def typed(year=0, **changes):
    year = year or today().year
    days = {"start_on": f"{year}-01-01", "end_on": f"{year}-12-31", "due_on": f"{year}-06-30"}
    return {"name": f"{year} 年", **days, **changes}


def test_the_federation_opens_a_period_for_all(cast, sign_in):
    assert sign_in(cast.secretary).get("/office/wangjiang/dues/periods/new").status_code == 404
    assert sign_in(cast.treasurer).get("/office/wangjiang/dues/periods/new").status_code == 403
    manager = sign_in(cast.administrator)
    assert manager.page("/office/qinghe/settings").select_one(f'.tabs a[href="{NEW}"]'), "the way there"
    opened = manager.submit(NEW, typed())
    assert opened.status_code == 303
    page = manager.page(opened.location).select_one("main")  # the administrator opens no books
    assert f"{today().year} 年" in page.get_text()
    assert not page.select('a[href*="/dues/books"]'), "nothing that leads where they may not go"
    for change in (
        {"name": " "}, {"end_on": f"{today().year}-01-01"}, {"due_on": "2020-01-01"}, {"start_on": "gestern"},
        {"end_on": "2100-12-31"},
    ):  # fmt: skip
        response = manager.force(NEW, typed(last_year(), **change))
        assert response.status_code == 422, change
    assert manager.force(NEW, typed(start_on=f"{today().year - 1}-12-31")).status_code == 422  # overlaps
    assert db.session.query(DuesPeriod).count() == 1
    assert queries.period_on(cast.village, today()).name == f"{today().year} 年"
    assert manager.page(NEW).select_one("[name=start_on]")["value"] == f"{today().year + 1}-01-01"


@pytest.fixture
def busy(cast):
    """Two payments and a deposit of this year, and some cash from the year before."""
    make_period(cast.community, last_year())
    period = make_period(cast.community)
    payer = make_person("薛小满")
    make_membership(payer, cast.community)
    make_payment(payer, cast.community, 10_000, received_on=date(last_year(), 11, 1))
    make_payment(payer, cast.community, 1_250)
    deposit(cast.community, 4_000, memo="存入信用社")
    db.session.commit()
    return period


def test_the_journal_and_the_cash_book(cast, sign_in, busy, query_count):
    treasurer, here = sign_in(cast.treasurer), "/office/wangjiang/dues"
    with query_count() as queries_asked:
        journal = treasurer.page(f"{here}/journal").select_one("main")
    assert len(queries_asked) <= 12
    assert len(journal.select("tbody tr")) == 6
    assert len(treasurer.page(f"{here}/journal?account=cash").select("main tbody tr")) == 3
    assert len(treasurer.page(f"{here}/journal?kind=deposit").select("main tbody tr")) == 2
    assert len(treasurer.page(f"{here}/journal?period={busy.public_id}&kind=x&start=y").select("main tbody tr")) == 4
    assert "12.50" in journal.get_text()
    assert "不是有效的选择" not in journal.get_text()
    rows = treasurer.page(f"{here}/cash-book").select("main tbody tr")
    said = [[cell.get_text(" ", strip=True) for cell in row.select("td")][-3:] for row in rows]
    assert said == [
        ["", "", "100.00"], ["12.50", "", "112.50"], ["", "40.00", "72.50"], ["12.50", "40.00", "72.50"],
    ]  # fmt: skip
    bank = treasurer.page(f"{here}/cash-book?account=bank&period={busy.public_id}")
    assert "存入信用社" in bank.select_one("main").get_text()
    assert sign_in(cast.leader).get(f"{here}/journal").status_code == 403
    assert sign_in(cast.sibling).get(f"{here}/journal").status_code == 404


def test_as_files_with_plain_accounting_columns(cast, sign_in, busy):
    treasurer, here = sign_in(cast.treasurer), "/office/wangjiang/dues"
    journal = treasurer.get(f"{here}/journal/list.csv").text.splitlines()
    assert journal[0].lstrip("\ufeff") == "日期,凭证号,事项,科目,借方（元）,贷方（元）,说明,应收号,实收号"
    assert len(journal) == 7
    assert any("收款,现金,12.50,," in line for line in journal)
    book = treasurer.get(f"{here}/cash-book/list.csv").text.splitlines()
    assert [line.split(",")[-1] for line in book[1:]] == ["112.50", "72.50"]
    assert treasurer.get(f"{here}/cash-book/list.xlsx").status_code == 200


def test_before_anything_happened(cast, sign_in):
    treasurer = sign_in(cast.treasurer)
    for page in ("books", "journal", "cash-book"):
        assert treasurer.page(f"/office/wangjiang/dues/{page}").select_one("main .empty"), page


def test_who_keeps_a_group_sees_the_rooms_of_a_group(cast, sign_in):
    """What is the whole association's is no tab for a group leader, and no page."""
    page = sign_in(cast.leader).page("/office/wangjiang/dues/charges")
    tabs = [one.get_text() for one in page.select("main .tabs a")]
    assert {"收款", "应收", "欠费"} <= set(tabs)
    assert [one for one in tabs if one in ("账簿", "银行流水", "收费标准", "上缴")] == []
    assert "账簿" in sign_in(cast.treasurer).get("/office/wangjiang/dues/charges").text


@either_engine
@pytest.mark.parametrize(("left", "told"), [(40, False), (10, True), (-1, True)])
def test_the_next_period_is_asked_for_before_its_days_come(cast, sign_in, left, told):
    administrator = sign_in(cast.administrator)
    assert "下一个会费年度" not in administrator.get("/office/qinghe").text, "none was ever opened"
    end = today() + timedelta(days=left)
    make_period(cast.community, start_on=end - timedelta(days=300), end_on=end, due_on=end)
    db.session.commit()
    assert ("下一个会费年度" in administrator.get("/office/qinghe").text) == told
    assert "下一个会费年度" not in sign_in(cast.secretary).get("/office/wangjiang").text
