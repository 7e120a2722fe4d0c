"""Everybody as a file: the people of the page, as what and in which groups, phones masked."""

from __future__ import annotations

import pytest

from portal.core import encryption
from portal.core.database import db
from portal.core.encryption import decrypt
from portal.people.models import AffiliationKind
from tests.harness.cases import each, either_engine
from tests.harness.factory import affiliate, make_membership, make_person, yesterday
from tests.harness.sheets import fetch, links
from tests.register.rows import LIST, join

FILE = f"{LIST}/everybody"
PHONE = "13912345678"


@pytest.fixture
def written(cast):
    both = make_person("钟若兰", phone=PHONE)
    make_membership(both, cast.community, group_id=cast.group.id)
    affiliate(both, cast.community, AffiliationKind.VOLUNTEER, group_id=cast.other_group.id)
    affiliate(make_person("=1+1"), cast.community, AffiliationKind.VOLUNTEER)
    affiliate(make_person("走了的人"), cast.community, end_on=yesterday())
    join("邻居", cast.sibling_community)
    db.session.commit()


def shown(client, asked: str = "", code: str = "wangjiang") -> list[list[str]]:
    """The cells of the page, as the file has them."""
    rows = client.page(f"/office/{code}/members/everybody{asked}").select("tbody tr")
    found = [[cell.get_text("、", strip=True) for cell in row.select("td")] for row in rows]
    return [["" if cell == "—" else cell for cell in row] for row in found]


@each(
    "asked",
    ["", "?kind=volunteer", "?kind=hostile", "?q=钟若", "?q=5678", "?q=没有这个人", "?kind=officer&page=9"],
)
def test_what_the_page_shows(cast, sign_in, written, asked):
    client = sign_in(cast.secretary)
    assert fetch(client, FILE + asked) == shown(client, asked)


def test_as_what_where_and_a_masked_phone(cast, sign_in, written):
    assert fetch(sign_in(cast.secretary), f"{FILE}?q=钟若兰") == [
        ["钟若兰", "会员、志愿者", "第一小组、第二小组", "*******5678"]
    ]


def test_all_of_them_and_not_a_page_s(cast, sign_in):
    for number in range(30):
        affiliate(make_person(f"赵{number:02}"), cast.community)
    db.session.commit()
    client = sign_in(cast.secretary)
    assert len(shown(client, "?q=赵")) == 25
    assert len(fetch(client, f"{FILE}?q=赵&page=2")) == 30


@either_engine
def test_fifty_cost_no_more_questions_than_two(cast, sign_in, written, query_count):
    client, counts = sign_in(cast.secretary), []
    for more in (0, 48):
        for number in range(more):
            affiliate(make_person(f"赵{number:02}"), cast.community)
        db.session.commit()
        with query_count() as asked:
            client.get(f"{FILE}.csv")
        counts.append(len(asked))
    assert counts[0] == counts[1], asked


@pytest.mark.parametrize("address", [FILE, f"{LIST}/list"])
def test_what_is_shown_masked_is_not_even_decrypted(cast, sign_in, written, monkeypatch, address):
    client, clear = sign_in(cast.secretary), []
    monkeypatch.setattr(encryption, "decrypt", lambda value: clear.append(decrypt(value)) or clear[-1])
    assert client.get(f"{address}.csv").status_code == 200
    assert PHONE not in clear
    assert client.get(LIST).status_code == 200
    assert PHONE in clear, "the control: a page reads the whole record"


def test_who_fetches_whom(cast, sign_in, written, client):
    assert [row[0] for row in fetch(sign_in(cast.leader), FILE)] == ["王秀英", "钟若兰"]
    assert "邻居" in {row[0] for row in fetch(sign_in(cast.chair), "/office/liuan/members/everybody")}
    assert {"邻居"} == {row[0] for row in fetch(sign_in(cast.sibling), "/office/tingyu/members/everybody?q=邻居")}
    for form in ("xlsx", "csv"):
        for role, status in (("publisher", 403), ("administrator", 403), ("sibling", 404), ("ended", 404)):
            assert sign_in(getattr(cast, role)).get(f"{FILE}.{form}").status_code == status, role
        assert client.get(f"{FILE}.{form}").location.startswith("/sign-in")


def test_offered_under_the_list(cast, sign_in, written):
    page = sign_in(cast.secretary).page(f"{FILE}?kind=volunteer")
    assert links(page) == [f"{FILE}.{form}?kind=volunteer" for form in ("xlsx", "csv")]
