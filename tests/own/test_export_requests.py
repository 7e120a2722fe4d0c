"""The office's requests as a file: who asked for what and how it stands; never what the right value would be."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.core.calendar import today
from portal.core.database import db
from portal.own.models import PersonalRequest, RequestState
from tests.harness.cases import each, either_engine
from tests.harness.factory import make_account, make_membership, make_person
from tests.harness.sheets import fetch, links

PAGE = "/office/wangjiang/requests"
FILE = f"{PAGE}/list"


@pytest.fixture
def written(cast, ask):
    """A correction and a deletion that wait, one that was refused, and one of the sibling's."""
    ask(cast.member, phone="13911112222")
    for name, place in (("=1+1", cast.community), ("桑田", cast.sibling_community), ("葛明月", cast.community)):
        person = make_person(name)
        make_membership(person, place)
        ask(make_account(person))
    past = db.session.scalars(select(PersonalRequest).order_by(PersonalRequest.id.desc())).first()
    past.state, past.reason = RequestState.REFUSED, "仍有任期"
    db.session.commit()


def shown(client, asked: str = "") -> list[list[str]]:
    rows = client.page(f"{PAGE}{asked}").select("tbody tr")
    return [[cell.get_text(strip=True) for cell in row.select("th, td")] for row in rows]


@each(("asked", "names"), [("", ["王秀英", "=1+1"]), ("?past", ["葛明月"]), ("?past=&page=4", ["葛明月"])])
def test_what_the_page_shows(cast, sign_in, written, asked, names):
    client = sign_in(cast.secretary)
    lines, rows = fetch(client, FILE + asked), shown(client, asked)
    assert [line[0] for line in lines] == names
    assert [line[:3] + line[4:] for line in lines] == [row[:3] + row[4:] for row in rows]
    assert [line[3] for line in lines] == [today().isoformat()] * len(names)
    assert "13911112222" not in str(lines)


def test_offered_under_the_list(cast, sign_in, written):
    assert links(sign_in(cast.secretary).page(f"{PAGE}?past")) == [f"{FILE}.{form}?past=" for form in ("xlsx", "csv")]


def test_who_fetches_which(cast, sign_in, written, client):
    assert [line[0] for line in fetch(sign_in(cast.chair), "/office/liuan/requests/list")] == [
        "王秀英",
        "=1+1",
        "桑田",
    ]
    assert [line[0] for line in fetch(sign_in(cast.sibling), "/office/tingyu/requests/list")] == ["桑田"]
    for form in ("xlsx", "csv"):
        for role, status in (("treasurer", 403), ("leader", 403), ("sibling", 404), ("ended", 404), ("member", 404)):
            assert sign_in(getattr(cast, role)).get(f"{FILE}.{form}").status_code == status, role
        assert client.get(f"{FILE}.{form}").location.startswith("/sign-in")


@either_engine
def test_ten_cost_no_more_questions_than_two(cast, sign_in, written, ask, query_count):
    client, counts = sign_in(cast.secretary), []
    for more in (0, 8):
        for number in range(more):
            person = make_person(f"赵{number}")
            make_membership(person, cast.community)
            ask(make_account(person))
        with query_count() as asked:
            client.get(f"{FILE}.csv")
        counts.append(len(asked))
    assert counts[0] == counts[1], asked
