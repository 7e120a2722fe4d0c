"""In a real browser: applied for on a phone without JavaScript, accepted at a desk, seen by the applicant."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.applications.filling import NUMBER, OFFICE
from tests.harness.browsing import DESK
from tests.harness.soaking import ONLY_SOAK

pytestmark = pytest.mark.engines("sqlite")


def go_on(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="继续").click()


def apply(page: Page) -> str:
    page.goto("/associations/wangjiang")
    page.get_by_role("link", name="申请入会").click()
    page.get_by_role("link", name="开始申请").click()
    go_on(page)
    page.get_by_text("个人会员").click()
    go_on(page)
    go_on(page)
    expect(page.locator(".summary")).to_contain_text("姓名")
    page.get_by_label("姓名").fill("钟若兰")
    go_on(page)
    page.get_by_label("身份证号").fill(NUMBER)
    go_on(page)
    page.get_by_label("电话").fill("139 0000 1234")
    go_on(page)
    page.get_by_label("居住").fill("湖滨巷")
    go_on(page)
    page.get_by_text("不清楚", exact=True).click()
    go_on(page)
    page.go_back()
    page.get_by_text("第一小组").click()
    go_on(page)
    go_on(page)
    page.get_by_label("我已阅读隐私说明").check()
    go_on(page)
    page.get_by_role("link", name="更改 姓名").click()
    page.get_by_label("姓名").fill("钟兰")
    go_on(page)
    expect(page.locator(".summary-list")).to_contain_text("钟兰")
    expect(page.locator(".summary-list")).to_contain_text("第一小组")
    page.get_by_role("button", name="提交申请").click()
    return str(page.locator(".reference").inner_text())


@ONLY_SOAK  # in `make test`: every step below, and accepting in tests/applications/test_accept.py
def test_on_a_phone_to_the_member_number(cast, open_page):
    phone = open_page(javascript=False)
    reference = apply(phone)
    office = open_page(cast.secretary, size=DESK)
    office.goto(OFFICE)
    office.get_by_role("link", name="钟兰").click()
    office.get_by_role("button", name="同意入会").click()
    number = re.search(r"WANGJIANG-\d+", office.locator("main").inner_text())
    phone.goto("/join")
    phone.get_by_role("link", name="查看申请进度").click()
    phone.get_by_label("申请编号").fill(reference.lower())
    phone.get_by_role("button", name="查看").click()
    expect(phone.locator("main")).to_contain_text(number.group())


def test_every_step_can_be_used_by_all(cast, open_page, axe):
    """The pages beside the steps are looked at in tests/journeys."""
    page, found = open_page(), {}

    def look(name: str) -> None:
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found[name] = [*axe(page), *(["wider than the phone"] if wide > 0 else [])]

    page.goto("/join/apply/association?q=望江")
    look("found")
    page.get_by_text("望江社区协会").click()
    boxes = {
        "identity": ("身份证号", ""),
        "birth": ("出生日期", "2020-02-03"),
        "name": ("姓名", "钟若兰"),
        "contact": ("电话", "13900001234"),
        "residence": ("居住", "湖滨巷"),
        "reason": ("您为什么", "想帮忙"),
    }
    go_on(page)
    while "/join/apply/" in page.url:
        step = page.url.rpartition("/")[2]
        look(step)
        if step in boxes:
            page.get_by_label(boxes[step][0]).fill(boxes[step][1])
        if step in ("kind", "group", "birth"):
            page.locator("main label input").first.check(force=True)
        if step == "guardian":
            page.get_by_label("监护人姓名").fill("钟明")
            page.get_by_label("监护人电话").fill("13800000000")
        for box in page.locator("main input[type=checkbox][required]").all():
            box.check()
        go_on(page)
    look("check")
    with page.expect_navigation():
        page.get_by_role("button", name="提交申请").click()
    look("sent")
    with page.expect_navigation():
        page.get_by_role("link", name="查看申请进度").click()
    look("stands")
    assert {name: faults for name, faults in found.items() if faults} == {}
    assert len(found) > 11
