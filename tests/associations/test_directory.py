"""The public directory: the tree by street and town with totals, found by name, paged, archived ones left out."""

from __future__ import annotations

import pytest

from portal.associations import directory_queries
from portal.associations.models import Formation, Level
from portal.core.calendar import today
from portal.people.models import AffiliationKind
from tests.harness.cases import either_engine
from tests.harness.factory import affiliate, make_association, make_person


def names(page) -> list[str]:
    return [item.get_text() for item in page.select("main h2, .person b")]


def row(page, name: str) -> str:
    return next(item for item in page.select("li.person") if item.b.get_text() == name).get_text(" ", strip=True)


def test_streets_and_towns_with_what_is_below(cast, client):
    page = client.page("/associations", headers={"Accept-Language": "en"})
    assert names(page) == ["柳岸街道协会", "听雨社区协会", "望江社区协会", "石桥镇协会", "上石村协会"]
    street = page.select_one("details summary").get_text(" ", strip=True)
    assert "2 associations" in street
    assert "1 member" in street
    assert "1 member" in row(page, "望江社区协会")
    assert "0 members" in row(page, "听雨社区协会")


def test_totals_count_members_only_and_each_once(cast, client, db_session):
    both, left = make_person("赵一"), make_person("钱二")
    affiliate(both, cast.community)
    affiliate(both, cast.sibling_community)
    affiliate(both, cast.community, AffiliationKind.VOLUNTEER)
    affiliate(left, cast.community, end_on=cast.ended.created_at.date().replace(year=2021, day=1))
    page = client.page("/associations", headers={"Accept-Language": "en"})
    assert "2 members" in page.select_one("details summary").get_text(" ", strip=True)
    assert "2 members" in row(page, "望江社区协会")
    assert "1 member" in row(page, "听雨社区协会")


@either_engine
def test_attached_ones_follow_the_one_they_are_attached_to(cast, client):
    make_association("江边商户分会", cast.community, formation=Formation.AFFILIATED, code="zz")
    make_association("望海社区协会", cast.street, formation=Formation.INDEPENDENT, code="za")
    page = client.page("/associations")
    shown = names(page)
    assert shown[shown.index("望江社区协会") + 1] == "江边商户分会"
    assert page.select_one("li.attached b").get_text() == "江边商户分会"


def test_found_by_a_part_of_the_name(cast, client):
    page = client.page("/associations?q=社区")
    assert names(page) == ["听雨社区协会", "望江社区协会"]
    assert "柳岸街道协会" in row(page, "望江社区协会")
    assert page.select_one("#q")["value"] == "社区"


@pytest.mark.parametrize("text", ["%", "_", "\\", "社_协", "没有这个", "' OR 1=1 --"])
def test_signs_of_a_pattern_stand_for_themselves(cast, client, text):
    page = client.page("/associations", query_string={"q": text})
    assert page.select(".person") == []
    assert page.select_one(".empty")


def test_below_one_of_them(cast, client):
    page = client.page("/associations?under=liuan")
    assert page.h1.get_text() == "柳岸街道协会"
    assert names(page) == ["听雨社区协会", "望江社区协会"]


@pytest.mark.parametrize("code", ["nowhere", "", "LIUAN"])
def test_below_nobody_is_no_page(cast, client, code):
    assert client.get(f"/associations?under={code}").status_code == 404


@either_engine
def test_archived_ones_are_left_out(cast, client, db_session):
    cast.sibling_community.archived_on = cast.town.archived_on = today()
    cast.village.archived_on = today()
    assert names(client.page("/associations")) == ["柳岸街道协会", "望江社区协会"]
    assert names(client.page("/associations?q=听雨")) == []
    assert client.get("/associations?under=shiqiao").status_code == 404


def test_a_long_list_is_cut_and_leads_on(cast, client, monkeypatch):
    monkeypatch.setattr(directory_queries, "LISTED", 2)
    for number in range(4):
        make_association(f"村{number}", cast.street, formation=Formation.INDEPENDENT, code=f"v{number}")
    page = client.page("/associations", headers={"Accept-Language": "en"})
    assert len(page.select_one("details").select(".person")) == 2
    assert page.find("a", string="All 6 associations")["href"] == "/associations?under=liuan"


def test_many_towns_are_paged(cast, client):
    for number in range(25):
        make_association(f"镇{number:02}", cast.federation, level=Level.TOWN, code=f"t{number:02}")
    assert len(client.page("/associations").select("details.branch")) == 10
    last = client.page("/associations?page=3")
    assert len(last.select("details.branch")) == 7
    assert client.page("/associations?page=99").select("details.branch")


@either_engine
def test_no_association_at_all(client):
    assert client.page("/associations").select_one(".empty")


@either_engine
def test_ten_queries_at_most_however_long(cast, client, query_count):
    with query_count() as few:
        client.page("/associations")
    for number in range(30):
        place = make_association(f"村{number}", cast.street, formation=Formation.JOINT)
        affiliate(make_person(f"人{number}"), place)
    with query_count() as many:
        client.page("/associations")
    assert len(many) == len(few) <= 12


@either_engine
def test_a_federation_shows_its_next_step_only(cast, client):
    district = make_association("东区联合会", cast.federation, level=Level.FEDERATION, code="east")
    street = make_association("东一街道", district, level=Level.TOWN, code="east-1")
    make_association("东一社区", street, formation=Formation.JOINT, code="east-1-1")
    shown = names(client.page("/associations"))
    assert "东一街道" in shown
    assert "东一社区" not in shown
    assert "东一社区" in names(client.page("/associations?under=east"))
