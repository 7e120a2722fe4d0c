"""One's own stars: how far it is, asked for in order, each once, taken back."""

from __future__ import annotations

import pytest

from portal.certificates.models import StarGrant
from portal.core.audit import AuditEntry
from portal.core.calendar import today
from portal.core.database import db
from tests.certificates.rows import make_request, requests_of, serve, serve_hours
from tests.harness.cases import each, either_engine
from tests.harness.service import make_volunteer

STARS = "/me/stars"


@pytest.fixture
def reached(cast):
    serve_hours(cast.volunteer, cast.community, 100)


@either_engine
def test_how_far_it_is(cast, sign_in):
    serve_hours(cast.volunteer, cast.community, 62)
    serve(cast.volunteer, cast.community, 600, state="pending")
    serve(cast.volunteer, cast.community, 600, category="study")
    page = sign_in(cast.volunteer).page(STARS)
    bar = page.select_one("progress")
    assert (bar["value"], bar["max"]) == (str(62 * 60), "6000")
    assert "还差 38 小时" in page.select_one("#way").get_text()
    assert page.find("form", action=STARS) is None, "what is not reached cannot be asked for"


def test_asked_when_reached(cast, sign_in, reached):
    response = sign_in(cast.volunteer).submit(STARS)
    assert (response.status_code, response.location) == (303, STARS)
    assert requests_of(cast.volunteer) == [(1, "asked")]
    grant = db.session.query(StarGrant).one()
    assert (grant.minutes, grant.association_id) == (6000, cast.community.id)
    assert db.session.query(AuditEntry).filter_by(action="certificates.ask_star").count() == 1


def test_not_before_it_is_reached(cast, sign_in):
    serve_hours(cast.volunteer, cast.community, 99)
    response = sign_in(cast.volunteer).force(STARS)
    assert response.status_code == 422
    assert "还未达到下一星级" in response.text
    assert requests_of(cast.volunteer) == []


def test_twice_is_one_request(cast, sign_in, reached):
    client = sign_in(cast.volunteer)
    assert client.force(STARS).status_code == 303
    response = client.force(STARS)
    assert response.status_code == 422
    assert "您已经申请过该星级" in response.text
    assert requests_of(cast.volunteer) == [(1, "asked")]


def test_the_second_only_after_the_first_is_granted(cast, sign_in):
    serve_hours(cast.volunteer, cast.community, 300)
    client = sign_in(cast.volunteer)
    assert client.force(STARS).status_code == 303
    assert client.force(STARS).status_code == 422, "the first waits"
    db.session.query(StarGrant).update({"state": "granted"})
    assert client.force(STARS).status_code == 303
    assert requests_of(cast.volunteer) == [(1, "granted"), (2, "asked")]


def test_after_a_refusal_it_can_be_asked_again(cast, sign_in, reached):
    make_request(cast.volunteer, cast.community, state="refused", reason="缺少签到表")
    client = sign_in(cast.volunteer)
    assert "缺少签到表" in client.get(STARS).text
    assert client.submit(STARS).status_code == 303
    assert requests_of(cast.volunteer) == [(1, "refused"), (1, "asked")]


def test_with_two_associations_one_is_chosen(cast, sign_in, reached):
    make_volunteer(cast.volunteer.person, cast.village)
    client = sign_in(cast.volunteer)
    assert client.submit(STARS, {"association": cast.village.code}).status_code == 303
    assert db.session.query(StarGrant).one().association_id == cast.village.id


@each("code", ["tingyu", "nowhere", "wangjiang' --"])
def test_not_with_an_association_of_others(cast, sign_in, reached, code):
    assert sign_in(cast.volunteer).force(STARS, {"association": code}).status_code == 422
    assert requests_of(cast.volunteer) == []


def test_who_is_no_volunteer_is_told_the_way(cast, sign_in):
    serve_hours(cast.member, cast.community, 100)
    client = sign_in(cast.member)
    assert "请先注册为志愿者" in client.get(STARS).text
    assert client.force(STARS).status_code == 422


def test_taken_back(cast, sign_in, reached):
    grant = make_request(cast.volunteer, cast.community)
    url = f"{STARS}/{grant.public_id}/withdraw"
    client = sign_in(cast.volunteer)
    assert client.submit(url, page=STARS).status_code == 303
    assert requests_of(cast.volunteer) == [(1, "withdrawn")]
    assert client.force(url).status_code == 422, "twice"


@either_engine
def test_nobody_elses(cast, sign_in, client, reached):
    grant = make_request(cast.volunteer, cast.community)
    url = f"{STARS}/{grant.public_id}/withdraw"
    for account in (cast.member, cast.secretary, cast.sibling):
        assert sign_in(account).force(url).status_code == 404
    assert sign_in(cast.volunteer).get(url).status_code == 405
    for path in (url, STARS):
        assert client.force(path).status_code == 303
    assert client.get(STARS).status_code == 303
    assert requests_of(cast.volunteer) == [(1, "asked")]


def test_with_every_star(cast, sign_in):
    serve_hours(cast.volunteer, cast.community, 100)
    for stars in range(1, 6):
        make_request(cast.volunteer, cast.community, stars, "granted")
    client = sign_in(cast.volunteer)
    assert "您已获得全部星级" in client.get(STARS).text
    assert client.force(STARS).status_code == 422


@either_engine
def test_few_questions(cast, sign_in, query_count, reached):
    make_request(cast.volunteer, cast.community)
    client = sign_in(cast.volunteer)
    with query_count() as queries:
        assert client.get(STARS).status_code == 200
    assert len(queries) <= 12, today()
