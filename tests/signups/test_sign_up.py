"""Taking a place on the recruitment notice: by a tap, with and without htmx."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.calendar import now, today
from portal.core.database import db
from portal.signups.models import SignUp
from tests.harness.cases import either_engine
from tests.harness.service import make_activity, make_session, make_sign_up, make_skill, make_volunteer
from tests.signups.rows import helpers, need_ids, opened, sign_up, tally

HTMX = {"HX-Request": "true"}


@pytest.fixture
def session(cast, app):
    return opened(cast.community, needs={None: 1})


def notice(session) -> str:
    return f"/activities/sessions/{session.public_id}"


def url(session) -> str:
    return f"{notice(session)}/sign-up"


def held(cast) -> list[str]:
    return [one.state for one in db.session.query(SignUp).filter_by(person_id=cast.volunteer.person_id)]


def test_two_taps(cast, session, sign_in):
    visitor = sign_in(cast.volunteer)
    answer = visitor.submit(url(session), page=notice(session))
    assert (answer.status_code, answer.location) == (303, notice(session))
    assert (held(cast), tally(session)) == (["confirmed"], [(1, 1)])
    panel = visitor.page(notice(session)).find(id="sign-up")
    assert panel.find(class_="tag green")
    assert not panel.find("form")


def test_for_htmx_the_panel_comes_back_drawn_anew(cast, session, sign_in):
    answer = sign_in(cast.volunteer).submit(url(session), page=notice(session), headers=HTMX)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith("<section")
    assert "withdraw" in answer.text
    assert 'id="places" hx-swap-oob="true"' in answer.text, "and so does the number of places"


def test_sent_twice_it_is_one_place(cast, session, sign_in):
    visitor, data = sign_in(cast.volunteer), {"need": need_ids(session)[0]}
    for _ in range(2):
        assert visitor.force(url(session), data).status_code == 303
    assert (held(cast), tally(session)) == (["confirmed"], [(1, 1)])


def test_a_full_session_offers_the_waiting_list(cast, session, sign_in):
    for person in helpers(cast.community, 2):
        sign_up(session, person)
    visitor = sign_in(cast.volunteer)
    visitor.submit(url(session), page=notice(session))
    assert held(cast) == ["waitlisted"]
    assert "1" in visitor.page(notice(session)).find(id="sign-up").text, "one person waits before"


def test_who_waits_first_is_told_so_and_not_of_nobody_before(cast, session, sign_in):
    sign_up(session, helpers(cast.community, 1)[0])
    visitor = sign_in(cast.volunteer)
    visitor.submit(url(session), page=notice(session))
    assert held(cast) == ["waitlisted"]
    assert "0" not in visitor.page(notice(session)).find(id="sign-up").text


@either_engine
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_a_rule_refuses_is_said_with_422_and_leaves_nothing(cast, session, sign_in, headers):
    make_sign_up(make_session(make_activity(cast.community), session.starts_at), cast.volunteer.person)
    visitor = sign_in(cast.volunteer)
    answer = visitor.force(url(session), {"need": need_ids(session)[0]}, headers=headers)
    assert answer.status_code == 422
    assert "河边清洁" in answer.text
    assert tally(session) == [(0, 0)]


@either_engine
def test_somebody_who_is_no_volunteer_is_refused_and_led_to_the_registration(cast, session, sign_in):
    visitor = sign_in(cast.member)
    assert "/volunteer" in str(visitor.page(notice(session)).find(id="sign-up"))
    answer = visitor.force(url(session), {"need": need_ids(session)[0]})
    assert (answer.status_code, tally(session)) == (422, [(0, 0)])


@either_engine
def test_a_place_for_a_skill_is_not_shown_to_who_lacks_it(cast, sign_in):
    skill = make_skill(cast.community, "急救")
    session = opened(cast.community, needs={skill: 1, None: 1})
    forms = sign_in(cast.volunteer).page(notice(session)).find(id="sign-up").find_all("form")
    assert [form.find("input", {"name": "need"})["value"] for form in forms] == [need_ids(session)[1]]
    make_volunteer(cast.volunteer.person, cast.street, [skill])
    assert len(sign_in(cast.volunteer).page(notice(session)).find(id="sign-up").find_all("form")) == 2


@either_engine
@pytest.mark.parametrize(("need", "status"), [("", 400), ("x" * 12, 400)])
def test_a_need_that_is_none_of_it_is_refused(cast, session, sign_in, need, status):
    assert sign_in(cast.volunteer).force(url(session), {"need": need}).status_code == status


def test_a_stranger_signs_in_and_comes_back(session, client):
    panel = client.page(notice(session)).find(id="sign-up")
    link = panel.find("a", class_="btn")["href"]
    assert link.startswith("/sign-in")
    assert session.public_id in link
    answer = client.force(url(session), {"need": need_ids(session)[0]})
    assert answer.status_code in (302, 303)
    assert "/sign-in" in answer.location
    assert tally(session) == [(0, 0)]


@either_engine
def test_get_is_refused_and_what_is_not_open_is_not_there(cast, session, sign_in):
    visitor = sign_in(cast.volunteer)
    assert visitor.get(url(session)).status_code == 405
    planned = make_session(make_activity(cast.community, opened_at=None))
    assert visitor.force(url(planned), {"need": "x"}).status_code == 404


@either_engine
def test_the_panel_costs_few_questions(cast, session, sign_in, query_count):
    visitor = sign_in(cast.volunteer)
    visitor.get(notice(session))
    with query_count() as queries:
        visitor.get(notice(session))
    assert len(queries) <= 12


@either_engine
def test_a_closed_session_says_so(cast, sign_in, client):
    session = opened(cast.community, now() + timedelta(hours=2), deadline_at=now() - timedelta(hours=1))
    for visitor in (sign_in(cast.volunteer), client):
        panel = visitor.page(notice(session)).find(id="sign-up")
        assert not panel.find("form")
        assert panel.text.strip()


def test_an_archived_association_takes_nobody(cast, session, sign_in):
    offered = make_sign_up(session, cast.member.person, "offered", offered_until=now() + timedelta(hours=1))
    cast.community.archived_on = today()
    db.session.commit()
    visitor = sign_in(cast.volunteer)
    assert not visitor.page(notice(session)).find(id="sign-up").find("form")
    assert visitor.force(url(session), {"need": need_ids(session)[0]}).status_code == 422
    sign_in(cast.member).force(f"/me/sign-ups/{offered.public_id}/accept")
    assert (held(cast), db.session.get_one(SignUp, offered.id).state) == ([], "offered")
