"""Where one is signed in: the list, ending one device, ending all."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.accounts.devices import device_name
from portal.accounts.models import AccountSession
from tests.harness.cases import either_engine
from tests.harness.client import client_of
from tests.harness.factory import PASSWORD

KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
PHONE = f"Mozilla/5.0 (Linux; Android 14; 22041211AC) {KIT} Chrome/120.0 Mobile Safari/537.36"
DESK = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {KIT} Chrome/120.0 Safari/537.36 Edg/120.0"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (PHONE, "Chrome, Android"),
        (DESK, "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (iPhone; like Mac OS X) Mobile/15E148 MicroMessenger/8.0.4", "WeChat, iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox, Linux"),
        (f"Mozilla/5.0 (Phone; OpenHarmony 4.1) {KIT} Chrome/114.0 ArkWeb/4.1", "Chrome, HarmonyOS"),
        ("Mozilla/5.0 (Linux; Android 12; HarmonyOS) Chrome/99.0 HuaweiBrowser/13.0", "Huawei, HarmonyOS"),
        ("curl/8.0", ""),
        ("", ""),
    ],
)
def test_names_of_devices(agent, name):
    assert device_name(agent) == name


def sign_in_with(app, phone: str, agent: str):
    client = client_of(app)
    client.submit("/sign-in", {"login": phone, "password": PASSWORD}, headers={"User-Agent": agent})
    return client


@pytest.fixture
def devices(cast, app, phone_of):
    return [sign_in_with(app, phone_of(cast.member), agent) for agent in (PHONE, DESK)]


def rows_of(client):
    return client.page("/me/security").select("tbody tr")


def test_the_list_names_devices_and_this_one(devices):
    first, second = rows_of(devices[0])
    assert "Edge, Windows" in first.get_text()
    assert "Chrome, Android" in second.get_text()
    assert first.select_one(".tag") is None
    assert second.select_one(".tag") is not None


def test_end_one_device(devices, is_in, acts):
    form = rows_of(devices[0])[0].select_one("form")
    assert devices[0].submit(form["action"], page="/me/security").location == "/me/security"
    assert [is_in(client) for client in devices] == [True, False]
    assert len(rows_of(devices[0])) == 1
    assert acts() == ["sign_in", "sign_in", "end_session"]


def test_end_one_twice(devices):
    action = rows_of(devices[0])[0].select_one("form")["action"]
    assert devices[0].force(action).status_code == 303
    assert devices[0].force(action).status_code == 404


def test_this_one_is_ended_by_signing_out(devices, is_in):
    action = rows_of(devices[0])[1].select_one("form")["action"]
    assert action == "/sign-out"
    devices[0].submit(action, page="/me/security")
    assert [is_in(client) for client in devices] == [False, True]


def test_nobody_ends_sessions_of_others(cast, sign_in, devices, is_in, db_session):
    row = db_session.scalars(select(AccountSession)).first()
    for other in (cast.stranger, cast.secretary, cast.administrator):
        assert sign_in(other).force(f"/me/security/sessions/{row.public_id}/end").status_code == 404
    assert [is_in(client) for client in devices] == [True, True]


def test_everywhere(devices, is_in, acts):
    answer = devices[0].submit("/me/security/sessions/end-all", page="/me/security")
    assert answer.location == "/sign-in"
    assert answer.headers["Clear-Site-Data"]
    assert [is_in(client) for client in devices] == [False, False]
    assert acts()[-1] == "end_all_sessions"


@either_engine
@pytest.mark.parametrize("path", ["/me/security/sessions/end-all", "/me/security/sessions/0123456789ab/end"])
def test_not_signed_in_get_and_without_token(client, devices, is_in, path):
    assert client.force(path).location == "/sign-in"
    assert devices[0].get(path).status_code == 405
    assert devices[0].post(path).status_code == 400
    assert [is_in(device) for device in devices] == [True, True]


@either_engine
def test_no_more_queries_for_many_sessions(cast, app, phone_of, devices, query_count, db_session):
    from portal.accounts import sessions

    with query_count() as few:
        devices[0].get("/me/security")
    for _ in range(26):
        sessions.open_session(cast.member, "Chrome, Android", "192.0.2.1")
    db_session.commit()
    with query_count() as many:
        assert len(rows_of(devices[0])) == 25
    assert len(many) <= len(few) + 1 <= 12  # a full page is counted by a query of its own
