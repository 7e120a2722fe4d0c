"""A year of dues, from the federation's period to the locked book, as those meet it who do it.

Fifty people pay cash at the treasurer's desk, entered by keyboard; a group leader collects on a phone and hands over
one yuan too little; one payment is taken back and one member let off by two signatures; a stranger verifies a receipt;
in January the book is closed and locked, and its rates are those that were worked out here by hand.
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
from tests.journeys.conftest import MONDAY
from tests.journeys.dues_desk import NAMES, Keys, join
from tests.journeys.main_job import said_of

pytestmark = pytest.mark.engines("sqlite")

OFFICE = "/office/wangjiang/dues"
IN_GROUP, EXCUSED = ("何晓燕", "高海波", "马玉珍"), "罗长生"
FEE, PART, AHEAD = 24, 10, 30  # yuan
MOST = 8  # keys a payment
JANUARY = datetime(2027, 1, 4, 2, tzinfo=UTC)  # a Monday


def test_a_year(live_app, visit, cast, clock):
    join(cast.community, [*NAMES, EXCUSED])
    join(cast.community, IN_GROUP, group_id=cast.group.id)
    opened(visit(officer_of(cast.federation), size=DESK))
    treasurer = visit(cast.treasurer, size=DESK)
    charged(treasurer)
    keys = collected(treasurer)
    print(f"{keys} keys for {len(NAMES)} payments")


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
    office.sees(office.say("The period %(name)s is open.", name="2026"))
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
    treasurer.sees(treasurer.say("The charges of %(period)s are up to date.", period="2026"))
    shot(treasurer, "09-charged")


def collected(treasurer) -> int:
    """Fifty payments by keyboard: two people pay a part, one pays ahead; the last is a slip and entered again."""
    treasurer.open(f"{OFFICE}/collect")
    shot(treasurer, "10-collect")
    keys, page = Keys(treasurer), treasurer.page
    for number, name in enumerate(NAMES):
        if number in (7, 23):
            keys.take(name, str(PART))
        elif number == 31:
            keys.take(name, str(AHEAD), advance=True)
        else:
            keys.take(name)
    keys.undo(NAMES[-1])
    keys.take(NAMES[-1])
    total = 47 * FEE + 2 * PART + AHEAD
    expect(page.locator(".entered .head b")).to_contain_text(f"{total:,}.00")
    pressed = keys.pressed
    assert pressed <= MOST * len(NAMES), f"{pressed} keys"
    treasurer.look()
    shot(treasurer, "11-entered")
    return pressed
