"""A year of dues, from the federation's period to the locked book, as those meet it who do it.

Fifty people (in the short form twenty) pay cash at the treasurer's desk, entered by keyboard; a group leader collects
on a phone and hands over one yuan too little; one payment is taken back and one member let off by two signatures; a
stranger verifies a receipt; in January the book is closed and locked, and its rates are those that were worked out
here by hand.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from portal.core import calendar
from portal.core.database import db
from portal.offices.rights import Position
from portal.upkeep.ledger import list_faults
from tests.harness.browsing import DESK
from tests.harness.factory import appoint, make_account, make_person
from tests.harness.soaking import SOAKING
from tests.journeys.dues_desk import NAMES, Keys, join

pytestmark = pytest.mark.engines("sqlite")

OFFICE = "/office/wangjiang/dues"
IN_GROUP, EXCUSED, REVERSED = ("何晓燕", "高海波", "马玉珍"), "罗长生", "李桂芝"
FEE, PART, AHEAD = 24, 10, 30  # yuan
# Keys: six for each payment that is entered, the slip too; taking that back is among them.
KEYS = 6 * (len(NAMES) + 1)
# Of 55 members 48 paid all, one of them was taken back; three paid the leader, two a part; one was let off:
# 24 × 55; 24 × (48 - 1 + 3) + 10 × 2; 1,220 of 1,320 - 24, and of 1,320. In the short form 18 of 25 paid all:
# 24 × 25; 24 × (18 - 1 + 3) + 10 × 2; 500 of 600 - 24, and of 600.
LONG, SHORT = ("1,320.00", "1,220.00", "94.1%", "92.4%"), ("600.00", "500.00", "86.8%", "83.3%")
CHARGED, PAID, NET, GROSS = LONG if SOAKING else SHORT
ENTERED = 47 * FEE + 2 * PART + AHEAD if SOAKING else 17 * FEE + 2 * PART + AHEAD
JANUARY = datetime(2027, 1, 4, 2, tzinfo=UTC)  # a Monday


def test_a_year(live_app, visit, cast, clock):
    join(cast.community, [*NAMES, EXCUSED])
    join(cast.community, IN_GROUP, group_id=cast.group.id)
    opened(visit(officer_of(cast.federation), size=DESK))
    treasurer = visit(cast.treasurer, size=DESK)
    charged(treasurer)
    collected(treasurer)
    collected_on_a_phone(visit(cast.leader))
    clock.move(days=1)
    with calendar.at(clock.moment):
        treasurer, chair = visit(cast.treasurer, size=DESK), visit(cast.chair, size=DESK)
    handed_over(treasurer, cast.leader.person.name)
    taken_back(treasurer, chair)
    let_off(treasurer, chair)
    verified(visit(), receipt(treasurer))
    clock.moment = JANUARY
    with calendar.at(clock.moment):
        closed(visit(cast.treasurer, size=DESK))
        chair = visit(cast.chair, size=DESK)
        locked(chair)
        reported(chair)
    assert list_faults() == []


def shot(visitor, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        visitor.page.screenshot(path=f"{folder}/{name}.png", full_page=True, caret="initial")


def officer_of(federation):
    """Its secretary; and what was written so far is committed."""
    account = make_account(make_person("陶然"))
    appoint(account.person, federation, Position.SECRETARY)
    db.session.commit()
    return account


def opened(office) -> None:
    """By the federation, for all."""
    office.open("/office/qinghe/dues/books")
    shot(office, "01-no-books")
    office.follow(office.link("Open a period").first)
    shot(office, "02-period")
    office.send("Open the period")
    office.sees(office.say("The period %(name)s is open.", name="2026年度"))
    shot(office, "03-books")


def charged(treasurer) -> None:
    """The fee plan, a look at what would happen, and all members at once."""
    treasurer.open(f"{OFFICE}/plans")
    shot(treasurer, "04-plans")
    treasurer.follow(treasurer.main.locator("tbody a").first)
    treasurer.type(treasurer.page.locator("#amount_fen"), str(FEE))
    treasurer.type(treasurer.page.locator("#basis"), "理事会三月十二日会议")
    shot(treasurer, "05-plan")
    treasurer.send("Keep the fee plan")
    shot(treasurer, "06-plans")
    treasurer.open(f"{OFFICE}/charges")
    shot(treasurer, "07-nothing")
    treasurer.follow(treasurer.link("Charge a period").first)
    shot(treasurer, "08-preview")
    treasurer.send("Bring the charges up to date")
    treasurer.sees(treasurer.say("The charges of %(period)s are up to date.", period="2026年度"))
    shot(treasurer, "09-charged")


def collected(treasurer) -> None:
    """Payments by keyboard: two people pay a part, one pays ahead; the last is a slip and entered again."""
    treasurer.open(f"{OFFICE}/collect")
    shot(treasurer, "10-collect")
    keys, page = Keys(treasurer), treasurer.page
    for number, name in enumerate(NAMES):
        if number in (7, 16):
            keys.take(name, str(PART))
        elif number == 11:
            keys.take(name, str(AHEAD), advance=True)
        else:
            keys.take(name, then=NAMES[1] if number == 0 else "")
    keys.undo(NAMES[-1])
    keys.take(NAMES[-1])
    expect(page.locator(".entered .head b")).to_contain_text(f"{ENTERED:,}.00")
    assert keys.pressed <= KEYS, f"{keys.pressed} keys"
    treasurer.look()
    shot(treasurer, "11-entered")


def collected_on_a_phone(leader) -> None:
    """Three of the own group, in two taps each: who still owes stands there. A leader finds nobody else."""
    leader.open(f"{OFFICE}/collect")
    shot(leader, "12-phone")
    page = leader.page
    page.locator("#q").press_sequentially("zjg")
    expect(page.locator("#found .hint")).to_be_visible()
    page.locator("#q").fill("")
    leader.taps = 0
    for name in IN_GROUP:
        leader.tap(page.locator("#found .pick", has_text=name))
        expect(page.locator("#take h2")).to_have_text(name)
        shot(leader, "13-phone-take")
        leader.tap(page.locator("#take .save button"))
        expect(page.locator("#desk > .notice")).to_contain_text(name)
        expect(page.locator("#q")).to_be_focused()
        expect(page.locator("#found .pick", has_text=name)).to_have_count(0)
    assert leader.taps == 2 * len(IN_GROUP)
    expect(page.locator(".entered .head b")).to_contain_text(f"{3 * FEE}.00")
    leader.look()
    shot(leader, "14-phone-entered")


def handed_over(treasurer, leader: str) -> None:
    """Three fees less one yuan: it is said beside the box, stands with the hand-over, and is still owed."""
    treasurer.open(f"{OFFICE}/hand-overs")
    shot(treasurer, "20-hand-overs")
    treasurer.follow(treasurer.page.get_by_role("link", name=leader, exact=True))
    shot(treasurer, "21-holds")
    treasurer.follow(treasurer.link("Count and take over"))
    for fen, count in ((5_000, 1), (2_000, 1), (100, 1)):
        treasurer.type(treasurer.page.locator(f"#pieces_{fen}"), str(count))
    expect(treasurer.page.locator("#counted")).to_have_value("71.00")
    expect(treasurer.page.locator("output")).to_contain_text("1.00")
    treasurer.type(treasurer.page.locator("#note"), "少一元，下次补上")
    shot(treasurer, "22-count")
    treasurer.send("Take over")
    treasurer.sees("71.00", "-1.00", "少一元，下次补上")
    shot(treasurer, "23-handed-over")
    treasurer.open(f"{OFFICE}/hand-overs")
    expect(treasurer.page.locator(".person", has_text=leader)).to_contain_text("1.00")
    shot(treasurer, "24-hand-overs")


def taken_back(treasurer, chair) -> None:
    """What was entered yesterday is not taken back by one alone."""
    treasurer.open(f"{OFFICE}/payments?q={REVERSED}")
    shot(treasurer, "30-payments")
    treasurer.follow(treasurer.page.get_by_role("link", name=REVERSED))
    shot(treasurer, "31-payment")
    treasurer.follow(treasurer.link("Take back …"))
    treasurer.type(treasurer.page.locator("#reason"), "记在了别人名下")
    shot(treasurer, "32-reverse")
    treasurer.send("Ask for the reversal")
    treasurer.sees(treasurer.say("The reversal waits for the second signature."))
    shot(treasurer, "33-asked")
    chair.open("/office/wangjiang")
    shot(chair, "34-work")
    chair.follow(chair.main.locator('a[href$="/dues/payments"]'))
    chair.follow(chair.page.get_by_role("link", name=REVERSED).first)
    shot(chair, "34-sign")
    chair.send("Sign")
    chair.sees(chair.say("This payment was taken back. What it settled is owed again."))
    shot(chair, "35-reversed")


def let_off(treasurer, chair) -> None:
    treasurer.open(f"{OFFICE}/charges?q={EXCUSED}")
    shot(treasurer, "40-charges")
    treasurer.follow(treasurer.page.get_by_role("link", name=EXCUSED))
    shot(treasurer, "41-charge")
    treasurer.follow(treasurer.link("Waive or write off"))
    treasurer.type(treasurer.page.locator("#reason"), "理事会六月会议同意减免")
    shot(treasurer, "42-waive")
    treasurer.send("Ask for the second signature")
    shot(treasurer, "43-asked")
    chair.open("/office/wangjiang")
    chair.follow(chair.main.locator('a[href*="/dues/waivers"]'))
    shot(chair, "44-waivers")
    chair.follow(chair.page.get_by_role("link", name=EXCUSED))
    shot(chair, "45-sign")
    chair.send("Approve", "waiver")
    chair.sees(chair.say("It is approved."))
    shot(chair, "46-approved")


def receipt(treasurer) -> str:
    """There is one for each payment; the code of one."""
    treasurer.open(f"{OFFICE}/receipts")
    shot(treasurer, "50-receipts")
    treasurer.open(f"{OFFICE}/receipts?q={NAMES[0]}")
    treasurer.follow(treasurer.page.get_by_role("link", name=NAMES[0]))
    treasurer.sees("贰拾肆元整")
    shot(treasurer, "51-receipt")
    return treasurer.page.locator(".reference").inner_text()


def verified(stranger, code: str) -> None:
    stranger.open("/verify")
    stranger.type(stranger.page.locator("#code"), code.lower().replace("-", " "))
    stranger.send("Verify", "verification")
    expect(stranger.page.locator(".verdict")).to_contain_text(stranger.say("Valid", "verification"))
    stranger.sees("24.00", "赵**")
    stranger.sees_not(NAMES[0])
    shot(stranger, "52-verdict")


def closed(treasurer) -> None:
    treasurer.open(f"{OFFICE}/books")
    shot(treasurer, "60-books")
    treasurer.follow(treasurer.link("Close", "book"))
    treasurer.sees(CHARGED, PAID, NET)
    shot(treasurer, "61-close")
    if treasurer.page.locator("#seen").count():
        treasurer.page.locator("#seen").check()
    treasurer.send("Close the book")
    shot(treasurer, "62-closed")


def locked(chair) -> None:
    chair.open(f"{OFFICE}/books")
    chair.follow(chair.link("Lock", "book"))
    shot(chair, "63-lock")
    chair.send("Lock", "book")
    chair.sees(chair.say("The book of %(name)s is locked.", name="2026年度"))
    shot(chair, "64-locked")


def reported(chair) -> None:
    """Up the tree, as the street sees it."""
    chair.open("/office/liuan/dues/rates")
    row = chair.page.locator("tbody tr", has_text="望江")
    for figure in (NET, GROSS, CHARGED, PAID):
        expect(row).to_contain_text(figure)
    shot(chair, "70-rates")
    chair.open(f"{OFFICE}/year")
    chair.sees(CHARGED, PAID, NET)
    shot(chair, "71-year")
