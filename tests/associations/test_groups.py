"""Groups: listed with leaders and counts, added, renamed, ordered, ended only when nobody is in them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.associations import group_services, ties
from portal.associations.models import Group
from portal.core.audit import AuditEntry
from portal.core.calendar import today
from portal.core.errors import RuleError
from portal.offices.rights import Position
from portal.people.models import Affiliation
from tests.harness.cases import either_engine
from tests.harness.factory import affiliate, appoint, make_group, make_person, yesterday

URL = "/office/wangjiang/groups"


def live(db_session) -> list[str]:
    return list(db_session.scalars(select(Group.name).where(Group.ended_on.is_(None)).order_by(Group.position)))


def actions(db_session) -> list[str]:
    return list(db_session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_listed_with_leader_and_people(cast, sign_in):
    leader = cast.leader.person.name
    page = sign_in(cast.secretary).page(URL)
    rows = [[cell.get_text(strip=True) for cell in row.select("th, td")[:4]] for row in page.select("tbody tr")]
    assert rows[0] == ["第一小组", "—", leader, "1"]
    assert rows[1][0] == "第二小组"
    assert rows[1][3] == "0"


@either_engine
def test_every_officer_may_look_and_only_some_may_change(cast, sign_in):
    for who in ("treasurer", "publisher", "leader"):
        page = sign_in(getattr(cast, who)).page(URL)
        assert page.select("main form") == []
        assert page.find("a", href=f"{URL}/add") is None
    assert sign_in(cast.chair).page(URL).find("a", href=f"{URL}/add")


# Adding and changing


def test_added_at_the_end(cast, sign_in, db_session):
    response = sign_in(cast.secretary).submit(f"{URL}/add", {"name": "第三小组", "area": "前巷"})
    assert response.status_code == 303
    assert live(db_session) == ["第一小组", "第二小组", "第三小组"]
    assert actions(db_session) == ["associations.create_group"]


def test_twice_the_same_name_is_refused(cast, sign_in, db_session):
    secretary = sign_in(cast.secretary)
    assert secretary.submit(f"{URL}/add", {"name": "第三小组"}).status_code == 303
    again = secretary.submit(f"{URL}/add", {"name": "第三小组", "area": "后巷"})
    assert again.status_code == 422
    assert "后巷" in again.text
    assert 'id="name-error"' in again.text
    assert live(db_session).count("第三小组") == 1


def test_the_name_of_an_ended_group_is_free(cast, sign_in, db_session):
    cast.other_group.ended_on = today()
    assert sign_in(cast.secretary).submit(f"{URL}/add", {"name": "第二小组"}).status_code == 303


@either_engine
def test_bad_input(cast, sign_in, db_session):
    secretary = sign_in(cast.secretary)
    for data in ({"name": ""}, {"name": "长" * 31}, {"name": "三组", "area": "长" * 121}):
        assert secretary.submit(f"{URL}/add", data).status_code == 422, data
    assert live(db_session) == ["第一小组", "第二小组"]


def test_only_grass_roots_have_groups(cast, sign_in, db_session):
    chair = sign_in(cast.chair)
    assert chair.submit("/office/liuan/groups/add", {"name": "一组"}).status_code == 422
    assert chair.page("/office/liuan/groups").select_one(".empty")
    assert live(db_session) == ["第一小组", "第二小组"]


def test_renamed(cast, sign_in, db_session):
    url = f"{URL}/{cast.group.public_id}"
    assert sign_in(cast.secretary).submit(url, {"name": "江边小组", "area": "1—4 号楼"}).status_code == 303
    assert live(db_session)[0] == "江边小组"
    entry = db_session.scalar(select(AuditEntry).where(AuditEntry.action == "associations.update_group"))
    assert entry.changes == {"name": ["第一小组", "江边小组"], "area": ["", "1—4 号楼"]}


def test_renamed_to_a_taken_name(cast, sign_in, db_session):
    url = f"{URL}/{cast.group.public_id}"
    assert sign_in(cast.secretary).submit(url, {"name": "第二小组"}).status_code == 422
    assert live(db_session)[0] == "第一小组"


# Order


def test_moved_down_and_up(cast, sign_in, db_session):
    secretary, url = sign_in(cast.secretary), f"{URL}/{cast.group.public_id}/order"
    assert secretary.submit(url, {"step": "down"}, page=URL).status_code == 303
    assert live(db_session) == ["第二小组", "第一小组"]
    assert secretary.submit(url, {"step": "down"}, page=URL).status_code == 303
    assert live(db_session) == ["第二小组", "第一小组"], "the last one stays"
    assert secretary.submit(url, {"step": "up"}, page=URL).status_code == 303
    assert live(db_session) == ["第一小组", "第二小组"]


def test_a_step_to_nowhere(cast, sign_in):
    secretary = sign_in(cast.secretary)
    for data in ({}, {"step": ""}, {"step": "sideways"}):
        assert secretary.force(f"{URL}/{cast.group.public_id}/order", data).status_code == 400


def test_order_answers_no_get(cast, sign_in):
    assert sign_in(cast.secretary).get(f"{URL}/{cast.group.public_id}/order").status_code == 405


# Ending


def test_ended_when_nobody_is_in_it(cast, sign_in, db_session):
    url = f"{URL}/{cast.other_group.public_id}/end"
    secretary = sign_in(cast.secretary)
    assert live(db_session) == ["第一小组", "第二小组"]
    assert secretary.page(url).select_one("form.confirm")
    assert live(db_session) == ["第一小组", "第二小组"], "a GET changes nothing"
    assert secretary.submit(url).status_code == 303
    assert live(db_session) == ["第一小组"]
    assert "第二小组" in secretary.get(URL).text, "it is kept among the ended ones"
    assert secretary.force(url).status_code == 404, "twice"


@either_engine
def test_refused_while_somebody_is_in_it(cast, sign_in, db_session):
    url = f"{URL}/{cast.group.public_id}/end"
    secretary = sign_in(cast.secretary)
    page = secretary.page(url)
    assert page.select_one(".notice")
    assert page.select_one("form.confirm") is None
    assert secretary.force(url).status_code == 422
    assert live(db_session) == ["第一小组", "第二小组"]


def test_what_stands_in_the_way_is_named_in_turn(cast, db_session):
    group = make_group(cast.community, "第三小组", position=2)
    held = appoint(make_person("孙三"), cast.community, Position.GROUP_LEADER, group_id=group.id)
    member = affiliate(make_person("李四"), cast.community, group_id=group.id)
    with pytest.raises(RuleError, match=r"任职|appointment"):
        group_services.end_group(None, cast.community, group)
    held.end_on = yesterday()
    db_session.flush()
    with pytest.raises(RuleError, match=r"1 人|person"):
        group_services.end_group(None, cast.community, group)
    member.end_on = yesterday()
    group_services.end_group(None, cast.community, group)
    assert group.ended_on == today()
    assert db_session.scalar(select(Affiliation.group_id).where(Affiliation.id == member.id)) == group.id


def test_control_without_the_ties_the_refusal_is_gone(cast, monkeypatch):
    class Nothing:
        def groups(self, association):
            return {}

    monkeypatch.setattr(ties, "_handed_over", [Nothing()])
    monkeypatch.setattr(ties, "_standing", [])
    group_services.end_group(None, cast.community, cast.group)
    assert cast.group.ended_on


def test_nobody_asked_nothing_ended(cast, monkeypatch):
    monkeypatch.setattr(ties, "_handed_over", [])
    with pytest.raises(RuntimeError):
        group_services.end_group(None, cast.community, cast.group)


# Who may

WRITES = [
    ("add", {"name": "三组"}),
    ("{group}", {"name": "改名"}),
    ("{group}/order", {"step": "up"}),
    ("{other}/end", {}),
]


NOBODY = {"treasurer": 403, "leader": 403, "sibling": 404, "member": 404, "stranger": 404, "ended": 404}


def writes(group, other) -> list[tuple[str, dict[str, str]]]:
    paths = {"group": group.public_id, "other": other.public_id}
    return [(f"{URL}/{path.format(**paths)}", data) for path, data in WRITES]


@either_engine
def test_who_may_not(cast, sign_in, client, db_session):
    acts, accounts = writes(cast.group, cast.other_group), cast.accounts()
    for who, status in NOBODY.items():
        signed_in = sign_in(accounts[who])
        assert [signed_in.force(url, data).status_code for url, data in acts] == [status] * 4, who
    assert [client.force(url, data).status_code for url, data in acts] == [303] * 4, "not signed in"
    assert live(db_session) == ["第一小组", "第二小组"]


@either_engine
def test_a_group_of_another_association(cast, sign_in, db_session):
    foreign = make_group(cast.sibling_community, "听雨一组")
    acts = writes(foreign, foreign)[1:]
    secretary = sign_in(cast.secretary)
    assert [secretary.force(url, data).status_code for url, data in acts] == [404] * 3
    assert foreign.ended_on is None


def test_archived_refuses(cast, sign_in, db_session):
    cast.community.archived_on = today()
    assert sign_in(cast.chair).force(f"{URL}/add", {"name": "三组"}).status_code == 403
    with pytest.raises(RuleError):
        group_services.create_group(None, cast.community, "三组")


@either_engine
def test_queries_do_not_grow(cast, sign_in, query_count):
    secretary = sign_in(cast.secretary)
    with query_count() as few:
        secretary.page(URL)
    for number in range(20):
        group = make_group(cast.community, f"组{number}", position=number + 2)
        appoint(make_person(f"组长{number}"), cast.community, Position.GROUP_LEADER, group_id=group.id)
    with query_count() as many:
        secretary.page(URL)
    assert len(many) == len(few) <= 12
