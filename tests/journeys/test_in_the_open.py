"""What the public may read and say: a policy with its versions, a notice period, a letter."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from portal.core import calendar
from portal.core.database import db
from portal.notices.clock import publish_due
from tests.harness.browsing import DESK
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.engines("sqlite")

OFFICE = "/office/wangjiang"
POLICY, NEWER = "活动室使用办法", "活动室管理办法"
RULE, BETTER = "活动室每周一至周五开放。", "活动室每周一至周六开放，周日闭馆。"
NAMES = "拟表彰先进志愿者名单公示"
LETTER = "阅览室周末能不能开放"

# A policy: written, read by another officer, published at its hour, read, corrected, superseded.


def test_a_policy(visit, sound, cast, clock):
    cast.federation.reviews_notices = True
    db.session.commit()
    writer, reviewer, resident = visit(cast.publisher, size=DESK), visit(cast.secretary, size=DESK), visit()
    address = written(writer, POLICY, RULE)
    approved(reviewer, address)
    scheduled(reviewer)
    resident.open("/policies")
    resident.sees_not(POLICY)
    clock.move(minutes=25)
    with calendar.at(clock.moment):
        publish_due()
    read(resident, POLICY, RULE)
    corrected(writer, reviewer, address)
    difference_is_read(resident)
    newer = written(writer, NEWER, "另行规定。", supersedes=POLICY)
    approved(reviewer, newer)
    reviewer.send("Publish")
    read(resident, NEWER, POLICY)
    resident.follow(resident.page.get_by_role("link", name=POLICY))
    resident.sees(resident.say("It is superseded."), NEWER)


def written(writer: Visitor, title: str, text: str, supersedes: str = "") -> str:
    """Handed to another officer; returns the address of the page where it is read."""
    writer.open(f"{OFFICE}/notices/new?kind=policy")
    writer.fill(title=title, body=text)
    if supersedes:
        rare = writer.say("More: validity, what it supersedes, keywords")
        writer.tap(writer.page.locator("summary", has_text=rare))
        older = writer.page.locator("#supersedes option", has_text=supersedes)
        writer.page.locator("#supersedes").select_option(older.get_attribute("value"))
    return submitted(writer)


def submitted(writer: Visitor) -> str:
    writer.send("Save and check")
    assert writer.button("Publish").count() == 0, "nobody publishes what nobody else has read"
    address = writer.path
    writer.send("Submit for review")
    return address


def approved(reviewer: Visitor, address: str) -> None:
    reviewer.open(address)
    reviewer.send("Approve")


def scheduled(reviewer: Visitor) -> None:
    reviewer.tap(reviewer.page.locator("summary", has_text=reviewer.say("Publish it later")))
    reviewer.fill(day="2026-06-15", at="10:20")
    reviewer.send("Schedule")


def read(resident: Visitor, title: str, *texts: str) -> None:
    """On a phone, from the policies, with the proof since when it stands."""
    resident.open(f"/policies?q={title}")
    resident.follow(resident.main.get_by_role("link", name=title))
    expect(resident.page.locator("h1")).to_have_text(title)
    resident.sees(*texts)


def corrected(writer: Visitor, reviewer: Visitor, address: str) -> None:
    writer.open(address.removesuffix("/check"))
    writer.send("Correct")
    writer.fill(correction_note="周六也开放", body=BETTER)
    approved(reviewer, submitted(writer))
    reviewer.send("Publish")


def difference_is_read(resident: Visitor) -> None:
    resident.open(resident.path)
    resident.follow(resident.link("See what changed"))
    expect(resident.main.locator("ins").first).to_be_visible()
    assert "六" in "".join(resident.main.locator("ins").all_inner_texts())
    assert "五" in "".join(resident.main.locator("del").all_inner_texts())


# A notice period: somebody objects, is answered, and only after its last day it is decided.


def test_a_notice_period(visit, sound, cast, clock):
    secretary, resident = visit(cast.secretary, size=DESK), visit()
    opened(secretary)
    address = secretary.path
    objected(resident)
    secretary.open(address)
    assert secretary.link("Decide", "objections").count() == 0, "an objection waits"
    answered(visit(cast.chair, size=DESK), address)
    decided(secretary, address)
    expect(secretary.page.locator(".summary")).to_be_visible()  # it has not ended
    clock.move(days=11)
    with calendar.at(clock.moment):
        decided(visit(cast.secretary, size=DESK), address)
    resident.open("/notice-periods")
    resident.follow(resident.page.get_by_role("link", name=NAMES).first)
    resident.sees("名单照公示通过", "经核对，五人均有服务记录")
    resident.sees_not("周志远")


def opened(secretary: Visitor) -> None:
    secretary.open(f"{OFFICE}/notice-periods/new")
    secretary.choose("matter", "commendation")
    secretary.fill(title=NAMES, body="陈晓明等五人，依据年度表彰办法。", contact="望江社区协会 6200-0101")
    secretary.send("Continue")
    secretary.sees(NAMES, "2026年6月23日")
    secretary.send("Open the notice period")


def objected(resident: Visitor) -> None:
    resident.open("/notice-periods")
    resident.follow(resident.page.get_by_role("link", name=NAMES).first)
    resident.follow(resident.link("Object"))
    resident.fill(body="名单中一人去年没有参加服务。", name="周志远", phone="15400000077")
    resident.choose("shown", "reviewer")
    resident.send("Continue")
    resident.send("Send the objection")
    expect(resident.page.locator(".reference")).not_to_be_empty()
    resident.follow(resident.link("See how my objection stands"))


def answered(chair: Visitor, address: str) -> None:
    chair.open(address)
    chair.follow(chair.main.locator(".work a").first)
    chair.sees_not("周志远")
    chair.choose("outcome", "rejected")
    chair.fill(answer="经核对，五人均有服务记录。")
    chair.choose("no_conflict")
    chair.send("Publish the answer")


def decided(secretary: Visitor, address: str) -> None:
    secretary.open(address)
    secretary.follow(secretary.link("Decide", "objections"))
    secretary.choose("outcome", "passed")
    secretary.fill(decision="名单照公示通过。")
    secretary.send("Publish the decision")


# A letter: written on a phone without a name, answered, rated.


def test_a_letter(visit, sound, cast):
    resident, secretary = visit(), visit(cast.secretary, size=DESK)
    sent(resident)
    secretary.open(OFFICE)
    secretary.follow(secretary.page.locator(".work a[href*='/letters']").first)
    secretary.follow(secretary.main.get_by_role("link", name=LETTER))
    secretary.fill(answer="七月起周六上午开放。")
    secretary.send("Send the answer", "letter")
    resident.open(resident.path)
    resident.sees("七月起周六上午开放")
    resident.choose("rating", "5")
    resident.send("Send the rating")
    assert resident.button("Send the rating").count() == 0, "once"


def sent(resident: Visitor) -> None:
    resident.open("/letters")
    resident.follow(resident.link("Write now"))
    resident.fill(q="望江")
    resident.send("Find")
    resident.choose("association", "wangjiang")
    resident.send("Continue")
    resident.choose("kind", "suggestion")
    resident.send("Continue")
    resident.fill(subject=LETTER, body="周末孩子没有地方看书，希望周六上午开放。")
    resident.send("Continue")
    resident.send("Continue")
    resident.choose("named", "no")
    resident.send("Continue")
    resident.choose("may_publish", "yes")
    resident.send("Continue")
    resident.sees(LETTER)
    resident.send("Send the letter")
    expect(resident.page.locator(".reference")).not_to_be_empty()
    resident.follow(resident.link("See how my letter stands"))
