"""A commendation from the call to the certificate: proposed by evidence, judged, shown, decided, taken back."""

from __future__ import annotations

import io

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from portal.core import calendar
from portal.core.database import db
from portal.offices.rights import Position
from tests.harness.browsing import DESK
from tests.harness.factory import appoint, make_account, make_person
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.engines("sqlite")

STREET, COMMUNITY = "/office/liuan", "/office/wangjiang"
TITLE, KIND, NAME = "柳岸街道二〇二六年度表彰", "优秀志愿者", "陈晓明"
TERMS = {
    "title": TITLE,
    "basis": "《柳岸街道协会表彰办法》第三条",
    "body": "由协会推荐，评审后公示。",
    "contact": "柳岸街道协会 6200-0100",
    "start_on": "2026-01-01",
    "end_on": "2026-06-30",
    "opens_on": "2026-06-15",
    "closes_on": "2026-06-24",
}
MEETING = {
    "held_on": "2026-06-26",
    "place": "街道办会议室",
    "chaired_by": "林建国",
    "present": "5",
    "in_favour": "5",
    "against": "0",
    "abstained": "0",
    "minutes": "听取推荐理由后表决。",
}


def test_a_commendation(visit, sound, cast, clock):
    answering = supervisor(cast)
    chair, secretary = visit(cast.chair, size=DESK), visit(cast.secretary, size=DESK)
    called(chair)
    proposed(secretary)
    agreed(visit(cast.volunteer))
    resident = visit()
    resident.open("/honours")
    resident.sees_not(NAME)
    clock.move(days=11)
    with calendar.at(clock.moment):
        chair = visit(cast.chair, size=DESK)
        desk = under_review(chair)
        kept_out(visit(cast.leader))
        judged(visit(cast.sibling))
        chosen(chair, desk)
        objected(resident)
        chair.open(desk)
        assert chair.link("Decide", "reviews").count() == 0, "an objection waits, and the notice period runs"
        answered(visit(answering, size=DESK))
    clock.move(days=12)
    with calendar.at(clock.moment):
        chair = visit(cast.chair, size=DESK)
        decided(chair, desk)
        code = framed(visit(cast.volunteer))
        verified(resident, code, "Valid")
        honour = to_be_taken_back(chair)
    clock.move(days=12)
    with calendar.at(clock.moment):
        taken_back(visit(cast.chair, size=DESK), honour)
        verified(resident, code, "Revoked")


def supervisor(cast):
    """Whoever puts something on notice does not answer what is said against it."""
    person = make_person("纪明远")
    appoint(person, cast.street, Position.SUPERVISOR)
    account = make_account(person)
    db.session.commit()
    return account


def called(chair: Visitor) -> None:
    chair.open(f"{STREET}/commendations/calls/new")
    chair.fill(**TERMS)
    kind = chair.page.locator("select[name=category_kind]").first
    kind.select_option(label=kind.locator("option", has_text=KIND).inner_text())
    chair.type(chair.page.locator("input[name=category_places]").first, "2")
    for name, value in (("criterion_name", "服务表现"), ("criterion_points", "100")):
        chair.type(chair.page.locator(f"input[name={name}]").first, value)
    chair.send("Save the draft")
    chair.follow(chair.link("Open the call"))
    chair.send("Open the call")


def proposed(secretary: Visitor) -> None:
    """By what the record shows."""
    secretary.open(f"{COMMUNITY}/commendations")
    secretary.follow(secretary.main.get_by_role("link", name=TITLE).first)
    secretary.follow(secretary.main.locator("a[href$='/candidates']").first)
    secretary.follow(secretary.main.locator("tr", has_text=NAME).locator("a[href*='person=']"))
    secretary.fill(reason="每周六带队清理河道，半年没有间断。")
    secretary.send("Put forward", "commendations")
    secretary.sees(NAME)


def agreed(nominee: Visitor) -> None:
    nominee.open("/me/commendations")
    nominee.send("I agree")


def under_review(chair: Visitor) -> str:
    """Two are asked: one of the nominee's own association, one of another. Returns the address of the desk."""
    chair.open(f"{STREET}/commendations")
    chair.follow(chair.main.get_by_role("link", name=TITLE).first)
    chair.follow(chair.main.locator("a[href$='/begin-review']").first)
    chair.send("Begin the review")
    chair.open(f"{STREET}/reviews")
    chair.follow(chair.main.get_by_role("link", name=TITLE).first)
    desk = chair.path
    for name in ("吴桂芳", "郑海燕"):
        chair.open(f"{desk}/reviewers/new?q={name}")
        chair.follow(chair.main.locator(".person", has_text=name).locator("button"))
    return desk


def kept_out(reviewer: Visitor) -> None:
    reviewer.open("/me/reviews")
    reviewer.follow(reviewer.main.get_by_role("link", name=TITLE))
    reviewer.sees(NAME, reviewer.say("Of the nominee's own association", "conflict"))
    assert reviewer.main.get_by_role("link", name=NAME).count() == 0


def judged(reviewer: Visitor) -> None:
    reviewer.open("/me/reviews")
    reviewer.follow(reviewer.main.get_by_role("link", name=TITLE))
    reviewer.follow(reviewer.main.get_by_role("link", name=NAME))
    reviewer.type(reviewer.main.locator("input[name^=points]").first, "90")
    reviewer.send("Keep and go on")


def chosen(chair: Visitor, desk: str) -> None:
    chair.open(desk)
    chair.follow(chair.link("Record the meeting").first)
    chair.fill(**MEETING)
    chair.choose("chosen")
    chair.send("Record the meeting")
    chair.open(desk)
    chair.follow(chair.link("Show on public notice"))
    chair.fill(contact="柳岸街道协会 6200-0100")
    chair.send("Show on public notice")


def objected(resident: Visitor) -> None:
    resident.open("/notice-periods")
    resident.follow(resident.page.get_by_role("link", name=TITLE).first)
    resident.sees(NAME)
    resident.follow(resident.link("Object"))
    resident.fill(body="三月有两次没有到场。", name="周志远", phone="15400000077")
    resident.choose("shown", "reviewer")
    resident.send("Continue")
    resident.send("Send the objection")


def answered(answering: Visitor) -> None:
    answering.open(f"{STREET}/notice-periods")
    answering.follow(answering.main.get_by_role("link", name=TITLE).first)
    answering.follow(answering.main.locator(".work a").first)
    answering.choose("outcome", "rejected")
    answering.fill(answer="经核对，三月两次因雨取消。")
    answering.choose("no_conflict")
    answering.send("Publish the answer")


def decided(chair: Visitor, desk: str) -> None:
    chair.open(desk)
    chair.follow(chair.link("Decide", "reviews"))
    chair.send("Decide", "reviews")
    chair.open("/honours")
    chair.sees(NAME)


def framed(nominee: Visitor) -> str:
    """The certificate as a file: what can be read in it, and its code."""
    nominee.open("/me/commendations")
    file = nominee.link("Certificate (PDF)")
    expect(file).to_be_visible()
    pdf = nominee.page.request.get(file.get_attribute("href")).body()
    [page] = PdfReader(io.BytesIO(pdf)).pages
    words = page.extract_text()
    assert NAME in words
    assert KIND in words
    return next(word for word in words.split() if word.count("-") == 3)


def verified(stranger: Visitor, code: str, state: str) -> None:
    stranger.open("/verify")
    stranger.fill(code=code)
    stranger.send("Verify")
    stranger.sees(stranger.say(state, "verification"))


def to_be_taken_back(chair: Visitor) -> str:
    chair.open(f"{STREET}/honours")
    chair.follow(chair.main.get_by_role("link", name=NAME).first)
    honour = chair.path
    chair.follow(chair.link("Take back"))
    chair.fill(reason="推荐材料经查不实。", contact="柳岸街道协会 6200-0100")
    chair.send("Put it on public notice")
    return honour


def taken_back(chair: Visitor, honour: str) -> None:
    chair.open(honour)
    chair.follow(chair.link("Decide to take it back"))
    chair.send("Take the honour back")
    chair.open("/honours")
    chair.sees_not(NAME)
