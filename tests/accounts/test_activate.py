"""A one-time code is used: once, in time, for a password of one's own."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import select

from portal.accounts import codes, queries
from portal.accounts.models import OneTimeCode
from portal.core.database import db
from tests.harness.cases import each, either_engine
from tests.harness.client import client_of
from tests.harness.factory import PASSWORD, affiliate, make_person
from tests.harness.together import at_once

NEW = "一句只有我知道的话"


@pytest.fixture
def hand_out(cast):
    """hand_out(person) is a code from the secretary's hand."""

    def hand_out(person) -> str:
        issuer = queries.get_account(cast.secretary.id)
        code = codes.issue(issuer, person, cast.community, is_covered=True)
        db.session.commit()
        return codes.shown(code)

    return hand_out


def use(client, code: str, password: str = NEW):
    return client.submit("/activate", {"code": code, "password": password})


def test_first_time(cast, client, hand_out, is_in, app, acts):
    person = make_person("新会员")
    affiliate(person, cast.community)
    code = hand_out(person)
    assert use(client, code).location == "/me"
    assert is_in(client)
    other = client_of(app)
    assert other.submit("/sign-in", {"login": person.phone, "password": NEW}).status_code == 303
    assert acts() == ["create", "issue_code", "set_password", "use_code", "sign_in", "sign_in"]


def test_the_address_of_the_qr_fills_in_the_code_and_does_nothing(cast, client, hand_out, db_session):
    code = hand_out(cast.volunteer.person)
    page = client.page(f"/activate/{code}")
    assert page.select_one("input[name=code]")["value"] == code
    assert db_session.scalars(select(OneTimeCode)).one().used_at is None
    assert client.submit("/activate", {"password": NEW}, page=f"/activate/{code}").status_code == 303


@either_engine
@pytest.mark.parametrize("slip_code", ["<script>", "x" * 3000, "%00", "..%2F..", "１２３４"])
def test_a_strange_address(cast, client, slip_code):
    answer = client.get(f"/activate/{slip_code}")
    assert answer.status_code in (200, 404)
    assert "<script>" not in answer.text.replace("<script defer", "")


@each("dash", ["-", "", " ", "—"])
def test_however_it_is_written(cast, client, hand_out, dash):
    code = hand_out(cast.volunteer.person).lower().replace("-", dash)
    assert use(client, f" {code} ").status_code == 303


def test_what_is_misread():
    assert codes.plain("O0-oIl-1Uu") == "00" + "0111" + "vv"
    assert codes.plain("ＡＢ12—cd") == "ab12cd"


def test_recovery_ends_every_session(cast, client, enter, app, cookie_of, replay, hand_out):
    enter(client, cast.volunteer)
    cookie = cookie_of(client)
    use(client_of(app), hand_out(queries.get_account(cast.volunteer.id).person))
    assert replay(cookie) == 0
    assert enter(client, cast.volunteer, password=PASSWORD).status_code == 422


@either_engine
def test_from_an_officer_s_hand_it_removes_the_second_factor_and_says_so(cast, client, with_app, hand_out, is_in):
    with_app(cast.volunteer)
    assert use(client, hand_out(cast.volunteer.person)).location == "/me"
    assert not cast.volunteer.has_second_factor
    assert len(client.page("/me/security").select(".notice.amber")) == 1
    assert is_in(client)


def test_from_a_mail_it_does_not(cast, client, with_app, is_in):
    cast.volunteer.email = "v@example.com"
    with_app(cast.volunteer)
    code = codes.mail_code(queries.get_account(cast.volunteer.id))
    assert use(client, code).location == "/sign-in"
    assert cast.volunteer.has_second_factor
    assert not is_in(client)


def test_from_the_console_it_does(cast, client, with_app):
    """The topmost chair whose telephone is lost: nobody above could take the second factor away."""
    with_app(cast.volunteer)
    _name, code = codes.issue_from_console(cast.volunteer.person.phone)
    assert use(client, code).location == "/me"
    assert not cast.volunteer.has_second_factor


def test_twice(cast, app, hand_out):
    code = hand_out(cast.volunteer.person)
    assert use(client_of(app), code).status_code == 303
    before = cast.volunteer.password_hash
    assert use(client_of(app), code, "another good sentence").status_code == 422
    assert cast.volunteer.password_hash == before


def test_expired(cast, client, hand_out, later):
    code = hand_out(cast.volunteer.person)
    with later(hours=72, minutes=1):
        assert use(client, code).status_code == 422
    with later(hours=71, minutes=59):
        assert use(client, code).status_code == 303


def test_replaced(cast, client, hand_out):
    first, second = hand_out(cast.volunteer.person), hand_out(cast.volunteer.person)
    assert use(client, first).status_code == 422
    assert use(client, second).status_code == 303


def test_using_one_ends_those_by_mail_as_well(cast, app, hand_out):
    mailed = codes.mail_code(queries.get_account(cast.volunteer.id))
    assert use(client_of(app), hand_out(cast.volunteer.person)).status_code == 303
    assert use(client_of(app), mailed).status_code == 422


def test_blocked_meanwhile(cast, client, hand_out):
    from portal.accounts import services

    code = hand_out(cast.volunteer.person)
    services.block(queries.get_account(cast.secretary.id), queries.get_account(cast.volunteer.id))
    assert use(client, code).status_code == 422


@each("password", ["", "short", "12345678", "陈晓明陈晓明陈晓明", "chenxiaoming"])
def test_a_poor_password_keeps_the_code(cast, client, hand_out, password):
    code = hand_out(cast.volunteer.person)
    answer = use(client, code, password)
    assert answer.status_code == 422
    assert f'value="{code}"' in answer.text
    assert 'id="password-error"' in answer.text
    assert use(client, code).status_code == 303


@either_engine
@pytest.mark.parametrize("code", ["", "0000-0000-0000", "x", "7" * 400])
def test_a_wrong_code(cast, client, code):
    answer = use(client, code)
    assert answer.status_code == 422
    assert 'id="code-error"' in answer.text


def test_guessing_codes_is_slowed(cast, client, hand_out):
    code = hand_out(cast.volunteer.person)
    answers = [use(client, f"0000-0000-000{n}").status_code for n in range(6)]
    assert answers == [422] * 5 + [429]
    assert use(client, code).status_code == 429


@either_engine
def test_without_token(cast, client, hand_out, db_session):
    code = hand_out(cast.volunteer.person)
    assert client.post("/activate", data={"code": code, "password": NEW}).status_code == 400
    assert db_session.scalars(select(OneTimeCode)).one().used_at is None


def test_two_at_once(live_app, cast, hand_out):
    """At the database: of two who read the same live code, one spends it."""
    code = hand_out(cast.volunteer.person)

    def spend(new_hash: str) -> str:
        codes.use(code, new_hash)
        return new_hash

    given = at_once(live_app, [partial(spend, word) for word in ("one", "two")])
    assert set(given) == {cast.volunteer.password_hash, None}
