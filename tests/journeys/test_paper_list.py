"""A group's leader enters the paper list of forty people by keyboard, on a phone: 240 keys are two minutes at two a
second.
"""

from __future__ import annotations

from datetime import timedelta
from time import monotonic

import pytest
from playwright.sync_api import expect

from portal.core.calendar import now
from portal.core.database import db
from portal.core.formats import local
from portal.signups.models import SignUp
from tests.attendance.rows import OFFICE, helper, running
from tests.cards.rows import page_count
from tests.harness.browsing import PHONE
from tests.harness.findings import tell
from tests.harness.service import make_sign_up

pytestmark = pytest.mark.engines("sqlite")

PEOPLE, ABSENT, MOST = 40, (7, 23), 240
SURNAMES = "赵钱孙李周吴郑王冯陈"


@pytest.fixture
def session(live_app, cast):
    nine = local(now()).replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=1)
    made = running(cast.community, (now() - nine).total_seconds() / 60, needs={None: PEOPLE}, group_id=cast.group.id)
    for number in range(PEOPLE):
        person = helper(cast.community, f"{SURNAMES[number % 10]}{SURNAMES[number // 10]}林")
        make_sign_up(made, person, signed_up_at=now() - timedelta(days=9) + timedelta(minutes=number))
    db.session.commit()
    return made


def test_forty_people_in_two_minutes(cast, open_page, server, session):
    page, pressed = open_page(cast.leader, size=PHONE), 0
    page.goto(f"{server}/office/wangjiang/sessions/{session.public_id}/sign-ups/sheet")
    assert page_count(page.pdf(format="A4")) == 2, "one sheet of paper, front and back"
    page.goto(f"{server}{OFFICE}/{session.public_id}/paper")
    expect(page.locator("#rows input").first).to_be_focused()
    enter_moves_down(page)
    began = monotonic()

    def press(*keys: str) -> None:
        nonlocal pressed
        for key in keys:
            page.keyboard.press(key)
        pressed += len(keys)

    press(*"0900", "Tab", *"1100", "Tab")
    for number in range(1, PEOPLE):
        press(*(("Tab", "Tab") if number in ABSENT else ("=", "Tab", "=", "Tab")))
    boxes = page.locator("#rows input").evaluate_all("boxes => boxes.map((box) => box.value)")
    assert boxes.count("0900") == boxes.count("1100") == PEOPLE - len(ABSENT)
    for _ in range(4):
        if page.locator(".save .btn").first.evaluate("node => node === document.activeElement"):
            break
        press("Tab")
    press("Enter")
    page.wait_for_url(f"**{OFFICE}/{session.public_id}")
    tell(f"{PEOPLE} people on a phone: {pressed} keys; the browser took {monotonic() - began:.1f} s")
    states = [one.state for one in db.session.query(SignUp).filter_by(session_id=session.id).order_by(SignUp.id)]
    assert [number for number, state in enumerate(states) if state == "confirmed"] == list(ABSENT)
    assert states.count("completed") == PEOPLE - len(ABSENT)
    assert pressed <= MOST, f"{pressed} keys"


def enter_moves_down(page):
    """In a column, from its end to the next one, and from there to the button."""
    boxes = page.locator("#rows input")
    page.keyboard.press("Enter")
    expect(boxes.nth(2)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(boxes.first).to_be_focused()
    boxes.nth(2 * PEOPLE - 2).focus()
    page.keyboard.press("Enter")
    expect(boxes.nth(1)).to_be_focused()
    boxes.last.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".save .btn").first).to_be_focused()
    boxes.first.focus()
