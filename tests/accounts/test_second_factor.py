"""The second factor: set up with a first code, asked after the password, each code once, removed by password."""

from __future__ import annotations

import pyotp
import pytest

from portal.accounts import queries, services
from portal.core import calendar
from tests.harness.cases import either_engine
from tests.harness.client import client_of
from tests.harness.factory import PASSWORD
from tests.harness.together import at_once

PAGE = "/me/security/second-factor"


def set_up(client) -> str:
    """Begin, and give the first code; returns the secret that the page showed."""
    assert client.submit(PAGE).status_code == 303
    secret = client.page(PAGE).select_one(".slip code").get_text().replace(" ", "")
    code = pyotp.TOTP(secret).at(calendar.now())
    assert client.submit(f"{PAGE}/confirm", {"code": code}, page=PAGE).location == "/me/security"
    return secret


def test_set_up_and_sign_in(cast, sign_in, client, enter, is_in, acts, later):
    secret = set_up(sign_in(cast.member))
    assert cast.member.has_second_factor
    answer = enter(client, cast.member, next="/me/security")
    assert answer.location == "/sign-in/code?next=/me/security"
    assert not is_in(client)
    with later(minutes=1):
        done = client.submit(answer.location, {"code": pyotp.TOTP(secret).at(calendar.now())}, page=answer.location)
    assert done.location == "/me/security"
    assert is_in(client)
    assert acts() == ["begin_second_factor", "confirm_second_factor", "sign_in"]


def test_the_secret_is_encrypted_and_not_in_the_log(cast, sign_in, db_session):
    secret = set_up(sign_in(cast.member))
    raw = db_session.connection().exec_driver_sql("SELECT totp_secret FROM account WHERE totp_secret IS NOT NULL")
    assert secret not in raw.scalar()
    log = db_session.connection().exec_driver_sql("SELECT changes FROM audit_entry").scalars()
    assert not any(secret in str(changes) for changes in log)


@either_engine
@pytest.mark.parametrize("code", ["", "000000", "12", "abcdef", "一二三四五六", "1234567890123456789"])
def test_a_wrong_first_code(cast, sign_in, code):
    member = sign_in(cast.member)
    member.submit(PAGE)
    answer = member.submit(f"{PAGE}/confirm", {"code": code}, page=PAGE)
    assert answer.status_code == 422
    assert not cast.member.has_second_factor


def test_a_code_counts_once(cast, app, enter, is_in, with_app):
    shows = with_app(cast.member)
    with calendar.at(calendar.now()):
        first, second = client_of(app), client_of(app)
        for visitor, status in ((first, 303), (second, 422)):
            page = enter(visitor, cast.member).location
            assert visitor.submit("/sign-in/code", {"code": shows()}, page=page).status_code == status
        assert is_in(first)
        assert not is_in(second)


def test_the_code_of_the_set_up_does_not_sign_in(cast, sign_in, client, enter):
    with calendar.at(calendar.now()):
        secret = set_up(sign_in(cast.member))
        enter(client, cast.member)
        assert client.submit("/sign-in/code", {"code": pyotp.TOTP(secret).at(calendar.now())}).status_code == 422


def test_codes_as_they_are_typed(cast, client, enter, with_app):
    code = with_app(cast.member)()
    enter(client, cast.member)
    full_width = "".join(chr(ord(digit) + 0xFEE0) for digit in code[:3])
    assert client.submit("/sign-in/code", {"code": f" {full_width} {code[3:]} "}).status_code == 303


@pytest.mark.parametrize("drift", [-61, 61])
def test_a_clock_that_is_a_minute_wrong(cast, client, enter, with_app, drift):
    with_app(cast.member)
    code = pyotp.TOTP(cast.member.totp_secret).at(calendar.now().timestamp() + drift)
    enter(client, cast.member)
    assert client.submit("/sign-in/code", {"code": code}).status_code == 422


def test_guessing_is_slowed(cast, client, enter, with_app):
    shows = with_app(cast.member)
    page = enter(client, cast.member).location
    answers = [client.submit("/sign-in/code", {"code": "000000"}, page=page).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert client.submit("/sign-in/code", {"code": shows()}, page=page).status_code == 429


def test_the_second_step_needs_the_first(cast, client, with_app):
    shows = with_app(cast.member)
    assert client.get("/sign-in/code").location == "/sign-in"
    answer = client.force("/sign-in/code", {"code": shows(), "next": "/me/security"})
    assert answer.status_code == 422
    assert 'value="/me/security"' in answer.text


def test_the_second_step_ends_after_five_minutes(cast, client, enter, with_app, later):
    shows = with_app(cast.member)
    enter(client, cast.member)
    with later(minutes=6):
        assert client.force("/sign-in/code", {"code": shows()}).status_code == 422


def test_the_second_step_ends_when_the_password_changes(cast, client, enter, with_app):
    shows = with_app(cast.member)
    enter(client, cast.member)
    cast.member.password_changed_at = calendar.now()
    assert client.force("/sign-in/code", {"code": shows()}).status_code == 422


def test_removal_asks_the_password(cast, sign_in, with_app, acts):
    with_app(cast.member)
    member = sign_in(cast.member)
    assert member.submit(f"{PAGE}/remove", {"password": "wrong password"}).status_code == 422
    assert cast.member.has_second_factor
    assert member.submit(f"{PAGE}/remove", {"password": PASSWORD}).location == "/me/security"
    assert not cast.member.has_second_factor
    assert cast.member.totp_secret is None
    assert member.force(f"{PAGE}/remove", {"password": PASSWORD}).status_code == 303
    assert acts() == ["remove_second_factor"]


def test_set_up_twice(cast, sign_in, with_app):
    with_app(cast.member)
    secret, member = cast.member.totp_secret, sign_in(cast.member)
    assert member.force(PAGE).status_code == 422
    assert cast.member.totp_secret == secret
    assert member.force(f"{PAGE}/confirm", {"code": "123456"}).status_code == 422


def test_the_secret_is_not_shown_to_who_found_a_browser_open(cast, sign_in, later):
    member = sign_in(cast.member)
    member.submit(PAGE)
    with later(minutes=31):
        assert member.get(PAGE).location == f"/confirm?next={PAGE}"
        assert member.force(PAGE).location == f"/confirm?next={PAGE}"
        assert member.force(f"{PAGE}/confirm", {"code": "123456"}).location == f"/confirm?next={PAGE}"


@either_engine
@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/confirm", f"{PAGE}/remove"])
def test_not_signed_in_and_without_token(cast, client, sign_in, path):
    assert client.force(path).location.startswith("/sign-in")
    assert sign_in(cast.member).post(path).status_code == 400


@either_engine
def test_get_changes_nothing(cast, sign_in):
    member = sign_in(cast.member)
    assert member.get(f"{PAGE}/confirm").status_code == 405
    assert member.get(PAGE).status_code == 200
    assert member.get(f"{PAGE}/remove").status_code == 303
    assert cast.member.totp_secret is None


def test_two_at_once_with_one_code(live_app, cast, with_app):
    """At the database: of two who passed every check with the same code, one is taken."""
    account_id, code = cast.member.id, with_app(cast.member)()

    def use() -> bool:
        return services.use_second_factor(queries.get_account(account_id), code)

    assert sorted(at_once(live_app, [use, use])) == [False, True]
