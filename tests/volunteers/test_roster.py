"""The roster: who may see whom, found by name, skill, time, place and term; the same as a file."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.core.calendar import today
from portal.core.database import db
from portal.volunteers import services
from portal.volunteers.models import VolunteerTime
from portal.volunteers.roster_words import Times
from tests.harness.cases import each, either_engine
from tests.harness.factory import appoint, make_account, make_group, make_person, yesterday
from tests.harness.service import make_skill, make_volunteer

LIST = "/office/wangjiang/volunteers"
STREET = "/office/liuan/volunteers"
INTERESTS = ("敬老助老",)


def join(name, place, *skills, times=(), phone=None, **values):
    person = make_person(name, **({"phone": phone} if phone else {}))
    kinds = {True: "interest", False: "skill"}
    abilities = [make_skill(place, name, kind=kinds[name in INTERESTS]) for name in skills]
    volunteer = make_volunteer(person, place, abilities, **values)
    db.session.add_all(VolunteerTime(volunteer_id=volunteer.id, weekday=day, part=part) for day, part in times)
    db.session.flush()
    return volunteer


@pytest.fixture
def four(cast):
    """Beside 陈晓明 of the cast: one in group one, one in group two, one of the sibling, one who left."""
    here = cast.community
    join("钟若兰", here, "理发", times=[(5, "morning")], group_id=cast.group.id, phone="13900001234")
    term = today() + timedelta(days=20)
    join("钟若梅", here, "急救", "敬老助老", times=[(1, "evening")], group_id=cast.other_group.id, term_end_on=term)
    join("钟山", cast.sibling_community, "理发")
    join("李远", here, "理发", ended_on=yesterday(), end_reason="own_wish")
    db.session.commit()


def names(page) -> list[str]:
    return [row.select_one("b").get_text() for row in page.select("#found tbody tr")]


def test_of_the_association_by_name(cast, sign_in, four):
    page = sign_in(cast.secretary).page(LIST)
    assert names(page) == ["陈晓明", "钟若兰", "钟若梅"]
    cells = [cell.get_text(" ", strip=True) for cell in page.select("#found tbody tr")[1].select("td")]
    assert "第一小组" in cells
    assert "理发" in cells
    assert "*******1234" in cells
    assert "3" in page.select_one(".count").get_text()


def test_of_the_tree_for_the_street(cast, sign_in, four):
    assert names(sign_in(cast.chair).page(STREET)) == ["陈晓明", "钟若兰", "钟若梅", "钟山"]
    assert names(sign_in(cast.chair).page(f"{STREET}?place=tingyu")) == ["钟山"]
    assert sign_in(cast.chair).get(f"{STREET}?place=shangshi").status_code == 404


def test_a_leader_sees_the_own_group_only(cast, sign_in, four):
    leader = sign_in(cast.leader)
    assert names(leader.page(LIST)) == ["钟若兰"]
    for asked in (f"group={cast.other_group.public_id}", "q=钟若梅", "skill=&state=all&q=李", "group=none"):
        assert not {"钟若梅", "李远"} & set(names(leader.page(f"{LIST}?{asked}"))), asked
    assert "钟若梅" not in leader.get(f"{LIST}/list.csv").text


def test_when_the_appointment_ends_the_leader_sees_and_writes_nothing(cast, sign_in, four):
    """The control: the same leader, in office, is let in."""
    person = make_person("任期满")
    held = appoint(person, cast.community, "group_leader", group_id=cast.group.id)
    account = make_account(person)
    db.session.commit()
    former = sign_in(account)
    assert names(former.page(LIST)) == ["钟若兰"]
    held.end_on = yesterday()
    for url in (LIST, f"{LIST}/list.csv", f"{LIST}/groups", f"{LIST}/move"):
        assert former.get(url).status_code == 404, url
    assert former.force(f"{LIST}/groups/{cast.group.public_id}", {"skills": []}).status_code == 404


@either_engine
def test_who_may_not(cast, sign_in, client, four):
    for role, status in (("publisher", 403), ("sibling", 404), ("ended", 404), ("stranger", 404), ("volunteer", 404)):
        for url in (LIST, f"{LIST}/list.xlsx", f"{LIST}/groups"):
            assert sign_in(getattr(cast, role)).get(url).status_code == status, (role, url)
    assert client.get(LIST).status_code == 303


@each(
    ("asked", "found"),
    [
        ("q=钟", ["钟若兰", "钟若梅"]),
        ("q=zrl", ["钟若兰"]),
        ("q=zhongruomei", ["钟若梅"]),
        ("q=1234", ["钟若兰"]),
        ("q=13900001234", ["钟若兰"]),
        ("q=%25", []),
        ("day=5", ["钟若兰"]),
        ("part=evening", ["钟若梅"]),
        ("day=5&part=evening", []),
        ("day=9&part=noon", ["陈晓明", "钟若兰", "钟若梅"]),
        ("group=none", ["陈晓明"]),
        ("group=nonsense", ["陈晓明", "钟若兰", "钟若梅"]),
        ("term=30", ["钟若梅"]),
        ("term=over", []),
        ("state=former", ["李远"]),
        ("state=all&q=李", ["李远"]),
    ],
)
def test_filtered(cast, sign_in, four, asked, found):
    assert names(sign_in(cast.secretary).page(f"{LIST}?{asked}")) == found


def test_by_skill_kind_of_service_and_group(cast, sign_in, four):
    secretary = sign_in(cast.secretary)
    hair, old = make_skill(cast.community, "理发").public_id, make_skill(cast.community, "敬老助老", kind="interest")
    assert names(secretary.page(f"{LIST}?skill={hair}")) == ["钟若兰"]
    assert names(sign_in(cast.chair).page(f"{STREET}?skill={hair}")) == ["钟若兰", "钟山"]
    assert names(secretary.page(f"{LIST}?interest={old.public_id}")) == ["钟若梅"]
    assert names(secretary.page(f"{LIST}?group={cast.other_group.public_id}")) == ["钟若梅"]


@either_engine
def test_a_group_of_another_association_is_not_asked(cast, sign_in, four):
    theirs = make_group(cast.sibling_community, "听雨一组")
    join("郭外", cast.sibling_community, group_id=theirs.id)
    assert "郭外" not in sign_in(cast.secretary).get(f"{LIST}?group={theirs.public_id}&state=all").text


def test_the_file_holds_what_the_page_shows(cast, sign_in, four):
    csv = sign_in(cast.secretary).get(f"{LIST}/list.csv?q=钟若兰")
    text = csv.get_data().decode("utf-8-sig")
    assert csv.headers["Content-Disposition"].startswith("attachment")
    assert "钟若兰" in text
    assert "*******1234" in text
    assert "13900001234" not in text
    assert "周六上午" in text or "Sat" in text
    assert "钟若梅" not in text
    assert sign_in(cast.secretary).get(f"{LIST}/list.xlsx").status_code == 200


@either_engine
def test_few_questions_for_many_rows(cast, sign_in, query_count, four):
    def asked(url, account):
        reader = sign_in(account)
        reader.get(url)
        with query_count() as queries:
            assert reader.get(url).status_code == 200
        return len(queries)

    few = asked(f"{STREET}?q=钟&day=5", cast.chair)
    for number in range(30):
        join(f"赵{number}", cast.community, "理发", times=[(5, "morning")])
    db.session.commit()
    for url in (STREET, f"{STREET}?q=赵&day=5", f"{STREET}?term=60"):
        assert asked(url, cast.chair) <= 12, url
    assert asked(f"{STREET}?q=赵&day=5", cast.chair) == few


def test_a_search_replaces_the_rows_only(cast, sign_in, four):
    answer = sign_in(cast.secretary).get(f"{LIST}?q=钟若兰", headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert "钟若兰" in answer.text


def test_a_name_follows_the_register(cast, sign_in, four):
    volunteer = join("安宁", cast.community)
    assert names(sign_in(cast.secretary).page(LIST))[0] == "安宁"
    services.end(cast.secretary, volunteer, today(), services.LeaveReason.OWN_WISH)
    assert "安宁" not in names(sign_in(cast.secretary).page(LIST))


def test_times_in_words(app):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        say = Times().say
        assert say([]) == ""
        assert say([(5, "afternoon"), (5, "morning")]) == "Sat Morning, Afternoon"
        assert say([(day, "evening") for day in range(5)]) == "Mon to Fri Evening"
        assert say([(5, part) for part in ("morning", "afternoon", "evening")] + [(0, "morning")]) == (
            "Mon Morning; Sat all day"
        )
        assert say([(5, "morning"), (6, "morning")]) == "Sat Morning; Sun Morning"


def test_dates_of_a_term(cast, sign_in):
    join("田一", cast.community, term_end_on=date(2021, 1, 1))
    assert names(sign_in(cast.secretary).page(f"{LIST}?term=over")) == ["田一"]
