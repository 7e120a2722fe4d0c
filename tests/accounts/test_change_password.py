"""Changing the password: the old one is asked, the new one is not quickly guessed, every other device is out."""

from __future__ import annotations

from portal.accounts.models import SignInAttempt
from tests.harness.cases import each, either_engine
from tests.harness.client import client_of
from tests.harness.factory import PASSWORD

PAGE = "/me/security/password"
NEW = "a better sentence, 更长"


def change(client, **typed):
    return client.submit(PAGE, {"current": PASSWORD, "password": NEW, **typed})


def test_changes(cast, client, enter, is_in, acts, app):
    enter(client, cast.member)
    assert change(client).location == "/me/security"
    assert is_in(client)
    assert enter(client_of(app), cast.member).status_code == 422
    assert enter(client_of(app), cast.member, password=NEW).status_code == 303
    assert acts() == ["sign_in", "set_password", "sign_in", "sign_in"]


def test_every_other_session_ends_and_this_one_is_new(cast, app, client, enter, cookie_of, replay):
    other = client_of(app)
    enter(other, cast.member)
    enter(client, cast.member)
    cookies = [cookie_of(other), cookie_of(client)]
    change(client)
    assert [replay(cookie) for cookie in cookies] == [0, 0]
    assert replay(cookie_of(client)) == 5


@either_engine
@each(
    ("typed", "field"),
    [
        ({"current": ""}, "current"),
        ({"current": "wrong password"}, "current"),
        ({"password": ""}, "password"),
        ({"password": "short"}, "password"),
        ({"password": "12345678"}, "password"),
        ({"password": "woaini1314"}, "password"),
        ({"password": "x" * 129}, "password"),
        ({"password": "我是王秀英呀呀呀"}, "password"),
        ({"password": "wangxiuying!"}, "password"),
        ({"password": PASSWORD}, "password"),
    ],
)
def test_what_is_refused(cast, sign_in, acts, typed, field):
    member = sign_in(cast.member)
    before = cast.member.password_hash
    answer = change(member, **typed)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert cast.member.password_hash == before
    assert acts() == []


@either_engine
def test_own_phone_is_refused(cast, sign_in, phone_of):
    assert change(sign_in(cast.member), password=f"my {phone_of(cast.member)}").status_code == 422


def test_passwords_typed_are_not_sent_back(cast, sign_in):
    answer = change(sign_in(cast.member), current="not it at all", password="short")
    assert "not it at all" not in answer.text
    assert 'value="short"' not in answer.text


def test_guessing_the_old_one_is_slowed(cast, sign_in):
    member = sign_in(cast.member)
    assert [change(member, current=f"wrong {n}").status_code for n in range(6)] == [422] * 5 + [429]


def test_nothing_secret_is_in_the_log(cast, sign_in, db_session):
    change(sign_in(cast.member))
    rows = db_session.connection().exec_driver_sql("SELECT * FROM audit_entry").fetchall()
    attempts = db_session.connection().exec_driver_sql(f"SELECT * FROM {SignInAttempt.__tablename__}").fetchall()
    assert NEW not in str(rows) + str(attempts)
    assert PASSWORD not in str(rows)
    assert "argon2" not in str(rows)


@either_engine
def test_not_signed_in_get_and_without_token(cast, client, sign_in):
    assert client.force(PAGE).location == "/sign-in"
    member = sign_in(cast.member)
    assert member.get(PAGE).status_code == 200
    assert member.post(PAGE, data={"current": PASSWORD, "password": NEW}).status_code == 400


def test_twice(cast, sign_in):
    member = sign_in(cast.member)
    assert change(member).status_code == 303
    assert change(member).status_code == 422
    assert change(member, current=NEW, password=f"{NEW} again").status_code == 303
