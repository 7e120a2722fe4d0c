"""Somebody at the door who is not on the list."""

from __future__ import annotations

import pytest

from portal.core.calendar import today
from portal.core.database import db
from portal.lending.models import LendingRequest, LentVolunteer
from portal.plans.queries import get_session
from portal.signups import office_queries
from portal.signups.models import SignUp
from portal.volunteers.models import Volunteer
from tests.attendance.rows import OFFICE, helper, put, running
from tests.harness.cases import each, either_engine
from tests.harness.service import make_skill


@pytest.fixture
def session(cast, app):
    return running(cast.community, needs={None: 2})


def url(session) -> str:
    return f"{OFFICE}/{session.public_id}"


def add(client, session, data):
    return client.submit(url(session) + "/add", data, f"{url(session)}?q=陈")


def rows(session):
    db.session.expire_all()
    return db.session.query(SignUp).filter_by(session_id=session.id).order_by(SignUp.id).all()


def test_a_volunteer_is_found_added_and_here_at_once_and_twice_is_once(cast, sign_in, session):
    client = sign_in(cast.secretary)
    page = client.page(f"{url(session)}?q=陈")
    assert cast.volunteer.person.public_id in [one.get("value") for one in page.find_all("button")]
    for _ in range(2):
        add(client, session, {"person": cast.volunteer.person.public_id})
    (made,) = rows(session)
    assert (made.state, made.added_by_id, made.in_origin) == ("arrived", cast.secretary.person_id, "leader")


def test_htmx_finds_while_one_types(cast, sign_in, session):
    client = sign_in(cast.secretary)
    answer = client.get(f"{url(session)}?q=cxm", headers={"HX-Request": "true"})
    assert "陈晓明" in answer.text
    assert "<html" not in answer.text


def test_a_guest_by_name(cast, sign_in, session):
    client = sign_in(cast.secretary)
    for _ in range(2):
        client.submit(url(session) + "/add", {"name": "来宾甲"}, url(session))
    (made,) = rows(session)
    assert (made.guest_name, made.state) == ("来宾甲", "arrived")


def test_when_no_place_is_free_nobody_is_added(cast, sign_in, session):
    for name in ("甲一", "乙二"):
        put(session, helper(cast.community, name))
    client = sign_in(cast.secretary)
    add(client, session, {"person": cast.volunteer.person.public_id})
    client.submit(url(session) + "/add", {"name": "来宾"}, url(session))
    assert len(rows(session)) == 2


def test_a_place_for_the_own_skill_comes_first(cast, sign_in):
    skill = make_skill(cast.federation, "摄影")
    session = running(cast.community, needs={None: 2, skill: 1})
    able = helper(cast.community, "陈能", skills=[skill])
    anybody, skilled = (need.id for need in session.needs)
    client = sign_in(cast.secretary)
    for person in (able, cast.volunteer.person):
        add(client, session, {"person": person.public_id})
    first, second = rows(session)
    assert (first.need_id, second.need_id) == (skilled, anybody)


def test_a_clash_is_let_pass_for_a_reason(cast, sign_in, session):
    other = running(cast.community, place="别处")
    put(other, cast.volunteer.person)
    client, person = sign_in(cast.secretary), cast.volunteer.person.public_id
    add(client, session, {"person": person})
    assert rows(session) == []
    add(client, session, {"person": person, "reason": "那边取消了他的班"})
    assert rows(session)[0].clash_reason == "那边取消了他的班"


def test_before_check_in_opens_somebody_is_only_put_on_the_list(cast, sign_in):
    session = running(cast.community, -180)
    add(sign_in(cast.secretary), session, {"person": cast.volunteer.person.public_id})
    assert rows(session)[0].state == "confirmed"


def test_who_is_no_volunteer_here_is_nobody(cast, sign_in, session):
    client = sign_in(cast.secretary)
    for person in (cast.member.person, cast.stranger.person, helper(cast.sibling_community)):
        assert client.force(url(session) + "/add", {"person": person.public_id}).status_code == 404
    assert rows(session) == []


@either_engine
@pytest.mark.parametrize("name", ["", " ", "长" * 41])
def test_bad_input(cast, sign_in, session, name):
    assert sign_in(cast.secretary).force(url(session) + "/add", {"name": name}).status_code == 303
    assert rows(session) == []


@either_engine
@each(("role", "status"), [("treasurer", 403), ("sibling", 404), ("leader", 404), ("volunteer", 404)])
def test_nobody_else(cast, sign_in, session, role, status):
    answer = sign_in(getattr(cast, role)).force(url(session) + "/add", {"name": "来宾"})
    assert (answer.status_code, rows(session)) == (status, [])


@either_engine
def test_not_signed_in_get_and_another_association(cast, sign_in, client, session):
    assert "/sign-in" in client.force(url(session) + "/add", {"name": "来宾"}).headers["Location"]
    secretary = sign_in(cast.secretary)
    assert secretary.get(url(session) + "/add").status_code in (404, 405)
    other = running(cast.sibling_community)
    assert secretary.force(url(other) + "/add", {"name": "来宾"}).status_code == 404
    assert rows(session) == rows(other) == []


def test_who_is_lent_on_the_day_is_found_and_added(cast, sign_in, app):
    """Whoever is borrowed is no guest: their time is recorded like that of the own."""
    lent = helper(cast.sibling_community, "借用人")
    skill = make_skill(cast.federation, "急救")
    asked = LendingRequest(
        association_id=cast.community.id, lender_id=cast.sibling_community.id, skill_id=skill.id, wanted=1,
        occasion="运动会", place="", start_on=today(), end_on=today(), state="agreed",
        asked_by_id=cast.secretary.person_id,
    )  # fmt: skip
    db.session.add(asked)
    db.session.flush()
    volunteer = db.session.query(Volunteer).filter_by(person_id=lent.id).one()
    db.session.add(LentVolunteer(request_id=asked.id, volunteer_id=volunteer.id, state="agreed"))
    session, other = running(cast.community, 10, own_only=True), running(cast.community, -3000)
    client = sign_in(cast.secretary)
    assert "借用人" in client.get(f"{OFFICE}/{session.public_id}?q=借用人").text
    assert client.force(f"{OFFICE}/{session.public_id}/add", {"person": lent.public_id}).status_code == 303
    assert db.session.query(SignUp).filter_by(session_id=session.id, person_id=lent.id).one().state == "arrived"
    assert client.force(f"{OFFICE}/{other.public_id}/add", {"person": lent.public_id}).status_code == 404
    assert office_queries.search_roster(cast.secretary, cast.community, get_session(other.public_id), "借用人") == []
