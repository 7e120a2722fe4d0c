"""Guessing is slowed down and nobody is locked out; what is old is forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.accounts import attempts
from portal.accounts.models import SignInAttempt
from portal.core import calendar
from portal.core.database import db
from tests.harness.cases import either_engine
from tests.harness.client import client_of

LOGIN, HOME, ELSEWHERE = "login 13800000000", "192.0.2.1", "198.51.100.7"


def fail(times: int, login: str = LOGIN, address: str = HOME) -> None:
    for _ in range(times):
        attempts.begin(login, address)


def wait(login: str = LOGIN, address: str = HOME) -> int:
    return attempts.wait(attempts.Keys.of(login, address))


@pytest.fixture(autouse=True)
def still(app):
    with calendar.at(calendar.now()) as moment:
        yield moment


def later(**delta: float):
    return calendar.at(calendar.now() + timedelta(**delta))


def test_the_wait_grows_and_ends(db_session):
    seconds = []
    fail(5)
    for _ in range(9):
        seconds.append(wait())
        with later(seconds=wait()):
            fail(1)
        row = db_session.scalars(select(SignInAttempt).order_by(SignInAttempt.id.desc())).first()
        row.at = calendar.now()  # as if no time had passed: the longest waits must not outlast the hour
        db_session.flush()
    assert seconds == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    with later(seconds=300):
        assert wait() == 0


def test_an_attempt_in_a_wait_is_not_counted(db_session):
    fail(5)
    for _ in range(20):
        with pytest.raises(attempts.TooSoon) as refused:
            attempts.begin(LOGIN, HOME)
    assert refused.value.seconds == 5
    assert db_session.scalar(select(func.count()).select_from(SignInAttempt)) == 5


def test_success_clears_the_pair(db_session):
    fail(4)
    attempts.succeed(attempts.begin(LOGIN, HOME))
    with later(seconds=1):
        fail(4)
        assert wait() == 0


def test_many_addresses_slow_an_account_but_not_its_owner(db_session):
    attempts.succeed(attempts.begin(LOGIN, HOME))
    with later(days=1):
        for number in range(20):
            fail(1, address=f"198.51.100.{number}")
        assert wait(address="203.0.113.9") == 5
        assert wait(address=HOME) == 0


def test_one_address_trying_many_accounts(db_session):
    for number in range(30):
        fail(1, login=f"login {number}")
    assert wait(login="login another") == 5
    assert wait(login="login another", address=ELSEWHERE) == 0


def test_nobody_waits_for_more_than_five_minutes(db_session):
    moment = calendar.now()
    db_session.add_all(
        SignInAttempt(
            login_hash=attempts.Keys.of(LOGIN, "").login,
            address_hash=attempts.Keys.of("", HOME).address,
            at=moment,
            succeeded=False,
        )
        for _ in range(200)
    )
    assert wait() == 300


def test_an_hour_later_all_is_forgiven(db_session):
    fail(5)
    with later(hours=1, seconds=1):
        assert wait() == 0


def test_old_attempts_are_pruned(db_session):
    fail(5)
    with later(days=31):
        fail(1)
        assert db_session.scalar(select(func.count()).select_from(SignInAttempt)) == 1


def test_the_table_names_nobody(db_session):
    fail(1)
    row = db_session.scalars(select(SignInAttempt)).one()
    assert "13800000000" not in row.login_hash
    assert HOME not in row.address_hash


def test_the_page_says_how_long(cast, client, enter):
    for _ in range(5):
        assert enter(client, cast.member, password="wrong password").status_code == 422
    answer = enter(client, cast.member)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "5"
    assert "5" in answer.text
    with later(seconds=6):
        assert enter(client, cast.member).status_code == 303


@either_engine
def test_an_unknown_login_waits_in_the_same_words(app, cast, phone_of):
    texts = []
    for login in (phone_of(cast.member), "13700000000"):
        visitor = client_of(app)
        for _ in range(6):
            answer = visitor.submit("/sign-in", {"login": login, "password": "wrong password"})
        texts.append((answer.status_code, answer.headers["Retry-After"], len(answer.text)))
        db.session.execute(SignInAttempt.__table__.delete())
    assert texts[0] == texts[1]
