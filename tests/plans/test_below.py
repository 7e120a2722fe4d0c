"""The plans of all below on one page: what stands how, by branch and month, as far as the reader may see plans."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import openpyxl
import pytest

from portal.core.calendar import now, today
from portal.core.database import db
from portal.plans.below import branches, list_below
from tests.harness.cases import either_engine
from tests.harness.service import make_activity

YEAR = today().year
STREET, ABOVE = "/office/liuan/plan", "/office/qinghe/plan"


@pytest.fixture
def written(cast):
    """Of the community one in each state, two in March; the sibling and the village plan one each, the street one."""
    plan = {"opened_at": None}
    for month in (3, 3):
        make_activity(cast.community, planned_on=date(YEAR, month, 5), **plan)
    make_activity(cast.community, planned_on=date(YEAR, 4, 5), logged_at=now())
    make_activity(cast.community, planned_on=date(YEAR, 5, 5), cancelled_at=now(), cancel_reason="下雨")
    held = make_activity(cast.community, planned_on=date(YEAR, 6, 5))
    held.ends_at = now() - timedelta(days=1)
    make_activity(cast.community, planned_on=date(YEAR - 1, 6, 5), **plan)
    make_activity(cast.sibling_community, planned_on=date(YEAR, 12, 5))
    make_activity(cast.village, planned_on=date(YEAR, 1, 5), **plan)
    make_activity(cast.street, planned_on=date(YEAR, 2, 5), **plan)
    db.session.commit()


def test_counted_by_branch_and_month(cast, written):
    itself, *below = branches(cast.chair, cast.street, YEAR)
    assert [row.code for row in below] == ["tingyu", "wangjiang"]
    assert (itself.code, itself.of(2, "planned"), itself.of()) == ("liuan", 1, 1)
    sister, own = below
    assert (sister.of(12, "open"), sister.of()) == (1, 1)
    assert own.counts == {
        (3, "planned"): 2, (4, "logged"): 1, (5, "cancelled"): 1, (6, "held"): 1,
    }  # fmt: skip
    assert (own.of(), own.of(5), own.of(state="cancelled")) == (4, 0, 1), "what was cancelled stands apart"


@either_engine
def test_the_page_and_its_files_say_the_same(cast, sign_in, written):
    client = sign_in(cast.chair)
    page = client.page(f"{STREET}/below")
    months, states = page.select("table")
    rows = [[cell.get_text(strip=True) for cell in row.select("th, td")] for row in months.select("tbody tr")]
    assert [row[0] for row in rows] == ["柳岸街道协会", "听雨社区协会", "望江社区协会", "合计"]
    assert rows[2][1:] == ["—", "—", "2", "1", "—", "1", "—", "—", "—", "—", "—", "—", "4"]
    assert rows[3][-1] == "6"
    assert [cell.text for cell in states.select("tbody tr")[2].select("td")] == ["2", "0", "1", "1", "1"]
    assert f"/office/wangjiang/plan?year={YEAR}" in [link.get("href") for link in page.select("tbody a")]
    chosen = client.page(f"{STREET}/below?state=planned&year=x").select_one("table tr.total td:last-child")
    assert chosen.text == "3"
    lines = list(csv.reader(io.StringIO(client.get(f"{STREET}/below.csv").data.decode("utf-8-sig"))))
    assert lines[0][:2] == ["协会", "月份"]
    assert ["望江社区协会", f"{YEAR}-03", "2", "0", "0", "0", "0"] in lines
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{STREET}/below.xlsx").data)).active
    assert book.max_row == len(lines)


def test_a_federation_sees_its_streets_summed(cast, written):
    found = {row.code: row.of() for row in branches(cast.chair, cast.federation, YEAR)}
    assert "shiqiao" not in found, "the chair of the street sees nothing of the town"
    assert found == {"liuan": 6}


@either_engine
def test_who_may_see_it(cast, sign_in, client, written):
    """Only whoever reads plans there; the way to it stands where there is something below."""
    asked = {"chair": 200, "secretary": 404, "sibling": 404, "member": 404}
    assert {name: sign_in(getattr(cast, name)).get(f"{STREET}/below").status_code for name in asked} == asked
    assert client.get(f"{STREET}/below").status_code == 303
    above = sign_in(cast.administrator).page(f"{ABOVE}/below")
    assert above.select_one("tr.total td:last-child").text == "7", "totals are for whoever reads reports"
    assert above.select("tbody a") == [], "who reads no plans is led to none"
    assert sign_in(cast.chair).get(f"{ABOVE}/below").status_code == 404
    below = "/office/wangjiang/plan/below"
    for name, sees in (("secretary", True), ("leader", False)):
        account = sign_in(getattr(cast, name))
        assert account.get(below).status_code == (200 if sees else 403)
        links = [link.get("href", "") for link in account.page("/office/wangjiang/plan").select(".tabs a")]
        assert any(link.startswith(below) for link in links) == sees
    (row,) = branches(cast.leader, cast.community, YEAR)
    assert row.of() == 0, "a group's leader sees what belongs to the group"
    assert list_below(cast.secretary, cast.street) != list_below(cast.chair, cast.street)
