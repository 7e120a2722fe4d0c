"""The code on the leader's screen: scanned, signed in on the way, too late, forged, somebody else's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.attendance import tokens
from portal.core import calendar
from portal.core.calendar import now
from portal.core.database import db
from portal.signups.models import SignUp
from tests.attendance.rows import OFFICE, again, came, credit, helper, put, running
from tests.harness.cases import either_engine
from tests.harness.factory import PASSWORD


@pytest.fixture
def draw(app):
    def drawn(session) -> str:
        with app.test_request_context():
            return "/in/" + tokens.draw(session).text

    return drawn


def later(seconds: float):
    return calendar.at(now() + timedelta(seconds=seconds))


@either_engine
def test_the_screen_shows_it_for_phone_and_projector(cast, sign_in, session, draw):
    client = sign_in(cast.secretary)
    page = client.page(f"{OFFICE}/{session.public_id}/screen")
    assert page.select_one("#code .qr svg") is not None
    assert 0 < int(page.select_one("#code")["data-left"]) <= tokens.STEP
    renewed = client.get(page.select_one("#code a")["href"])  # where no script runs
    assert 0 < int(renewed.headers["Refresh"]) <= tokens.STEP
    part = client.get(f"{OFFICE}/{session.public_id}/screen", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    with later(tokens.STEP):
        assert client.get(f"{OFFICE}/{session.public_id}/screen", headers={"HX-Request": "true"}).text != part


def test_scanned_there_is_one_button_and_looking_changes_nothing(cast, sign_in, session, made, draw):
    client, address = sign_in(cast.volunteer), draw(session)
    page = client.page(address)
    assert [one["value"] for one in page.find_all("button", attrs={"name": "what"})] == ["in"]
    assert again(made).state == "confirmed"
    answer = client.submit(address, {"what": "in"})
    assert answer.headers["Location"].endswith(f"/me/attendance/{made.public_id}")
    assert (again(made).state, again(made).in_origin) == ("arrived", "scanned")
    assert [one["value"] for one in client.page(address).find_all("button", attrs={"name": "what"})] == ["out"]


def test_out_again_it_is_the_volunteers_own_record_and_waits(cast, sign_in, session, draw):
    made = came(session, cast.volunteer.person, 25, in_origin="scanned")
    client = sign_in(cast.volunteer)
    client.submit(draw(session), {"what": "out"})
    assert credit(cast.volunteer.person, session) == [(25, "scanned", "pending")]
    page = client.page(f"/me/attendance/{made.public_id}")
    assert page.select_one("main .notice.green") is not None


def test_the_same_code_twice_is_once(cast, sign_in, session, made, draw):
    client, address = sign_in(cast.volunteer), draw(session)
    for _ in range(2):
        assert client.force(address, {"what": "in"}).status_code == 303
    first = again(made).in_at
    with later(20):
        client.force(address, {"what": "in"})
    assert again(made).in_at == first


def test_one_step_later_it_still_holds_and_two_steps_later_no_more(cast, sign_in, session, made, draw):
    client, address = sign_in(cast.volunteer), draw(session)
    with later(2 * tokens.STEP):
        assert client.get(address).status_code == 410
        assert client.force(address, {"what": "in"}).status_code == 410
    assert again(made).state == "confirmed"
    start = now().timestamp() % tokens.STEP
    with later(2 * tokens.STEP - start - 1):
        assert client.force(address, {"what": "in"}).status_code == 303


def test_whoever_scanned_in_time_may_take_some_minutes(cast, sign_in, session, made, draw):
    client, address = sign_in(cast.volunteer), draw(session)
    client.get(address)
    with later(240):
        assert client.get(address).status_code == 200
    with later(290):
        assert client.submit(address, {"what": "in"}).status_code == 303
    with later(310):
        assert client.get(address).status_code == 410


def test_whoever_must_sign_in_first_comes_back_to_the_code(cast, client, session, made, draw):
    address = draw(session)
    answer = client.get(address)
    assert answer.headers["Location"].endswith(f"/sign-in?next={address}")
    with later(200):
        back = client.submit(
            "/sign-in", {"login": cast.volunteer.person.phone, "password": PASSWORD}, answer.headers["Location"]
        )
        assert back.headers["Location"].endswith(address)
        assert client.submit(address, {"what": "in"}).status_code == 303
    assert again(made).state == "arrived"


@either_engine
def test_the_kept_scan_is_this_browsers_alone_and_short(client, session, draw):
    cookie = client.get(draw(session)).headers["Set-Cookie"]
    assert all(word in cookie for word in ("scan=", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=300"))


@either_engine
def test_not_signed_in_it_cannot_be_sent(client, session, made, draw):
    assert "/sign-in" in client.force(draw(session), {"what": "in"}).headers["Location"]
    assert again(made).state == "confirmed"


def test_another_persons_scan_is_not_theirs(cast, sign_in, session, made, draw):
    full = running(cast.community, needs={None: 1}, place="满员")
    put(full, helper(cast.community))
    client = sign_in(cast.volunteer)
    assert client.page(draw(full)).select_one(".notice.amber") is not None
    assert client.force(draw(full), {"what": "in"}).status_code == 422
    assert client.force(draw(full), {"what": "join"}).status_code == 422
    stranger = sign_in(cast.member)
    assert stranger.page(draw(session)).find("button", attrs={"name": "what"}) is None
    assert stranger.force(draw(session), {"what": "join"}).status_code == 422
    assert again(made).state == "confirmed"


def test_who_has_not_signed_up_takes_a_free_place(cast, sign_in, session, draw):
    client, address = sign_in(cast.volunteer), draw(session)
    assert [one["value"] for one in client.page(address).find_all("button", attrs={"name": "what"})] == ["join"]
    for _ in range(2):
        client.force(address, {"what": "join"})
    made = db.session.query(SignUp).filter_by(session_id=session.id).one()
    assert (made.state, made.in_origin, made.added_by_id) == ("arrived", "scanned", None)


@either_engine
def test_a_forged_one_and_one_of_another_session_are_nothing(cast, sign_in, session, made, draw):
    other = running(cast.community, place="别处")
    token = draw(session).removeprefix("/in/")
    _id, step, signature = token.split("-", 2)
    client = sign_in(cast.volunteer)
    forged = (
        f"{other.public_id}-{step}-{signature}",
        f"{session.public_id}-{int(step) + 1}-{signature}",
        f"{session.public_id}-{step}-{'A' * len(signature)}",
        f"{session.public_id}-{step}-签",
        f"{session.public_id}-x-{signature}",
        f"{session.public_id}",
        "nothing",
        token[:-1],
    )
    for one in forged:
        assert client.get(f"/in/{one}").status_code == 404, one
        assert client.force(f"/in/{one}", {"what": "in"}).status_code == 404, one
    assert again(made).state == "confirmed"


@either_engine
def test_moved_to_another_place_the_old_code_is_nothing(cast, sign_in, session, made, draw):
    address = draw(session)
    session.place = "改到公园"
    db.session.commit()
    assert sign_in(cast.volunteer).get(address).status_code == 404


def test_outside_of_its_time_the_page_says_when(cast, sign_in, draw):
    session = running(cast.community, -180)
    put(session, cast.volunteer.person)
    client = sign_in(cast.volunteer)
    assert client.page(draw(session)).find("button", attrs={"name": "what"}) is None
    assert client.force(draw(session), {"what": "in"}).status_code == 422
    page = sign_in(cast.secretary).page(f"{OFFICE}/{session.public_id}/screen")
    assert page.select_one(".qr") is None


@either_engine
def test_the_screen_is_the_leaders(cast, sign_in, client, session):
    path = f"{OFFICE}/{session.public_id}/screen"
    assert "/sign-in" in client.get(path).headers["Location"]
    assert sign_in(cast.treasurer).get(path).status_code == 403
    assert sign_in(cast.sibling).get(path).status_code == 404
    assert sign_in(cast.leader).get(path).status_code == 404


@either_engine
def test_ones_own_page_is_nobody_elses(cast, sign_in, made):
    assert sign_in(cast.volunteer).get(f"/me/attendance/{made.public_id}").status_code == 200
    assert sign_in(cast.secretary).get(f"/me/attendance/{made.public_id}").status_code == 404


def test_an_archived_association_checks_nobody_in(cast, sign_in, session, made, draw):
    cast.community.archived_on = calendar.today()
    db.session.commit()
    assert sign_in(cast.volunteer).force(draw(session), {"what": "in"}).status_code == 422
    assert again(made).state == "confirmed"
