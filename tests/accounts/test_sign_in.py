"""Signing in: with phone or e-mail, the same answer for whoever is unknown, a new token each time."""

from __future__ import annotations

import re
import statistics
import threading
import time

import pytest
from argon2 import PasswordHasher
from bs4 import BeautifulSoup
from sqlalchemy import select

from portal.accounts.models import Account, AccountSession, SignInAttempt
from portal.core.database import db
from portal.core.passwords import hasher
from tests.harness.cases import either_engine
from tests.harness.client import client_of
from tests.harness.factory import PASSWORD, make_account, make_person


def test_with_phone(cast, client, enter, is_in, acts):
    answer = enter(client, cast.member)
    assert (answer.status_code, answer.location) == (303, "/me")
    assert is_in(client)
    assert acts() == ["sign_in"]


@pytest.mark.parametrize("written", ["+86 {0} ", "{0:.3} {0}", " ００86-{0}"])
def test_phone_however_it_is_written(cast, client, enter, phone_of, written):
    phone = phone_of(cast.member)
    text = written.replace("{0:.3} {0}", f"{phone[:3]} {phone[3:]}").format(phone)
    assert enter(client, cast.member, login=text).status_code == 303


def test_with_email_in_any_case(cast, client, enter):
    cast.member.email = "wang@example.com"
    assert enter(client, cast.member, login=" Wang@Example.COM ").status_code == 303


def test_an_officer_comes_to_the_office(cast, client, enter):
    assert enter(client, cast.secretary).location == "/office/wangjiang"


def test_a_former_officer_comes_to_the_own_page(cast, client, enter):
    assert enter(client, cast.ended).location == "/me"


@either_engine
def test_who_is_in_goes_on(cast, sign_in):
    member = sign_in(cast.member)
    assert member.get("/sign-in").location == "/me"
    assert member.get("/sign-in?next=/me/security").location == "/me/security"


@pytest.mark.parametrize("typed", [{"login": ""}, {"password": ""}, {"login": " ", "password": " "}])
def test_something_is_missing(cast, client, enter, typed, db_session):
    answer = enter(client, cast.member, **typed)
    assert answer.status_code == 422
    assert 'class="summary"' in answer.text
    assert db_session.scalars(select(SignInAttempt)).all() == []


@either_engine
def test_wrong_password_keeps_the_login_alone(cast, client, enter, is_in, phone_of):
    answer = enter(client, cast.member, password="another password")
    assert answer.status_code == 422
    assert phone_of(cast.member) in answer.text
    assert "another password" not in answer.text
    assert not is_in(client)


def plain(answer, *hidden: str) -> str:
    """The page without what differs from one request to the next anyway: the form's token, and what was typed."""
    text = re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text)
    for word in hidden:
        text = text.replace(word, "…")
    return text


def strangers(cast, phone_of) -> dict[str, str]:
    """Logins that do not open anything: unknown, not activated, blocked, and one with a wrong password."""
    waiting, blocked = make_account(make_person("待激活")), make_account(make_person("已停用"))
    waiting.password_hash, blocked.disabled_at = None, blocked.created_at
    return {
        "wrong": phone_of(cast.member),
        "unknown": "13700000000",
        "no phone": "nobody@example.com",
        "waiting": phone_of(waiting),
        "blocked": phone_of(blocked),
    }


@either_engine
def test_known_and_unknown_answers_are_equal(cast, app, phone_of):
    answers = {}
    for kind, login in strangers(cast, phone_of).items():
        password = PASSWORD if kind in ("waiting", "blocked") else "wrong password"
        answer = client_of(app).submit("/sign-in", {"login": login, "password": password})
        answers[kind] = (answer.status_code, plain(answer, login), sorted(dict(answer.headers)))
    assert len({str(answer) for answer in answers.values()}) == 1


@pytest.fixture
def dear(monkeypatch, cast) -> None:
    """Hashes that take as long as to be seen: those of the other tests take none to speak of."""
    argon = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
    monkeypatch.setattr(hasher, "_argon", argon)
    monkeypatch.setattr(hasher, "_nobody", argon.hash("nobody's"))
    cast.member.password_hash = argon.hash(PASSWORD)
    db.session.commit()


def unequal(app, phone: str, query_count) -> tuple[float, bool]:
    """By how many seconds an attempt with a known login takes longer, and whether the database is asked otherwise.

    By processor time, in turns, so that a busy machine has no part in it; the waits for guessing are kept out by
    forgetting them.
    """
    taken: dict[str, list[float]] = {phone: [], "13700000000": []}
    asked: dict[str, set[int]] = {login: set() for login in taken}
    client = client_of(app)
    token = client.token()
    for _ in range(5):
        for login in taken:
            begun = time.process_time()
            with query_count() as queries:
                client.post("/sign-in", data={"csrf_token": token, "login": login, "password": "wrong password"})
            taken[login].append(time.process_time() - begun)
            asked[login].add(len(queries))
            db.session.execute(SignInAttempt.__table__.delete())
    known, unknown = (statistics.median(each) for each in taken.values())
    return known - unknown, len(set.union(*asked.values())) > 1


@either_engine
def test_known_and_unknown_take_the_same_time(cast, app, dear, phone_of, query_count):
    gap, differs = unequal(app, phone_of(cast.member), query_count)
    assert (abs(gap) < 0.010, differs) == (True, False), gap


@either_engine
def test_control_without_the_work_for_nobody_the_time_tells(cast, app, dear, phone_of, query_count, monkeypatch):
    compare = hasher.matches
    monkeypatch.setattr(hasher, "matches", lambda kept, password: kept is not None and compare(kept, password))
    assert unequal(app, phone_of(cast.member), query_count)[0] > 0.010


def test_signing_in_again_gives_a_new_token_and_ends_the_old(cast, client, enter, cookie_of, replay, live_sessions):
    enter(client, cast.member)
    first = cookie_of(client)
    client.set_cookie("portal", first)
    client.post("/sign-in", data={"csrf_token": client.token(), "login": "", "password": ""})
    answer = client.post("/sign-in", data={"csrf_token": client.token(), **typed(cast.member)})
    assert answer.status_code == 303
    assert cookie_of(client) != first
    assert replay(first) == 0
    assert live_sessions(cast.member) == 1


def typed(account: Account) -> dict[str, str]:
    from portal.people.models import Person

    return {"login": db.session.get(Person, account.person_id).phone, "password": PASSWORD}


def test_form_token_is_another_after_sign_in(cast, client, enter):
    before = client.token()
    enter(client, cast.member)
    assert client.post("/sign-out", data={"csrf_token": before}).status_code == 400


def test_without_a_token_nothing_happens(cast, client, db_session):
    assert client.post("/sign-in", data=typed(cast.member)).status_code == 400
    assert db_session.scalars(select(AccountSession)).all() == []


def test_cookie_and_cache_are_closed(cast, client, enter):
    answer = enter(client, cast.member)
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith("portal="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires" not in cookie
    assert client.get("/me/security").headers["Cache-Control"] == "no-store"


def test_cookies_under_https(apps, engine_kind):
    settings = {"base_url": "https://portal.example", "trusted_hosts": ("portal.example",)}
    with apps.lent(engine_kind, **settings) as portal:
        make_account(make_person("甲"), email="a@example.com")
        db.session.commit()
        client, there = client_of(portal), {"base_url": "https://portal.example"}
        token = BeautifulSoup(client.get("/sign-in", **there).text, "html.parser").select_one("[name=csrf_token]")
        data = {"csrf_token": token["value"], "login": "a@example.com", "password": PASSWORD}
        answer = client.post("/sign-in", data=data, headers={"Referer": "https://portal.example/sign-in"}, **there)
    assert answer.status_code == 303
    cookies = answer.headers.getlist("Set-Cookie")
    assert any(cookie.startswith("__Host-portal=") for cookie in cookies)
    assert all("Secure" in cookie and "Path=/" in cookie and "Domain" not in cookie for cookie in cookies)


def test_token_is_kept_as_a_hash_only(cast, client, enter, cookie_of, db_session):
    enter(client, cast.member)
    row = db_session.scalars(select(AccountSession)).one()
    assert cookie_of(client).split(".")[0] not in (row.token_hash, row.public_id)
    assert len(row.token_hash) == 64


def test_a_hash_with_old_parameters_is_made_anew(cast, client, enter):
    cast.member.password_hash = old = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(PASSWORD)
    assert enter(client, cast.member).status_code == 303
    assert cast.member.password_hash != old
    assert enter(client_of(client.application), cast.member).status_code == 303


def test_absolute_limit(cast, client, enter, is_in, later):
    enter(client, cast.member)
    with later(hours=19, minutes=59):
        assert is_in(client)
    with later(hours=20, minutes=1):
        assert not is_in(client)


@either_engine
def test_a_get_writes_nothing(cast, sign_in, query_count, later):
    member = sign_in(cast.member)
    with later(minutes=10), query_count() as queries:
        member.get("/me/security")
    assert [query for query in queries if not query.startswith(("SELECT", "WITH"))] == []


@either_engine
@pytest.mark.parametrize("cookie", ["", "x", "x.y.z", "AAAA.BBBB", "ä", "a" * 3000])
def test_a_cookie_that_nobody_signed(cast, client, cookie):
    client.set_cookie("portal", cookie)
    assert client.get("/me/security").status_code == 303


@pytest.mark.engines("sqlite")  # only there a POST holds a lock that others wait for
def test_others_write_while_a_password_is_compared(live_app, cast, phone_of, enter):
    slow = PasswordHasher(time_cost=40, memory_cost=32_768, parallelism=1)
    cast.member.password_hash = slow.hash(PASSWORD)
    db.session.commit()
    visitor = client_of(live_app)
    data = {"csrf_token": visitor.token(), **typed(cast.member)}

    def post() -> None:
        with live_app.app_context():
            visitor.post("/sign-in", data=data)

    thread = threading.Thread(target=post)
    thread.start()
    time.sleep(0.2)
    cast.volunteer.email = "written@example.com"
    db.session.commit()
    assert thread.is_alive(), "the password was compared before the other write could try"
    thread.join()
    assert db.session.scalars(select(AccountSession)).one().account_id == cast.member.id
