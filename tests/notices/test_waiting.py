"""The work list and the office's list tell each officer what of the notices waits for them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.calendar import now
from portal.core.database import ask_together
from portal.notices import services
from portal.notices.waiting import questions
from tests.harness.cases import either_engine
from tests.notices.rows import OFFICE, acting, draft, published


@pytest.fixture
def notices(cast, db_session):
    """Of the publisher a draft, one submitted, sent back, approved, scheduled each; another's elsewhere."""
    cast.federation.reviews_notices = True
    made = [draft(cast.publisher, cast.community, title=f"第{number}份") for number in range(5)]
    for one in made[1:]:
        services.submit(cast.publisher, one, number=1)
    services.send_back(cast.secretary, made[2], number=1, note="请改")
    for one in made[3:]:
        services.approve(cast.secretary, one, number=1)
    services.schedule(cast.secretary, made[4], now() + timedelta(days=1), number=1)
    services.submit(cast.sibling, draft(cast.sibling, cast.sibling_community), number=1)
    db_session.flush()
    return made


def counted(who, association) -> dict[str, object]:
    found = ask_together(questions(acting(who), association))
    return {name: found[name] for name in found if name != "scheduled_for"}


def test_each_is_told_what_is_theirs(cast, notices):
    common = {"approved": 1, "scheduled": 1}
    place = cast.community
    assert counted(cast.publisher, place) == {"drafts": 1, "sent_back": 1, "to_review": 0, **common}
    assert counted(cast.secretary, place) == {"drafts": 2, "sent_back": 0, "to_review": 1, **common}
    assert counted(cast.chair, place) == {"drafts": 2, "sent_back": 0, "to_review": 1, **common}
    assert counted(cast.treasurer, place) == {}


@either_engine
def test_the_work_list_leads_to_them(cast, sign_in, notices):
    page = sign_in(cast.secretary).page("/office/wangjiang", headers={"Accept-Language": "en"})
    work = {
        row.select_one("b, strong, .text, p").get_text(" ", strip=True): row.a for row in page.select(".work > li")
    }
    said = page.select_one(".work").get_text()
    for line in (
        "1 notice waits for your review",
        "1 notice is approved",
        "2 drafts of notices",
        "1 notice is scheduled",
    ):
        assert line in said
    assert page.select(f'.work a[href="{OFFICE}?state=submitted"]')
    assert "sent back to you" not in said
    assert (
        "1 notice was sent back to you"
        in sign_in(cast.publisher).page("/office/wangjiang", headers={"Accept-Language": "en"}).get_text()
    )
    assert work


@either_engine
def test_the_list_has_tabs_for_what_is_on_its_way(cast, sign_in, notices):
    secretary = sign_in(cast.secretary)
    page = secretary.page(OFFICE, headers={"Accept-Language": "en"})
    assert [tab.get_text() for tab in page.select(".tabs")[-1].select("b")] == ["5", "5", "1", "1", "0", "0"]
    states = {row.a.get_text(): row.select_one(".tag").get_text() for row in page.select("tbody tr")}
    assert states == {
        "第0份": "Draft", "第1份": "Waits for review", "第2份": "Sent back", "第3份": "Approved",
        "第4份": "Scheduled",
    }  # fmt: skip
    for state, title in (("submitted", "第1份"), ("scheduled", "第4份")):
        assert [link.get_text() for link in secretary.page(f"{OFFICE}?state={state}").select("tbody a")] == [title]


@either_engine
def test_a_corrections_way_stands_beside_the_notice(cast, sign_in, db_session):
    notice = published(cast.publisher, cast.community)
    services.begin_correction(cast.publisher, notice).correction_note = "改"
    db_session.flush()
    page = sign_in(cast.secretary).page(OFFICE, headers={"Accept-Language": "en"})
    assert [tag.get_text() for tag in page.select("tbody .tag")] == ["In force", "Correction in draft"]
