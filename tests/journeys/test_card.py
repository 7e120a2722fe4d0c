"""A card: issued in the office, shown on a phone, verified by a stranger; and a batch without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from portal.cards.models import IssueReason
from tests.cards.rows import make_card, make_members, membership_of
from tests.harness.browsing import DESK

pytestmark = pytest.mark.engines("sqlite")


def test_issued_shown_and_verified(live_app, cast, visit):
    number = membership_of(cast.member).number
    officer = visit(cast.secretary, size=DESK)
    officer.open("/office/wangjiang/cards?state=missing")
    officer.follow(officer.page.get_by_role("link", name="王秀英"))
    officer.sees("王秀英", number, cast.community.name)
    officer.send("Issue the card")
    officer.sees(officer.say("The card of %(name)s was issued. Print it now.", name="王秀英"))

    member = visit(cast.member)
    member.open("/me")
    member.follow(member.page.get_by_role("navigation").get_by_role("link", name=member.say("My card"), exact=True))
    expect(member.page.locator(".pass .qr svg")).to_be_visible()
    code = member.page.locator(".pass .code").inner_text()

    stranger = visit(javascript=False)
    stranger.open("/verify")
    stranger.type(stranger.page.locator("#code"), code.lower().replace("-", " "))
    stranger.send("Verify", "verification")
    expect(stranger.page.locator(".verdict")).to_contain_text(stranger.say("Valid", "verification"))
    stranger.sees("王**", cast.community.name)
    stranger.sees_not("王秀英", number)

    make_card(membership_of(cast.member), IssueReason.LOST)
    stranger.open(stranger.path)
    expect(stranger.page.locator(".verdict")).to_contain_text(stranger.say("Not valid", "verification"))


def test_a_batch_without_scripts(live_app, cast, visit):
    make_members(cast.community, "林栩", "周舟")
    make_card(membership_of(cast.member))
    officer = visit(cast.secretary, javascript=False)
    officer.open("/office/wangjiang/cards")
    officer.follow(officer.link("Cards for many"))
    officer.follow(officer.main.get_by_role("button", name="发放 2 张会员证", exact=True))
    officer.sees("2 张会员证可以打印了")
    with officer.page.expect_download() as download:
        officer.tap(officer.link("Fetch the PDF"))
    assert download.value.path().read_bytes().startswith(b"%PDF")
