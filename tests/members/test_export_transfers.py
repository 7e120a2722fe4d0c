"""The transfers as a file: what waits here, what waits elsewhere, what was decided, as the page has them."""

from __future__ import annotations

import pytest

from portal.core.database import db
from portal.members import transfers
from portal.members.models import TransferState
from tests.harness.cases import either_engine
from tests.harness.factory import make_membership, make_person
from tests.harness.sheets import fetch, links

PAGE = "/office/wangjiang/transfers"
FILE = f"{PAGE}/list"


@pytest.fixture
def written(cast):
    """One decided, one asked for by the sibling, one offered to it; and one that is nobody's here."""
    here, there = cast.community, cast.sibling_community

    def propose(name, giving, taking, by, account):
        held = make_membership(make_person(name), giving)
        return transfers.propose(account, account.person_id, held, giving, taking, by, "搬到那边住了")

    refused = propose("路遥远", here, there, here, cast.secretary)
    transfers.refuse(cast.sibling, cast.sibling.person_id, refused, TransferState.DECLINED, "住址不符", there)
    propose("=1+1", here, there, there, cast.sibling)
    propose("江帆", here, there, here, cast.secretary)
    propose("何远山", cast.village, there, there, cast.sibling)
    db.session.commit()


def test_what_the_page_shows(cast, sign_in, written):
    client = sign_in(cast.secretary)
    lines, page = fetch(client, FILE), client.page(PAGE)
    rows = [[cell.get_text(strip=True) for cell in row.select("td")] for row in page.select("tbody tr")]
    assert [line[:5] for line in lines] == [row[:5] for row in rows]
    assert [(line[0], line[6]) for line in lines] == [
        ("=1+1", "待本协会答复"),
        ("江帆", "待对方答复"),
        ("路遥远", rows[2][6]),
    ]
    assert links(page) == [f"{FILE}.{form}" for form in ("xlsx", "csv")]


def test_who_fetches_which(cast, sign_in, written, client):
    lines = fetch(sign_in(cast.sibling), "/office/tingyu/transfers/list")
    assert [line[0] for line in lines] == ["江帆", "何远山", "=1+1", "路遥远"]
    for form in ("xlsx", "csv"):
        for role, status in (("treasurer", 403), ("leader", 403), ("sibling", 404), ("ended", 404), ("member", 404)):
            assert sign_in(getattr(cast, role)).get(f"{FILE}.{form}").status_code == status, role
        assert client.get(f"{FILE}.{form}").location.startswith("/sign-in")


@either_engine
def test_ten_cost_no_more_questions_than_three(cast, sign_in, written, query_count):
    client, counts = sign_in(cast.secretary), []
    for more in (0, 7):
        for number in range(more):
            held = make_membership(make_person(f"赵{number}"), cast.community)
            transfers.propose(cast.secretary, cast.secretary.person_id, held, cast.community, cast.sibling_community,
                              cast.community, "搬到那边住了")  # fmt: skip
        db.session.commit()
        with query_count() as asked:
            client.get(f"{FILE}.csv")
        counts.append(len(asked))
    assert counts[0] == counts[1], asked
