"""An activity is put into the plan."""

from __future__ import annotations

import pytest

from portal.core.audit import AuditEntry
from portal.core.database import db
from tests.harness.cases import either_engine
from tests.plans.rows import NEW, PLAN, activities, in_days, planned, refuses_all_but_writers

WRONG = [
    ({"kind": None}, "请选择活动类型"),
    ({"kind": "penalty"}, "请选择活动类型"),
    ({"title": "长" * 81}, "80"),
    ({"planned_on": ""}, "计划日期"),
    ({"planned_on": "明天"}, "2026-11-07"),
    ({"planned_on": "1999-05-01"}, "2000"),
    ({"place": "长" * 81}, "80"),
    ({"content": "长" * 2001}, "2000"),
    ({"group": "nowhere00000"}, ""),
    ({"in_charge": "nowhere00000"}, ""),
    ({"festival": "nothing"}, ""),
]


def test_an_activity_is_planned(cast, sign_in):
    client = sign_in(cast.secretary)
    people = {"in_charge": cast.leader.person.public_id, "group": cast.group.public_id}
    answer = client.submit(NEW, planned(festival="neighbours_day", **people))
    (one,) = activities()
    assert (answer.status_code, answer.location) == (303, f"{PLAN}/{one.public_id}")
    assert (one.kind, one.title, one.planned_on, one.festival) == (
        "service",
        "江边步道清洁",
        in_days(20),
        "neighbours_day",
    )
    assert (one.group_id, one.in_charge_id, one.created_by) == (
        cast.group.id,
        cast.leader.person_id,
        cast.secretary.person_id,
    )
    assert (one.opened_at, one.logged_at, one.cancelled_at) == (None, None, None)
    assert "计划中" in client.page(answer.location).text
    assert db.session.query(AuditEntry.action).filter_by(target_id=one.public_id).scalar() == "plans.plan"


def test_without_a_name_it_is_named_for_its_kind_and_day(cast, sign_in):
    sign_in(cast.secretary).submit(NEW, planned(title=""))
    assert activities()[0].title == f"{in_days(20).month}月{in_days(20).day}日服务日"


@either_engine
def test_the_address_fills_in_the_form(cast, sign_in):
    page = sign_in(cast.secretary).page(f"{NEW}?on=2027-03-05&festival=volunteer_service_day&kind=visit&title=走访")
    assert page.select_one("#planned_on")["value"] == "2027-03-05"
    assert page.select_one("#festival option[selected]")["value"] == "volunteer_service_day"
    assert page.select_one("#title")["value"] == "走访"
    assert page.select_one("input[name=kind][checked]")["value"] == "visit"
    assert activities() == []


@either_engine
def test_bad_input_is_named_and_nothing_is_lost(cast, sign_in):
    client = sign_in(cast.secretary)
    for wrong, message in WRONG:
        answer = client.submit(NEW, {**planned(), **wrong})
        assert (wrong, answer.status_code) == (wrong, 422)
        assert message in answer.text
        assert "清理步道和绿化带" in answer.text or "content" in wrong
    assert activities() == []


@either_engine
def test_who_may_plan(cast, sign_in, client):
    refuses_all_but_writers(cast, sign_in, client, NEW, planned(entry_key="k1"))
    assert activities() == []
    assert sign_in(cast.chair).force(NEW, planned(entry_key="k2")).status_code == 303


def test_sent_twice_it_is_one_activity(cast, sign_in):
    client = sign_in(cast.secretary)
    first, second = (client.submit(NEW, planned(entry_key="the same key")) for _ in range(2))
    assert (first.location, len(activities())) == (second.location, 1)


@either_engine
def test_a_key_that_somebody_else_used_is_refused(cast, sign_in):
    sign_in(cast.chair).submit(NEW, planned(entry_key="the same key"))
    assert sign_in(cast.secretary).submit(NEW, planned(entry_key="the same key")).status_code == 422
    assert len(activities()) == 1


def test_only_declared_fields_are_taken(cast, sign_in):
    forged = {
        "logged_at": "2026-01-01",
        "opened_at": "2026-01-01",
        "association_id": str(cast.village.id),
        "id": "99",
    }
    sign_in(cast.secretary).submit(NEW, planned(public_id="0" * 12, **forged))
    (one,) = activities()
    assert (one.logged_at, one.opened_at, one.association_id) == (None, None, cast.community.id)
    assert one.public_id != "0" * 12


def test_a_leader_plans_for_the_own_group(cast, sign_in):
    client = sign_in(cast.leader)
    options = [option["value"] for option in client.page(NEW).select("#group option")]
    assert options == [cast.group.public_id]
    assert client.submit(NEW, planned(group=cast.group.public_id)).status_code == 303
    assert activities()[0].group_id == cast.group.id


@pytest.mark.parametrize("group", ["other", ""])
def test_a_leader_does_not_plan_for_others(cast, sign_in, group):
    chosen = {"other": cast.other_group.public_id, "": ""}[group]
    assert sign_in(cast.leader).submit(NEW, planned(group=chosen)).status_code == 422
    assert activities() == []


def test_an_archived_association_plans_nothing(cast, sign_in):
    cast.community.archived_on = in_days(-5)
    assert sign_in(cast.secretary).force(NEW, planned(entry_key="k1")).status_code == 403
