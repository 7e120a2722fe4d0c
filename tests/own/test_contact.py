"""E-mail and residence: changed by oneself, the password asked, and the sign-in follows."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.accounts.models import Account, AccountSession
from portal.core.calendar import now
from portal.people.models import Person
from tests.harness.cases import either_engine

URL = "/me/data/contact"


def own(db_session, account) -> Person:
    return db_session.get(Person, account.person_id)


def test_changed_at_once(cast, sign_in, db_session):
    answer = sign_in(cast.member).submit(URL, {"email": "Xiuying@Example.com", "residence": "望江社区东片"})
    assert answer.location == "/me/data"
    assert own(db_session, cast.member).email == "xiuying@example.com"
    assert own(db_session, cast.member).residence == "望江社区东片"
    assert db_session.get(Account, cast.member.id).email == "xiuying@example.com"


def test_taken_away_again(cast, sign_in, db_session):
    member = sign_in(cast.member)
    member.submit(URL, {"email": "a@example.com"})
    member.submit(URL, {"email": ""})
    account = db_session.get(Account, cast.member.id)
    assert (own(db_session, cast.member).email, account.email) == (None, None)
    assert account.phone_index == cast.member.person.phone_index


@either_engine
def test_somebody_elses_login_stays_theirs(cast, sign_in, db_session):
    sign_in(cast.member).submit(URL, {"email": "a@example.com"})
    assert sign_in(cast.volunteer).submit(URL, {"email": "a@example.com"}).status_code == 303
    assert db_session.get(Account, cast.member.id).email == "a@example.com"
    assert db_session.get(Account, cast.volunteer.id).email is None


def test_the_last_login_is_not_taken_away(cast, sign_in, db_session):
    person = cast.member.person
    person.phone = person.phone_index = person.phone_last4 = None
    cast.member.phone_index, cast.member.email, person.email = None, "a@example.com", "a@example.com"
    db_session.commit()
    answer = sign_in(cast.member).submit(URL, {"email": ""})
    assert answer.status_code == 422
    assert db_session.get(Account, cast.member.id).email == "a@example.com"


@either_engine
@pytest.mark.parametrize("data", [{"email": "kein"}, {"residence": "长" * 121}])
def test_bad_input(cast, sign_in, db_session, data):
    answer = sign_in(cast.member).submit(URL, data)
    assert answer.status_code == 422
    assert next(iter(data.values())) in answer.text


def test_the_password_is_asked_and_nothing_typed_is_lost(cast, sign_in, db_session):
    member = sign_in(cast.member)
    row = db_session.scalar(select(AccountSession).where(AccountSession.account_id == cast.member.id))
    row.confirmed_at = now().replace(year=2020)
    db_session.commit()
    assert member.get(URL).location.startswith("/confirm")
    answer = member.force(URL, {"email": "a@example.com"})
    assert answer.status_code == 401
    assert "a@example.com" in answer.text
    assert own(db_session, cast.member).email is None


@either_engine
def test_not_signed_in(cast, client, db_session):
    assert client.force(URL, {"residence": "别处"}).status_code == 303
    assert own(db_session, cast.member).residence == ""
