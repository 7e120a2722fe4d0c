"""The register of cards: its states, filters, files, and who sees which rows."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest

from portal.cards.models import IssueReason
from portal.core.calendar import today
from portal.core.database import db
from portal.members.models import EndReason
from portal.people import services as people
from tests.cards.rows import CARDS, make_card, make_members, membership_of
from tests.harness.cases import each, either_engine


@pytest.fixture
def many(cast):
    """王秀英 has a card in the first group; in the second 林栩 has a second one, 周舟 none, 赵文 has left."""
    make_card(membership_of(cast.member))
    lin, _zhou, zhao = make_members(cast.community, "林栩", "周舟", "赵文", group_id=cast.other_group.id)
    make_card(lin)
    make_card(lin, IssueReason.LOST, handed_over_on=today())
    make_card(zhao)
    zhao.ended_on, zhao.end_reason = today() - timedelta(days=1), EndReason.WITHDREW
    db.session.commit()


def shown(client, query="", code="wangjiang") -> list[str]:
    page = client.page(f"/office/{code}/cards{query}")
    return [(row.td.a or row.td).get_text(strip=True) for row in page.select("tbody tr")]


@each(
    ("query", "wanted"),
    [
        ("", ["林栩", "王秀英"]),
        ("?state=missing", ["周舟"]),
        ("?state=waiting", ["王秀英"]),
        ("?state=void", ["林栩"]),
        ("?state=ended", ["赵文"]),
        ("?state=differs", []),
        ("?state=hostile", ["林栩", "王秀英"]),
        ("?q=wxy", ["王秀英"]),
        ("?q=林", ["林栩"]),
        ("?q=%27%25_", []),
    ],
)
def test_states_and_search(cast, sign_in, many, query, wanted):
    assert shown(sign_in(cast.secretary), query) == wanted


def test_by_group_and_number(cast, sign_in, many):
    client, number = sign_in(cast.secretary), membership_of(cast.member).number
    assert shown(client, f"?group={cast.group.public_id}") == ["王秀英"]
    assert shown(client, f"?q={number.lower()}") == ["王秀英"]


def test_a_corrected_name_differs_from_the_card(cast, sign_in, many):
    people.correct_person(None, membership_of(cast.member).person, name="王秀瑛")
    client = sign_in(cast.secretary)
    assert shown(client, "?state=differs") == ["王秀瑛"]
    assert "姓名与证面不符" in client.get(CARDS).text


@either_engine
def test_an_empty_register(cast, sign_in):
    assert sign_in(cast.secretary).page(CARDS).select_one(".empty a")["href"].startswith(f"{CARDS}/batch")


def test_who_sees_what(cast, sign_in, many, client):
    assert shown(sign_in(cast.chair), code="liuan") == ["林栩", "王秀英"]
    assert shown(sign_in(cast.chair), "?place=wangjiang", code="liuan") == ["林栩", "王秀英"]
    assert shown(sign_in(cast.chair), "?place=tingyu", code="liuan") == []
    assert shown(sign_in(cast.leader)) == ["王秀英"]
    assert shown(sign_in(cast.leader), f"?state=missing&group={cast.other_group.public_id}") == []
    assert shown(sign_in(cast.sibling), "?place=wangjiang", code="tingyu") == []
    for account, status in ((cast.sibling, 404), (cast.ended, 404), (cast.member, 404), (cast.publisher, 403)):
        assert sign_in(account).get(CARDS).status_code == status
    assert client.get(CARDS).status_code == 303


def test_a_leader_opens_cards_of_the_group_only(cast, sign_in, many):
    mine = sign_in(cast.secretary).page(CARDS).select("tbody a")
    lin, wang = (link["href"] for link in mine)
    client = sign_in(cast.leader)
    assert client.get(wang).status_code == 200
    assert client.get(lin).status_code == 404
    assert client.get(f"{wang}/card.pdf").status_code == 403


def test_the_files_hold_what_the_list_shows(cast, sign_in, many):
    book = openpyxl.load_workbook(io.BytesIO(sign_in(cast.leader).get(f"{CARDS}/list.xlsx").data))
    rows = [[cell.value for cell in row] for row in book.active.iter_rows(min_row=2)]
    assert [(row[0], row[3], row[4]) for row in rows] == [("王秀英", "第一小组", "有效")]
    csv = sign_in(cast.secretary).get(f"{CARDS}/list.csv?state=void").data.decode("utf-8-sig")
    assert csv.count("\r\n") == 2
    assert "林栩" in csv


@either_engine
def test_fifty_rows_cost_no_more_questions_than_two(cast, sign_in, many, query_count):
    client = sign_in(cast.secretary)
    with query_count() as few:
        client.get(CARDS)
    for membership in make_members(cast.community, *(f"钱{chr(0x4E00 + n)}" for n in range(30))):
        make_card(membership)
    with query_count() as more:
        client.get(CARDS)
    assert len(more) <= len(few) <= 12, few


@each("asked", ["endpoint=x", "code=tingyu", "_external=1", "form=x"])
def test_no_word_of_the_address_leads_elsewhere(cast, sign_in, many, asked):
    page = sign_in(cast.secretary).page(f"{CARDS}?state=waiting&q=王&{asked}")
    link = page.select_one("a.btn[href*='hand-over']")["href"]
    assert link in (f"{CARDS}/hand-over?state=waiting&q=%E7%8E%8B", f"{CARDS}/hand-over?q=%E7%8E%8B&state=waiting")


@either_engine
def test_the_work_list_says_who_needs_a_card(cast, sign_in, many):
    page = sign_in(cast.secretary).page("/office/wangjiang")
    assert any("1 名会员待发证" in line.get_text() for line in page.select(".work li"))
    assert not any(
        "待发证" in line.get_text() for line in sign_in(cast.leader).page("/office/wangjiang").select(".work li")
    )


def test_the_membership_shows_its_cards(cast, sign_in, many):
    membership = membership_of(cast.member)
    page = sign_in(cast.secretary).page(f"/office/wangjiang/memberships/{membership.public_id}")
    assert page.select_one(f'a[href="/office/wangjiang/memberships/{membership.public_id}/card"]')
    assert "第 1 张" in page.get_text()
