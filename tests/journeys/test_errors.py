"""What goes wrong while somebody writes: every message by its field, and nothing typed is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.activities.rows import agree, who
from tests.harness.soaking import ONLY_SOAK, alternatives
from tests.journeys import main_job as job

NAMED = "6月13日培训"
TOMORROW, NEW = "2026-06-16", "/office/wangjiang/activities/new"
BOTH = pytest.mark.parametrize("javascript", alternatives("scripts", "plain", short="scripts"))

pytestmark = pytest.mark.engines("sqlite")


@BOTH
def test_an_entry_that_is_refused(visit, cast, photos, javascript):
    """Tomorrow's date, no kind, and no name: the name is made up, the others are asked for."""
    agree(who(cast.member))
    officer = visit(cast.secretary, javascript=javascript)
    officer.open(NEW)
    job.fill_in(officer, photos, javascript=javascript, kind=None, day=TOMORROW, title="")
    officer.send("Save")
    told_what_is_wrong(officer, javascript=javascript)
    still_there(officer)
    mended(officer, javascript=javascript)


def told_what_is_wrong(officer, *, javascript):
    assert officer.page.title().startswith("错误：")
    summary = officer.page.locator(".summary")
    expect(summary.get_by_role("link")).to_have_count(2)
    if javascript:
        expect(summary).to_be_focused()
    for message, place in (
        ("Choose what kind of activity it was.", "#kind-0"),
        ("The date of an activity cannot lie after today.", "#held_on"),
    ):
        officer.tap(summary.get_by_role("link", name=officer.say(message)))
        expect(officer.page.locator(place)).to_be_focused()
        expect(officer.page.locator(".field", has=officer.page.locator(place))).to_contain_text(officer.say(message))


def still_there(officer):
    for name in job.INITIALS:
        expect(job.ticked(officer, name)).to_be_checked()
    page = officer.page
    expect(job.minutes_of(officer, job.VOLUNTEER)).to_have_value(job.SERVED)
    expect(page.locator("#held_on")).to_have_value(TOMORROW)
    expect(page.locator("#place")).to_have_value(job.PLACE)
    expect(page.locator("#others_count")).to_have_value(job.OTHERS)
    expect(page.locator("[name=material_count]").first).to_have_value(job.LEAFLETS)
    expect(page.locator("#summary")).to_have_value(job.SUMMARY)
    expect(page.locator("#pending .tile img")).to_have_count(2)
    for message in job.STATEMENTS:
        expect(page.get_by_label(officer.say(message))).to_be_checked()


def mended(officer, *, javascript):
    officer.tap(job.chip(officer, officer.say("Training")))
    officer.type(officer.page.locator("#held_on"), job.SATURDAY)
    if javascript:
        expect(officer.page.locator("#title")).to_have_attribute("placeholder", NAMED)
    officer.send("Save")
    assert officer.path.endswith("/saved")
    officer.follow(officer.link("See the entry"))
    expect(officer.page.locator("h1")).to_have_text(NAMED)
    all_of_it(officer)


def all_of_it(officer):
    officer.sees(*job.INITIALS, job.PLACE, job.SUMMARY, job.LEAFLETS)
    expect(officer.page.locator(".gallery img")).to_have_count(2)


@ONLY_SOAK  # in `make test`: without scripts below, and a shorter form in tests/accounts
def test_a_form_left_for_half_an_hour(visit, cast, photos, clock):
    """The password is asked in between; what was typed goes on with it, photos too."""
    agree(who(cast.member))
    officer = visit(cast.secretary)
    officer.open(NEW)
    job.fill_in(officer, photos, javascript=True)
    clock.move(minutes=31)
    confirmed(officer)
    officer.send("Save what I typed")
    assert officer.path.endswith("/saved")
    officer.follow(officer.link("See the entry"))
    officer.sees(job.TITLE)
    all_of_it(officer)


def confirmed(officer):
    officer.send("Save")
    officer.sees(officer.say("What you typed is kept. Nothing was saved yet; after the password you can go on."))
    officer.give_password("Go on")


def test_photos_not_yet_sent_are_asked_for_again(visit, cast, photos, clock):
    """A browser gives no page its files back: they are named, and can be chosen again."""
    officer = visit(cast.secretary, javascript=False)
    officer.open(NEW)
    job.tell_what(officer)
    officer.page.get_by_label(officer.say("Choose photos")).set_input_files(photos)
    clock.move(minutes=31)
    confirmed(officer)
    officer.sees(*(photo.name for photo in photos))
    officer.page.get_by_label(officer.say("Choose these files again")).set_input_files(photos)
    officer.send("Save what I typed")
    assert officer.path.endswith("/saved")
    officer.follow(officer.link("See the entry"))
    expect(officer.page.locator(".gallery img")).to_have_count(2)
