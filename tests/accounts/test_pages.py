"""The pages in a browser: no fault of accessibility, and an interrupted form goes on without JavaScript."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core import calendar
from portal.people.models import Person
from tests.harness.client import client_of
from tests.harness.factory import PASSWORD

# The pages are the same on both databases; one is enough for a browser.
pytestmark = pytest.mark.engines("sqlite")

SUBMIT = "main form .btn[type=submit]"


@pytest.fixture
def idle(live_app, server):
    """idle(page, account): the page's browser was signed in, and left alone for 35 minutes."""

    def idle(page, account) -> None:
        visitor = client_of(live_app)
        with calendar.at(calendar.now() - timedelta(minutes=35)):
            visitor.sign_in(account)
        cookies = [{"name": kept.key, "value": kept.value, "url": server} for kept in visitor._cookies.values()]
        page.context.add_cookies(cookies)

    return idle


def test_nothing_stands_in_anybody_s_way(cast, open_page, axe):
    """Where no link leads; the other pages are looked at in tests/journeys."""
    visitor, member, secretary = open_page(), open_page(account=cast.member), open_page(account=cast.secretary)
    office = f"/office/wangjiang/people/{cast.volunteer.person.public_id}/access-code"
    found = {}
    for page, path in ((visitor, "/activate/7k2m9xq4tb3d"), (visitor, "/recover/sent"), (member, "/confirm")):
        page.goto(path)
        found[path] = axe(page)
    for page, path in ((member, "/me/security/second-factor"), (secretary, office), (visitor, "/sign-in")):
        page.goto(path)
        page.click(SUBMIT)
        found[f"sent: {path}"] = axe(page)
    assert {name: faults for name, faults in found.items() if faults} == {}


@pytest.mark.parametrize("javascript", [True, False])
def test_a_form_left_open_goes_on(cast, open_page, idle, db_session, javascript):
    page = open_page(account=cast.secretary, javascript=javascript)
    page.goto(f"/office/wangjiang/people/{cast.volunteer.person.public_id}/edit")
    page.fill("#residence", "江边路 7 号")
    idle(page, cast.secretary)
    page.click("main form button[type=submit]")
    page.fill("#password", PASSWORD)
    page.click(SUBMIT)
    page.click(SUBMIT)
    page.wait_for_url("**/people/*")
    db_session.expire_all()
    assert db_session.get(Person, cast.volunteer.person_id).residence == "江边路 7 号"


def test_the_password_can_be_shown(cast, open_page):
    page = open_page()
    page.goto("/sign-in")
    page.fill("#password", "seen")
    assert page.get_attribute("#password", "type") == "password"
    page.click("[data-reveal]")
    assert page.get_attribute("#password", "type") == "text"
