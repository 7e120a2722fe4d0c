"""The first time with a slip: from the officer's desk to one's own page, and nothing left behind on the device."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from portal.core.database import db
from portal.core.documents import qr_svg
from portal.people.models import ConsentPurpose
from tests.harness.browsing import DESK
from tests.harness.factory import affiliate, make_person
from tests.harness.soaking import alternatives

NAME, PASSWORD = "赵春梅", "春天的梅花开在江边"
CODE = re.compile(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){2}")

pytestmark = pytest.mark.engines("sqlite")


@pytest.mark.parametrize("javascript", alternatives("scripts", "plain", short="scripts"))
def test_the_first_time(visit, cast, javascript):
    affiliate(make_person(NAME), cast.community, group_id=cast.group.id)
    db.session.commit()
    address = code_handed_out(visit(cast.secretary, javascript=javascript, size=DESK), javascript=javascript)
    member = visit(javascript=javascript)
    activated(member, address)
    own_data(member)
    consent_given_and_withdrawn(member)
    signed_out(member)


def code_handed_out(officer, *, javascript):
    """The officer finds the person in the register; the slip on the screen is the one that is printed."""
    officer.open("/office/wangjiang")
    officer.follow(officer.link("Register"))
    officer.follow(officer.link("Everybody"))
    officer.type(officer.page.locator("#q"), "zcm")
    if not javascript:
        officer.send("Search")
    expect(officer.page.locator("#found tbody tr")).to_have_count(1)
    officer.follow(officer.page.get_by_role("link", name=NAME))
    officer.follow(officer.link("One-time code"))
    officer.send("Hand out a code")
    code = officer.page.locator(".slip .reference").inner_text()
    assert CODE.fullmatch(code)
    printed(officer, code)
    return qr_leads_to(officer, code)


def printed(officer, code):
    """On paper stands the slip, and not the menus around it."""
    officer.page.emulate_media(media="print")
    expect(officer.page.locator(".slip")).to_contain_text(code)
    for away in ("header", "aside.side", "footer"):
        expect(officer.page.locator(away).first).to_be_hidden()
    officer.page.emulate_media(media="screen")


def qr_leads_to(officer, code):
    drawn = re.search(r' d="([^"]+)"', officer.page.locator(".slip .qr").inner_html())
    expected = re.search(r' d="([^"]+)"', qr_svg(f"http://localhost/activate/{code}", "QR"))
    assert drawn is not None
    assert expected is not None
    assert drawn[1] == expected[1]
    return f"/activate/{code}"


def activated(member, address):
    member.open(address)
    member.type(member.page.locator("#password"), PASSWORD)
    member.send("Set the password and sign in")
    assert member.path == "/me"
    member.sees(NAME, "望江社区协会")


def own_data(member):
    member.follow(member.main.get_by_role("link", name=member.say("Who can see me")))
    member.sees("望江社区协会", member.say("Nobody has looked"))
    member.follow(member.main.get_by_role("link", name=member.say("My data")))
    member.sees(NAME, "第一小组")
    member.follow(member.main.get_by_role("link", name=member.say("What I agreed to")))


def consent_given_and_withdrawn(member):
    row = member.page.locator("li", has_text=str(ConsentPurpose.PHOTO.label)).filter(has=member.page.locator("form"))
    member.follow(row.get_by_role("button", name=member.say("Agree")))
    expect(row).to_contain_text(member.say("Agreed"))
    member.follow(row.get_by_role("button", name=member.say("Withdraw")))
    expect(row).to_contain_text(member.say("Not agreed"))


def signed_out(member):
    """Back shows nothing: no page of one's own was kept by the browser."""
    member.tap(member.page.locator("header summary"))
    member.follow(member.page.locator("header").get_by_role("button", name=member.say("Sign out")))
    member.sees(member.say("You are signed out."))
    member.leave(member.page.go_back)
    assert member.path == "/sign-in"
    member.sees_not(NAME)
