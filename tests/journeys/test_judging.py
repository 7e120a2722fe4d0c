"""What residents and members decide: an appraisal by printed codes, a charter in two rounds of consultation."""

from __future__ import annotations

import io
import re

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from portal.core import calendar
from tests.harness.browsing import DESK
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.engines("sqlite")

OFFICE = "/office/wangjiang"
APPRAISAL = "二〇二六年度工作评议"
CHARTER = "望江社区协会章程"
PASTED = "第一章 总则\n第一条 本会宗旨是服务居民。\n第二章 会费\n第二条 会费每年十二元。"
REWRITTEN = "第二条 会费每年十二元，困难会员可以减免。"
MEETING = {"entitled": "30", "present": "24", "in_favour": "20", "against": "3", "abstained": "1"}


# An appraisal: what a printed code says counts once.


def test_an_appraisal(visit, sound, cast, clock):
    secretary, resident = visit(cast.secretary, size=DESK), visit(javascript=False)
    drawn_up(secretary)
    codes = printed(secretary)
    for code in codes:
        said(resident, code)
    tried_again(resident, codes[0])
    clock.move(days=16)
    with calendar.at(clock.moment):
        published(visit(cast.secretary, size=DESK))
    resident.open(resident.path)
    expect(resident.page.locator("h1")).to_have_text(APPRAISAL)
    resident.sees("100.0%")


def drawn_up(secretary: Visitor) -> None:
    secretary.open(f"{OFFICE}/appraisals")
    secretary.follow(secretary.link("Begin an appraisal").first)
    secretary.fill(title=APPRAISAL, opens_on="2026-06-15", closes_on="2026-06-30", hide_below="3")
    secretary.choose("audience", "residents")
    secretary.send("Continue")
    secretary.follow(secretary.link("Open it", "appraisal"))
    secretary.send("Open it", "appraisal")


def printed(secretary: Visitor) -> list[str]:
    """Three codes, as they stand on the sheets."""
    secretary.follow(secretary.link("Print codes").first)
    secretary.fill(count="3")
    secretary.send("Draw them")
    file = secretary.main.locator("a[href*='/files/']").first
    expect(file).to_be_visible()
    pdf = secretary.page.request.get(file.get_attribute("href")).body()
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    found = re.findall(r"\b[0-9A-Z]{4}[ -][0-9A-Z]{4}[ -][0-9A-Z]{4}\b", text)
    assert len(set(found)) == 3, text
    return found


def said(resident: Visitor, code: str) -> None:
    began(resident, code)
    resident.choose("q1", "satisfied")
    resident.send("Continue")
    resident.send("Send")
    resident.sees(resident.say("Your answer is counted"))


def began(resident: Visitor, code: str) -> None:
    resident.open("/appraisals")
    resident.follow(resident.page.get_by_role("link", name=APPRAISAL).first)
    resident.fill(code=code)
    resident.send("Begin")


def tried_again(resident: Visitor, code: str) -> None:
    began(resident, code)
    expect(resident.page.locator(".summary")).to_be_visible()
    assert resident.page.locator("input[name=q1]").count() == 0


def published(secretary: Visitor) -> None:
    secretary.open(f"{OFFICE}/appraisals")
    secretary.follow(secretary.main.get_by_role("link", name=APPRAISAL))
    secretary.follow(secretary.link("Publish the results"))
    secretary.send("Publish")


# A charter: drafted, consulted on twice, adopted by a meeting, published.


def test_a_charter(visit, sound, cast, clock):
    secretary, member = visit(cast.secretary, size=DESK), visit(cast.member)
    address = begun(secretary)
    consulted(secretary, address, "2026-06-15", "2026-06-25")
    commented(member, "会费对困难会员应当减免。")
    clock.move(days=11)
    with calendar.at(clock.moment):
        secretary = visit(cast.secretary, size=DESK)
        closed_and_answered(secretary, address)
        rewritten(secretary, address)
        consulted(secretary, address, "2026-06-26", "2026-07-06", "按意见增加减免。")
    clock.move(days=11)
    with calendar.at(clock.moment):
        secretary = visit(cast.secretary, size=DESK)
        secretary.open(address)
        secretary.send("Close the round")
        adopted(secretary)
    reader = visit()
    reader.open("/policies")
    reader.follow(reader.main.get_by_role("link", name=CHARTER).first)
    reader.sees("困难会员可以减免")


def begun(secretary: Visitor) -> str:
    secretary.open(f"{OFFICE}/charters/new")
    secretary.choose("kind", "charter")
    secretary.fill(title=CHARTER, pasted=PASTED)
    secretary.send("Begin the draft")
    secretary.sees("第一章 总则", "第二条 会费每年十二元。")
    secretary.follow(secretary.link("Done"))
    return secretary.path


def consulted(secretary: Visitor, address: str, first: str, last: str, note: str = "") -> None:
    secretary.open(address)
    secretary.follow(secretary.link("Open the consultation"))
    secretary.fill(opens_on=first, closes_on=last, **({"note": note} if note else {}))
    secretary.send("Open the consultation")


def commented(member: Visitor, words: str) -> None:
    member.open("/charters")
    member.follow(member.page.get_by_role("link", name=CHARTER).first)
    member.follow(member.main.locator("a[href*='paragraph=']").last)
    member.fill(body=words)
    member.send("Send the comment")
    member.sees(words)


def closed_and_answered(secretary: Visitor, address: str) -> None:
    secretary.open(address)
    secretary.send("Close the round")
    secretary.follow(secretary.main.locator("#comments .work a").first)
    secretary.choose("outcome", "taken_up")
    secretary.fill(answer="合理，写入第二条。")
    secretary.send("Save the answer")


def rewritten(secretary: Visitor, address: str) -> None:
    secretary.open(address)
    secretary.follow(secretary.link("Write the draft"))
    secretary.follow(secretary.main.locator("li", has_text="每年十二元").locator("a").first)
    secretary.fill(body=REWRITTEN)
    secretary.send("Save")


def adopted(secretary: Visitor) -> None:
    secretary.follow(secretary.link("Settle the final draft"))
    secretary.fill(note="无修改。")
    secretary.send("Settle the final draft")
    secretary.follow(secretary.link("Record the meeting"))
    words = {"meeting": "会员大会", "held_on": "2026-07-07", "place": "社区活动室", "presided_by": "林建国"}
    secretary.fill(**words, **MEETING)
    secretary.send("Continue")
    secretary.send("Record the meeting")
    secretary.send("Publish")
