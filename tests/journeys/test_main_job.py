"""The main job: from signing in to the story that everybody reads, on a phone."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.activities.rows import agree, who
from tests.harness.findings import tell
from tests.harness.soaking import ONLY_SOAK
from tests.journeys import main_job as job
from tests.journeys.camera import has_exif, size_of
from tests.journeys.main_job import INITIALS, PLACE, SUMMARY, TITLE

# Every language, both Chinese scripts without JavaScript; with it in Simplified Chinese it is told on PostgreSQL.
# `make test` has it in Traditional Chinese with scripts; tests/journeys/test_keyboard.py in Simplified.
TOLD = [
    pytest.param("zh-Hant", True, id="zh-Hant-scripts"),
    pytest.param("zh-Hant", False, id="zh-Hant-plain", marks=ONLY_SOAK),
    pytest.param("zh-Hans", False, id="zh-Hans-plain", marks=ONLY_SOAK),
    pytest.param("en", True, id="en-scripts", marks=ONLY_SOAK),
]
MOST_TAPS, MOST_KEYS = 25, 80


def story(visit, cast, photos, *, language, javascript):
    agree(who(cast.member))  # to photos in public; the volunteer did not
    officer = visit(language=language, javascript=javascript)
    logged(officer, cast, photos, javascript=javascript)
    entry_shows_all(officer)
    list_and_month(officer, photos)
    everybody_reads(visit(language=language, javascript=javascript), photos)
    return officer


def logged(officer, cast, photos, *, javascript):
    officer.sign_in(cast.secretary)
    assert officer.path == "/office/wangjiang"
    officer.sees(officer.say("No activity logged this month yet"))
    officer.taps = officer.keys = 0
    officer.follow(officer.link("Log an activity").first)
    job.fill_in(officer, photos, javascript=javascript)
    officer.send("Save")
    assert officer.path.endswith("/saved")
    if javascript:
        tell(f"logging an activity with scripts, {officer.say.language}: {officer.taps} taps, {officer.keys} keys")
        assert officer.taps <= MOST_TAPS
        assert officer.keys <= MOST_KEYS
    officer.sees(TITLE, officer.say(", all complete."))


def entry_shows_all(officer):
    officer.follow(officer.link("See the entry"))
    officer.sees(*INITIALS, PLACE, SUMMARY, officer.say.plural("%(num)d other", "%(num)d others", 5))
    expect(job.said_of(officer, "Date")).to_contain_text("13")
    expect(job.said_of(officer, "Handed out")).to_contain_text(f"{officer.say('Leaflets')} × {job.LEAFLETS}")
    row = officer.page.locator(".person", has_text=job.VOLUNTEER)
    expect(row).to_contain_text(officer.say("Volunteer"))
    expect(row).to_contain_text(re.compile(r"90|1[.:]5|30"))
    gallery = officer.page.locator(".gallery li")
    expect(gallery).to_have_count(2)
    expect(gallery.get_by_text(officer.say("Public"), exact=True)).to_have_count(2)


def list_and_month(officer, photos):
    officer.open("/office/wangjiang")
    officer.sees(TITLE)
    officer.sees_not(officer.say("No activity logged this month yet"))
    officer.follow(officer.link("The whole log"))
    row = officer.page.locator("tbody tr", has_text=TITLE)
    expect(row).to_contain_text(officer.say("Complete", "log entry"))
    expect(row).to_contain_text("7")
    exported(officer)
    officer.follow(officer.link("By month"))
    june = officer.page.locator(".log tbody tr").first
    expect(june).to_contain_text(officer.say("Complete", "log entry"))


def exported(officer):
    with officer.page.expect_download() as download:
        officer.tap(officer.link("As Excel"))
    sheet = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes())).active
    heading, row = list(sheet.values)[:2]
    assert TITLE in row
    assert PLACE in row
    assert len(heading) == len(row)


def everybody_reads(resident, photos):
    resident.open("/")
    resident.follow(resident.page.get_by_role("link", name=TITLE))
    resident.sees(SUMMARY, PLACE)
    resident.sees_not(*INITIALS)
    expect(resident.page.locator(".figures").get_by_text("7", exact=True)).to_be_visible()
    pictures = resident.page.locator(".gallery img")
    expect(pictures).to_have_count(2)
    addresses = [link.get_attribute("href") for link in resident.page.locator(".gallery a").all()]
    for address in addresses:
        answer = resident.page.request.get(address)
        assert answer.status == 200
        assert not has_exif(answer.body())
        width, height = size_of(answer.body())
        assert height > width  # it was taken with the phone upright
        assert max(width, height) <= 2000


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(("language", "javascript"), TOLD)
def test_the_main_job(visit, cast, photos, language, javascript):
    story(visit, cast, photos, language=language, javascript=javascript)


@ONLY_SOAK
@pytest.mark.engines("postgresql")
def test_the_main_job_on_postgresql(visit, cast, photos):
    story(visit, cast, photos, language="zh-Hans", javascript=True)
