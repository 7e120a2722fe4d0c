"""Looking at a number in clear: one at a time, with a reason that the person can read."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from portal.people.models import Reveal
from tests.harness.cases import each, either_engine


@pytest.fixture
def url(cast) -> str:
    return f"/office/wangjiang/people/{cast.member.person.public_id}/reveal"


def count(db_session) -> int:
    return db_session.scalar(select(func.count()).select_from(Reveal))


def test_shown_once_and_the_person_reads_why(cast, sign_in, url):
    number, who = cast.member.person.phone, cast.secretary.name
    secretary = sign_in(cast.secretary)
    page = url.removesuffix("/reveal")
    response = secretary.submit(url, {"field": "phone", "reason": "核对报名"}, page=page)
    assert number in response.text
    assert number not in secretary.get(page).text
    own = sign_in(cast.member).page("/me/who-sees")
    assert "核对报名" in own.get_text()
    assert who in own.get_text()


@each("data", [{"field": "phone", "reason": ""}, {"field": "phone", "reason": "a"}, {"reason": "核对报名"}])
def test_no_reason_no_number(cast, sign_in, db_session, url, data):
    number = cast.member.person.phone
    response = sign_in(cast.secretary).force(url, data)
    assert response.status_code == 422
    assert number not in response.text
    assert count(db_session) == 0


@either_engine
@each(
    ("who", "status"),
    [("treasurer", 403), ("leader", 403), ("publisher", 403), ("sibling", 404), ("ended", 404), ("stranger", 404)],
)
def test_who_may_not(cast, sign_in, db_session, url, who, status):
    response = sign_in(getattr(cast, who)).force(url, {"field": "phone", "reason": "核对报名"})
    assert response.status_code == status
    assert count(db_session) == 0


@either_engine
def test_by_get_nothing_is_revealed(cast, sign_in, db_session, url):
    assert sign_in(cast.secretary).get(url).status_code == 405
    assert count(db_session) == 0
