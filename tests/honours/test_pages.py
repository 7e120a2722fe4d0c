"""The office's pages of the register of honours: what they say, what is done on them, who may not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.commendations.models import CommendationKind
from portal.core.calendar import at
from portal.core.database import db
from portal.honours import queries, revoking
from portal.honours.models import Honour, HonourCertificate, Revocation
from tests.harness.cases import either_engine
from tests.honours.rows import honoured
from tests.notices.rows import acting
from tests.reviews.rows import noon

REGISTER = "/office/liuan/honours"
REASON = "推荐材料与记录不符，经核实应予撤销。"


@pytest.fixture
def given(app, cast):
    """The volunteer's honour and the group's, given by the street; the moment of the decision."""
    found = honoured(cast)
    db.session.commit()
    return found


def main(client, url: str, status: int = 200) -> str:
    return client.page(url, status).select_one("main").get_text(" ", strip=True)


def test_the_register(client, cast, given):
    person, _group, moment = given
    number, year = queries.in_force(person.id).number, person.decided_on.year
    kind = db.session.get_one(CommendationKind, person.kind_id).public_id
    own = f"{REGISTER}/{person.public_id}"
    with at(moment):
        client.sign_in(cast.chair)
        assert all(name in main(client, REGISTER) for name in ("陈晓明", "第一小组"))
        assert "陈晓明" not in main(client, f"{REGISTER}?q=第一")
        assert "陈晓明" in main(client, f"{REGISTER}?q={number}&year={year}&state=waiting")
        assert "第一小组" not in main(client, f"{REGISTER}?kind={kind}")
        assert "陈晓明" not in main(client, f"{REGISTER}?state=revoked")
        assert "陈晓明" not in main(client, f"{REGISTER}?side=received")
        assert "陈晓明" in client.get(f"{REGISTER}/list.csv").text
        assert client.get(f"{REGISTER}/list.xlsx").status_code == 200
        assert number in main(client, f"{REGISTER}/medals")
        assert number in client.get(f"{REGISTER}/medals.csv").text
        assert client.get(f"{REGISTER}/medals.xlsx").status_code == 200
        assert number in main(client, own)


def test_the_register_of_whoever_received(client, cast, given):
    """The community reads what its own were given, and changes nothing; its sibling reads nothing of it."""
    person, _group, moment = given
    public_id = person.public_id
    with at(moment):
        client.sign_in(cast.secretary)
        assert "陈晓明" in main(client, "/office/wangjiang/honours?side=received")
        assert "陈晓明" not in main(client, "/office/wangjiang/honours")
        assert "陈晓明" in main(client, f"/office/wangjiang/honours/{public_id}")
        assert "陈晓明" in main(client, f"/office/wangjiang/people/{cast.volunteer.person.public_id}")
        for what in ("reissue", "hand-over", "revoke", "take-back"):
            assert client.force(f"/office/wangjiang/honours/{public_id}/{what}").status_code == 403
        assert client.get(f"{REGISTER}/{public_id}").status_code == 404
        client.sign_in(cast.sibling)
        assert "陈晓明" not in main(client, "/office/tingyu/honours?side=received")
        assert client.get(f"/office/tingyu/honours/{public_id}").status_code == 404


def test_issued_anew_after_a_second_look(client, cast, given):
    person, _group, moment = given
    before, url = queries.in_force(person.id).number, f"{REGISTER}/{person.public_id}/reissue"
    with at(moment):
        client.sign_in(cast.chair)
        assert client.submit(url, {"name": " "}).status_code == 422
        assert client.submit(url, {"name": "陈\U000323b0明", "is_sure": "y"}).status_code == 422
        looked = client.submit(url, {"name": "陈晓鸣", "layout": "upright"})
        assert looked.status_code == 200
        assert "陈晓鸣" in looked.text
        assert queries.in_force(person.id).number == before
        sure = {"name": "陈晓鸣", "layout": "upright", "is_sure": "y"}
        assert client.submit(url, sure).status_code == 303
        assert client.submit(url, sure).status_code == 303  # sent twice, issued once
        live = queries.in_force(person.id)
        assert (live.snapshot["name"], live.layout) == ("陈晓鸣", "upright")
        assert before in main(client, f"{REGISTER}/{person.public_id}")
    assert db.session.scalar(select(func.count(HonourCertificate.id))) == 3


def test_handed_over_one_and_all(client, cast, given):
    person, group, moment = given
    with at(moment):
        client.sign_in(cast.chair)
        url, all_of_them = f"{REGISTER}/{person.public_id}/hand-over", f"{REGISTER}/hand-over"
        tomorrow = {"handed_on": (moment.date() + timedelta(days=1)).isoformat()}
        assert client.submit(url, tomorrow).status_code == 422
        assert client.submit(url).status_code == 303
        assert person.handed_on == person.decided_on
        back = f"{REGISTER}/{person.public_id}/take-back"
        assert client.submit(back, page=f"{REGISTER}/{person.public_id}").status_code == 303
        assert person.handed_on is None
        assert client.submit(f"{all_of_them}?state=waiting", tomorrow).status_code == 422
        assert client.submit(f"{all_of_them}?state=waiting").status_code == 303
        assert person.handed_on == group.handed_on == person.decided_on
        assert client.get(f"{all_of_them}?state=waiting").status_code == 404
        assert client.get(back).status_code == 405


def test_taken_back_on_notice_and_decided(client, cast, given):
    person, group, moment = given
    url, number = f"{REGISTER}/{person.public_id}", queries.in_force(person.id).number
    with at(moment):
        client.sign_in(cast.chair)
        assert client.submit(f"{url}/revoke", {"reason": "错"}).status_code == 422
        assert client.submit(f"{url}/revoke", {"reason": REASON}).status_code == 303
        assert client.force(f"{url}/revoke", {"reason": REASON, "contact": "街道协会 0571"}).status_code == 303
        (made,) = db.session.scalars(select(Revocation)).all()
        assert REASON in main(client, url)
        early = main(client, f"{url}/revoke/decide")
        assert "<button" not in early
        assert client.force(f"{url}/revoke/decide").status_code == 422
        end = queries.period_of(made).end_on
    with at(noon(end + timedelta(days=1))):
        client.sign_in(cast.chair)
        assert client.submit(f"{url}/revoke/decide").status_code == 303
        assert client.force(f"{url}/revoke/decide").status_code == 404
        assert client.get(f"{url}/reissue").status_code == 404
        assert REASON in main(client, url)
        assert number not in main(client, f"{REGISTER}/medals")
        assert client.get(f"/honours/{person.public_id}").status_code == 404
        assert client.get(f"/honours/{group.public_id}").status_code == 200


@either_engine
def test_the_honour_stays(client, cast, given):
    person, _group, moment = given
    url = f"{REGISTER}/{person.public_id}"
    with at(moment):
        made = revoking.propose(acting(cast.chair), person, REASON, "街道协会 0571")
        client.sign_in(cast.chair)
        assert client.submit(f"{url}/revoke/keep", {"reason": ""}).status_code == 422
        assert client.submit(f"{url}/revoke/keep", {"reason": "材料经复核属实。"}).status_code == 303
        assert client.force(f"{url}/revoke/keep", {"reason": "材料经复核属实。"}).status_code == 404
    assert (made.state, person.revoked_at) == ("kept", None)


def test_who_may_not(client, cast, given):
    """Nobody signed in, a member, the secretary of the community, and honours of another association."""
    person, _group, moment = given
    own = f"{REGISTER}/{person.public_id}"
    with at(moment):
        assert client.get(own).status_code == 303
        for account, status in ((cast.member, 404), (cast.secretary, 404), (cast.treasurer, 404)):
            client.sign_in(account)
            assert client.get(REGISTER).status_code == status
            assert client.force(f"{own}/reissue", {"name": "别人", "is_sure": "y"}).status_code == status
        client.sign_in(cast.administrator)
        assert client.get(f"/office/qinghe/honours/{person.public_id}").status_code == 403  # it runs the portal only
    assert db.session.get_one(Honour, person.id).name == "陈晓明"
