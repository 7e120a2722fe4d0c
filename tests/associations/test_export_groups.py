"""Groups, and the associations below an office, as files: what their pages show."""

from __future__ import annotations

import pytest

from portal.core.calendar import today
from portal.core.database import db
from tests.harness.factory import make_group
from tests.harness.sheets import fetch, links

GROUPS, BELOW = "/office/wangjiang/groups", "/office/liuan/associations"


def rows(page, cells: int) -> list[list[str]]:
    found = [[cell.get_text(strip=True) for cell in row.select("th, td")[:cells]] for row in page.select("tbody tr")]
    return [["" if cell == "—" else cell for cell in row] for row in found]


def test_groups_with_leaders_and_people_then_the_ended(cast, sign_in):
    make_group(cast.community, "=1+1", area="前巷", position=2)
    make_group(cast.community, "老小组", area="后巷", position=3, ended_on=today())
    db.session.commit()
    client = sign_in(cast.secretary)
    lines, page = fetch(client, f"{GROUPS}/list"), client.page(GROUPS)
    assert lines == [
        ["第一小组", "", "吴桂芳", "1", ""],
        ["第二小组", "", "", "0", ""],
        ["=1+1", "前巷", "", "0", ""],
        ["老小组", "后巷", "", "", today().isoformat()],
    ]
    assert [line[0] for line in lines[:3]] == [row[0] for row in rows(page, 1)]
    assert links(page) == [f"{GROUPS}/list.{form}" for form in ("xlsx", "csv")]


def test_what_stands_directly_below_or_a_search_of_the_branch(cast, sign_in):
    client = sign_in(cast.chair)
    lines, page = fetch(client, f"{BELOW}/list"), client.page(BELOW)
    assert [[line[0], line[2], line[3], line[4]] for line in lines] == rows(page, 4)
    assert {line[0] for line in lines} == {"望江社区协会", "听雨社区协会"}
    found = fetch(client, f"{BELOW}/list?q=听雨&page=3")
    assert [line[:2] for line in found] == [["听雨社区协会", "柳岸街道协会"]]
    assert fetch(client, f"{BELOW}/list?archived=1") == []
    assert links(client.page(f"{BELOW}?q=听雨&page=1"))[1].endswith("/list.csv?q=%E5%90%AC%E9%9B%A8")


def test_what_is_archived(cast, sign_in):
    cast.sibling_community.archived_on = today()
    db.session.commit()
    client = sign_in(cast.chair)
    assert [line[0] for line in fetch(client, f"{BELOW}/list?archived=1")] == ["听雨社区协会"]
    assert [line[0] for line in fetch(client, f"{BELOW}/list")] == ["望江社区协会"]


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_who_fetches_which(cast, sign_in, client, form):
    for address, who in (
        (GROUPS, {"leader": 200, "publisher": 200, "chair": 200, "sibling": 404, "ended": 404, "member": 404}),
        (BELOW, {"administrator": 200, "secretary": 404, "leader": 404, "ended": 404}),
    ):
        for role, status in who.items():
            assert sign_in(getattr(cast, role)).get(f"{address}/list.{form}").status_code == status, (address, role)
        assert client.get(f"{address}/list.{form}").location.startswith("/sign-in")
