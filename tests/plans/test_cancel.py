"""An activity or one of its sessions is cancelled, with a reason that reaches whoever signed up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.calendar import now
from portal.plans import services
from tests.harness.cases import each, either_engine
from tests.harness.service import make_activity, make_session
from tests.plans.rows import STATED, activities, activity_of, open_to_all, refuses_all_but_writers, url_of


@pytest.fixture
def told():
    """What whoever listens is told: the sessions with the reasons."""
    heard = []

    def listen(session, reason):
        heard.append((session.public_id, reason))

    with services.cancelled.connected_to(listen):
        yield heard


def test_an_activity_is_cancelled_and_told_once(cast, sign_in, told):
    activity = make_activity(cast.community)
    first, second = (make_session(activity, now() + timedelta(days=n), **STATED) for n in (3, 10))
    gone = make_session(activity, **STATED, cancelled_at=now(), cancel_reason="早先取消")
    client = sign_in(cast.secretary)
    answer = client.submit(url_of(activity, "/cancel"), {"reason": "预报有大雨"})
    assert (answer.status_code, answer.location) == (303, url_of(activity))
    assert sorted(told) == sorted([(first.public_id, "预报有大雨"), (second.public_id, "预报有大雨")])
    assert (activities()[0].cancel_reason, gone.cancel_reason, first.cancel_reason) == (
        "预报有大雨",
        "早先取消",
        "预报有大雨",
    )
    assert "预报有大雨" in client.page(url_of(activity)).text
    client.force(url_of(activity, "/cancel"), {"reason": "另一个原因"})
    assert (activities()[0].cancel_reason, len(told)) == ("预报有大雨", 2)


def test_what_was_held_stays(cast, sign_in, told):
    activity = make_activity(cast.community)
    held = make_session(activity, now() - timedelta(days=3), **STATED)
    coming = make_session(activity, **STATED)
    sign_in(cast.secretary).submit(url_of(activity, "/cancel"), {"reason": "场地维修"})
    (one,) = activities()
    assert (one.cancelled_at, held.cancelled_at, coming.cancel_reason) == (None, None, "场地维修")
    assert (one.ends_at, one.state_at(now()).value, len(told)) == (held.ends_at, "held", 1)
    answer = sign_in(cast.secretary).force(url_of(activity, "/cancel"), {"reason": "再来"})
    assert answer.status_code == 422


def test_one_session_is_cancelled(cast, sign_in, told):
    session = open_to_all(cast)
    other = make_session(activity_of(session), now() + timedelta(days=20), **STATED)
    client = sign_in(cast.secretary)
    answer = client.submit(url_of(other, "/cancel"), {"reason": "领队请假"})
    assert (answer.status_code, answer.location) == (303, url_of(other))
    assert told == [(other.public_id, "领队请假")]
    assert activities()[0].ends_at == session.ends_at
    client.force(url_of(other, "/cancel"), {"reason": "另一个原因"})
    assert len(told) == 1


def test_the_only_session_of_an_open_activity_is_not_cancelled_alone(cast, sign_in, told):
    session = open_to_all(cast)
    client = sign_in(cast.secretary)
    answer = client.submit(url_of(session, "/cancel"), {"reason": "下雨"})
    assert answer.status_code == 422
    assert "请取消整个活动" in answer.text
    activity_of(session).opened_at = None
    assert client.submit(url_of(session, "/cancel"), {"reason": "下雨"}).status_code == 303
    assert (activities()[0].ends_at, len(told)) == (None, 1)


def test_a_session_that_has_begun_is_not_cancelled(cast, sign_in, told):
    activity = make_activity(cast.community)
    begun = make_session(activity, now() - timedelta(minutes=5), **STATED)
    make_session(activity, **STATED)
    assert sign_in(cast.secretary).force(url_of(begun, "/cancel"), {"reason": "下雨"}).status_code == 422
    assert told == []


@each("reason", ["", " ", "长" * 201])
def test_a_reason_is_given(cast, sign_in, told, reason):
    session = open_to_all(cast)
    for url in (url_of(session, "/cancel"), url_of(activity_of(session), "/cancel")):
        assert sign_in(cast.secretary).submit(url, {"reason": reason}).status_code == 422
    assert (told, session.cancelled_at) == ([], None)


def test_what_is_logged_is_not_cancelled(cast, sign_in, told):
    one = make_activity(cast.community, logged_at=now())
    assert sign_in(cast.secretary).submit(url_of(one, "/cancel"), {"reason": "下雨"}).status_code == 422


@either_engine
def test_who_may_cancel(cast, sign_in, client, told):
    session = open_to_all(cast)
    for url in (url_of(session, "/cancel"), url_of(activity_of(session), "/cancel")):
        refuses_all_but_writers(cast, sign_in, client, url, {"reason": "下雨"})
        assert sign_in(cast.leader).force(url, {"reason": "下雨"}).status_code == 404
        sign_in(cast.secretary).page(url)
    assert (told, session.cancelled_at) == ([], None)
