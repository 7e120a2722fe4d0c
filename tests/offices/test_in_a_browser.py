"""Granting in a real browser: with scripts the list answers while one types, without them by the button."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.harness.soaking import ONLY_SOAK

pytestmark = pytest.mark.engines("sqlite")  # what a browser shows does not depend on the engine


def test_while_one_types(cast, open_page, axe):
    page = open_page(cast.secretary)
    page.goto("/office/wangjiang/appointments/grant")
    page.locator("#q").press_sequentially("wxy")
    expect(page.locator("#found .person")).to_have_count(1)
    assert page.url.endswith("/grant"), "the page itself stays"
    assert axe(page) == []
    page.locator("#found a").click()
    expect(page).to_have_url(re.compile(f"/grant/{cast.member.person.public_id}$"))
    assert axe(page) == []


@pytest.mark.parametrize("language", [pytest.param("zh-Hans", marks=ONLY_SOAK), "en"])
def test_without_scripts_from_the_name_to_the_office(cast, open_page, language):
    page = open_page(cast.chair, javascript=False, language=language)
    page.goto("/office/wangjiang/appointments")
    page.locator(".actions a").click()
    page.locator("#q").fill("王秀英")
    page.locator("#q").press("Enter")
    page.locator("#found a").click()
    page.locator("[name=position][value=treasurer]").check()
    page.locator("main form button").first.click()
    expect(page.locator(".rights li")).not_to_have_count(0)
    page.locator("main form button").first.click()
    expect(page.locator(".notice.green")).to_contain_text("王秀英")
    page.goto("/office/wangjiang/appointments")
    expect(page.locator("tbody")).to_contain_text("王秀英")
