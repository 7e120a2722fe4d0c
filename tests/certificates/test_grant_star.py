"""The office grants or refuses, with the hours behind it in sight; nobody their own, each once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from portal.certificates import stars
from portal.certificates.models import StarGrant
from portal.core.audit import AuditEntry
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.home.tasks import list_tasks
from portal.hours import services as hours
from portal.hours.models import HoursEntry
from portal.offices.rights import Position
from portal.people.models import Affiliation
from tests.certificates.rows import OFFICE, make_request, requests_of, serve, serve_hours
from tests.harness.cases import either_engine
from tests.harness.factory import appoint

STARS = f"{OFFICE}/stars"


@pytest.fixture
def waiting(cast):
    serve_hours(cast.volunteer, cast.community, 100)
    return make_request(cast.volunteer, cast.community)


def address(grant, what="") -> str:
    return f"{STARS}/{grant.public_id}{what}"


def test_the_record_is_linked_while_it_opens(cast, sign_in, waiting):
    """Somebody who left may still have asked for a star."""
    secretary, record = sign_in(cast.secretary), f"{OFFICE}/people/{cast.volunteer.person.public_id}"
    assert secretary.page(address(waiting)).find("a", href=record)
    left = update(Affiliation).where(Affiliation.person_id == cast.volunteer.person_id)
    db.session.execute(left.values(end_on=today() - timedelta(days=1)))
    db.session.commit()
    assert secretary.get(record).status_code == 404
    assert not secretary.page(address(waiting)).find("a", href=record)


def test_the_list_shows_the_hours_then_and_now(cast, sign_in, waiting):
    serve(cast.volunteer, cast.community, 90)
    page = sign_in(cast.secretary).page(STARS)
    row = page.select_one("tbody tr").get_text(" ", strip=True)
    assert "陈晓明" in row
    assert "100.0" in row
    assert "101.5" in row
    assert "没有待" in sign_in(cast.sibling).page("/office/tingyu/stars").select_one("main").get_text()


@either_engine
def test_one_request_leads_to_its_entries(cast, sign_in, waiting):
    serve(cast.volunteer, cast.sibling_community, 60)
    page = sign_in(cast.secretary).page(address(waiting))
    entry = db.session.query(HoursEntry).filter_by(association_id=cast.community.id).first()
    assert page.find("a", href=f"{OFFICE}/hours/{entry.public_id}")
    assert "另有 1 小时" in page.select_one("main").get_text(), "served elsewhere: the sum, not the entry"


def test_granted(cast, sign_in, waiting):
    response = sign_in(cast.secretary).submit(address(waiting, "/grant"), page=address(waiting))
    assert (response.status_code, response.location) == (303, STARS)
    assert requests_of(cast.volunteer) == [(1, "granted")]
    grant = db.session.query(StarGrant).one()
    assert grant.decided_by_id == cast.secretary.person_id
    entry = db.session.query(AuditEntry).filter_by(action="certificates.grant_star").one()
    assert (entry.person_id, entry.changes["minutes"]) == (cast.volunteer.person_id, [6000, 6000])


@either_engine
def test_refused_with_a_reason(cast, sign_in, waiting):
    client, url = sign_in(cast.secretary), address(waiting, "/refuse")
    assert client.submit(url, {"reason": " "}, page=address(waiting)).status_code == 422
    assert client.submit(url, {"reason": "三次活动缺少签到"}, page=address(waiting)).status_code == 303
    assert requests_of(cast.volunteer) == [(1, "refused")]
    assert "三次活动缺少签到" in sign_in(cast.volunteer).get("/me/stars").text


@pytest.mark.parametrize("what", ["/grant", "/refuse"])
def test_twice_is_once(cast, sign_in, waiting, what):
    client = sign_in(cast.secretary)
    assert client.force(address(waiting, what), {"reason": "缺少签到"}).status_code == 303
    response = client.force(address(waiting, "/grant"))
    assert response.status_code == 422
    assert "已经审定或撤回" in response.text


def test_nobody_grants_their_own(cast, sign_in, waiting):
    appoint(cast.volunteer.person, cast.community, Position.VOLUNTEER_COORDINATOR)
    client = sign_in(cast.volunteer)
    for what in ("/grant", "/refuse"):
        response = client.force(address(waiting, what), {"reason": "我自己"})
        assert response.status_code == 422
        assert "不得审定自己的星级" in response.text
    assert requests_of(cast.volunteer) == [(1, "asked")]


def test_corrected_since(cast, sign_in, waiting):
    """The hours fell below the star after it was asked for."""
    entry = db.session.query(HoursEntry).first()
    hours.void(cast.secretary, entry, "没有到场")
    response = sign_in(cast.secretary).force(address(waiting, "/grant"))
    assert response.status_code == 422
    assert "时长已经更正" in response.text
    assert requests_of(cast.volunteer) == [(1, "asked")]


def test_not_before_the_one_before(cast):
    serve_hours(cast.volunteer, cast.community, 300)
    second = make_request(cast.volunteer, cast.community, 2)
    with pytest.raises(RuleError):
        stars.grant_star(cast.secretary, second)


@either_engine
def test_who_may_not(cast, sign_in, client, waiting):
    for role, status in (
        ("treasurer", 403), ("publisher", 403), ("leader", 403), ("member", 404), ("sibling", 404), ("ended", 404),
        ("volunteer", 404), ("stranger", 404),
    ):  # fmt: skip
        for what in ("/grant", "/refuse"):
            posted = sign_in(getattr(cast, role)).force(address(waiting, what), {"reason": "不行"})
            assert posted.status_code == status, role
    for what in ("/grant", "/refuse"):
        assert sign_in(cast.secretary).get(address(waiting, what)).status_code == 405
        assert client.force(address(waiting, what)).status_code == 303
        elsewhere = f"/office/tingyu/stars/{waiting.public_id}{what}"
        assert sign_in(cast.sibling).force(elsewhere, {"reason": "不行"}).status_code == 404
    assert requests_of(cast.volunteer) == [(1, "asked")]
    assert sign_in(cast.treasurer).get(address(waiting)).status_code == 200, "reading is another right"
    assert sign_in(cast.sibling).get(f"/office/tingyu/stars/{waiting.public_id}").status_code == 404


def test_above_it_is_seen_and_decided_too(cast, sign_in, waiting):
    assert "陈晓明" in sign_in(cast.chair).get("/office/liuan/stars").text
    assert sign_in(cast.chair).force(f"/office/liuan/stars/{waiting.public_id}/grant").status_code == 303


def test_the_work_list(cast, waiting):
    titles = [task.title for task in list_tasks(cast.secretary, cast.community, _months())]
    assert any("星级申请" in title for title in titles)
    appoint(cast.volunteer.person, cast.community, Position.VOLUNTEER_COORDINATOR)
    own = [task.title for task in list_tasks(cast.volunteer, cast.community, _months())]
    assert not any("星级申请" in title for title in own), "one's own is for somebody else"


def _months():
    from portal.activities.queries import MonthState

    return [MonthState(*([1] * len(MonthState.__dataclass_fields__))) for _ in range(12)]


@either_engine
def test_who_has_stars(cast, sign_in):
    for stars_held in (1, 2):
        make_request(cast.volunteer, cast.community, stars_held, "granted")
    make_request(cast.member, cast.community, 1, "granted")
    page = sign_in(cast.secretary).page(f"{STARS}/held")
    rows = [row.get_text(" ", strip=True) for row in page.select("tbody tr")]
    assert [row.split()[0] for row in rows] == ["陈晓明", "王秀英"], "each once, most stars first"
    only = sign_in(cast.secretary).get(f"{STARS}/held?stars=2").text
    assert "陈晓明" in only
    assert "王秀英" not in only


@either_engine
@pytest.mark.parametrize("what", ["/list", "/held/list"])
def test_as_a_file(cast, sign_in, what):
    make_request(cast.volunteer, cast.community, 1, "granted")
    asked = "?state=granted" if what == "/list" else ""
    text = sign_in(cast.secretary).get(f"{STARS}{what}.csv{asked}").data.decode("utf-8-sig")
    assert "陈晓明" in text
    assert "一星级" in text
    assert sign_in(cast.secretary).get(f"{STARS}{what}.xlsx{asked}").data[:2] == b"PK"
    assert sign_in(cast.publisher).get(f"{STARS}{what}.csv").status_code == 403
    assert "陈晓明" not in sign_in(cast.sibling).get(f"/office/tingyu/stars{what}.csv{asked}").text


@either_engine
def test_few_questions(cast, sign_in, query_count, waiting):
    client = sign_in(cast.secretary)
    for url in (STARS, address(waiting), f"{STARS}/held"):
        with query_count() as queries:
            assert client.get(url).status_code == 200
        assert len(queries) <= 12, url
