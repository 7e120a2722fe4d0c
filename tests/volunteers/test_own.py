"""My volunteering: my skills and times, my letter, leaving."""

from __future__ import annotations

from datetime import date

import pytest

from portal.core.calendar import today
from portal.core.database import db
from portal.volunteers import queries, services
from portal.volunteers.models import Volunteer
from tests.harness.cases import either_engine
from tests.harness.service import make_skill


@pytest.fixture
def held(cast, db_session) -> Volunteer:
    """The member of the cast is a volunteer too, with a letter."""
    made = services.enrol(
        cast.secretary, cast.community, cast.member.person, term_end_on=date(today().year + 1, 12, 31)
    )
    db_session.commit()
    return made


def now_of(held: Volunteer) -> Volunteer:
    db.session.expire_all()
    found = queries.get_own(held.person_id, held.public_id)
    assert found is not None
    return found


@either_engine
def test_my_page_and_my_letter(cast, sign_in, client, held):
    member = sign_in(cast.member)
    letter = queries.live_letter(held.id)
    assert letter.number in member.page("/me/volunteer").get_text()
    url = f"/me/letters/{letter.public_id}/letter.pdf"
    assert member.get(url).data[:5] == b"%PDF-"
    assert sign_in(cast.volunteer).get(url).status_code == 404
    assert client.get(url).status_code == 303
    assert sign_in(cast.stranger).page("/me/volunteer").main.find("a", href="/volunteer")


def test_my_skills_and_times(cast, sign_in, held):
    skill, url = make_skill(cast.community, "手语"), f"/me/volunteer/{held.public_id}/offer"
    member = sign_in(cast.member)
    data = {"skills": [skill.public_id], "interests": [], "times": ["5-morning", "2-evening"]}
    assert member.submit(url, data).status_code == 303
    assert [row.skill.name for row in now_of(held).abilities] == ["手语"]
    assert {(row.weekday, row.part) for row in now_of(held).times} == {(5, "morning"), (2, "evening")}
    assert member.page(url).select("input[name=times][checked]")[0]["value"] == "2-evening"
    for bad in ({"skills": ["x"]}, {"times": ["9-morning"]}, {"interests": [skill.public_id]}):
        assert member.submit(url, {**data, **bad}).status_code == 422, bad
    assert member.submit(url, {"skills": [], "interests": [], "times": []}).status_code == 303
    assert (now_of(held).abilities, now_of(held).times) == ([], [])


def test_i_leave(cast, sign_in, client, held):
    url = f"/me/volunteer/{held.public_id}/leave"
    other = sign_in(cast.volunteer)
    assert other.get(url).status_code == 404
    assert other.post(url, data={"csrf_token": other.token()}).status_code == 404
    assert client.get(url).status_code == 303
    member = sign_in(cast.member)
    assert now_of(held).ended_on is None
    assert member.submit(url).status_code == 303
    assert (now_of(held).ended_on, now_of(held).end_reason) == (today(), "own_wish")
    assert queries.live_letter(held.id) is None
    assert member.post(url, data={"csrf_token": member.token()}).status_code == 404
