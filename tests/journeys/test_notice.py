"""A notice from its first word to its withdrawal, and what a resident reads of it meanwhile."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from playwright.sync_api import expect

from tests.harness.browsing import DESK
from tests.harness.soaking import alternatives

TITLE, NOTE, REASON = "暑期活动室开放时间", "第二节的时间写错了", "活动室提前装修，另行通知"
TEXT = """各位居民：

## 一、时间

**七月一日**起，每天上午九点到十一点。

| 活动 | 地点 | 费用（元） |
|---|---|--:|
| 书法 | 二楼 | 12.00 |
"""
CORRECTED = TEXT.replace("九点到十一点", "八点到十点").replace("12.00", "24.00")
ATOM = "{http://www.w3.org/2005/Atom}"

pytestmark = pytest.mark.engines("sqlite")


@pytest.mark.parametrize("javascript", alternatives("scripts", "plain", short="scripts"))
def test_a_notice(visit, cast, javascript):
    officer, resident = visit(cast.secretary, javascript=javascript, size=DESK), visit(javascript=javascript)
    write(officer, javascript=javascript)
    publish(officer)
    found_and_read(resident)
    correct(officer)
    both_versions_are_read(resident)
    withdraw(officer)
    the_page_stays(resident)


def write(officer, *, javascript):
    officer.open("/office/wangjiang")
    officer.follow(officer.link("Write a notice"))
    officer.type(officer.field("Title"), TITLE)
    officer.type(officer.page.locator("#body"), TEXT)
    if not javascript:
        officer.follow(officer.button("Preview"))
    preview = officer.page.locator("#preview")
    expect(preview.get_by_role("heading", name="一、时间")).to_be_visible()
    expect(preview.locator("strong")).to_have_text("七月一日")
    expect(preview.get_by_role("cell", name="书法")).to_be_visible()
    expect(preview.locator("td.r")).to_have_text("12.00")


def publish(officer):
    officer.send("Save and check")
    expect(officer.main.locator("article")).to_contain_text("每天上午")
    officer.send("Publish")
    assert officer.path.endswith("/published")
    expect(officer.page.locator(".reference")).not_to_be_empty()


def found_and_read(resident):
    resident.open("/")
    resident.follow(resident.page.get_by_role("link", name=TITLE))
    expect(resident.page.locator("h1")).to_have_text(TITLE)
    resident.sees("每天上午九点到十一点", "书法", "望江社区协会")
    assert in_feed(resident) == [TITLE]


def in_feed(resident):
    """Titles that the feed names on the page where it is offered."""
    resident.open("/notices")
    answer = resident.page.request.get(resident.link("Follow by feed (Atom)").get_attribute("href"))
    assert answer.headers["content-type"].startswith("application/atom+xml")
    return [entry.findtext(f"{ATOM}title") for entry in ET.fromstring(answer.text()).iter(f"{ATOM}entry")]


def correct(officer):
    officer.follow(officer.link("To this notice"))
    officer.send("Correct")
    officer.type(officer.field("What is corrected"), NOTE)
    officer.type(officer.page.locator("#body"), CORRECTED)
    publish(officer)
    expect(officer.page.locator("h1")).to_have_text(officer.say("Version %(number)s is published", number=2))


def both_versions_are_read(resident):
    resident.open("/notices")
    resident.follow(resident.page.get_by_role("link", name=TITLE))
    resident.sees(NOTE, "八点到十点")
    resident.sees_not("九点到十一点")
    expect(resident.page.locator(".prose td.r")).to_have_text("24.00")
    resident.follow(resident.link("Version %(number)s", number=1))
    resident.sees("九点到十一点")
    expect(resident.page.locator(".prose td.r")).to_have_text("12.00")
    resident.follow(resident.link("Read the current version"))
    resident.sees("八点到十点")


def withdraw(officer):
    officer.follow(officer.link("To this notice"))
    officer.follow(officer.link("Withdraw"))
    officer.type(officer.field("Reason"), REASON)
    officer.send("Withdraw")
    officer.sees(REASON, officer.say("The notice is withdrawn. It stays in the record."))


def the_page_stays(resident):
    address = resident.path
    resident.open("/")
    resident.sees_not(TITLE)
    resident.open(address)
    resident.sees(TITLE, REASON)
    resident.sees_not("八点到十点")
    expect(resident.main).to_contain_text(re.compile("2026年6月15日"))
