"""A notice aimed at those below stands on their pages and in their lists, with its issuer named."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.errors import RuleError
from portal.notices import queries, services
from portal.notices.queries import Filter
from tests.harness.cases import each, either_engine
from tests.notices.rows import OFFICE, acting, draft, published

MOST_QUERIES = 12


def titles(page) -> list[str]:
    return [link.get_text() for link in page.select("ol.list a")]


@pytest.fixture
def notices(cast):
    """Of the federation for all, of the federation for the street, of the street for itself and all below it."""
    published(cast.secretary, cast.community, title="社区的")
    published(cast.chair, cast.federation, title="给全区的", target="qinghe")
    published(cast.chair, cast.federation, title="给柳岸的", target="liuan")
    published(cast.chair, cast.street, title="柳岸给各社区的", target="liuan")
    published(cast.chair, cast.federation, title="联合会自己的")
    return


@each(
    ("code", "expected"),
    [
        ("wangjiang", ["柳岸给各社区的", "给柳岸的", "给全区的", "社区的"]),
        ("tingyu", ["柳岸给各社区的", "给柳岸的", "给全区的"]),
        ("liuan", ["柳岸给各社区的", "给柳岸的", "给全区的", "社区的"]),
        ("shangshi", ["给全区的"]),
        ("shiqiao", ["给全区的"]),
        ("qinghe", ["联合会自己的", "柳岸给各社区的", "给柳岸的", "给全区的", "社区的"]),
    ],
)
def test_lists_and_pages_below(cast, client, notices, code, expected):
    page = client.page(f"/notices?association={code}")
    assert titles(page) == expected
    assert page.select("ol.list p")[expected.index("给全区的")].get_text().endswith("清河区协会联合会")
    assert titles(client.page(f"/associations/{code}"))[: len(expected)] == expected


def test_pages_count_and_continue_across_both(cast, client, notices):
    for number in range(30):
        published(cast.secretary, cast.community, title=f"第{number}号")
    path = cast.community.path
    first, second = (queries.list_published(Filter(path=path), number) for number in (1, 2))
    assert (first.total, second.total, len(first.rows), len(second.rows)) == (34, 34, 25, 9)
    assert [row.title for row in second.rows][-4:] == ["柳岸给各社区的", "给柳岸的", "给全区的", "社区的"]
    assert queries.list_published(Filter(path=path), 99).number == 2
    found = queries.list_published(Filter(path=path, words="全区"), 1)
    assert [row.title for row in found.rows] == ["给全区的"]
    assert [row.title for row in queries.list_published(Filter(path=path, kind="notice"), 1).rows] == []


def test_pinned_above_it_stands_first_below(cast, client, db_session):
    pinned = published(cast.chair, cast.federation, title="给全区的", target="qinghe", is_pinned=True)
    pinned.published_at -= timedelta(days=900)
    published(cast.secretary, cast.community, title="社区的")
    assert titles(client.page("/notices?association=wangjiang")) == ["给全区的", "社区的"]
    assert titles(client.page("/associations/wangjiang"))[0] == "给全区的"


def test_in_the_feed_and_on_its_own_page(client, notices):
    assert "给全区的" in client.get("/notices/feed.atom?association=shangshi").text
    assert "给柳岸的" not in client.get("/notices/feed.atom?association=shangshi").text
    row = next(row for row in queries.latest_published(9) if row.title == "给柳岸的")
    assert "柳岸街道协会" in client.page(f"/notices/{row.public_id}").select_one(".facts").get_text()


def test_withdrawn_it_is_gone_everywhere(cast, client, db_session):
    notice = published(cast.chair, cast.federation, title="给全区的", target="qinghe")
    services.withdraw(acting(cast.chair), notice, "发错了")
    assert titles(client.page("/notices?association=wangjiang")) == []


@either_engine
@each(("who", "where", "target"), [
    ("secretary", "community", "liuan"), ("secretary", "community", "tingyu"), ("secretary", "community", "qinghe"),
    ("secretary", "community", "nowhere"), ("chair", "street", "shiqiao"), ("chair", "street", "'"),
])  # fmt: skip
def test_nobody_aims_beside_or_above(cast, db_session, who, where, target):
    with pytest.raises(RuleError) as refused:
        draft(getattr(cast, who), getattr(cast, where), target=target)
    assert refused.value.field == "target"


@either_engine
def test_the_form_offers_those_below_and_none_where_nobody_is(cast, sign_in, db_session):
    chair = sign_in(cast.chair)
    options = chair.page("/office/liuan/notices/new").select("#target option")
    assert [option["value"] for option in options] == ["", "liuan", "wangjiang", "tingyu"]
    assert not sign_in(cast.secretary).page(f"{OFFICE}/new").select("#target")
    form = {"title": "给望江的", "kind": "notice", "target": "wangjiang"}
    assert chair.submit("/office/liuan/notices/new", form).status_code == 303
    assert chair.submit("/office/liuan/notices/new", form | {"target": "shiqiao"}).status_code == 422
    notice = draft(cast.chair, cast.street, target="tingyu")
    page = chair.page(f"/office/liuan/notices/{notice.public_id}/edit")
    assert page.select_one("#target option[selected]")["value"] == "tingyu"
    forced = {"title": "社区给街道的", "kind": "notice", "target": "liuan", "entry_key": "k"}
    assert sign_in(cast.secretary).force(f"{OFFICE}/new", forced).status_code == 303  # the form has no such field


@either_engine
def test_queries(cast, client, query_count, notices):
    client.get("/")
    for address in ("/notices?association=wangjiang", "/associations/wangjiang"):
        with query_count() as asked:
            client.get(address)
        assert len(asked) <= MOST_QUERIES, asked
