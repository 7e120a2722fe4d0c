"""A transfer from proposal to acceptance in a real browser: the giving side with scripts, the taking one without."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from portal.core.database import db
from tests.harness.factory import make_group

pytestmark = pytest.mark.engines("sqlite")  # what a browser shows does not depend on the engine


def test_from_proposal_to_acceptance(cast, held, open_page, axe):
    number = held.number
    make_group(cast.sibling_community, "听雨一组")
    db.session.commit()
    giving, taking = open_page(cast.secretary), open_page(cast.sibling, javascript=False)
    giving.goto(f"/office/wangjiang/memberships/{held.public_id}")
    assert axe(giving) == []
    giving.locator(".actions a[href$='/transfer']").click()
    assert axe(giving) == []
    giving.locator("a[href$='to=tingyu']").click()
    giving.locator("#reason").fill("搬到听雨社区")
    giving.locator("main form button").click()
    expect(giving.locator(".notice.green")).to_be_visible()
    assert axe(giving) == []
    accepted(taking, number)
    giving.reload()
    expect(giving.locator("h1 .tag.green")).to_be_visible()
    giving.goto(f"/office/wangjiang/memberships/{held.public_id}")
    expect(giving.locator("h1")).not_to_contain_text("王秀英")


def accepted(taking, number: str) -> None:
    """From the work list to the transfer, and the membership is there."""
    taking.goto("/office/tingyu")
    taking.locator(".work a[href$='/transfers']").click()
    taking.get_by_role("link", name="王秀英").click()
    expect(taking.locator("main")).to_contain_text("搬到听雨社区")
    taking.locator("#group").select_option(label="听雨一组")
    taking.locator("form[action$='/accept'] button").click()
    expect(taking).to_have_url(re.compile("/office/tingyu/memberships/"))
    expect(taking.locator("main")).to_contain_text(number)
    expect(taking.locator("main")).to_contain_text("听雨一组")
