"""The exchange: public stories of sister associations, read and copied as a plan."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.calendar import now, today
from portal.core.database import db
from portal.plans.models import Activity
from tests.activities.rows import SUMMARY, make_log
from tests.harness.cases import each, either_engine
from tests.harness.service import make_activity

URL = "/office/wangjiang/exchange"
DAY = (today() + timedelta(days=30)).isoformat()


@pytest.fixture
def story(cast):
    return make_log(cast.sibling_community, title="旧书换花", kind="culture")


def plans():
    return db.session.query(Activity).order_by(Activity.id).all()


@either_engine
def test_sister_associations_stories_and_nothing_else(cast, sign_in, story):
    make_log(cast.community, title="自己的活动")
    make_log(cast.sibling_community, title="内部会议", is_public=False)
    make_log(cast.sibling_community, title="划掉的", removed_at=now())
    make_log(cast.village, title="村里的灯会")
    text = sign_in(cast.secretary).page(URL).get_text()
    assert [title in text for title in ("旧书换花", "村里的灯会", "自己的活动", "内部会议", "划掉的")] == [
        True
    ] * 2 + [False] * 3


def test_filtered_by_kind_and_words(cast, sign_in, story):
    secretary = sign_in(cast.secretary)
    for query, found in (
        ("kind=culture", True),
        ("kind=training", False),
        ("q=换花", True),
        ("q=听雨", True),
        ("q=%25", False),
    ):
        assert ("旧书换花" in secretary.page(f"{URL}?{query}").get_text()) is found
    assert "旧书换花" in secretary.get(f"{URL}/list.csv?kind=culture").get_data(as_text=True)
    assert "旧书换花" not in secretary.get(f"{URL}/list.csv?kind=training").get_data(as_text=True)
    assert secretary.get(f"{URL}/list.xlsx").data[:2] == b"PK"


def test_read_and_copied_as_a_plan(cast, sign_in, story):
    secretary, copy = sign_in(cast.secretary), f"{URL}/{story.public_id}/copy"
    assert SUMMARY in secretary.page(f"{URL}/{story.public_id}").get_text()
    form = secretary.page(copy)
    assert form.select_one("[name=place]")["value"] == ""
    assert form.select_one("[name=planned_on]")["value"] == ""
    answer = secretary.submit(copy, {"planned_on": DAY})
    (made,) = plans()
    assert answer.location.endswith(f"/plan/{made.public_id}")
    assert (made.association_id, made.kind, made.title, made.place) == (cast.community.id, "culture", "旧书换花", "")
    assert SUMMARY in made.content
    assert "听雨社区协会" in made.content
    assert made.planned_on.isoformat() == DAY


def test_sent_twice_it_is_one_plan(cast, sign_in, story):
    secretary, copy = sign_in(cast.secretary), f"{URL}/{story.public_id}/copy"
    data = {"planned_on": DAY, "entry_key": "one form", "kind": "culture", "title": "旧书换花"}
    for _time in range(2):
        assert secretary.force(copy, data).status_code == 303
    assert len(plans()) == 1


@either_engine
@each("wrong", [{"planned_on": ""}, {"planned_on": "1999-01-01"}, {"kind": "party"}, {"title": "长" * 81}])
def test_bad_input_is_refused(cast, sign_in, story, wrong):
    answer = sign_in(cast.secretary).submit(f"{URL}/{story.public_id}/copy", {"planned_on": DAY, **wrong})
    assert answer.status_code == 422
    assert "旧书换花" in answer.text
    assert plans() == []


def test_a_leader_plans_for_the_group(cast, sign_in, story):
    leader, copy = sign_in(cast.leader), f"{URL}/{story.public_id}/copy"
    assert leader.submit(copy, {"planned_on": DAY, "group": ""}).status_code == 422
    assert leader.submit(copy, {"planned_on": DAY, "group": cast.group.public_id}).status_code == 303
    assert plans()[0].group_id == cast.group.id


@either_engine
def test_who_may(cast, sign_in, client, story):
    path = f"{URL}/{story.public_id}"
    reads = {
        "secretary": 200,
        "treasurer": 200,
        "publisher": 200,
        "leader": 200,
        "sibling": 404,
        "ended": 404,
        "member": 404,
    }
    assert {role: sign_in(getattr(cast, role)).get(path).status_code for role in reads} == reads
    writes = {"treasurer": 403, "publisher": 403, "sibling": 404, "ended": 404}
    for role, status in writes.items():
        visitor = sign_in(getattr(cast, role))
        assert (role, visitor.get(path + "/copy").status_code) == (role, status)
        assert (role, visitor.force(path + "/copy", {"planned_on": DAY}).status_code) == (role, status)
    assert client.force(path + "/copy", {"planned_on": DAY}).location.startswith("/sign-in")
    assert plans() == []


@either_engine
def test_what_is_not_public_is_not_there(cast, sign_in, story):
    own = make_log(cast.community)
    story.is_public = False
    db.session.commit()
    secretary = sign_in(cast.secretary)
    for log in (own, story):
        assert secretary.get(f"{URL}/{log.public_id}").status_code == 404
        assert secretary.force(f"{URL}/{log.public_id}/copy", {"planned_on": DAY}).status_code == 404
    make_activity(cast.community)


@either_engine
def test_few_questions(cast, sign_in, query_count, story):
    for number in range(10):
        make_log(cast.village, title=f"第{number}次")
    secretary = sign_in(cast.secretary)
    for path in (URL, f"{URL}/{story.public_id}", f"{URL}/{story.public_id}/copy"):
        secretary.get(path)
        with query_count() as asked:
            secretary.get(path)
        assert len(asked) <= 12, asked
