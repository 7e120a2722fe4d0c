"""An entry of the log book made from a session of the plan: who came, their time, and the plan's own state."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.activities.models import ActivityLog
from portal.core.calendar import now
from portal.core.database import db
from portal.hours import queries as hours
from portal.hours import services
from portal.hours.models import HoursEntry
from portal.plans.models import Activity
from tests.activities.rows import NEW, SUMMARY, days_ago, entry, logs, who
from tests.harness.cases import each, either_engine
from tests.harness.service import make_activity, make_session, make_sign_up
from tests.hours.rows import revision, served, states


@pytest.fixture
def session(cast, app):
    """Held two days ago: one checked in and out, one checked in only, one had a place and did not come."""
    held = make_session(make_activity(cast.community, "江堤巡护"), now() - timedelta(days=2))
    came = {"in_at": held.starts_at, "in_origin": "scanned"}
    make_sign_up(held, who(cast.volunteer), "completed", **came, out_at=held.ends_at, out_origin="scanned")
    make_sign_up(held, who(cast.member), "arrived", **came)
    make_sign_up(held, who(cast.leader), "confirmed")
    make_sign_up(held, None, "arrived", guest_name="邻居", **came)
    services.record(
        cast.volunteer,
        served(who(cast.volunteer), None, association_id=held.association_id, session_id=held.id, minutes=110),
        origin="scanned",
    )
    db.session.commit()
    return held


def url(session):
    return f"{NEW}?session={session.public_id}"


def filled(client, session, **more):
    return client.submit(NEW, {"summary": SUMMARY, **more}, page=url(session))


def entries() -> dict[str, HoursEntry]:
    return {who(row).name: row for row in db.session.query(HoursEntry).filter(HoursEntry.voided_at.is_(None))}


@either_engine
def test_the_form_knows_what_the_plan_knows(cast, sign_in, session):
    page = sign_in(cast.secretary).page(url(session))
    ticked = {row["value"] for row in page.select("#chosen input[name=person]")}
    assert ticked == {who(cast.volunteer).public_id, who(cast.member).public_id}
    minutes = {row["name"]: row["value"] for row in page.select("#chosen input[inputmode]")}
    assert minutes == {
        f"minutes-{who(cast.volunteer).public_id}": "110",
        f"minutes-{who(cast.member).public_id}": "0",
    }
    values = {name: page.select_one(f"input[name={name}]")["value"] for name in ("title", "place", "others_count")}
    assert values == {"title": "江堤巡护", "place": "望江桥头", "others_count": "1"}


def test_saved_nothing_is_counted_twice(cast, sign_in, session):
    answer = filled(sign_in(cast.secretary), session)
    (log,) = logs()
    assert answer.status_code == 303
    assert (log.session_id, log.activity_id, log.is_complete) == (session.id, session.activity_id, True)
    assert {name: states(row) for name, row in entries().items()} == {"陈晓明": [(110, "pending")]}
    assert revision(entries()["陈晓明"]).recorded_by_id == cast.volunteer.person_id
    assert db.session.get(Activity, session.activity_id).logged_at is not None


def test_minutes_that_are_added_or_changed_wait(cast, sign_in, session):
    member, volunteer = who(cast.member).public_id, who(cast.volunteer).public_id
    filled(sign_in(cast.secretary), session, **{f"minutes-{member}": "60", f"minutes-{volunteer}": "120"})
    found = {name: states(row) for name, row in entries().items()}
    assert found == {"陈晓明": [(110, "superseded"), (120, "pending")], "王秀英": [(60, "pending")]}
    assert entries()["王秀英"].starts_at == session.starts_at
    assert {name: row.in_charge for name, row in entries().items()} == {"陈晓明": "", "王秀英": "黄淑兰"}, "order 67"


def test_a_session_is_logged_once(cast, sign_in, session):
    client = sign_in(cast.secretary)
    filled(client, session)
    assert client.get(url(session)).location.endswith(f"/activities/{logs()[0].public_id}")
    answer = client.force(NEW, entry(kind="service", entry_key="another-key-000", session=session.public_id))
    assert answer.status_code == 422
    assert len(logs()) == 1


def test_struck_out_a_check_in_stays_and_what_was_typed_goes(cast, sign_in, session):
    client, (member, leader) = sign_in(cast.secretary), (who(one).public_id for one in (cast.member, cast.leader))
    volunteers = {"listed": [member, leader], "volunteer": [member, leader], f"minutes-{member}": "60"}
    filled(client, session, person=[who(cast.volunteer).public_id, member, leader], **volunteers)
    assert set(entries()) == {"陈晓明", "王秀英", "吴桂芳"}
    base = f"/office/wangjiang/activities/{logs()[0].public_id}"
    client.submit(f"{base}/strike-out", {"reason": "记错了"})
    assert set(entries()) == {"陈晓明", "王秀英"}, "both were checked in"
    assert db.session.get(Activity, session.activity_id).logged_at is None
    client.submit(f"{base}/restore", page=base)
    assert set(entries()) == {"陈晓明", "王秀英", "吴桂芳"}
    assert db.session.get(Activity, session.activity_id).logged_at is not None


@either_engine
def test_the_session_page_shows_the_entry(cast, sign_in, session):
    client, page = sign_in(cast.secretary), f"/office/wangjiang/sessions/{session.public_id}"
    assert url(session) in client.get(page).text
    filled(client, session)
    assert f"/activities/{logs()[0].public_id}" in client.get(page).text


@either_engine
@each("role", ["sibling", "member", "stranger"])
def test_not_theirs(cast, sign_in, session, role):
    assert sign_in(getattr(cast, role)).get(url(session)).status_code in (403, 404)


@either_engine
def test_another_associations_session_is_not_there(cast, sign_in, session):
    client = sign_in(cast.sibling)
    assert client.get(f"/office/tingyu/activities/new?session={session.public_id}").status_code == 404


@either_engine
@pytest.mark.parametrize(
    "values",
    [
        {"cancelled_at": now(), "cancel_reason": "下雨"},
        {"starts_at": now() + timedelta(days=1), "ends_at": now() + timedelta(days=2)},
    ],
)
def test_what_was_not_held_is_not_logged(cast, sign_in, session, values):
    for name, value in values.items():
        setattr(session, name, value)
    db.session.commit()
    assert sign_in(cast.secretary).get(url(session)).status_code == 404


def test_an_activity_without_sessions_is_logged_too(cast, sign_in, app):
    activity = make_activity(cast.community, "健步走", planned_on=days_ago(2))
    db.session.commit()
    client = sign_in(cast.secretary)
    client.submit(
        NEW,
        {"summary": SUMMARY, "place": "湖滨", "length": "120", "others_count": "20"},
        page=f"{NEW}?activity={activity.public_id}",
    )
    (log,) = logs()
    assert (log.title, log.activity_id, log.session_id) == ("健步走", activity.id, None)
    assert db.session.get(Activity, activity.id).logged_at is not None


def test_hours_follow_the_log_book(cast, sign_in):
    """Minutes recorded, changed, taken out, struck out, restored: hours do the same."""
    client, volunteer = sign_in(cast.secretary), who(cast.volunteer).public_id
    client.submit(NEW, entry(person=[volunteer]))
    (log,) = logs()
    base = f"/office/wangjiang/activities/{log.public_id}"
    assert states(entries()["陈晓明"]) == [(120, "pending")]
    services.approve(cast.chair, revision(entries()["陈晓明"]))
    db.session.commit()
    client.submit(f"{base}/edit", {f"minutes-{volunteer}": "90", "reason": "提前离开"})
    assert states(entries()["陈晓明"]) == [(120, "approved"), (90, "pending")]
    client.submit(f"{base}/edit", {"title": "改名", "reason": "名称写错"})
    assert (states(entries()["陈晓明"])[-1], entries()["陈晓明"].title) == ((90, "pending"), "改名")
    client.submit(f"{base}/strike-out", {"reason": "重复登记"})
    assert (entries(), hours.approved_minutes(cast.volunteer.person_id)) == ({}, 0)
    assert client.submit(f"{base}/edit", {"title": "再改", "reason": "改"}).status_code == 422
    client.submit(f"{base}/restore", page=base)
    assert hours.approved_minutes(cast.volunteer.person_id) == 120
    client.submit(f"{base}/edit", {"person": [], "reason": "不在场"})
    assert (entries(), hours.approved_minutes(cast.volunteer.person_id)) == ({}, 0)


def test_in_a_training_others_have_studied(cast, sign_in):
    people = [who(cast.volunteer).public_id, who(cast.member).public_id]
    sign_in(cast.secretary).submit(NEW, entry(kind="training", person=people))
    assert {name: row.category for name, row in entries().items()} == {"陈晓明": "service", "王秀英": "study"}
    assert db.session.query(ActivityLog).one().is_complete


def test_time_spent_learning_stays_what_the_check_in_showed(cast, sign_in):
    """The form as it is offered makes no service of it, and no more minutes."""
    held = make_session(make_activity(cast.community, "手机课", kind="training"), now() - timedelta(days=2))
    left = held.starts_at + timedelta(minutes=59)
    for account, minutes in ((cast.volunteer, 59), (cast.member, 0)):
        out = {"out_at": left, "out_origin": "scanned"} if minutes else {}
        make_sign_up(
            held,
            who(account),
            "completed" if minutes else "arrived",
            in_at=held.starts_at,
            in_origin="scanned",
            **out,
        )
    learnt = {"association_id": held.association_id, "session_id": held.id, "minutes": 59, "category": "study"}
    entry = services.record(cast.volunteer, served(who(cast.volunteer), None, **learnt), origin="scanned")
    db.session.commit()
    services.approve(cast.chair, revision(entry))
    db.session.commit()
    assert filled(sign_in(cast.secretary), held).status_code == 303
    found = entries()
    assert (found[who(cast.volunteer).name].category, states(found[who(cast.volunteer).name])) == (
        "study",
        [(59, "approved")],
    )
    assert found[who(cast.member).name].category == "study"


def test_once_the_rest_is_called_off_the_activity_is_logged(cast, sign_in):
    course = make_activity(cast.community, "三次课")
    held, *rest = [make_session(course, now() + timedelta(days=day)) for day in (-2, 5, 9)]
    there = {"in_at": held.starts_at, "in_origin": "leader", "out_at": held.ends_at, "out_origin": "leader"}
    make_sign_up(held, who(cast.volunteer), "completed", **there)
    client = sign_in(cast.secretary)
    assert filled(client, held).status_code == 303
    assert db.session.get_one(Activity, course.id).logged_at is None
    for one in rest:
        assert (
            client.submit(f"/office/wangjiang/sessions/{one.public_id}/cancel", {"reason": "没人报名"}).status_code
            == 303
        )
    assert db.session.get_one(Activity, course.id).logged_at is not None
