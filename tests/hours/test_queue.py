"""The queue of hours to approve: who sees what, what looks odd, and approving many."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import count

import pytest

from portal.core.calendar import at, now, today
from portal.core.database import db
from portal.core.formats import local
from portal.hours import queue, services
from portal.offices.models import Appointment
from portal.offices.rights import Position
from tests.activities.rows import days_ago, make_log, who
from tests.harness.cases import either_engine
from tests.harness.factory import appoint, make_account, make_person
from tests.harness.service import make_activity, make_session
from tests.harness.sheets import fetch
from tests.hours.rows import recorded, revision, served, states

URL = "/office/wangjiang/hours"


@pytest.fixture
def waiting(cast, app):
    return recorded(cast.secretary, who(cast.volunteer), cast.community)


def names(page):
    return [label.get_text(strip=True) for label in page.select("tbody label")]


def oddities(cast, entry):
    return queue.look_at(cast.chair, entry, cast.community).oddities


def test_the_queue_shows_what_waits(cast, sign_in, waiting):
    page = sign_in(cast.chair).page(URL)
    assert names(page) == ["陈晓明"]
    assert page.select_one(f"input[name=pick][value='{revision(waiting).public_id}']")


def test_several_are_approved_at_once(cast, sign_in, waiting):
    other = recorded(cast.secretary, who(cast.member), cast.community)
    chair, picked = sign_in(cast.chair), [revision(one).public_id for one in (waiting, other)]
    answer = chair.submit(URL + "/approve", {"pick": picked}, page=URL)
    assert (answer.status_code, answer.location) == (303, URL)
    assert states(waiting) == states(other) == [(120, "approved")]
    assert chair.force(URL + "/approve", {"pick": picked}).status_code == 303
    assert states(waiting) == [(120, "approved")]


def test_all_that_has_nothing_to_note(cast, sign_in, waiting):
    other, long = (recorded(cast.secretary, who(one), cast.community) for one in (cast.member, cast.leader))
    services.correct(cast.secretary, long, 500, "值守一整天")
    db.session.commit()
    sign_in(cast.chair).submit(URL + "/approve", {"all": "yes"}, page=URL)
    assert states(waiting) == states(other) == [(120, "approved")]
    assert states(long)[-1] == (500, "pending")


def test_what_looks_odd_is_on_top_and_opened_first(cast, sign_in, waiting):
    odd = recorded(cast.secretary, who(cast.member), cast.community, minutes=500)
    chair = sign_in(cast.chair)
    page = chair.page(URL)
    assert names(page) == ["王秀英", "陈晓明"]
    assert "一天共" in page.get_text()
    chair.force(URL + "/approve", {"pick": [revision(odd).public_id]})
    assert states(odd) == [(500, "pending")]
    assert names(chair.page(f"{URL}?odd=y")) == ["王秀英"]
    chair.submit(f"{URL}/{odd.public_id}/approve", page=f"{URL}/{odd.public_id}")
    assert states(odd) == [(500, "approved")]


def test_the_recorders_own_cannot_be_ticked(cast, sign_in, waiting):
    secretary = sign_in(cast.secretary)
    page = secretary.page(URL)
    assert page.select_one("tbody input[disabled]")
    assert not page.select("tbody input[name=pick]")
    secretary.force(URL + "/approve", {"pick": [revision(waiting).public_id]})
    secretary.force(URL + "/approve", {"all": "yes", "shown": [revision(waiting).public_id]})
    assert states(waiting) == [(120, "pending")]


def test_more_than_eight_hours_on_one_day(cast, app, waiting):
    assert oddities(cast, waiting) == []
    second = recorded(cast.secretary, who(cast.volunteer), cast.community, minutes=400, title="值守")
    assert len(oddities(cast, waiting)) == len(oddities(cast, second)) == 1
    services.void(cast.secretary, second, "未到场")
    assert oddities(cast, waiting) == []


def test_two_at_the_same_time(cast, app):
    start = now() - timedelta(days=2)
    pair = []
    for number, first in enumerate((start, start + timedelta(hours=1), start + timedelta(hours=3))):
        session = make_session(make_activity(cast.community, f"活动{number}"), first)
        times = {"starts_at": session.starts_at, "ends_at": session.ends_at, "held_on": days_ago(2), "minutes": 60}
        one = served(who(cast.volunteer), None, association_id=cast.community.id, session_id=session.id, **times)
        pair.append(services.record(cast.secretary, one, origin="entered"))
    found = [oddities(cast, one) for one in pair]
    assert [len(one) for one in found] == [1, 1, 0], "back to back is no clash"


def test_at_the_same_time_in_the_night_between_two_days(cast, app):
    """From ten in the evening to four, and from two the next morning."""
    late = datetime.combine(days_ago(2), time(14), UTC)  # ten in the evening there
    pair = []
    for start, day in ((late, days_ago(2)), (late + timedelta(hours=4), days_ago(1))):
        session = make_session(make_activity(cast.community, "巡夜"), start)
        times = {"starts_at": start, "ends_at": start + timedelta(hours=6), "held_on": day, "minutes": 60}
        one = served(who(cast.volunteer), None, association_id=cast.community.id, session_id=session.id, **times)
        pair.append(services.record(cast.secretary, one, origin="entered"))
    assert [len(oddities(cast, one)) for one in pair] == [1, 1]
    services.void(cast.secretary, pair[0], "未到场")
    assert oddities(cast, pair[1]) == []


def test_what_may_be_the_same_time_twice(cast, app, waiting):
    """An entry of the log book has no hours: beside a session, or another of its title, somebody looks first."""
    session = make_session(make_activity(cast.community, "清洁日"), now() - timedelta(days=1))
    times = {"starts_at": session.starts_at, "ends_at": session.ends_at, "session_id": session.id}
    one = served(who(cast.volunteer), None, association_id=cast.community.id, **times)
    scanned = services.record(cast.volunteer, one, origin="scanned")
    assert len(oddities(cast, scanned)) == len(oddities(cast, waiting)) == 1
    services.void(cast.secretary, scanned, "未到场")
    other = recorded(cast.secretary, who(cast.volunteer), cast.community, title="值守")
    assert oddities(cast, waiting) == oddities(cast, other) == []
    again = recorded(cast.secretary, who(cast.volunteer), cast.community)
    assert len(oddities(cast, waiting)) == len(oddities(cast, again)) == 1


def test_recorded_for_oneself(cast, app):
    assert oddities(cast, recorded(cast.secretary, who(cast.secretary), cast.community))
    log = make_log(cast.community)
    scanned = services.record(cast.volunteer, served(who(cast.volunteer), log), origin="scanned")
    assert oddities(cast, scanned) == []


def test_time_of_whoever_leads_there(cast, app):
    """By an office of that day and group that keeps the list, or by the plan; scanned by oneself, too."""
    days = count(1)

    def is_own(person, group_id=None, in_charge=None):
        start = now() - timedelta(days=next(days))
        activity = make_activity(cast.community, "清洁", in_charge_id=in_charge and in_charge.id)
        session = make_session(activity, start, group_id=group_id)
        facts = {"starts_at": start, "ends_at": session.ends_at, "held_on": local(start).date(), "group_id": group_id}
        one = served(person, None, association_id=cast.community.id, session_id=session.id, minutes=60, **facts)
        entry = services.record(None, one, origin="scanned")
        return len(queue.look_at(cast.chair, entry, cast.community).oddities)

    leader, secretary, volunteer, group = who(cast.leader), who(cast.secretary), who(cast.volunteer), cast.group.id
    assert [is_own(leader, group), is_own(leader), is_own(leader, cast.other_group.id)] == [1, 0, 0]
    assert [is_own(secretary), is_own(volunteer), is_own(who(cast.publisher))] == [1, 0, 0]
    assert [is_own(volunteer, in_charge=volunteer), is_own(volunteer, in_charge=leader)] == [1, 0]
    db.session.query(Appointment).filter_by(person_id=secretary.id).update({"end_on": days_ago(30)})
    assert is_own(secretary) == 0, "no longer in office on that day"


def test_more_than_the_hours_of_the_activity(cast, app):
    start = now() - timedelta(days=1)
    span = {"starts_at": start, "ends_at": start + timedelta(minutes=60)}
    for minutes, odd in ((60, 0), (61, 1)):
        entry = recorded(cast.secretary, make_person("赵平"), cast.community, minutes, **span)
        assert len(oddities(cast, entry)) == odd


def test_recorded_late(cast, app):
    log = make_log(cast.community, held_on=days_ago(20))
    late = services.record(cast.secretary, served(who(cast.volunteer), log, held_on=days_ago(20)), origin="entered")
    assert len(oddities(cast, late)) == 1


def test_many_in_one_go(cast, app, monkeypatch):
    monkeypatch.setattr(queue, "MANY", 2)
    log = make_log(cast.community)
    three = [served(make_person(f"志愿者{number}"), log) for number in range(3)]
    entries = services.record_all(cast.secretary, three, origin="entered")
    assert all("3" in oddities(cast, one)[0] for one in entries)
    services.approve(cast.chair, revision(entries[0]))
    assert oddities(cast, entries[1]), "also when some are approved already"
    moment, paper = now(), make_log(cast.community)
    for second in range(3):  # a paper list is written down line by line
        with at(moment + timedelta(seconds=second)):
            line = services.record(cast.secretary, served(make_person(f"纸上{second}"), paper), origin="entered")
    assert "3" in oddities(cast, line)[0]
    for minutes, number in ((0, 4), (30, 5), (60, 6)):
        with at(moment + timedelta(minutes=minutes)):
            single = services.record(cast.secretary, served(make_person(f"零散{number}"), log), origin="entered")
    assert oddities(cast, single) == []


def test_the_filters(cast, sign_in, waiting):
    recorded(cast.secretary, who(cast.member), cast.community, group_id=cast.group.id)
    chair = sign_in(cast.chair)
    assert names(chair.page(f"{URL}?group={cast.group.public_id}")) == ["王秀英"]
    assert names(chair.page(f"{URL}?origin=entered")) == ["陈晓明", "王秀英"]
    for asked in ("origin=scanned", "odd=y", "group=nowhere00000"):
        assert names(chair.page(f"{URL}?{asked}")) == []
    assert len(names(chair.page(f"{URL}?origin=x&page=99"))) == 2


def test_ticked_in_a_filtered_queue_that_is_longer_than_is_looked_at(cast, sign_in, waiting, monkeypatch):
    """Whatever was ticked on the page is approved, and the filter stays."""
    other = recorded(cast.secretary, who(cast.member), cast.community, group_id=cast.group.id)
    monkeypatch.setattr(queue, "MOST", 1)
    chair, page = sign_in(cast.chair), f"{URL}?group={cast.group.public_id}"
    answer = chair.submit(chair.page(page).select_one("form.stack, main form[method=post]")["action"],
                          {"pick": revision(other).public_id}, page=page)  # fmt: skip
    assert (answer.location, states(other), states(waiting)) == (page, [(120, "approved")], [(120, "pending")])


def test_as_a_file(cast, sign_in, waiting):
    rows = fetch(sign_in(cast.chair), f"{URL}/list")
    assert [row[:2] for row in rows] == [["陈晓明", "江边步道清洁"]]


@either_engine
def test_who_may_not(cast, client, sign_in, waiting):
    for role, status in (("treasurer", 403), ("leader", 403), ("sibling", 404), ("volunteer", 404)):
        reader = sign_in(getattr(cast, role))
        assert reader.get(URL).status_code == status
        assert reader.force(URL + "/approve", {"pick": [revision(waiting).public_id]}).status_code == status
    assert client.get(URL).status_code == 303
    assert client.force(URL + "/approve", {"pick": [revision(waiting).public_id]}).status_code == 303
    assert sign_in(cast.chair).get(URL + "/approve").status_code in (404, 405)
    assert states(waiting) == [(120, "pending")]


@either_engine
def test_not_through_another_association(cast, sign_in, waiting):
    sign_in(cast.sibling).force("/office/tingyu/hours/approve", {"pick": [revision(waiting).public_id]})
    assert states(waiting) == [(120, "pending")]


def test_nothing_ticked(cast, sign_in, waiting):
    assert sign_in(cast.chair).submit(URL + "/approve", {}, page=URL).status_code == 303
    assert states(waiting) == [(120, "pending")]


@either_engine
def test_queries(cast, sign_in, query_count, waiting):
    chair = sign_in(cast.chair)
    with query_count() as few:
        chair.get(URL)
    for number in range(15):
        recorded(cast.secretary, make_person(f"志愿者{number}"), cast.community)
    with query_count() as many:
        chair.get(URL)
    assert len(many) == len(few) <= 12


def test_the_work_list_has_it_with_its_clock(cast, sign_in):
    with at(now() - timedelta(days=3)):
        recorded(cast.secretary, who(cast.volunteer), cast.community)
    person = make_person("韩雪梅")
    coordinator = make_account(person)
    appoint(person, cast.community, Position.VOLUNTEER_COORDINATOR)
    db.session.commit()
    text = sign_in(coordinator).page("/office/wangjiang").get_text()
    assert "1 条服务时长待审核" in text or "hours to approve" in text
    assert "待审核" not in sign_in(cast.secretary).page("/office/wangjiang").get_text(), "it is the recorder's own"
    assert today()
