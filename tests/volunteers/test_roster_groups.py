"""Groups by skill: what each is there for, who leads it today, how many serve; volunteers moved between them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.core.audit import AuditEntry
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.people.models import AffiliationKind
from portal.people.queries import get_affiliation
from portal.volunteers import roster_services
from portal.volunteers.models import GroupSkill, Skill, Volunteer
from tests.harness.cases import either_engine
from tests.harness.factory import appoint, make_association, make_group, make_person, yesterday
from tests.harness.service import make_skill
from tests.volunteers.test_roster import LIST, STREET, join

GROUPS, MOVE = f"{LIST}/groups", f"{LIST}/move"


def skills_of(group) -> list[str]:
    held = select(Skill.name).join(GroupSkill, GroupSkill.skill_id == Skill.id).where(GroupSkill.group_id == group.id)
    return sorted(db.session.scalars(held))


def rows(page) -> dict[str, str]:
    return {row.th.get_text(): row.get_text(" ", strip=True) for row in page.select("tbody tr")}


# What a group is there for


def test_skills_leader_and_number(cast, sign_in):
    join("钟若兰", cast.community, group_id=cast.group.id)
    secretary, hair = sign_in(cast.secretary), make_skill(cast.community, "理发").public_id
    answer = secretary.submit(f"{GROUPS}/{cast.group.public_id}", {"skills": [hair]})
    assert answer.status_code == 303
    shown = rows(secretary.page(GROUPS))
    assert "理发" in shown["第一小组"]
    assert cast.leader.person.name in shown["第一小组"]
    assert cast.leader.person.phone_last4 in shown["第一小组"]
    assert cast.leader.person.phone not in shown["第一小组"]
    page = secretary.page(GROUPS)
    assert page.select_one(".notice.amber"), "the second group has no leader"
    first, second = page.select("tbody tr")
    assert first.select_one("td.r").get_text(strip=True).startswith("1")
    assert second.find("a", href="/office/wangjiang/appointments/grant")


@either_engine
def test_a_leader_whose_term_is_over_leads_no_more(cast, sign_in):
    held = appoint(make_person("任期满"), cast.community, "group_leader", group_id=cast.other_group.id)
    secretary = sign_in(cast.secretary)
    assert "任期满" in rows(secretary.page(GROUPS))["第二小组"]
    held.end_on = yesterday()
    assert "任期满" not in rows(secretary.page(GROUPS))["第二小组"]


def test_added_removed_and_twice(cast, sign_in):
    secretary, url = sign_in(cast.secretary), f"{GROUPS}/{cast.group.public_id}"
    hair, aid = (make_skill(cast.community, name).public_id for name in ("理发", "急救"))
    for _ in range(2):
        assert secretary.submit(url, {"skills": [hair, aid]}).status_code == 303
    assert skills_of(cast.group) == ["急救", "理发"]
    secretary.submit(url, {"skills": [aid]})
    assert skills_of(cast.group) == ["急救"]
    secretary.submit(url, {"skills": None})
    assert skills_of(cast.group) == []
    kept = select(AuditEntry.id).where(AuditEntry.action == "volunteers.set_group_skills")
    assert len(db.session.scalars(kept).all()) == 3


def test_what_the_list_has_ended_is_kept_and_not_taken_anew(cast, sign_in):
    skill = make_skill(cast.community, "补锅")
    db.session.add(GroupSkill(group_id=cast.group.id, skill_id=skill.id))
    skill.ended_on = today()
    secretary = sign_in(cast.secretary)
    assert secretary.submit(f"{GROUPS}/{cast.group.public_id}").status_code == 303
    assert skills_of(cast.group) == ["补锅"]
    answer = secretary.force(f"{GROUPS}/{cast.other_group.public_id}", {"skills": [skill.public_id]})
    assert answer.status_code == 422
    assert skills_of(cast.other_group) == []


@either_engine
def test_bad_input(cast, sign_in):
    elsewhere = make_skill(make_association("另一家联合会"), "外面的")
    secretary = sign_in(cast.secretary)
    for skills in (["nonsense"], [elsewhere.public_id]):
        assert secretary.force(f"{GROUPS}/{cast.group.public_id}", {"skills": skills}).status_code == 422
    with pytest.raises(RuleError):
        roster_services.set_group_skills(cast.secretary, cast.community, cast.group, [elsewhere])
    assert skills_of(cast.group) == []


@either_engine
def test_a_group_of_another_or_ended(cast, sign_in):
    theirs, hair = make_group(cast.sibling_community, "听雨一组"), make_skill(cast.community, "理发")
    ended = make_group(cast.community, "旧组", ended_on=today())
    secretary = sign_in(cast.secretary)
    for group in (theirs, ended):
        url = f"{GROUPS}/{group.public_id}"
        assert secretary.get(url).status_code == 404
        assert secretary.force(url, {"skills": [hair.public_id]}).status_code == 404
        with pytest.raises(RuleError):
            roster_services.set_group_skills(cast.secretary, cast.community, group, [hair])
    assert skills_of(theirs) == []


@either_engine
def test_who_may_write(cast, sign_in, client):
    url, hair = f"{GROUPS}/{cast.group.public_id}", make_skill(cast.community, "理发").public_id
    for role, status in (("leader", 403), ("treasurer", 403), ("publisher", 403), ("sibling", 404), ("member", 404)):
        visitor = sign_in(getattr(cast, role))
        assert visitor.get(url).status_code == status, role
        assert visitor.force(url, {"skills": [hair]}).status_code == status, role
    assert client.force(url, {"skills": [hair]}).status_code in (303, 401)
    assert skills_of(cast.group) == []


@either_engine
def test_a_leader_sees_the_own_group(cast, sign_in):
    page = sign_in(cast.leader).page(GROUPS)
    assert list(rows(page)) == ["第一小组"]
    assert not page.select("main a[href*=appointments], main td a[href*='volunteers/groups']")


@either_engine
def test_a_street_has_no_groups(cast, sign_in):
    assert sign_in(cast.chair).page(f"{STREET}/groups").select_one(".empty")


@either_engine
def test_few_questions_for_many_groups(cast, sign_in, query_count):
    for number in range(12):
        group = make_group(cast.community, f"技能组{number}")
        appoint(make_person(f"组长{number}"), cast.community, "group_leader", group_id=group.id)
    secretary = sign_in(cast.secretary)
    secretary.get(GROUPS)
    with query_count() as queries:
        assert secretary.get(GROUPS).status_code == 200
    assert len(queries) <= 12


# Moving many


@pytest.fixture
def three(cast):
    """Two who can move, one of the sibling."""
    found = join("钟若兰", cast.community), join("钟若梅", cast.community, group_id=cast.group.id)
    return *found, join("钟山", cast.sibling_community)


def again(volunteer) -> Volunteer:
    return db.session.scalars(select(Volunteer).where(Volunteer.public_id == volunteer.public_id)).one()


def moving(*volunteers, to="") -> str:
    return f"{MOVE}?" + "&".join([*(f"chosen={one.public_id}" for one in volunteers), f"to={to}"])


def test_summary_then_move(cast, sign_in, three):
    first, second, _theirs = three
    secretary, url = sign_in(cast.secretary), moving(first, second, to=cast.group.public_id)
    assert [figure.get_text() for figure in secretary.page(url).select(".figures .num")] == ["1", "1"]
    assert again(first).group_id is None, "a summary changes nothing"
    answer = secretary.submit(url, page=url)
    assert answer.status_code == 303
    assert again(first).group_id == cast.group.id
    held = get_affiliation(again(first).person_id, cast.community.id, AffiliationKind.VOLUNTEER)
    assert held.group_id == cast.group.id, "the leader of the group sees the person from now on"
    secretary.force(url)
    kept = select(AuditEntry.id).where(AuditEntry.action == "volunteers.change_group")
    assert len(db.session.scalars(kept).all()) == 1, "twice moves once"


def test_out_of_the_group(cast, sign_in, three):
    sign_in(cast.secretary).force(moving(three[1], to="none"))
    assert again(three[1]).group_id is None


@either_engine
def test_one_of_another_association_stays(cast, sign_in, three):
    secretary, url = sign_in(cast.secretary), moving(three[2], to=cast.group.public_id)
    assert secretary.force(url).status_code == 303
    assert again(three[2]).group_id is None
    street = sign_in(cast.chair)
    page = street.page(f"{STREET}/move?place=wangjiang&chosen={three[2].public_id}&to={cast.group.public_id}", 303)
    assert not page.select("table")
    both = f"{STREET}/move?place=wangjiang&chosen={three[0].public_id}&to={cast.group.public_id}"
    assert street.force(both).status_code == 303
    assert again(three[0]).group_id == cast.group.id, "from above, by naming the place"


def test_no_group_or_a_foreign_one(cast, sign_in, three):
    theirs = make_group(cast.sibling_community, "听雨一组")
    for to in ("", "nonsense", theirs.public_id):
        assert sign_in(cast.secretary).force(moving(three[0], to=to)).status_code == 400
    assert again(three[0]).group_id is None


@either_engine
def test_nobody_ticked_leads_back(cast, sign_in):
    answer = sign_in(cast.secretary).get(f"{MOVE}?q=钟")
    assert answer.status_code == 303
    assert "/office/wangjiang/volunteers?q=" in answer.location


@either_engine
def test_who_may_move(cast, sign_in, client, three):
    url = moving(three[0], to=cast.group.public_id)
    for role, status in (("leader", 403), ("treasurer", 403), ("sibling", 404), ("member", 404)):
        visitor = sign_in(getattr(cast, role))
        assert visitor.get(url).status_code == status, role
        assert visitor.force(url).status_code == status, role
    assert client.get(url).status_code == 303
    assert again(three[0]).group_id is None
    assert sign_in(cast.secretary).get(url).status_code == 200
    assert again(three[0]).group_id is None, "looking moves nobody"
