"""In a real browser: a member corrects, the officer accepts, the member sees it and takes the copy; no JavaScript."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.harness.browsing import DESK, PHONE

# What a browser shows does not depend on the database; what the database does is tested without one.
pytestmark = pytest.mark.engines("sqlite")
NAME, PHONE_NUMBER = "王秀瑛", "13812345678"


def fine(axe, page: Page) -> None:
    """Accessible, and nothing wider than the screen."""
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_corrected_accepted_and_copied(cast, open_page, axe):
    member, office = open_page(cast.member, javascript=False, size=PHONE), open_page(cast.secretary, size=DESK)
    asks(member)
    accepts(office, axe)
    sees(member)
    copies(member)


def asks(member: Page) -> None:
    member.goto("/me")
    member.get_by_role("link", name="登记了我什么").click()
    member.get_by_role("link", name="申请更正").click()
    member.get_by_label("姓名").fill(NAME)
    member.get_by_label("电话").fill(PHONE_NUMBER)
    member.get_by_role("button", name="提交申请").click()
    expect(member.locator("table")).to_contain_text("138****5678")


def accepts(office: Page, axe) -> None:
    office.goto("/office/wangjiang")
    office.get_by_role("link", name="1 项个人资料申请").click()
    fine(axe, office)
    office.get_by_role("link", name="王秀英").click()
    fine(axe, office)
    office.get_by_role("button", name="同意并更正").click()
    expect(office.locator(".empty")).to_be_visible()


def sees(member: Page) -> None:
    member.reload()
    expect(member.locator(".tag.green")).to_be_visible()
    member.goto("/me")
    expect(member.get_by_role("heading", level=1)).to_contain_text(NAME)


def copies(member: Page) -> None:
    member.get_by_role("link", name="复制我的全部资料").click()
    with member.expect_download() as waiting:
        member.get_by_role("link", name="数据文件 JSON").click()
    held = json.loads(Path(waiting.value.path()).read_text("utf-8"))
    assert (held["person"][0]["name"], held["person"][0]["phone"]) == (NAME, PHONE_NUMBER)


def test_what_follows_upon_asking_for_deletion_is_accessible(cast, open_page, axe):
    """The pages that links lead to are looked at in tests/journeys."""
    page = open_page(cast.member, size=PHONE)
    page.goto("/me/deletion")
    page.get_by_label("我已看过删除的后果").check()
    page.get_by_role("button", name="提交申请").click()
    fine(axe, page)
    page.get_by_role("link", name="凭编号查询").click()
    fine(axe, page)
