"""Logging an activity: the main job of the portal."""

from __future__ import annotations

from datetime import date

import pytest

from portal.activities.models import ActivityLog, ActivityParticipant
from portal.core.audit import AuditEntry
from portal.core.calendar import today
from portal.core.database import db
from portal.offices.rights import Position
from portal.people.models import AffiliationKind
from tests.activities.rows import NEW, SUMMARY, days_ago, entry, logs, upload, who
from tests.harness.cases import each, either_engine
from tests.harness.factory import affiliate, appoint, make_account, make_person

WRONG = [
    ({"kind": None}, "请选择活动类型"),
    ({"kind": "penalty"}, "请选择活动类型"),
    ({"kind": "penalty", "title": ""}, "请选择活动类型"),
    ({"title": "长" * 81}, "80"),
    ({"held_on": ""}, "请填写活动日期"),
    ({"held_on": "昨天"}, "2026-11-07"),
    ({"held_on": days_ago(-1).isoformat()}, "活动日期不能晚于今天"),
    ({"held_on": days_ago(3 * 366).isoformat()}, "三年前"),
    ({"place": "长" * 81}, "80"),
    ({"minutes": "many", "length": None}, "整数"),
    ({"minutes": "1441", "length": None}, "24 小时"),
    ({"minutes": "75"}, "时长请选一个或填一个"),
    ({"length": "9999"}, "24 小时"),
    ({"group": "nowhere00000"}, ""),
    ({"others_count": "-1"}, "整数"),
    ({"others_count": "999999"}, "数字太大"),
    ({"material_name": ["横幅"], "material_count": ["三"]}, "横幅"),
    ({"material_name": ["横幅"], "material_count": ["0"]}, "物品"),
    ({"material_name": [""], "material_count": ["3"]}, "物品"),
    ({"summary": "长" * 2001}, "2000"),
]


def participants() -> dict[str, tuple[bool, int]]:
    rows = db.session.query(ActivityParticipant)
    return {who(row).name: (row.is_volunteer, row.minutes) for row in rows}


def messages(page):
    return [line.get_text(strip=True) for line in page.select(".summary li")]


def parsed(answer):
    from bs4 import BeautifulSoup

    return BeautifulSoup(answer.text, "html.parser")


def test_an_activity_is_logged(cast, sign_in):
    client = sign_in(cast.secretary)
    people = [who(cast.member).public_id, who(cast.volunteer).public_id]
    filled = entry(person=people, material_name=["宣传单", ""], material_count=["200", ""])
    answer = client.submit(NEW, filled)
    (log,) = logs()
    assert (answer.status_code, answer.location) == (303, f"/office/wangjiang/activities/{log.public_id}/saved")
    kept = (log.kind, log.title, log.held_on, log.place, log.minutes, log.others_count, log.summary)
    assert kept == ("safety", "江边步道清洁", days_ago(1), "江边步道", 120, 5, SUMMARY)
    assert (log.is_complete, log.is_public, log.revision) == (True, True, 1)
    assert (log.association_id, log.recorded_by) == (cast.community.id, cast.secretary.person_id)
    assert participants() == {"王秀英": (False, 0), "陈晓明": (True, 120)}
    entry_page = client.page(f"/office/wangjiang/activities/{log.public_id}")
    assert "宣传单 × 200" in entry_page.text
    saved = client.page(answer.location)
    assert log.reference in saved.text
    assert db.session.query(AuditEntry.action).filter_by(target_id=log.public_id).scalar() == "activities.log"


def test_listed_people_are_taken_as_they_are_marked(cast, sign_in):
    member, volunteer = who(cast.member).public_id, who(cast.volunteer).public_id
    rows = {"listed": [member, volunteer], "volunteer": [member], f"minutes-{member}": "９０"}
    sign_in(cast.secretary).submit(NEW, entry(person=[member, volunteer], **rows))
    assert participants() == {"王秀英": (True, 90), "陈晓明": (False, 0)}


def test_without_a_name_it_is_named_for_its_kind_and_date(cast, sign_in):
    sign_in(cast.secretary).submit(NEW, entry(title="", held_on=today().isoformat()))
    assert logs()[0].title == f"{today().month}月{today().day}日安全与清洁"


def test_a_length_of_its_own(cast, sign_in):
    sign_in(cast.secretary).submit(NEW, entry(length=None, minutes="75"))
    assert logs()[0].minutes == 75


@each("missing", [{"place": ""}, {"length": None}, {"others_count": ""}, {"summary": "扫了地。"}])
def test_what_is_missing_makes_it_incomplete(cast, sign_in, missing):
    client = sign_in(cast.secretary)
    answer = client.submit(NEW, entry(**missing))
    assert not logs()[0].is_complete
    assert "还缺" in client.page(answer.location).text


@either_engine
def test_bad_input_is_named_and_nothing_is_lost(cast, sign_in):
    client, member = sign_in(cast.secretary), who(cast.member).public_id
    form = client.form(NEW)
    for wrong, message in WRONG:
        filled = {**entry(material_name=["宣传单"], material_count=["200"], person=[member]), **wrong}
        answer = client.send(NEW, form | filled)
        page = parsed(answer)
        said = messages(page)
        assert (wrong, answer.status_code) == (wrong, 422)
        assert any(message in line for line in said), (wrong, said)
        kept = [page.find(attrs={"name": name})["value"] for name in ("place", "title", "material_name")]
        assert kept == [filled["place"], filled["title"], filled["material_name"][0]]
        assert page.find("input", {"name": "person", "value": member}).has_attr("checked")
    assert logs() == []


def test_minutes_of_a_person_must_be_a_number(cast, sign_in):
    member = who(cast.member).public_id
    rows = {"person": [member], "listed": [member], "volunteer": [member]}
    for minutes in ("long", "1441"):
        answer = sign_in(cast.secretary).submit(NEW, entry(**rows, **{f"minutes-{member}": minutes}))
        assert answer.status_code == 422
        assert parsed(answer).find("input", {"name": f"minutes-{member}"})["value"] == minutes
    assert logs() == []


@either_engine
def test_a_date_three_years_ago_to_the_day_is_refused(cast, sign_in):
    day = today()
    before = date(day.year - 3, day.month, min(day.day, 28))
    assert sign_in(cast.secretary).submit(NEW, entry(held_on=before.isoformat())).status_code == 422


@either_engine
def test_who_may_log(cast, sign_in):
    expected = {"treasurer": 403, "publisher": 403, "administrator": 403, "sibling": 404, "member": 404}
    expected |= {"volunteer": 404, "stranger": 404, "ended": 404, "chair": 303}
    for number, (name, status) in enumerate(expected.items()):
        client = sign_in(getattr(cast, name))
        assert (name, client.get(NEW).status_code) == (name, 200 if status == 303 else status)
        assert (name, client.force(NEW, entry(entry_key=f"k{number}")).status_code) == (name, status)
    assert len(logs()) == 1


@either_engine
def test_not_signed_in(cast, client):
    answer = client.force(NEW, entry(entry_key="k1"))
    assert (answer.status_code, answer.location.split("?")[0]) == (303, "/sign-in")
    assert logs() == []


def test_without_a_token_nothing_is_logged(cast, sign_in):
    assert sign_in(cast.secretary).post(NEW, data=entry(entry_key="k1")).status_code == 400
    assert logs() == []


@either_engine
def test_opening_the_form_writes_nothing(cast, sign_in):
    sign_in(cast.secretary).page(NEW + "?kind=safety&title=x")
    assert logs() == []


def test_an_archived_association_takes_no_entry(cast, sign_in):
    cast.community.archived_on = days_ago(10)
    client = sign_in(cast.secretary)
    assert client.force(NEW, entry(entry_key="k1")).status_code == 403
    assert client.get("/office/wangjiang/activities").status_code == 200


def test_sent_twice_it_is_one_entry_and_one_answer(cast, sign_in):
    client = sign_in(cast.secretary)
    filled = entry(entry_key="the same key")
    first, second = client.submit(NEW, filled), client.submit(NEW, filled)
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert len(logs()) == 1


def test_a_form_that_was_changed_after_saving_is_no_repetition(cast, sign_in):
    """Somebody goes back to the saved form and logs the next activity in it: nothing is dropped in silence."""
    client = sign_in(cast.secretary)
    client.submit(NEW, entry(entry_key="the same key"))
    changed = entry(title="第二次", entry_key="the same key")
    answer = client.submit(NEW, changed)
    page = parsed(answer)
    assert (answer.status_code, len(logs())) == (422, 1)
    assert page.find("input", {"name": "title"})["value"] == "第二次"
    fresh = page.find("input", {"name": "entry_key"})["value"]
    assert client.submit(NEW, {**changed, "entry_key": fresh}).status_code == 303
    assert [log.title for log in logs()] == ["江边步道清洁", "第二次"]


@either_engine
def test_a_key_that_somebody_else_used_is_refused(cast, sign_in):
    sign_in(cast.chair).submit(NEW, entry(entry_key="the same key"))
    answer = sign_in(cast.secretary).submit(NEW, entry(entry_key="the same key"))
    assert answer.status_code == 422
    assert len(logs()) == 1


def test_only_declared_fields_are_taken(cast, sign_in):
    forged = {"is_complete": "1", "revision": "7", "recorded_by": "1", "association_id": str(cast.village.id)}
    sign_in(cast.secretary).submit(NEW, entry(summary="", public_id="0" * 12, id="99", **forged))
    (log,) = logs()
    assert (log.is_complete, log.revision, log.association_id) == (False, 1, cast.community.id)
    assert log.recorded_by == cast.secretary.person_id
    assert log.public_id != "0" * 12


@either_engine
def test_somebody_of_another_association_cannot_be_logged(cast, sign_in):
    answer = sign_in(cast.secretary).submit(NEW, entry(person=[who(cast.stranger).public_id]))
    assert answer.status_code == 422
    assert "何远山" not in answer.text
    assert participants() == {}


def test_a_leader_logs_for_the_own_group_and_its_people(cast, sign_in):
    client = sign_in(cast.leader)
    page = client.page(NEW)
    assert [option["value"] for option in page.select("#group option")] == [cast.group.public_id]
    assert "王秀英" in page.select_one("#offered").text
    answer = client.submit(NEW, entry(group=cast.group.public_id, person=[who(cast.member).public_id]))
    assert answer.status_code == 303
    assert (logs()[0].group_id, participants()) == (cast.group.id, {"王秀英": (False, 0)})


@either_engine
@pytest.mark.parametrize("group", ["other", ""])
def test_a_leader_cannot_log_for_others(cast, sign_in, group):
    chosen = {"other": cast.other_group.public_id, "": ""}[group]
    assert sign_in(cast.leader).submit(NEW, entry(group=chosen)).status_code == 422
    assert logs() == []


@either_engine
def test_a_leader_cannot_log_people_of_another_group(cast, sign_in):
    other = make_person("外组人")
    affiliate(other, cast.community, group_id=cast.other_group.id)
    filled = entry(group=cast.group.public_id, person=[other.public_id])
    answer = sign_in(cast.leader).submit(NEW, filled)
    assert answer.status_code == 422
    assert "外组人" not in answer.text
    assert logs() == []


def test_a_leader_of_two_groups_chooses(cast, sign_in):
    leader = make_person("两组长")
    for group in (cast.group, cast.other_group):
        extra = {"group_id": group.id}
        held = appoint(leader, cast.community, Position.GROUP_LEADER, **extra) if group is cast.group else None
        if held is None:
            from portal.offices.models import Appointment

            values = {"person_id": leader.id, "association_id": cast.community.id, "start_on": days_ago(100)}
            db.session.add(Appointment(**values, position=Position.GROUP_LEADER, **extra))
    client = sign_in(make_account(leader))
    assert len(client.page(NEW).select("#group option")) == 2
    assert client.submit(NEW, entry(group=cast.other_group.public_id)).status_code == 303


def test_full_width_digits_and_nul_do_no_harm(cast, sign_in):
    filled = entry(others_count="１２", material_name=["横幅\0"], material_count=["３"])
    assert sign_in(cast.secretary).submit(NEW, filled).status_code == 303
    assert logs()[0].others_count == 12


@either_engine
def test_the_form_costs_few_queries(cast, sign_in, query_count):
    client = sign_in(cast.secretary)
    with query_count() as few:
        client.page(NEW)
    for number in range(20):
        person = make_person(f"人{number}")
        affiliate(person, cast.community, AffiliationKind.VOLUNTEER)
    client.submit(NEW, entry(person=[who(cast.member).public_id], photos=upload()))
    with query_count() as many:
        client.page(NEW)
    assert len(few) <= 12
    assert len(many) <= 12


@either_engine
def test_logging_writes_nothing_of_a_refused_attempt(cast, sign_in):
    sign_in(cast.secretary).submit(NEW, entry(held_on=days_ago(-3).isoformat(), person=[who(cast.member).public_id]))
    assert db.session.query(ActivityLog).count() == 0
    assert participants() == {}
