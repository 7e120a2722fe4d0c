"""An activity is opened for sign-up once a session states all that a recruitment notice must (order 67)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.calendar import now
from portal.plans import recruitment
from tests.harness.cases import each, either_engine
from tests.harness.service import make_activity, make_session
from tests.plans.rows import STATED, activities, refuses_all_but_writers, url_of


@pytest.fixture
def ready(cast):
    activity = make_activity(cast.community, opened_at=None)
    make_session(activity, **STATED)
    return activity


def test_it_is_opened_once(cast, sign_in, ready):
    client = sign_in(cast.secretary)
    answer = client.submit(url_of(ready, "/open"), page=url_of(ready))
    assert (answer.status_code, answer.location) == (303, url_of(ready))
    opened = activities()[0].opened_at
    assert opened is not None
    client.force(url_of(ready, "/open"))
    assert activities()[0].opened_at == opened


@each("lacking", [*STATED, "place"])
def test_what_a_notice_must_state_is_missing(cast, sign_in, lacking):
    activity = make_activity(cast.community, opened_at=None)
    make_session(activity, **{**STATED, lacking: ""})
    client = sign_in(cast.secretary)
    word = {"content": "活动内容", "risks": "可能的风险"}.get(lacking, "还缺")
    assert word in client.page(url_of(activity)).text
    client.force(url_of(activity, "/open"))
    assert word in client.page(url_of(activity)).text
    assert activities()[0].opened_at is None


def test_control_without_the_rule_it_would_open(cast, sign_in, monkeypatch):
    activity = make_activity(cast.community, opened_at=None)
    make_session(activity, **{**STATED, "risks": ""})
    monkeypatch.setattr(recruitment, "missing", lambda *_: [])
    sign_in(cast.secretary).force(url_of(activity, "/open"))
    assert activities()[0].opened_at is not None


def test_without_a_session_to_come_it_is_not_opened(cast, sign_in):
    activity = make_activity(cast.community, opened_at=None)
    client = sign_in(cast.secretary)
    client.force(url_of(activity, "/open"))
    make_session(activity, now() - timedelta(days=2), **STATED)
    make_session(activity, **STATED, cancelled_at=now(), cancel_reason="下雨")
    client.force(url_of(activity, "/open"))
    assert activities()[0].opened_at is None
    assert "请先新增场次" in client.page(url_of(activity)).text


def test_what_is_cancelled_is_not_opened(cast, sign_in, ready):
    ready.cancelled_at, ready.cancel_reason = now(), "下雨"
    sign_in(cast.secretary).force(url_of(ready, "/open"))
    assert activities()[0].opened_at is None


@either_engine
def test_who_may_open(cast, sign_in, client, ready):
    refuses_all_but_writers(cast, sign_in, client, url_of(ready, "/open"), {})
    assert sign_in(cast.secretary).get(url_of(ready, "/open")).status_code == 405
    assert sign_in(cast.leader).force(url_of(ready, "/open")).status_code == 404
    assert activities()[0].opened_at is None
