"""A secretary's round in a browser: find by initials, choose columns, fetch the file, move many to a group."""

from __future__ import annotations

import csv
import io
import re

import openpyxl
import pytest
from playwright.sync_api import Route, expect
from sqlalchemy import select

from portal.core.database import db
from portal.members.models import Membership
from tests.register.rows import join


@pytest.mark.engines("sqlite")
def test_find_filter_export_and_move(cast, live_app, open_page, axe, server):
    for name in ("钟若兰", "钟若梅", "赵春梅"):
        join(name, cast.community)
    db.session.commit()
    page = open_page(account=cast.secretary, language="en")
    page.goto(f"{server}/office/wangjiang/members")
    page.locator("#q").fill("zr")
    expect(page.locator("#found tbody tr")).to_have_count(2)
    assert "q=zr" in page.url
    page.get_by_text("Columns shown", exact=True).click()
    page.locator("label.chip", has_text="Age").click()
    page.locator("label.chip", has_text="Phone").click()
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**columns=age**")
    expect(page.locator("#found thead")).to_contain_text("Age")
    expect(page.locator("#found thead")).not_to_contain_text("Phone")
    assert axe(page) == []
    with page.expect_download() as fetched:
        page.get_by_role("link", name="As CSV").click()
    rows = list(csv.reader(fetched.value.path().read_text(encoding="utf-8-sig").splitlines()))
    assert "Age" in rows[0]
    assert [row[0] for row in rows[1:]] == ["钟若兰", "钟若梅"]
    for box in page.locator("#found tbody .tick").all():
        box.locator("input").check()
    page.get_by_role("button", name="Move to a group").click()
    page.locator("#to").select_option(label=cast.group.name)
    page.get_by_role("button", name="Show the summary").click()
    assert axe(page) == []
    page.get_by_role("button", name="Move 2 memberships").click()
    expect(page.locator("main .notice")).to_contain_text("2 memberships were moved")
    moved = select(Membership).where(Membership.group_id == cast.group.id, Membership.sort_key.like("zhong%"))
    assert len(db.session.scalars(moved).all()) == 2


@pytest.mark.engines("sqlite")
def test_a_bar_stands_until_a_workbook_is_there(cast, live_app, open_page, axe, server):
    """The server is held back: until it answers a bar shows, pressed again or not; then the file is kept."""
    page = open_page(account=cast.secretary)
    page.goto(f"{server}/office/wangjiang/members")
    held: list[Route] = []
    page.route("**/list.xlsx*", lambda route: held.append(route))
    link, bar = page.locator(".downloads [href*='.xlsx']"), page.get_by_role("progressbar")
    link.click()
    expect(bar).to_be_visible()
    assert axe(page) == []
    link.click()
    with page.expect_download() as fetched:
        held[0].continue_()
    expect(bar).to_have_count(0)
    assert len(held) == 1
    assert re.fullmatch(r"会员-望江社区协会-[\d-]+\.xlsx", fetched.value.suggested_filename)
    rows = list(openpyxl.load_workbook(io.BytesIO(fetched.value.path().read_bytes())).active.values)
    assert "王秀英" in {cell for row in rows for cell in row}


@pytest.mark.engines("sqlite")
def test_a_workbook_that_is_not_to_be_had_is_told_by_its_page(cast, live_app, open_page, server, monkeypatch):
    monkeypatch.setattr("portal.core.downloads.MOST_IN_EXCEL", 0)
    page = open_page(account=cast.secretary)
    page.goto(f"{server}/office/wangjiang/members")
    page.locator(".downloads [href*='.xlsx']").click()
    expect(page.locator("main .notice")).to_contain_text("CSV")


@pytest.mark.engines("sqlite")
def test_without_scripts_memberships_end(cast, live_app, open_page, server):
    for name in ("钟若兰", "钟若梅"):
        join(name, cast.community)
    db.session.commit()
    page = open_page(account=cast.secretary, language="en", javascript=False)
    page.goto(f"{server}/office/wangjiang/members?q=zr")
    page.locator("#found tbody input").first.check()
    page.get_by_role("button", name="End memberships").click()
    page.locator("#reason").select_option("moved_away")
    page.get_by_role("button", name="End 1 membership").click()
    expect(page.locator("main .notice")).to_contain_text("1 membership has ended")
    page.goto(f"{server}/office/wangjiang/members?q=zr")
    expect(page.locator("#found tbody tr").first).to_contain_text("until")  # today is the last day


@pytest.mark.engines("sqlite")
def test_what_a_choice_leads_to_is_clean(cast, live_app, open_page, axe, server):
    """The pages that links lead to are looked at in tests/journeys."""
    page = open_page(account=cast.secretary, language="en")
    asks = ("letter?every=1", "end?every=1", "cards?every=1", "?q=nobody")
    for path in asks:
        page.goto(f"{server}/office/wangjiang/members{'' if path[0] == '?' else '/'}{path}")
        assert axe(page) == [], path
