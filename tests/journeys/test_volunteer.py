"""A volunteer's way on a phone: registered, on the waiting list, offered a place, scanned in and out, certified.

Two volunteers want the only place. Chen has it first and withdraws; Jiang, who came as a stranger, waits,
takes it, and comes by the code on the leader's screen to a certificate that a stranger verifies.
"""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from portal.attendance import tokens
from portal.core import calendar
from portal.core.database import db
from portal.core.documents import qr_svg
from portal.people import services as people
from portal.people.models import Person
from portal.plans.queries import get_session
from tests.harness.factory import LONG_AGO, make_account
from tests.harness.service import make_activity, make_session
from tests.harness.soaking import alternatives
from tests.journeys.main_job import said_of
from tests.volunteers.filling import NUMBER, PHONE

pytestmark = pytest.mark.engines("sqlite")

NAME, TITLE, PLACE = "蒋文竹", "江边步道清洁", "江边步道"
SATURDAY = datetime(2026, 6, 20, 1, tzinfo=UTC)  # nine in the morning in Beijing
TAPS = 2  # the activity, and the button


@pytest.mark.parametrize("javascript", alternatives("scripts", "plain", short="scripts"))
def test_from_a_stranger_to_a_certificate(live_app, visit, cast, clock, javascript):
    session = opened(cast)
    stranger, office = visit(javascript=javascript), visit(cast.secretary, javascript=javascript)
    reference = registers(stranger)
    letter = accepted(office)
    follows(stranger, reference, letter)
    holder = visit(cast.volunteer, javascript=javascript)
    volunteer = visit(account_of_the_new(), javascript=javascript)
    signs_up(holder, "You are signed up. Thank you!", javascript=javascript)
    signs_up(volunteer, "You are on the waiting list.", javascript=javascript)
    withdraws(holder)
    takes_the_offer(volunteer)
    clock.moment = SATURDAY
    with calendar.at(SATURDAY):
        leader = visit(cast.leader, javascript=javascript)
    checks_in(leader, volunteer, session, clock)
    with calendar.at(clock.moment):
        hours_approved(visit(cast.secretary, javascript=javascript))
    verified(stranger, certificate(volunteer))


def shot(visitor, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        visitor.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def opened(cast) -> str:
    """Registration is open, and so is a session of group one on Saturday with one place; its public id."""
    people.publish_notice(None, people.default_notice(), LONG_AGO)
    activity = make_activity(cast.community, TITLE, group_id=cast.group.id)
    whom = {"contact_name": cast.leader.person.name, "contact_phone": "13900000009"}
    made = make_session(activity, SATURDAY, {None: 1}, place=PLACE, **whom)
    db.session.commit()
    return made.public_id


def account_of_the_new():
    """What a one-time code from the office leads to."""
    account = make_account(db.session.query(Person).filter_by(name=NAME).one())
    db.session.commit()
    return account


def registers(stranger) -> str:
    """Every question of /volunteer; gives the reference."""
    stranger.open("/volunteer?at=wangjiang")
    shot(stranger, "01-start")
    stranger.follow(stranger.link("Register now"))
    stranger.send("Continue")
    for field, value in (("name", NAME), ("identity_number", NUMBER), ("phone", PHONE), ("residence", "湖滨巷")):
        stranger.type(stranger.page.locator(f"input[name={field}]"), value)
        stranger.send("Continue")
    for chosen in ("急救", "敬老助老"):
        stranger.tap(stranger.page.locator("label.chip", has_text=chosen))
        shot(stranger, f"02-{chosen}")
        stranger.send("Continue")
    stranger.page.locator("input[value='5-morning']").check()
    shot(stranger, "03-times")
    stranger.send("Continue")
    stranger.page.locator("input[name=register]").check()
    shot(stranger, "04-consents")
    stranger.send("Continue")
    stranger.sees(NAME, "急救", "敬老助老")
    shot(stranger, "05-check")
    stranger.send("Send the registration")
    shot(stranger, "06-sent")
    return stranger.page.locator(".reference").inner_text()


def accepted(office) -> str:
    """From the work list to the letter; gives its number."""
    office.open("/office/wangjiang/volunteers/registrations")
    shot(office, "07-registrations")
    office.follow(office.page.get_by_role("link", name=NAME))
    shot(office, "08-registration")
    office.send("Accept and issue the letter")
    shot(office, "09-accepted")
    found = re.search(r"\w*聘字[^。，]*号", office.page.locator(".notice.green").last.inner_text())
    assert found is not None
    return found[0]


def follows(stranger, reference: str, letter: str) -> None:
    stranger.open("/volunteer/follow")
    stranger.type(stranger.page.locator("input[name=reference]"), reference.lower())
    stranger.follow(stranger.main.locator("form[method=post] button.btn"))
    stranger.sees(letter)
    shot(stranger, "10-stands")


def signs_up(volunteer, outcome: str, *, javascript: bool) -> None:
    volunteer.open("/me/sign-ups/find")
    shot(volunteer, "11-find")
    volunteer.taps = 0
    volunteer.follow(volunteer.page.get_by_role("link", name=TITLE))
    shot(volunteer, "12-notice")
    button = volunteer.page.locator("#sign-up form button")
    if javascript:
        volunteer.tap(button)
        expect(button).to_have_count(0)
        volunteer.look()
    else:
        volunteer.follow(button)
        volunteer.sees(volunteer.say(outcome))
    assert volunteer.taps == TAPS
    shot(volunteer, "13-signed-up")


def withdraws(holder) -> None:
    holder.open("/me/sign-ups")
    holder.follow(holder.page.get_by_role("link", name=holder.say("Withdraw", "sign-up")))
    shot(holder, "14-withdraw")
    holder.send("Withdraw", "sign-up")
    holder.sees(holder.say("You have withdrawn."))


def takes_the_offer(volunteer) -> None:
    volunteer.open("/me/sign-ups")
    volunteer.sees(volunteer.say("A place is offered to you"), TITLE)
    shot(volunteer, "15-offer")
    volunteer.send("Take the place")
    volunteer.sees(volunteer.say("The place is yours. Thank you!"))
    shot(volunteer, "16-mine")


def checks_in(leader, volunteer, session: str, clock) -> None:
    """By the code that stands there now; a photograph of an earlier one is worth nothing. Who has to sign in first
    comes back to the code.
    """
    leader.open("/office/wangjiang/attendance")
    shot(leader, "17-lists")
    leader.follow(leader.page.get_by_role("link", name=TITLE))
    shot(leader, "18-list")
    leader.follow(leader.link("Show the code"))
    shot(leader, "19-screen")
    early = scanned_from(leader, session, clock)
    clock.move(seconds=2 * tokens.STEP)
    leader.follow(leader.link("Next code"))
    address = scanned_from(leader, session, clock)
    assert address != early
    volunteer.open(early)
    volunteer.sees(volunteer.say("This code has changed"))
    shot(volunteer, "20-expired")
    volunteer.open(address)
    volunteer.type(volunteer.page.locator("#login"), PHONE)
    volunteer.give_password("Sign in")
    assert volunteer.path == address
    shot(volunteer, "21-scanned")
    volunteer.send("Check in")
    volunteer.sees(volunteer.say("Checked in at %(time)s.", time="09:01"))
    shot(volunteer, "22-in")
    leader.follow(leader.link("Back to the list"))
    shot(leader, "22-list")
    checks_out(leader, volunteer, session, clock)


def checks_out(leader, volunteer, session: str, clock) -> None:
    """Two hours later the office asks the leader for the password."""
    clock.moment = SATURDAY + timedelta(hours=2)
    leader.follow(leader.link("Show the code"))
    leader.give_password("Continue")
    volunteer.open(scanned_from(leader, session, clock))
    volunteer.send("Check out")
    volunteer.sees(volunteer.say("Checked out at %(time)s. Thank you!", time="11:00"))
    shot(volunteer, "23-out")


def scanned_from(leader, session: str, clock) -> str:
    """Where a phone's camera leads that is held before the screen."""
    with calendar.at(clock.moment):
        known = get_session(session)
        assert known is not None
        address = f"/in/{tokens.draw(known).text}"
    db.session.rollback()
    drawn, expected = (
        re.search(r' d="([^"]+)"', svg)
        for svg in (leader.page.locator(".qr").inner_html(), qr_svg(f"http://localhost{address}", "QR"))
    )
    assert drawn is not None
    assert expected is not None
    assert drawn[1] == expected[1]
    return address


def hours_approved(office) -> None:
    """By the secretary, who neither served nor recorded them."""
    office.open("/office/wangjiang/hours")
    shot(office, "24-queue")
    office.follow(office.page.get_by_role("link", name=TITLE))
    shot(office, "25-why")
    office.leave(lambda: office.main.locator("form[action$='/approve'] button").click())
    shot(office, "26-approved")


def certificate(volunteer) -> str:
    """Fetched by the volunteer; gives the code on it."""
    volunteer.open("/me/certificates")
    shot(volunteer, "27-certificates")
    volunteer.send("Fetch the certificate")
    shot(volunteer, "28-fetched")
    with volunteer.page.expect_download() as download:
        volunteer.tap(volunteer.main.locator("a[download]"))
    assert download.value.path().read_bytes().startswith(b"%PDF")
    return said_of(volunteer, "Verification code").inner_text()


def verified(stranger, code: str) -> None:
    stranger.open("/verify")
    stranger.type(stranger.page.locator("#code"), code.lower().replace("-", " "))
    stranger.send("Verify", "verification")
    expect(stranger.page.locator(".verdict")).to_contain_text(stranger.say("Valid", "verification"))
    stranger.sees("蒋**")
    stranger.sees_not(NAME)
    shot(stranger, "29-verdict")
