"""A session is added to an activity, or several by a pattern."""

from __future__ import annotations

from datetime import date

import pytest
from bs4 import BeautifulSoup

from portal.core.calendar import at, now
from portal.core.formats import local
from portal.plans.pattern import Every, dates
from tests.harness.cases import either_engine
from tests.harness.service import make_activity, make_session, make_skill
from tests.plans.rows import activities, asked, in_days, refuses_all_but_writers, sessions, url_of

WRONG = [
    ({"day": ""}, "场次日期"),
    ({"day": in_days(-1).isoformat(), "deadline_day": in_days(-2).isoformat()}, "现在之后"),
    ({"starts": "九点"}, "09:00"),
    ({"starts": "25:00"}, "09:00"),
    ({"ends": ""}, "结束时间"),
    ({"ends": "09:00"}, "晚于开始时间"),
    ({"deadline_day": in_days(21).isoformat()}, "早于活动开始"),
    ({"need_count": ["0"]}, "招募人数"),
    ({"need_count": ["几个"]}, "招募人数"),
    ({"need_count": ["99999"]}, "招募人数"),
    ({"need_skill": ["nowhere00000"]}, "技能"),
    ({"need_skill": ["", ""], "need_count": ["3", "4"]}, "只填一行"),
    ({"min_people": "11"}, "成行人数"),
    ({"min_age": "60", "max_age": "18"}, "最高年龄"),
    ({"contact_phone": "12"}, "138"),
    ({"place": "长" * 81}, "80"),
    ({"risks": "长" * 1001}, "1000"),
    ({"every": "week", "until": ""}, "重复到哪一天"),
]


@pytest.fixture
def activity(cast):
    return make_activity(cast.community, opened_at=None, planned_on=in_days(20))


def test_a_session_is_added(cast, sign_in, activity):
    skill = make_skill(cast.community, "急救")
    client = sign_in(cast.secretary)
    needs = {"need_skill": ["", skill.public_id, ""], "need_count": ["１０", "2", ""]}
    more = {"min_people": "3", "min_age": "18", "max_age": "65", "own_only": "y"}
    answer = client.submit(url_of(activity, "/sessions/new"), asked(**needs, **more))
    assert (answer.status_code, answer.location) == (303, url_of(activity))
    (one,) = sessions()
    start, deadline = local(one.starts_at), local(one.deadline_at)
    assert (start.date(), f"{start:%H:%M}", f"{local(one.ends_at):%H:%M}") == (in_days(20), "09:00", "11:30")
    assert (deadline.date(), f"{deadline:%H:%M}") == (in_days(19), "18:00")
    assert (one.min_people, one.min_age, one.max_age, one.own_only, one.series) == (3, 18, 65, True, None)
    assert activities()[0].ends_at == one.ends_at
    page = client.page(url_of(one))
    assert "急救 2 人" in page.text
    assert "不限技能 10 人" in page.text


def test_on_short_notice_one_signs_up_until_it_begins(cast, sign_in, activity):
    tomorrow = in_days(1)
    with at(local(now()).replace(hour=20)):
        sign_in(cast.secretary).submit(url_of(activity, "/sessions/new"), asked(day=tomorrow.isoformat()))
    (one,) = sessions()
    assert (local(one.starts_at).date(), one.deadline_at) == (tomorrow, one.starts_at)


@either_engine
def test_another_row_is_asked_for_and_nothing_is_lost(cast, sign_in, activity):
    client = sign_in(cast.secretary)
    answer = client.submit(url_of(activity, "/sessions/new"), asked(add_row="yes"))
    page = BeautifulSoup(answer.text, "html.parser")
    assert (answer.status_code, len(page.select("input[name=need_count]")), sessions()) == (200, 3, [])
    assert page.select_one("input[name=need_count]")["value"] == "10"
    assert page.select_one("#risks").text.strip() == "路面湿滑"


def test_texts_are_taken_over_from_the_last_session(cast, sign_in, activity):
    client = sign_in(cast.secretary)
    client.submit(url_of(activity, "/sessions/new"), asked())
    other = make_activity(cast.community, opened_at=None)
    page = client.page(url_of(other, "/sessions/new"))
    assert page.select_one("#risks").text.strip() == "路面湿滑"
    assert page.select_one("input[name=need_count]")["value"] == "10"
    assert page.select_one("#starts")["value"] == "09:00"


@either_engine
def test_bad_input_is_named(cast, sign_in, activity):
    client, url = sign_in(cast.secretary), url_of(activity, "/sessions/new")
    form = client.form(url)
    for wrong, message in WRONG:
        answer = client.send(url, {**form, **asked(), **wrong})
        assert (wrong, answer.status_code) == (wrong, 422)
        assert message in answer.text, wrong
    assert sessions() == []


@either_engine
def test_who_may_add(cast, sign_in, client, activity):
    url = url_of(activity, "/sessions/new")
    refuses_all_but_writers(cast, sign_in, client, url, asked())
    assert sign_in(cast.leader).force(url, asked()).status_code == 404
    assert sign_in(cast.secretary).get(url).status_code == 200
    assert sessions() == []


def test_sent_twice_it_is_one_session(cast, sign_in, activity):
    client = sign_in(cast.secretary)
    for _ in range(2):
        assert client.submit(url_of(activity, "/sessions/new"), asked()).status_code == 303
    assert len(sessions()) == 1


def test_an_open_activity_takes_only_sessions_that_state_all(cast, sign_in):
    activity = make_activity(cast.community)
    make_session(activity)
    client = sign_in(cast.secretary)
    answer = client.submit(url_of(activity, "/sessions/new"), asked(risks=""))
    assert answer.status_code == 422
    assert "还缺：可能的风险" in answer.text
    assert client.submit(url_of(activity, "/sessions/new"), asked()).status_code == 303
    assert len(sessions()) == 2


def test_what_is_cancelled_takes_none(cast, sign_in, activity):
    activity.cancelled_at, activity.cancel_reason = now(), "下雨"
    assert sign_in(cast.secretary).force(url_of(activity, "/sessions/new"), asked()).status_code == 422


def repeated(**changes):
    return asked(every="week", until=in_days(20 + 21).isoformat(), **changes)


def test_a_pattern_is_shown_before_it_is_made(cast, sign_in, activity):
    client = sign_in(cast.secretary)
    url = url_of(activity, "/sessions/new")
    answer = client.submit(url, repeated())
    days = [box["value"] for box in BeautifulSoup(answer.text, "html.parser").select(".days input")]
    assert (answer.status_code, sessions()) == (200, [])
    assert days == [in_days(20 + 7 * n).isoformat() for n in range(4)]
    pattern = BeautifulSoup(answer.text, "html.parser").select_one("input[name=pattern]")["value"]
    assert client.submit(url, repeated(on=[days[0], days[2]], pattern=pattern)).status_code == 303
    assert [local(one.starts_at).date().isoformat() for one in sessions()] == [days[0], days[2]]
    assert len({one.series for one in sessions()}) == 1
    assert sessions()[0].series is not None
    assert client.submit(url, repeated(on=[days[0], days[2]], pattern=pattern)).status_code == 303
    assert len(sessions()) == 2


def test_another_pattern_is_shown_anew(cast, sign_in, activity):
    answer = sign_in(cast.secretary).submit(
        url_of(activity, "/sessions/new"), repeated(pattern="x", on=["2026-01-01"])
    )
    assert (answer.status_code, sessions()) == (200, [])


def test_holidays_are_named_and_not_ticked(cast, sign_in):
    with at(local(now()).replace(year=2026, month=9, day=1)):
        activity = make_activity(cast.community, opened_at=None, planned_on=date(2026, 9, 24))
        filled = asked(day="2026-09-24", every="week", until="2026-10-15")
        answer = sign_in(cast.secretary).submit(url_of(activity, "/sessions/new"), filled)
    boxes = {
        label.input["value"]: (label.input.has_attr("checked"), label.text)
        for label in BeautifulSoup(answer.text, "html.parser").select(".days label")
    }
    assert [day for day, (is_ticked, _text) in boxes.items() if not is_ticked] == ["2026-10-01"]
    assert "国庆节" in boxes["2026-10-01"][1]


@either_engine
def test_no_day_ticked_or_too_many(cast, sign_in, activity):
    client, url = sign_in(cast.secretary), url_of(activity, "/sessions/new")
    until = in_days(20 + 7 * 60)
    filled = asked(every="week", until=until.isoformat(), pattern=f"{in_days(20)}/week/{until}")
    assert client.submit(url, {**filled, "on": []}).status_code == 422
    every = [in_days(20 + 7 * n).isoformat() for n in range(60)]
    answer = client.submit(url, {**filled, "on": every})
    assert (answer.status_code, sessions()) == (422, [])
    assert "52" in answer.text


def test_patterns():
    week = dates(date(2026, 12, 26), Every.WEEK, date(2027, 1, 9))
    assert week == [date(2026, 12, 26), date(2027, 1, 2), date(2027, 1, 9)]
    assert len(dates(date(2026, 1, 1), Every.FORTNIGHT, date(2030, 1, 1))) == 53
    assert dates(date(2026, 1, 31), Every.MONTH, date(2026, 6, 1)) == [
        date(2026, 1, 31), date(2026, 3, 31), date(2026, 5, 31),
    ]  # fmt: skip
    assert dates(date(2026, 5, 1), Every.WEEK, date(2026, 4, 1)) == []
