"""What waits to be looked at, and what an officer decides."""

from __future__ import annotations

import pytest

from portal.core.database import db
from portal.hours import services as hours
from portal.hours.models import HoursRevision
from tests.attendance.rows import OFFICE, again, came, credit, helper, put, running
from tests.harness.cases import each, either_engine

REVIEW = f"{OFFICE}/review"


@pytest.fixture
def session(cast, app):
    return running(cast.community, 300)


@pytest.fixture
def made(cast, session):
    """Came ten minutes after the start and never left."""
    return came(session, cast.volunteer.person, 290)


def decide(client, made, **data):
    return client.submit(f"{REVIEW}/{made.public_id}", data)


def test_nobody_closed_the_list_and_it_waits_all_the_same(cast, sign_in, session, made):
    running_now = came(running(cast.community, 60, place="现在"), helper(cast.community), 50)
    short = put(session, helper(cast.community), "completed", in_at=made.in_at, out_at=made.in_at, review="too_short")
    page = sign_in(cast.secretary).get(REVIEW).text
    assert made.public_id in page
    assert short.public_id in page
    assert running_now.public_id not in page


@either_engine
def test_minutes_for_a_reason_wait_for_somebody_else(cast, sign_in, session, made):
    client = sign_in(cast.secretary)
    assert decide(client, made, minutes="60", reason="收尾后一起离开").status_code == 303
    assert credit(cast.volunteer.person, session) == [(60, "entered", "pending")]
    revision = db.session.query(HoursRevision).one()
    assert (revision.reason, revision.recorded_by_id) == ("收尾后一起离开", cast.secretary.person_id)
    assert not hours.why_not(cast.chair, _entry(session), revision)
    assert made.public_id not in client.get(REVIEW).text


def _entry(session):
    from portal.hours.queries import list_live

    entry = list_live(session.id, None)[0]
    db.session.refresh(entry, ["association"])
    return entry


@either_engine
def test_none_for_a_reason(cast, sign_in, session, made):
    client = sign_in(cast.secretary)
    assert decide(client, made, none="yes", reason="中途离开，未说明").status_code == 303
    assert (again(made).state, credit(cast.volunteer.person, session)) == ("completed", [])
    assert client.get(f"{REVIEW}/{made.public_id}").status_code == 200


def test_twice_is_once(cast, sign_in, session, made):
    client = sign_in(cast.secretary)
    token = {"minutes": "60", "reason": "收尾后一起离开"}
    for minutes in ("60", "70"):
        assert client.force(f"{REVIEW}/{made.public_id}", {**token, "minutes": minutes}).status_code == 303
    assert credit(cast.volunteer.person, session) == [(60, "entered", "pending")]


@either_engine
@each(
    "data",
    [
        {"minutes": "111", "reason": "太多"},
        {"minutes": "", "reason": "没有写"},
        {"minutes": "0", "reason": "零"},
        {"minutes": "-5", "reason": "负数"},
        {"minutes": "60", "reason": ""},
        {"none": "yes", "reason": ""},
        {"minutes": "60", "reason": "长" * 201},
    ],
)
def test_bad_input(cast, sign_in, made, session, data):
    assert decide(sign_in(cast.secretary), made, **data).status_code == 422
    assert (again(made).state, credit(cast.volunteer.person, session)) == ("arrived", [])


@either_engine
@each(("role", "status"), [("treasurer", 403), ("sibling", 404), ("leader", 404), ("volunteer", 404)])
def test_nobody_else(cast, sign_in, made, role, status):
    client = sign_in(getattr(cast, role))
    path = f"{REVIEW}/{made.public_id}"
    assert client.get(path).status_code == status
    assert client.force(path, {"minutes": "60", "reason": "不是我的"}).status_code == status
    assert again(made).state == "arrived"


@either_engine
def test_the_leader_sees_the_group_alone(cast, sign_in, made):
    own = came(
        running(cast.community, 300, group_id=cast.group.id, place="组里"),
        helper(cast.community),
        290,
        group_id=cast.group.id,
    )
    page = sign_in(cast.leader).get(REVIEW).text
    assert own.public_id in page
    assert made.public_id not in page


@either_engine
def test_not_signed_in_and_another_association(cast, sign_in, client, made):
    assert "/sign-in" in client.force(f"{REVIEW}/{made.public_id}").headers["Location"]
    other = came(running(cast.sibling_community, 300), cast.stranger.person, 290)
    assert sign_in(cast.secretary).get(f"{REVIEW}/{other.public_id}").status_code == 404


@either_engine
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_as_a_file(cast, sign_in, session, made, form):
    client = sign_in(cast.secretary)
    for path in (f"{REVIEW}/list.{form}", f"{OFFICE}/{session.public_id}/list.{form}"):
        answer = client.get(path)
        assert answer.status_code == 200
        if form == "csv":
            assert "陈晓明" in answer.get_data().decode("utf-8-sig")
        assert sign_in(cast.sibling).get(path).status_code == 404
