"""Signing out: the session ends on the server, so that a copy of the cookie opens nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts import queries, services
from portal.core.calendar import today
from portal.core.database import db
from portal.offices.models import Appointment
from portal.people.models import Person
from tests.harness.cases import either_engine


def test_signs_out(cast, client, enter, is_in, live_sessions, acts):
    enter(client, cast.member)
    answer = client.submit("/sign-out", page="/me/security")
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "portal=;" in ";".join(answer.headers.getlist("Set-Cookie"))
    assert not is_in(client)
    assert live_sessions(cast.member) == 0
    assert acts() == ["sign_in", "end_session"]


def test_a_copy_of_the_cookie_opens_nothing(cast, client, enter, cookie_of, replay):
    enter(client, cast.member)
    cookie = cookie_of(client)
    assert replay(cookie) == 5
    client.submit("/sign-out", page="/me/security")
    assert replay(cookie) == 0


def test_twice_and_not_signed_in(cast, client, enter, acts):
    enter(client, cast.member)
    client.force("/sign-out")
    assert client.force("/sign-out").status_code == 303
    assert acts() == ["sign_in", "end_session"]


@either_engine
def test_get_is_refused(cast, client, enter, is_in):
    enter(client, cast.member)
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out").status_code == 400
    assert is_in(client)


def test_control_a_session_row_that_stays_lets_the_copy_in(cast, client, enter, cookie_of, replay):
    """Clearing the cookie alone, as a framework's own sign-out does, would not be enough."""
    enter(client, cast.member)
    cookie = cookie_of(client)
    client.delete_cookie("portal")
    assert replay(cookie) == 5


@pytest.mark.parametrize("end", ["block", "end_all_sessions", "set_password"])
def test_every_way_to_end_sessions_ends_the_copy(cast, client, enter, cookie_of, replay, end):
    enter(client, cast.member)
    cookie = cookie_of(client)
    secretary, member = queries.get_account(cast.secretary.id), queries.get_account(cast.member.id)
    more = (member.password_hash,) if end == "set_password" else ()
    getattr(services, end)(secretary, member, *more)
    db.session.commit()
    assert replay(cookie) == 0


def test_who_was_removed_from_the_register_is_out(cast, client, enter, cookie_of, replay):
    enter(client, cast.member)
    db.session.get(Person, cast.member.person_id).removed_at = cast.member.created_at
    db.session.commit()
    assert replay(cookie_of(client)) == 0
    assert enter(client, cast.member).status_code == 422


def test_allowed_again_the_old_session_stays_ended(cast, client, enter, cookie_of, replay):
    enter(client, cast.member)
    cookie = cookie_of(client)
    secretary, member = queries.get_account(cast.secretary.id), queries.get_account(cast.member.id)
    services.block(secretary, member)
    services.unblock(secretary, member)
    db.session.commit()
    assert replay(cookie) == 0


def test_an_ended_appointment_closes_the_office_at_once(cast, client, enter):
    page = f"/office/wangjiang/people/{cast.volunteer.person.public_id}/access-code"
    enter(client, cast.secretary)
    assert client.get(page).status_code == 200
    row = db.session.scalar(select(Appointment).where(Appointment.person_id == cast.secretary.person_id))
    row.end_on = today() - timedelta(days=1)
    assert [client.get(page).status_code for _ in range(5)] == [404] * 5
