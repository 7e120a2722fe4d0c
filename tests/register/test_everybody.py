"""The register: found by name, initials and numbers, within reach only."""

from __future__ import annotations

from datetime import timedelta

from portal.core.calendar import today
from portal.core.database import db
from portal.people.models import AffiliationKind
from tests.harness.cases import each, either_engine
from tests.harness.factory import affiliate, make_person

URL = "/office/wangjiang/members/everybody"


def names(page) -> list[str]:
    return [row.td.get_text(strip=True) for row in page.select("tbody tr")]


def test_found_by_what_one_types(cast, sign_in):
    affiliate(make_person("钟若兰", phone="13912345678"), cast.community)
    secretary = sign_in(cast.secretary)
    for text in ("钟若兰", "若兰", "钟", "zrl", "zhongruolan", "5678"):
        assert names(secretary.page(f"{URL}?q={text}")) == ["钟若兰"], text
    assert not names(secretary.page(f"{URL}?q=%25"))


def test_full_phone_is_found_and_shown_masked(cast, sign_in):
    affiliate(make_person("钟若兰", phone="13912345678"), cast.community)
    page = sign_in(cast.secretary).page(f"{URL}?q=139 1234 5678")
    assert names(page) == ["钟若兰"]
    assert "13912345678" not in page.select_one("#found").get_text()


def test_nobody_found_says_what_to_try(cast, sign_in):
    page = sign_in(cast.secretary).page(f"{URL}?q=不存在的人")
    assert not names(page)
    assert page.select_one(".empty")


def test_kind_filters(cast, sign_in):
    name = cast.volunteer.name
    shown = names(sign_in(cast.secretary).page(f"{URL}?kind=volunteer"))
    assert shown == [name]


@either_engine
def test_people_of_a_sibling_are_not_there(cast, sign_in):
    affiliate(make_person("钟若兰"), cast.sibling_community)
    assert not names(sign_in(cast.secretary).page(f"{URL}?q=钟若兰"))
    assert names(sign_in(cast.chair).page("/office/liuan/members/everybody?q=钟若兰")) == ["钟若兰"]


@either_engine
def test_ended_affiliation_is_not_there(cast, sign_in):
    from datetime import date

    affiliate(make_person("钟若兰"), cast.community, end_on=date(2021, 1, 1))
    assert not names(sign_in(cast.secretary).page(f"{URL}?q=钟若兰"))


def test_leader_sees_the_group_only(cast, sign_in):
    affiliate(make_person("钟若兰"), cast.community, group_id=cast.group.id)
    affiliate(make_person("钟若梅"), cast.community, group_id=cast.other_group.id)
    assert names(sign_in(cast.leader).page(f"{URL}?q=钟若")) == ["钟若兰"]


@either_engine
@each(
    ("who", "status"),
    [("secretary", 200), ("treasurer", 200), ("sibling", 404), ("ended", 404), ("member", 404), ("publisher", 403)],
)
def test_who_may_open_it(cast, sign_in, who, status):
    assert sign_in(getattr(cast, who)).get(URL).status_code == status


@either_engine
def test_not_signed_in_goes_to_sign_in(cast, client):
    response = client.get(URL)
    assert response.status_code == 303
    assert response.location.startswith("/sign-in")


@either_engine
def test_queries_do_not_grow_with_rows(cast, sign_in, query_count):
    secretary = sign_in(cast.secretary)
    for _ in range(26):  # more than a page, so that the list is counted both times
        affiliate(make_person("钟若兰"), cast.community)
    with query_count() as few:
        secretary.get(URL)
    for _ in range(26):
        affiliate(make_person("钟若兰"), cast.community)
    with query_count() as many:
        secretary.get(URL)
    assert len(many) <= len(few) <= 12


def test_htmx_gets_the_list_alone(cast, sign_in):
    name = cast.member.name
    answer = sign_in(cast.secretary).get(URL, headers={"HX-Request": "true"}).text
    assert "<html" not in answer
    assert name in answer


@either_engine
@each(("days", "is_one"), [(1000, True), (0, True), (-1, False)])
def test_an_officer_whose_term_has_an_end_is_one_until_then(cast, sign_in, days, is_one):
    person = make_person("高远声")
    affiliate(person, cast.community)
    affiliate(person, cast.community, AffiliationKind.OFFICER, end_on=today() + timedelta(days=days))
    db.session.commit()
    secretary = sign_in(cast.secretary)
    row = secretary.page(f"{URL}?q=高远声").select_one("tbody tr")
    assert ("干部" in row.get_text()) == is_one
    assert ("干部" in secretary.get(f"{URL}.csv?q=高远声").data.decode("utf-8-sig")) == is_one
    held = secretary.page(f"/office/wangjiang/people/{person.public_id}").select("main td .tag.green")
    assert ("干部" in [tag.get_text(strip=True) for tag in held]) == is_one
