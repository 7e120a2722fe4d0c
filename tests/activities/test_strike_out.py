"""Striking an entry out, taking that back, and showing an entry or not."""

from __future__ import annotations

import pytest

from portal.activities.models import ActivityLog
from portal.core.audit import AuditEntry
from portal.core.database import db
from tests.activities.rows import make_log
from tests.harness.cases import each, either_engine

BASE = "/office/wangjiang/activities"


def the_log():
    return db.session.query(ActivityLog).one()


def actions():
    names = db.session.query(AuditEntry.action).filter(AuditEntry.action.like("activities.%"))
    return [name for (name,) in names.order_by(AuditEntry.id)]


def test_struck_out_it_stays_in_the_record(cast, sign_in):
    log = make_log(cast.community)
    client = sign_in(cast.secretary)
    answer = client.submit(f"{BASE}/{log.public_id}/strike-out", {"reason": "重复登记"})
    assert (answer.status_code, actions()) == (303, ["activities.strike_out"])
    page = client.page(f"{BASE}/{log.public_id}")
    assert "重复登记" in page.text
    assert "黄淑兰" in page.select_one(".notice.red").text
    assert log.title not in client.page(BASE).text
    assert log.title in client.page(f"{BASE}?state=struck").text
    assert client.get(f"/activities/{log.public_id}").status_code == 404
    assert client.page(f"{BASE}/months").select("tbody td.r")[0].text == "0"


def test_a_reason_is_needed(cast, sign_in):
    log = make_log(cast.community)
    url = f"{BASE}/{log.public_id}/strike-out"
    for reason in ("", "   ", "长" * 201):
        assert sign_in(cast.secretary).submit(url, {"reason": reason}).status_code == 422
    assert (the_log().removed_at, actions()) == (None, [])


def test_twice_is_once(cast, sign_in):
    log = make_log(cast.community)
    client = sign_in(cast.secretary)
    url = f"{BASE}/{log.public_id}/strike-out"
    assert [client.submit(url, {"reason": "重复"}).status_code for _n in range(2)] == [303, 303]
    assert actions() == ["activities.strike_out"]


def test_it_is_taken_back(cast, sign_in):
    log = make_log(cast.community)
    client = sign_in(cast.secretary)
    client.submit(f"{BASE}/{log.public_id}/strike-out", {"reason": "重复"})
    undo = f"{BASE}/{log.public_id}/restore"
    assert client.submit(undo, page=f"{BASE}/{log.public_id}").status_code == 303
    assert client.force(undo).status_code == 303
    assert (the_log().removed_at, actions()) == (None, ["activities.strike_out", "activities.restore"])
    assert client.get(f"/activities/{log.public_id}").status_code == 200


def test_office_only_and_public_again(cast, sign_in, client):
    log = make_log(cast.community)
    secretary = sign_in(cast.secretary)
    url, page = f"{BASE}/{log.public_id}/public", f"{BASE}/{log.public_id}"
    assert secretary.force(url, {"is_public": "no"}).status_code == 303
    assert client.get(f"/activities/{log.public_id}").status_code == 404
    assert secretary.submit(url, {"is_public": "yes"}, page=page).status_code == 303
    assert secretary.force(url, {"is_public": "yes"}).status_code == 303
    assert client.get(f"/activities/{log.public_id}").status_code == 200
    assert actions() == ["activities.set_public"] * 2


@either_engine
@each("action", ["strike-out", "restore", "public"])
def test_who_may_not(cast, sign_in, action):
    log = make_log(cast.community)
    url = f"{BASE}/{log.public_id}/{action}"
    expected = {"treasurer": 403, "sibling": 404, "leader": 404, "member": 404, "ended": 404}
    found = {name: sign_in(getattr(cast, name)).force(url, {"reason": "x"}).status_code for name in expected}
    assert (found, actions()) == (expected, [])


@either_engine
@pytest.mark.parametrize("action", ["restore", "public"])
def test_a_get_does_nothing(cast, sign_in, action):
    log = make_log(cast.community)
    assert sign_in(cast.secretary).get(f"{BASE}/{log.public_id}/{action}").status_code == 405


@either_engine
@pytest.mark.parametrize("action", ["strike-out", "restore", "public"])
def test_not_signed_in(cast, client, action):
    log = make_log(cast.community)
    answer = client.force(f"{BASE}/{log.public_id}/{action}", {"reason": "x"})
    assert (answer.status_code, actions()) == (303, [])
