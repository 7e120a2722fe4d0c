"""In a real browser: registered on a phone without JavaScript, accepted at a desk, the letter then verified."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from portal.core.database import db
from portal.people.models import Person
from portal.volunteers import queries
from portal.volunteers.models import Volunteer, VolunteerRegistration
from tests.cards.rows import page_count
from tests.dossiers.rows import evaluated, served, starred
from tests.harness.browsing import DESK
from tests.harness.soaking import ONLY_SOAK
from tests.volunteers.filling import NUMBER

pytestmark = pytest.mark.engines("sqlite")


def go_on(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main form[method=post] button.btn:not(.quiet)").first.click()


def register(page: Page) -> None:
    page.goto("/volunteer?at=wangjiang")
    page.locator("main a.btn").first.click()
    go_on(page)
    for field, value in (("name", "蒋文竹"), ("identity_number", NUMBER), ("phone", "13900004321"),
                         ("residence", "湖滨巷")):  # fmt: skip
        page.locator(f"input[name={field}]").fill(value)
        go_on(page)
    page.get_by_label("急救").check()
    go_on(page)
    page.get_by_label("敬老助老").check()
    go_on(page)
    page.locator("input[value='5-morning']").check()
    go_on(page)
    page.locator("input[name=register]").check()
    go_on(page)
    expect(page.locator(".summary-list")).to_contain_text("急救")
    go_on(page)


@ONLY_SOAK  # in `make test` it is a part of tests/journeys/test_volunteer.py
def test_from_a_phone_to_a_letter_that_a_stranger_verifies(cast, open_page, axe, db_session):
    phone = open_page(javascript=False)
    register(phone)
    reference = phone.locator(".reference").inner_text()
    office = open_page(cast.secretary, size=DESK)
    office.goto("/office/wangjiang/volunteers/registrations")
    office.get_by_role("link", name="蒋文竹").click()
    assert axe(office) == []
    office.locator("form[action$='/accept'] button").click()
    expect(office.locator(".notice.green").last).to_contain_text("聘字")
    phone.goto("/volunteer/follow")
    phone.locator("input[name=reference]").fill(reference.lower())
    go_on(phone)
    expect(phone.locator("main")).to_contain_text("聘字")
    made = db_session.query(VolunteerRegistration).one()
    code = queries.live_letter(made.volunteer_id).code.code
    db_session.rollback()
    the_dossier_is_one_page(cast, office, made)
    stranger = open_page()
    stranger.goto(f"/verify/{code}")
    expect(stranger.locator("main")).to_contain_text("有效")
    expect(stranger.locator("main")).not_to_contain_text("蒋文竹")
    assert axe(stranger) == []


def the_dossier_is_one_page(cast, office, made):
    """However much there is: every year has its total, and of the entries the latest stand on it."""
    volunteer = db.session.get_one(Volunteer, made.volunteer_id)
    person = db.session.get_one(Person, volunteer.person_id)
    for number in range(40):
        kind = "study" if number % 4 == 0 else "service"
        day = date(2026 - number % 6, 3, 1 + number % 28)
        title, place = "沿江步道清洁与安全巡查行动" * 2, "望江桥头以东" * 3
        served(person, cast.community, 90, day, category=kind, title=title, place=place)
    for stars in range(1, 6):
        starred(person, cast.community, stars)
    for _ in range(5):
        evaluated(volunteer, "守时可靠，乐于助人。" * 20)
    db.session.commit()
    office.goto(f"/office/wangjiang/volunteers/{volunteer.public_id}/dossier/sheet")
    assert page_count(office.pdf(format="A4")) == 1
