"""What everybody may read: sessions open for sign-up, and the recruitment notice of each."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.calendar import now, today
from portal.core.formats import local
from portal.core.parts import Parts
from portal.plans import parts, weeks
from portal.plans.parts import Part, part
from tests.harness.cases import either_engine
from tests.harness.service import make_activity, make_session, make_sign_up, make_skill
from tests.plans.rows import STATED, activity_of, open_to_all

OPEN = "/activities/open"


def titles(page):
    return [link.text for link in page.select("article h2 a")]


def opened(association, title, **values):
    return make_session(make_activity(association, title), **{**STATED, **values})


def notice(session):
    return f"/activities/sessions/{session.public_id}"


def test_only_what_is_open_is_listed_the_soonest_first(cast, client):
    opened(cast.community, "后天", starts_at=now() + timedelta(days=2))
    opened(cast.village, "明天", starts_at=now() + timedelta(days=1))
    opened(cast.community, "截止了", deadline_at=now() - timedelta(minutes=1))
    opened(cast.community, "取消了", cancelled_at=now(), cancel_reason="雨")
    opened(cast.community, "过去了", starts_at=now() - timedelta(days=1))
    make_session(make_activity(cast.community, "没开放", opened_at=None), **STATED)
    gone = make_activity(cast.community, "整个取消", cancelled_at=now(), cancel_reason="雨")
    make_session(gone, **STATED)
    assert titles(client.page(OPEN)) == ["明天", "后天"]


def test_what_is_looked_for(cast, client):
    skill = make_skill(cast.community, "急救")
    opened(cast.community, "要急救", needs={None: 2, skill: 1}, place="听雨亭", starts_at=now() + timedelta(days=1))
    opened(cast.village, "村里的", place="晒场", starts_at=now() + timedelta(days=22))
    later = weeks.coming()[0] if (today() + timedelta(days=1)).weekday() else weeks.coming()[1]
    asked = {
        f"skill={skill.public_id}": ["要急救"],
        "place=晒场": ["村里的"],
        "place=上石村": ["村里的"],
        "association=liuan": ["要急救"],
        "association=shangshi": ["村里的"],
        f"week={later}": ["要急救"],
        "week=nonsense&skill=": ["要急救", "村里的"],
        "place=%25": [],
    }
    for question, found in asked.items():
        assert (question, titles(client.page(f"{OPEN}?{question}"))) == (question, found)
    assert client.get(f"{OPEN}?association=nowhere").status_code == 404


@either_engine
def test_empty(cast, client):
    assert "目前没有正在报名的活动" in client.page(OPEN).text
    assert "没有符合条件的活动" in client.page(f"{OPEN}?place=x").text


@either_engine
def test_the_notice_states_all(cast, client):
    session = open_to_all(cast, min_age=18, place="听雨亭")
    page = client.page(notice(session))
    day = local(session.starts_at)
    for said in (
        f"{day.day}日",
        f"{day:%H:%M}",
        "听雨亭",
        *STATED.values(),
        "不限技能 10 人",
        "18周岁以上",
        "报名方式",
    ):
        shown = said if said != STATED["contact_phone"] else "139"
        assert shown in page.text, said
    assert "可报名" in page.text
    sheet = client.page(f"{notice(session)}/print")
    assert "路滑" in sheet.text
    assert notice(session) in sheet.text


@either_engine
def test_how_its_places_stand(cast, client):
    session = open_to_all(cast, needs={None: 1})
    assert "还剩 1 个名额" in client.page(notice(session)).text
    make_sign_up(session, cast.volunteer.person)
    assert "已满，可候补" in client.page(notice(session)).text
    assert "陈晓明" not in client.page(notice(session)).text
    session.deadline_at = now()
    assert "报名已截止" in client.page(notice(session)).text
    session.cancelled_at, session.cancel_reason = now(), "预报有大雨"
    page = client.page(notice(session))
    assert "已取消" in page.text
    assert "预报有大雨" in page.text


def test_where_only_the_skilled_are_wanted_still_it_says_so(cast, client):
    session = open_to_all(cast, needs={None: 1, make_skill(cast.community, "急救"): 1})
    assert "可报名" in client.page(notice(session)).text
    make_sign_up(session, cast.volunteer.person)
    shown = client.page(notice(session)).text
    assert ("仅有技能名额" in shown, "还剩 1 个名额" in shown, "已满" in shown) == (True, True, False)


@either_engine
@pytest.mark.parametrize("path", ["", "/print"])
def test_what_was_not_opened_is_not_there(cast, client, path):
    session = make_session(make_activity(cast.community, opened_at=None), **STATED)
    assert client.get(notice(session) + path).status_code == 404
    assert client.get("/activities/sessions/nowhere00000" + path).status_code == 404


def test_what_stands_above_hands_down_its_part(cast, client, monkeypatch):
    monkeypatch.setitem(parts.PLACES, "notice", Parts())
    session = open_to_all(cast)

    @part("notice", 10)
    def told(shown):
        return Part("plans/_statement.html", title=f"部分 {shown.public_id}")

    @part("notice", 20)
    def nothing(shown):
        return None

    assert f"部分 {session.public_id}" in client.page(notice(session)).text
    assert len(parts.parts_of("notice", session)) == 1


@either_engine
def test_an_association_s_page_leads_there(cast, client):
    opened(cast.community, "清洁")
    links = [link["href"] for link in client.page("/associations/wangjiang").select("a")]
    assert f"{OPEN}?association=wangjiang" in links
    assert OPEN in [link["href"] for link in client.page("/activities").select("a")]


@either_engine
def test_texts_are_shown_as_they_were_typed(cast, client):
    session = open_to_all(cast, risks="<script>alert(1)</script>{{7*7}}", place="<b>x</b>")
    for url in (notice(session), OPEN, f"{notice(session)}/print"):
        text = client.get(url).text
        assert "<script>alert" not in text
        assert "<b>x" not in text
    assert activity_of(session).title in client.page(OPEN).text
