"""The volunteer's own code, read or typed by the leader."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.attendance import tokens
from portal.core import calendar
from portal.core.calendar import now
from tests.attendance.rows import OFFICE, again, came, helper, put, running
from tests.harness.cases import each, either_engine


@pytest.fixture
def made(cast, session):
    put(session, helper(cast.community))
    return put(session, cast.volunteer.person)


@pytest.fixture
def code(sign_in, cast, made):
    page = sign_in(cast.volunteer).page(f"/me/attendance/{made.public_id}")
    return page.select_one("#code .reference").get_text(strip=True)


def url(session) -> str:
    return f"{OFFICE}/{session.public_id}/scanner"


def scan(client, session, code: str, what: str = "in"):
    return client.submit(url(session), {"code": code, "what": what})


@each("write", [str, str.lower, lambda text: text.replace("-", " ").replace("0", "O")])
def test_read_or_typed_it_checks_in(cast, sign_in, session, made, code, write):
    answer = scan(sign_in(cast.secretary), session, write(code))
    assert answer.status_code == 200
    assert "陈晓明" in answer.text
    assert (again(made).state, again(made).in_by_id) == ("arrived", cast.secretary.person_id)


def test_twice_is_once_and_out_is_asked_for(cast, sign_in, session, made, code):
    client = sign_in(cast.secretary)
    scan(client, session, code)
    first = again(made).in_at
    scan(client, session, code)
    assert (again(made).state, again(made).in_at) == ("arrived", first)
    scan(client, session, code, "out")
    assert again(made).state == "completed"


@either_engine
def test_an_old_code_and_another_sessions_are_nobodys(cast, sign_in, session, made, code):
    client = sign_in(cast.secretary)
    with calendar.at(now() + timedelta(seconds=tokens.OWN_STEP)):
        assert scan(client, session, code, "out").status_code == 422  # known still, but not checked in
    with calendar.at(now() + timedelta(seconds=2 * tokens.OWN_STEP)):
        assert scan(client, session, code).status_code == 422
    other = running(cast.community, place="别处")
    came(other, helper(cast.community, "他人"), 20)
    assert scan(client, other, code).status_code == 422
    assert again(made).state == "confirmed"


@either_engine
@each("data", [{"code": ""}, {"code": "0000-0000"}, {"code": "x" * 101}, {"what": "fly"}])
def test_bad_input(cast, sign_in, session, made, code, data):
    answer = sign_in(cast.secretary).submit(url(session), {"code": code, "what": "in", **data})
    assert (answer.status_code, again(made).state) == (422, "confirmed")


@either_engine
@each(("role", "status"), [("treasurer", 403), ("sibling", 404), ("leader", 404), ("volunteer", 404)])
def test_nobody_else(cast, sign_in, session, made, code, role, status):
    client = sign_in(getattr(cast, role))
    assert client.get(url(session)).status_code == status
    assert client.force(url(session), {"code": code, "what": "in"}).status_code == status
    assert again(made).state == "confirmed"


@either_engine
def test_not_signed_in_and_another_association(cast, sign_in, client, session, code):
    assert "/sign-in" in client.force(url(session), {"code": code, "what": "in"}).headers["Location"]
    assert sign_in(cast.secretary).get(url(running(cast.sibling_community))).status_code == 404
