"""A series of sessions: changed or cancelled from one on, each as if it were done alone; what differs stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.formats import local
from portal.plans import queries, series, services
from portal.plans.models import ActivitySession, SessionNeed
from tests.harness.cases import either_engine
from tests.harness.service import make_activity, make_session, make_sign_up, make_skill
from tests.plans.rows import STATED, in_days, refuses_all_but_writers, sessions, url_of

LATER = {"scope": "later"}


def morning(days: int) -> datetime:
    return datetime.combine(in_days(days), datetime.min.time(), ZoneInfo("Asia/Shanghai")) + timedelta(hours=9)


@pytest.fixture
def made(cast, app):
    """Four weeks at nine; the third has a place of its own, and one beside them belongs to no series."""
    activity = make_activity(cast.community, content="清理步道")
    told = {**STATED, "needs": {None: 3}, "series": "abc"}
    rows = [make_session(activity, morning(days), **told) for days in (7, 14, 21, 28)]
    rows[2].place = "听雨亭"
    rows.append(make_session(activity, morning(35), **STATED, needs={None: 3}))
    for one in rows[:4]:
        make_sign_up(one, cast.volunteer.person)
    db.session.commit()
    return rows


def hours(session):
    session = db.session.get_one(ActivitySession, session.id)
    return f"{local(session.starts_at):%m-%d %H:%M}–{local(session.ends_at):%H:%M}"


def needs():
    """Wanted and taken in each session."""
    rows = db.session.query(SessionNeed).join(SessionNeed.session).order_by(ActivitySession.starts_at, SessionNeed.id)
    return [(need.wanted, need.taken) for need in rows]


def on(days, hours_said):
    return f"{in_days(days):%m-%d} {hours_said}"


def test_this_one_and_all_later_ones(cast, sign_in, made):
    page = sign_in(cast.secretary)
    changed = {"starts": "09:30", "ends": "11:30", "risks": "台阶多", "need_count": ["5", ""], **LATER}
    assert page.submit(url_of(made[1], "/edit"), changed).status_code == 303
    early, late = "09:00–11:00", "09:30–11:30"
    asked = {7: early, 14: late, 21: late, 28: late, 35: early}
    assert [hours(one) for one in made] == [on(days, said) for days, said in asked.items()]
    rows = sessions()
    assert [one.place for one in rows] == ["望江桥头", "望江桥头", "听雨亭", "望江桥头", "望江桥头"], (
        "what differs stays"
    )
    assert [one.risks for one in rows] == ["路滑", *["台阶多"] * 3, "路滑"]
    assert [one.moved_at is not None for one in rows] == [False, True, True, True, False], "told as of one"
    assert needs() == [(3, 1), *[(5, 1)] * 3, (3, 0)]


def test_only_this_one_unless_said_otherwise(cast, sign_in, made):
    assert sign_in(cast.secretary).submit(url_of(made[0], "/edit"), {"place": "南门"}).status_code == 303
    assert [one.place for one in sessions()] == ["南门", "望江桥头", "听雨亭", "望江桥头", "望江桥头"]


def test_moved_by_a_day_each_keeps_its_week(cast, made):
    session = queries.get_session(made[0].public_id)
    asked = series.details_of(session)
    day = timedelta(days=1)
    moved = {name: getattr(asked, name) + day for name in series.MOVED}
    assert series.change_later(cast.secretary, session, series.replace(asked, **moved)) == 4
    assert [hours(one) for one in made[:4]] == [on(days, "09:00–11:00") for days in (8, 15, 22, 29)]
    assert all(one.deadline_at == one.starts_at - timedelta(hours=1) for one in sessions())


def test_if_one_refuses_none_is_changed_and_the_day_is_named(cast, sign_in, made):
    for name in ("member", "stranger"):
        make_sign_up(made[3], getattr(cast, name).person)
    db.session.commit()
    answer = sign_in(cast.secretary).submit(url_of(made[0], "/edit"), {"need_count": ["2", ""], **LATER})
    assert answer.status_code == 422
    assert f"{in_days(28).month}月{in_days(28).day}日" in answer.text
    assert [wanted for wanted, _taken in needs()] == [3] * 5


def test_a_line_with_a_skill_is_added_to_all(cast, made):
    session, skill = queries.get_session(made[2].public_id), make_skill(cast.community, "急救")
    asked = series.details_of(session)
    series.change_later(cast.secretary, session, series.replace(asked, needs=[*asked.needs, (skill, 1)]))
    assert [wanted for wanted, _taken in needs()] == [3, 3, 3, 1, 3, 1, 3]


def test_cancelled_from_one_on_with_one_reason(cast, sign_in, made):
    told = []
    with services.cancelled.connected_to(lambda session, **_details: told.append(session.id)):
        assert (
            sign_in(cast.secretary).submit(url_of(made[1], "/cancel"), {"reason": "修桥", **LATER}).status_code == 303
        )
    assert [one.cancel_reason for one in sessions()] == ["", "修桥", "修桥", "修桥", ""]
    assert told == [one.id for one in made[1:4]]
    assert series.cancel_later(cast.secretary, db.session.get_one(ActivitySession, made[1].id), "再说") == 0


def test_the_last_ones_of_an_open_activity_are_not_cancelled_alone(cast, sign_in, made):
    services.cancel_session(cast.secretary, queries.get_session(made[4].public_id), "下雨")
    session = queries.get_session(made[0].public_id)
    with pytest.raises(RuleError):
        series.cancel_later(cast.secretary, session, "修桥")
    db.session.rollback()
    page = sign_in(cast.secretary)
    assert page.submit(url_of(made[0], "/cancel"), {"reason": "", **LATER}).status_code == 422
    assert not any(one.cancel_reason == "修桥" for one in sessions())


@either_engine
def test_nothing_is_asked_where_there_is_no_later_one(cast, sign_in, client, made):
    page = sign_in(cast.secretary)
    for last in made[3:]:
        for what in ("/edit", "/cancel"):
            assert page.page(url_of(last, what)).select("[name=scope]") == []
    assert page.page(url_of(made[2], "/cancel")).select("[name=scope]") != []
    refuses_all_but_writers(cast, sign_in, client, url_of(made[0], "/cancel"), {"reason": "修桥", **LATER})


def test_a_number_changed_leaves_what_others_want_beside_it(cast, made):
    aid = make_skill(cast.community, "急救")
    db.session.add(SessionNeed(session_id=made[1].id, skill_id=aid.id, wanted=2, taken=0))
    db.session.commit()
    session = queries.get_session(made[0].public_id)
    details = replace(series.details_of(session), needs=[(None, 6)])
    series.change_later(cast.secretary, session, details)
    wanted = [
        sorted((need.wanted, need.skill_id) for need in db.session.query(SessionNeed).filter_by(session_id=one.id))
        for one in made[:3]
    ]
    assert wanted == [[(6, None)], [(2, aid.id), (6, None)], [(6, None)]]
