"""Asking a sister association for volunteers: whom to ask is shown by numbers, never by names."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.lending import services
from portal.volunteers.models import VolunteerTime
from tests.harness.cases import each, either_engine
from tests.harness.factory import make_account, make_association, make_person
from tests.harness.service import make_skill, make_volunteer
from tests.lending.rows import ASKED, FROM, HERE, THERE, UNTIL, Helpers, all_requests, ask, helpers


@pytest.fixture
def made(cast) -> Helpers:
    return helpers(cast)


def to_ask(skill, lender="tingyu") -> str:
    return f"{HERE}/ask/{lender}?skill={skill.public_id}"


# Whom to ask


@either_engine
def test_numbers_and_no_names(cast, sign_in, made):
    make_volunteer(make_person("钱远"), cast.village, [made.skill])
    page = sign_in(cast.secretary).page(f"{HERE}/ask?skill={made.skill.public_id}")
    rows = [[part.get_text(strip=True) for part in row.select("b, .soft")] for row in page.select("li.person")]
    assert rows == [["听雨社区协会", "2 名志愿者"], ["上石村协会", "1 名志愿者"]], (
        "the one beside it first, itself not at all"
    )
    assert "沈一刀" not in page.get_text()
    assert page.select_one(".person a")["href"] == to_ask(made.skill)


@either_engine
def test_only_those_who_have_time_and_serve(cast, sign_in, made):
    db.session.add(VolunteerTime(volunteer_id=made.first.id, weekday=5, part="morning"))
    secretary = sign_in(cast.secretary)

    def number(asked: str) -> list[str]:
        page = secretary.page(f"{HERE}/ask?skill={made.skill.public_id}&{asked}")
        return [note.get_text(strip=True).split()[0] for note in page.select(".person .soft")]

    assert number("day=5&part=morning") == ["1"]
    assert number("part=evening") == []
    assert number("day=99&part=x") == ["2"]
    made.second.term_end_on = today() - timedelta(days=1)
    assert number("") == ["1"]


@either_engine
def test_a_skill_of_another_federation(cast, sign_in, made):
    theirs = make_skill(make_association("另一家联合会"), "外面的")
    secretary = sign_in(cast.secretary)
    assert not secretary.page(f"{HERE}/ask?skill={theirs.public_id}").select(".person")
    assert secretary.get(to_ask(theirs)).status_code == 404
    assert secretary.get(f"{HERE}/ask/tingyu").status_code == 404


# Asking


def test_asked(cast, sign_in, made):
    secretary = sign_in(cast.secretary)
    answer = secretary.submit(to_ask(made.skill), ASKED)
    assert answer.status_code == 303
    (row,) = all_requests()
    assert (row.association_id, row.lender_id, row.skill_id) == (
        cast.community.id, cast.sibling_community.id, made.skill.id,
    )  # fmt: skip
    assert (row.wanted, row.occasion, row.start_on, row.end_on, row.state) == (2, "重阳节义剪", FROM, UNTIL, "asked")
    assert row.asked_by_id == cast.secretary.person_id
    assert secretary.page(answer.location).find("form", action=f"{HERE}/{row.public_id}/withdraw")
    assert "重阳节义剪" in secretary.page(HERE).select_one("tbody").get_text()
    assert "重阳节义剪" in sign_in(cast.sibling).page(f"{THERE}?side=of").select_one("tbody").get_text()


def test_twice_is_asked_once(cast, sign_in, made):
    secretary = sign_in(cast.secretary)
    assert secretary.submit(to_ask(made.skill), ASKED).status_code == 303
    assert secretary.submit(to_ask(made.skill), ASKED).status_code == 422
    assert len(all_requests()) == 1
    later = {**ASKED, "start_on": UNTIL + timedelta(days=1), "end_on": UNTIL + timedelta(days=1)}
    assert secretary.submit(to_ask(made.skill), later).status_code == 303


@either_engine
@each(
    "wrong",
    [
        {"wanted": ""}, {"wanted": "0"}, {"wanted": "100"}, {"wanted": "many"}, {"occasion": " "},
        {"occasion": "长" * 201}, {"start_on": ""}, {"start_on": today() - timedelta(days=1)},
        {"end_on": FROM - timedelta(days=1)}, {"end_on": FROM + timedelta(days=400)}, {"end_on": "soon"},
    ],
)  # fmt: skip
def test_bad_input(cast, sign_in, made, wrong):
    answer = sign_in(cast.secretary).submit(to_ask(made.skill), {**ASKED, **wrong})
    assert answer.status_code == 422
    assert all_requests() == []


def test_nobody_to_ask(cast, sign_in, made):
    """Itself, one that is unknown or archived, one of another federation."""
    make_association("另一家联合会", code="elsewhere")
    cast.village.archived_on = today()
    secretary = sign_in(cast.secretary)
    for lender in ("wangjiang", "nowhere", "shangshi", "elsewhere"):
        assert secretary.get(to_ask(made.skill, lender)).status_code == 404, lender
        assert secretary.force(to_ask(made.skill, lender), ASKED).status_code == 404, lender
    assert all_requests() == []


def test_the_service_asks_again(cast, made):
    foreign = make_association("另一家联合会")
    span = {"wanted": 1, "occasion": "帮忙", "place": "", "start_on": FROM, "end_on": UNTIL}
    for lender, skill in (
        (cast.community, made.skill), (foreign, made.skill), (cast.sibling_community, make_skill(foreign, "外面的")),
    ):  # fmt: skip
        with pytest.raises(RuleError):
            services.ask(cast.secretary, cast.community, lender, skill, **span)
    made.skill.ended_on = today()
    with pytest.raises(RuleError):
        services.ask(cast.secretary, cast.community, cast.sibling_community, made.skill, **span)


@either_engine
def test_who_may(cast, sign_in, client, made):
    ended = make_account(make_person("旧任"))
    for account, status in (
        (cast.leader, 403), (cast.treasurer, 403), (cast.publisher, 403), (cast.sibling, 404), (cast.ended, 404),
        (cast.member, 404), (ended, 404),
    ):  # fmt: skip
        visitor = sign_in(account)
        for url in (HERE, f"{HERE}/ask", to_ask(made.skill), f"{HERE}/list.csv"):
            assert visitor.get(url).status_code == status, url
        assert visitor.force(to_ask(made.skill), ASKED).status_code == status
    assert client.get(HERE).status_code == 303
    client.force(to_ask(made.skill), ASKED)
    assert all_requests() == []
    assert sign_in(cast.chair).submit(to_ask(made.skill), ASKED).status_code == 303, "from above, for the community"


# The list and its file


@either_engine
def test_both_sides_and_nobody_else_see_it(cast, sign_in, made):
    request = ask(cast, made.skill)
    for account, url, status in (
        (cast.secretary, HERE, 200), (cast.sibling, THERE, 200), (cast.chair, "/office/liuan/lending", 404),
        (cast.chair, HERE, 200), (cast.sibling, HERE, 404), (cast.leader, HERE, 403),
    ):  # fmt: skip
        assert sign_in(account).get(f"{url}/{request.public_id}").status_code == status, url
    assert "重阳节义剪" not in sign_in(cast.chair).get("/office/liuan/lending").text
    assert "重阳节义剪" not in sign_in(cast.sibling).get(THERE).text, "it did not ask"


@either_engine
def test_as_a_file(cast, sign_in, made):
    ask(cast, made.skill)
    text = sign_in(cast.sibling).get(f"{THERE}/list.csv?side=of").get_data().decode("utf-8-sig")
    assert "重阳节义剪" in text
    assert "望江社区协会" in text
    assert "重阳节义剪" not in sign_in(cast.sibling).get(f"{THERE}/list.csv").get_data().decode("utf-8-sig")
    assert sign_in(cast.secretary).get(f"{HERE}/list.xlsx").status_code == 200


@either_engine
def test_few_questions(cast, sign_in, made, query_count):
    for number in range(20):
        day = FROM + timedelta(days=10 * (number + 1))
        ask(cast, made.skill, start_on=day, end_on=day)
    secretary = sign_in(cast.secretary)
    for url in (HERE, f"{HERE}/ask?skill={made.skill.public_id}"):
        secretary.get(url)
        with query_count() as queries:
            assert secretary.get(url).status_code == 200
        assert len(queries) <= 12, url
