"""Deciding about hours in the office: approve, refuse, correct, strike out; who may, and who may not."""

from __future__ import annotations

import pytest

from portal.core.database import db
from portal.hours import queries, services
from portal.hours.models import HoursEntry
from tests.activities.rows import who
from tests.harness.cases import each, either_engine
from tests.hours.rows import recorded, revision, states

OFFICE = "/office/wangjiang/hours"
ACTS = ("approve", "refuse", "correct", "strike-out", "restore")


@pytest.fixture
def waiting(cast, app):
    return recorded(cast.secretary, who(cast.volunteer), cast.community)


def url(entry, act=""):
    return f"{OFFICE}/{entry.public_id}" + (f"/{act}" if act else "")


def data(entry):
    """What every form may send, all at once."""
    said = {"reason": "不在名单上", "why": "提前离开", "cause": "未到场", "minutes": "90"}
    return {"revision": revision(entry).public_id, **said}


@either_engine
def test_the_page_says_why(cast, sign_in, waiting, query_count):
    services.approve(cast.chair, revision(waiting))
    services.correct(cast.secretary, waiting, 90, "提前半小时离开")
    db.session.commit()
    client = sign_in(cast.chair)
    with query_count() as asked:
        text = client.page(url(waiting)).get_text()
    for told in ("江边步道清洁", "2 小时", "1 小时 30 分", "提前半小时离开", "黄淑兰", "林建国", "待审核"):
        assert told in text
    assert len(asked) <= 12


def test_approve(cast, sign_in, waiting):
    answer = sign_in(cast.chair).submit(url(waiting, "approve"), page=url(waiting))
    assert (answer.status_code, answer.location) == (303, url(waiting))
    assert queries.approved_minutes(cast.volunteer.person_id) == 120


def test_refuse(cast, sign_in, waiting):
    chair = sign_in(cast.chair)
    assert chair.submit(url(waiting, "refuse"), {"reason": ""}, page=url(waiting)).status_code == 422
    assert states(waiting) == [(120, "pending")]
    chair.submit(url(waiting, "refuse"), {"reason": "不在名单上"}, page=url(waiting))
    assert states(waiting) == [(120, "refused")]
    assert "不在名单上" in sign_in(cast.volunteer).page(f"/me/hours/{waiting.public_id}").get_text()


def test_correct(cast, sign_in, waiting):
    secretary = sign_in(cast.secretary)
    page = url(waiting)
    for wrong in (
        {"minutes": "90", "why": ""},
        {"minutes": "", "why": "x"},
        {"minutes": "1441", "why": "x"},
        {"minutes": "120", "why": "x"},
        {"minutes": "abc", "why": "x"},
    ):
        assert secretary.submit(url(waiting, "correct"), wrong, page=page).status_code == 422
    assert states(waiting) == [(120, "pending")]
    assert secretary.submit(url(waiting, "correct"), {"minutes": "９０", "why": "早退"}, page=page).status_code == 303
    assert states(waiting) == [(120, "superseded"), (90, "pending")]


def test_strike_out(cast, sign_in, waiting):
    secretary = sign_in(cast.secretary)
    assert secretary.submit(url(waiting, "strike-out"), {"cause": " "}, page=url(waiting)).status_code == 422
    secretary.submit(url(waiting, "strike-out"), {"cause": "未到场"}, page=url(waiting))
    assert db.session.get(HoursEntry, waiting.id).void_reason == "未到场"
    page = secretary.page(url(waiting))
    assert "未到场" in page.get_text()
    assert [form["action"] for form in page.select("main form")] == [url(waiting, "restore")]


def test_restore(cast, sign_in, waiting):
    services.approve(cast.chair, revision(waiting))
    services.void(cast.secretary, waiting, "未到场")
    db.session.commit()
    secretary = sign_in(cast.secretary)
    assert secretary.submit(url(waiting, "restore"), page=url(waiting)).status_code == 303
    assert queries.approved_minutes(cast.volunteer.person_id) == 120
    assert secretary.force(url(waiting, "restore")).status_code == 303
    assert queries.approved_minutes(cast.volunteer.person_id) == 120


@pytest.mark.parametrize("act", ["approve", "refuse"])
def test_the_recorder_is_told_why_not(cast, sign_in, waiting, act):
    secretary = sign_in(cast.secretary)
    assert not secretary.page(url(waiting)).select(f"form[action='{url(waiting, act)}']")
    assert secretary.force(url(waiting, act), data(waiting)).status_code == 422
    assert states(waiting) == [(120, "pending")]


def test_nobody_decides_what_was_replaced(cast, sign_in, waiting):
    old = revision(waiting).public_id
    services.correct(cast.secretary, waiting, 90, "早退")
    db.session.commit()
    assert sign_in(cast.chair).force(url(waiting, "approve"), {"revision": old}).status_code == 422
    assert sign_in(cast.chair).force(url(waiting, "approve"), {"revision": "nowhere00000"}).status_code == 404
    assert states(waiting) == [(120, "superseded"), (90, "pending")]


@each("act", ACTS)
def test_twice(cast, sign_in, waiting, act):
    chair, sent = sign_in(cast.chair), data(waiting)
    assert chair.force(url(waiting, act), sent).status_code == 303
    before = states(waiting)
    assert chair.force(url(waiting, act), sent).status_code in (303, 422)
    assert states(waiting) == before


@either_engine
@each("act", ACTS)
@each(("role", "status"), [("treasurer", 403), ("publisher", 403), ("sibling", 404), ("volunteer", 404)])
def test_who_may_not(cast, sign_in, waiting, act, role, status):
    assert sign_in(getattr(cast, role)).force(url(waiting, act), data(waiting)).status_code == status
    assert states(waiting) == [(120, "pending")]


@either_engine
@each("act", ACTS)
def test_not_through_another_association(cast, sign_in, waiting, act):
    address = url(waiting, act).replace("wangjiang", "tingyu")
    assert sign_in(cast.chair).force(address, data(waiting)).status_code == 404
    assert sign_in(cast.sibling).force(address, data(waiting)).status_code == 404
    assert states(waiting) == [(120, "pending")]


@either_engine
@each("act", ACTS)
def test_not_signed_in_and_not_by_get(cast, client, sign_in, waiting, act):
    assert client.force(url(waiting, act), data(waiting)).status_code == 303
    assert sign_in(cast.chair).get(url(waiting, act)).status_code == 405
    assert states(waiting) == [(120, "pending")]


def test_a_leader_sees_the_group_only(cast, sign_in, waiting):
    theirs = recorded(cast.secretary, who(cast.member), cast.community, group_id=cast.group.id)
    leader = sign_in(cast.leader)
    assert leader.get(url(waiting)).status_code == 404
    page = leader.page(url(theirs))
    assert not page.select(f"form[action='{url(theirs, 'approve')}']")
    leader.submit(url(theirs, "correct"), {"minutes": "90", "why": "早退"}, page=url(theirs))
    assert states(theirs)[-1] == (90, "pending")
    assert leader.force(url(theirs, "approve"), data(theirs)).status_code == 403
    assert leader.get(OFFICE).status_code == 403
