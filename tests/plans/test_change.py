"""A planned activity is changed."""

from __future__ import annotations

from portal.core.calendar import now
from portal.plans.models import Activity
from tests.harness.cases import either_engine
from tests.harness.service import make_activity, make_session, make_sign_up
from tests.plans.rows import (
    STATED,
    activities,
    activity_of,
    in_days,
    open_to_all,
    planned,
    refuses_all_but_writers,
    url_of,
)


def test_it_is_changed(cast, sign_in):
    one = make_activity(cast.community, opened_at=None)
    client = sign_in(cast.secretary)
    answer = client.submit(url_of(one, "/edit"), planned(title="改过的", planned_on=in_days(3).isoformat()))
    assert (answer.status_code, answer.location) == (303, url_of(one))
    assert [(row.title, row.planned_on) for row in activities()] == [("改过的", in_days(3))]
    again = client.submit(url_of(one, "/edit"), planned(title="改过的", planned_on=in_days(3).isoformat()))
    assert (again.status_code, len(activities())) == (303, 1)


def test_with_sessions_the_day_follows_them(cast, sign_in):
    one = activity_of(make_session(make_activity(cast.community)))
    before = one.planned_on
    client = sign_in(cast.secretary)
    assert client.page(url_of(one, "/edit")).select("#planned_on") == []
    client.submit(url_of(one, "/edit"), planned(planned_on=in_days(50).isoformat(), content="内容"))
    assert activities()[0].planned_on == before


@either_engine
def test_bad_input(cast, sign_in):
    one = make_activity(cast.community, opened_at=None)
    for wrong in ({"planned_on": ""}, {"title": "长" * 81}, {"group": "nowhere00000"}):
        assert sign_in(cast.secretary).submit(url_of(one, "/edit"), planned(**wrong)).status_code == 422
    assert activities()[0].title == "河边清洁"


@either_engine
def test_who_may_change(cast, sign_in, client):
    one = make_activity(cast.community, opened_at=None)
    refuses_all_but_writers(cast, sign_in, client, url_of(one, "/edit"), planned())
    assert sign_in(cast.chair).get(url_of(one, "/edit").replace("wangjiang", "tingyu")).status_code == 404
    assert activities()[0].title == "河边清洁"


def test_a_leader_changes_the_own_group_s_only(cast, sign_in):
    own = make_activity(cast.community, group_id=cast.group.id, opened_at=None)
    other = make_activity(cast.community, group_id=cast.other_group.id, opened_at=None)
    leader = sign_in(cast.leader)
    assert leader.submit(url_of(own, "/edit"), planned(title="改过的")).status_code == 303
    assert leader.force(url_of(other, "/edit"), planned()).status_code == 404
    moved = planned(group=cast.other_group.public_id)
    assert leader.submit(url_of(own, "/edit"), moved).status_code == 422
    assert sorted(row.title for row in activities()) == ["改过的", "河边清洁"]


def test_once_somebody_has_signed_up_the_group_stays(cast, sign_in):
    session = open_to_all(cast)
    activity = activity_of(session)
    make_sign_up(session, cast.volunteer.person)
    client = sign_in(cast.secretary)
    answer = client.submit(url_of(activity, "/edit"), planned(group=cast.group.public_id))
    assert answer.status_code == 422
    assert "已有人报名" in answer.text


def test_the_sessions_go_with_the_activity_to_another_group(cast, sign_in):
    session = open_to_all(cast)
    sign_in(cast.secretary).submit(url_of(activity_of(session), "/edit"), planned(group=cast.group.public_id))
    assert (session.group_id, activities()[0].group_id) == (cast.group.id, cast.group.id)


def test_an_open_activity_keeps_the_content_that_its_sessions_read(cast, sign_in):
    session = open_to_all(cast, **{**STATED, "content": ""})
    client = sign_in(cast.secretary)
    assert client.submit(url_of(activity_of(session), "/edit"), planned(content="")).status_code == 422
    assert activities()[0].content == "清理步道"


def test_what_is_cancelled_or_logged_stays_as_it_is(cast, sign_in):
    gone: Activity = make_activity(cast.community, cancelled_at=now(), cancel_reason="下雨")
    logged = make_activity(cast.community, logged_at=now())
    for one in (gone, logged):
        assert sign_in(cast.secretary).submit(url_of(one, "/edit"), planned()).status_code == 422
