"""A session moved into the time of another: who signed up for both is told, marked for the leaders, and chooses."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.calendar import now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.signups import clashes, mails, services
from portal.signups.models import SignUp
from portal.signups.telling import News
from tests.harness.service import make_activity, make_session, make_sign_up
from tests.plans.rows import in_days, open_to_all, url_of
from tests.signups.rows import loaded, opened, state


@pytest.fixture
def two(cast, app):
    """The volunteer is signed up for two sessions on different days; another for the first only."""
    first = open_to_all(cast)
    other = make_session(make_activity(cast.community, "敬老院陪聊"), first.starts_at + timedelta(days=1))
    for session in (first, other):
        make_sign_up(session, cast.volunteer.person, signed_up_at=now() - timedelta(days=2))
    make_sign_up(first, cast.member.person)
    db.session.commit()
    return first, other


# As the form says it: the first one moves into the hours of the other.
ONTO = {"day": in_days(8).isoformat(), "deadline_day": in_days(1).isoformat(), "starts": "00:00", "ends": "23:59"}


def test_both_leaders_and_the_volunteer_see_it_after_the_move(cast, sign_in, two):
    first, other = two
    client = sign_in(cast.secretary)
    for session in two:
        assert "同一时间还报名" not in client.page(url_of(session)).text, "nothing clashes yet"
    assert client.submit(url_of(first, "/edit"), ONTO).status_code == 303
    for session, named in ((first, "敬老院陪聊"), (other, "河边清洁")):
        page = client.page(url_of(session))
        assert "有 1 人同一时间还报名了其他活动" in page.text
        assert [row.td.text for row in page.select("tbody tr") if named in row.text] == ["陈晓明"]
    assert "敬老院陪聊" in client.page(url_of(first, "/sign-ups/call")).select_one("tbody").text
    own = sign_in(cast.volunteer).page("/me/sign-ups")
    assert [("请退出其中一场" in card.text) for card in own.select("article.act")] == [True, True]
    mine = services.queries.get_live(first.id, cast.volunteer.person_id)
    _subject, body = mails.write(mine, News.MOVED)
    assert ("敬老院陪聊" in body, "请退出其中一场" in body) == (True, True)
    services.withdraw(cast.volunteer, mine)
    assert clashes.of_session(loaded(other), db.session.query(SignUp).filter_by(session_id=other.id).all()) == {}


def test_a_place_is_not_taken_beside_another_of_the_same_time(cast):
    """Who waited when it was moved: neither by the volunteer nor by the leader without a reason."""
    start = now() + timedelta(days=5)
    here, there = opened(cast.community, start), opened(cast.community, start + timedelta(hours=1), {None: 1})
    make_sign_up(here, cast.volunteer.person)
    until = now() + timedelta(hours=5)
    offered = make_sign_up(there, cast.volunteer.person, "offered", offered_until=until)
    offered = services.queries.get_live(there.id, cast.volunteer.person_id)
    for act in (services.accept_offer, services.give_place):
        with pytest.raises(RuleError):
            act(cast.volunteer, offered)
    offered.clash_reason = "只参加前半场"
    services.give_place(cast.secretary, offered)
    assert state(offered) == "confirmed"


def test_what_ends_when_the_other_begins_or_was_cancelled_is_none(cast):
    start = now() + timedelta(days=5)
    here, after = opened(cast.community, start), opened(cast.community, start + timedelta(hours=2))
    gone = opened(cast.community, start, cancelled_at=now(), cancel_reason="下雨")
    for session in (here, after, gone):
        make_sign_up(session, cast.volunteer.person)
    mine = services.queries.live_of_person(cast.volunteer.person_id)
    assert (clashes.among(mine), clashes.of_session(here, mine[:1])) == ({}, {})
    after.starts_at -= timedelta(minutes=1)
    db.session.flush()
    assert len(clashes.among(mine)) == 2
