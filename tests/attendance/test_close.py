"""The list is closed once the session is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from portal.plans import series
from portal.plans import services as plans
from portal.plans.queries import get_session
from tests.activities.rows import NEW, SUMMARY
from tests.attendance.rows import OFFICE, again, came, credit, helper, put, running
from tests.harness.cases import each, either_engine


@pytest.fixture
def session(cast, app):
    return running(cast.community, 125)


@pytest.fixture
def absent(cast, session):
    return put(session, cast.volunteer.person)


def url(session) -> str:
    return f"{OFFICE}/{session.public_id}"


def test_closed_it_says_how_many_and_offers_no_more_to_close(cast, sign_in, session, absent):
    stayed = came(session, helper(cast.community), 100)
    client = sign_in(cast.secretary)
    client.submit(url(session) + "/close", page=url(session))
    assert (again(absent).state, again(stayed).review) == ("no_show", "no_check_out")
    assert "/close" not in client.get(url(session)).text
    assert client.force(url(session) + "/close").status_code == 303
    assert (again(absent).state, again(stayed).review) == ("no_show", "no_check_out")


def test_an_absence_can_be_taken_back(cast, sign_in, session, absent):
    client = sign_in(cast.secretary)
    client.submit(url(session) + "/close", page=url(session))
    client.submit(url(session) + "/tap", {"tap": f"not-in:{absent.public_id}"}, url(session))
    assert again(absent).state == "confirmed"


def test_not_before_the_end(cast, sign_in):
    session = running(cast.community, 30)
    made = put(session, cast.volunteer.person)
    client = sign_in(cast.secretary)
    assert "/close" not in client.get(url(session)).text
    assert client.force(url(session) + "/close").status_code == 303
    assert again(made).state == "confirmed"


@either_engine
@each(("role", "status"), [("treasurer", 403), ("sibling", 404), ("leader", 404), ("volunteer", 404)])
def test_nobody_else(cast, sign_in, session, absent, role, status):
    answer = sign_in(getattr(cast, role)).force(url(session) + "/close")
    assert (answer.status_code, again(absent).state) == (status, "confirmed")


@either_engine
def test_not_signed_in_get_and_another_association(cast, sign_in, client, session, absent):
    assert "/sign-in" in client.force(url(session) + "/close").headers["Location"]
    secretary = sign_in(cast.secretary)
    assert secretary.get(url(session) + "/close").status_code in (404, 405)
    assert secretary.force(url(running(cast.sibling_community, 125)) + "/close").status_code == 404
    assert again(absent).state == "confirmed"


def test_whom_the_log_book_names_came(cast, sign_in, session, absent):
    """Nobody checked in, and the session was logged with those who had a place."""
    client = sign_in(cast.secretary)
    client.submit(NEW, {"summary": SUMMARY}, page=f"{NEW}?session={session.public_id}")
    client.submit(url(session) + "/close", page=url(session))
    assert (again(absent).state, credit(absent, session)) == ("completed", [(120, "entered", "pending")])


def test_who_was_there_before_it_was_put_off_comes_again(cast, app):
    session = running(cast.community, -30)
    early = came(session, cast.volunteer.person, 5)
    held = get_session(session.public_id)
    later = {name: getattr(held, name) + timedelta(days=7) for name in ("starts_at", "ends_at", "deadline_at")}
    stated = dict.fromkeys(("content", "conditions", "risks", "safeguards", "contact_name", "contact_phone"), "照旧")
    plans.change_session(cast.secretary, held, replace(series.details_of(held), **later, **stated))
    assert (again(early).state, again(early).in_at) == ("confirmed", None)
