"""In a real browser: by keyboard, no wider than the screen, and deaf to hostile texts.

The way from the first word to the reader is told in tests/journeys, which also look at every page with axe.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from portal.core.text import printable
from portal.notices import services
from portal.notices.drafts import Content
from tests.harness.browsing import DESK, PHONE
from tests.notices.payloads import PAYLOADS
from tests.notices.rows import OFFICE, TITLE, published

# What a browser shows does not depend on the database; what the database does is tested without one.
pytestmark = pytest.mark.engines("sqlite")


def test_by_keyboard_alone(cast, open_page):
    page = open_page(cast.secretary, size=DESK)
    page.goto(f"{OFFICE}/new")
    page.get_by_label("标题", exact=True).focus()
    page.keyboard.type(TITLE)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type("一段正文。")
    page.keyboard.press("Control+Home")
    page.get_by_role("button", name="保存并核对").press("Enter")
    expect(page.locator(".document .prose")).to_contain_text("一段正文。")


def test_no_page_is_wider_than_the_screen(cast, open_page):
    long = published(
        cast.secretary, cast.community, title="关于" + "很长的标题" * 22, kind="notice",
        body="| " + " | ".join(f"第{n}列的标题" for n in range(9)) + " |\n|" + "---|" * 9 + "\n\n" + "x" * 300,
        contact="c" * 190, document_number="望协〔2026〕" + "1" * 40,
    )  # fmt: skip
    page = open_page(cast.secretary)
    for address in ("/notices", f"/notices/{long.public_id}", OFFICE, f"{OFFICE}/{long.public_id}", f"{OFFICE}/new"):
        page.goto(address)
        for size in (PHONE, {"width": 360, "height": 700}, DESK):
            page.set_viewport_size(size)
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= size["width"], f"{address}: {width}"


def test_hostile_texts_do_nothing_in_a_browser(cast, open_page, db_session):
    """open_page() fails the test when a script fails, a policy is broken, or something outside is asked for."""
    notices = []
    for start in range(0, len(PAYLOADS), 12):
        some = [printable(payload) for payload in PAYLOADS[start : start + 12]]
        content = Content(title=some[0][:120], body="\n\n".join(some), issuer=some[1][:120], contact=some[2][:200])
        notice = services.save_draft(cast.secretary, cast.community, content)
        services.publish(cast.secretary, notice, number=1)
        notices.append(notice.public_id)
    db_session.commit()
    page = open_page(cast.secretary, size=DESK)
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog opened: {dialog.message}"))
    for address in ("/notices", *(f"/notices/{public_id}" for public_id in notices)):
        page.goto(address)
        page.mouse.move(200, 300)
    page.goto(f"{OFFICE}/new")
    page.get_by_label("正文", exact=True).fill("\n\n".join(PAYLOADS))
    expect(page.locator("#preview .prose")).to_contain_text("alert(1)")
