"""The public list: what is published and nothing else, found by kind, association, year and title."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from portal.core.calendar import now, today
from portal.core.database import db
from portal.notices import queries, services
from tests.harness.cases import each, either_engine
from tests.notices.rows import corrected, draft, published

# Some is asked once a minute: what is on notice, the subjects, how many stand in a place. In tests it is each time.
MOST_QUERIES = 7


def titles(page) -> list[str]:
    return [link.get_text() for link in page.select(".list a")]


@pytest.fixture
def notices(cast):
    """One of each state, and of each association."""
    draft(cast.secretary, cast.community, title="草稿")
    services.withdraw(cast.secretary, published(cast.secretary, cast.community, title="撤回的"), "发错了")
    return [
        published(cast.secretary, cast.community, title="会费办法", kind="policy"),
        published(cast.sibling, cast.sibling_community, title="听雨活动通知", kind="notice"),
        published(cast.chair, cast.street, title="街道收支公开", kind="accounts"),
    ]


def test_only_what_is_published_newest_first(client, notices):
    assert titles(client.page("/notices")) == ["街道收支公开", "听雨活动通知", "会费办法"]


@either_engine
def test_with_a_slash_at_the_end(client, notices):
    assert len(titles(client.page("/notices/"))) == 3


@either_engine
def test_policies_are_one_kind(client, notices):
    page = client.page("/policies")
    assert titles(page) == ["会费办法"]
    assert not page.select("#kind")


@each(
    ("query", "expected"),
    [
        ("kind=accounts", ["街道收支公开"]),
        ("kind=rumour", ["街道收支公开", "听雨活动通知", "会费办法"]),
        ("association=tingyu", ["听雨活动通知"]),
        ("association=liuan", ["街道收支公开", "听雨活动通知", "会费办法"]),
        ("association=shangshi", []),
        ("q=收支", ["街道收支公开"]),
        ("q=街道+公开", ["街道收支公开"]),
        ("q=WANGJIANG-", ["会费办法"]),
        ("q=%25", []),
        ("q=_", []),
        ("q=%00", ["街道收支公开", "听雨活动通知", "会费办法"]),
        ("year=1999", ["街道收支公开", "听雨活动通知", "会费办法"]),
        ("year=x&page=x", ["街道收支公开", "听雨活动通知", "会费办法"]),
        ("page=99999999999999999999", ["街道收支公开", "听雨活动通知", "会费办法"]),
    ],
)
def test_filters(client, notices, query, expected):
    assert titles(client.page(f"/notices?{query}")) == expected


@either_engine
def test_an_association_that_is_not_there(client, notices):
    for code in ("nowhere", "x%00", "'"):
        assert client.get(f"/notices?association={code}").status_code == 404


def test_by_year_of_publication(client, db_session, notices):
    notices[0].published_at = now().replace(year=today().year - 1, month=6, day=1)
    db_session.flush()
    assert titles(client.page(f"/notices?year={today().year - 1}")) == ["会费办法"]
    assert titles(client.page(f"/notices?year={today().year}")) == ["街道收支公开", "听雨活动通知"]


def test_pinned_stand_first_in_the_list_of_their_own_association(cast, client, db_session, notices):
    pinned = published(cast.secretary, cast.community, title="置顶的", is_pinned=True)
    pinned.published_at -= timedelta(days=900)
    db_session.flush()
    assert titles(client.page("/notices?association=wangjiang")) == ["置顶的", "会费办法"]
    assert titles(client.page("/notices?association=liuan"))[-1] == "置顶的"
    assert titles(client.page("/notices"))[-1] == "置顶的"


def test_what_the_federation_pins_stands_first_for_everybody(cast, client, db_session, notices):
    pinned = published(cast.chair, cast.federation, title="联合会置顶", is_pinned=True)
    pinned.published_at -= timedelta(days=900)
    db_session.flush()
    page = client.page("/notices")
    assert titles(page)[0] == "联合会置顶"
    assert page.select_one(".list li b.red")
    assert queries.latest_published(1)[0].title == "联合会置顶"


@either_engine
def test_validity_is_told(cast, client, notices):
    day = today()
    published(cast.secretary, cast.community, title="过期的", expires_on=day - timedelta(days=1))
    published(cast.secretary, cast.community, title="今天到期", expires_on=day)
    published(cast.secretary, cast.community, title="新办法", supersedes=notices[0].public_id)
    page = client.page("/notices", headers={"Accept-Language": "en"})
    told = {row.a.get_text(): row.select_one(".tag").get_text() for row in page.select(".list > li")}
    assert told["过期的"] == "Expired"
    assert told["今天到期"] == told["新办法"] == "In force"
    assert told["会费办法"] == "Superseded"


@either_engine
def test_what_supersedes_later_does_not_yet(cast, client, db_session, notices):
    later = today() + timedelta(days=30)
    published(cast.secretary, cast.community, title="新办法", supersedes=notices[0].public_id, effective_on=later)
    rows = {row.title: row for row in queries.latest_published(9)}
    assert not rows["会费办法"].is_superseded
    page = client.page(f"/notices/{notices[0].public_id}")
    assert page.select_one(".notice.amber")
    assert page.select_one(".facts .tag.green")


def test_superseded_by_a_corrected_notice_counts_its_present_day(cast, db_session, notices):
    new = published(cast.secretary, cast.community, title="新办法", supersedes=notices[0].public_id)
    corrected(cast.secretary, new, effective_on=today() + timedelta(days=30))
    assert not {row.title: row for row in queries.latest_published(9)}["会费办法"].is_superseded


@either_engine
def test_pages(cast, client, db_session):
    for number in range(27):
        published(cast.secretary, cast.community, title=f"第{number}号")
    first, second = client.page("/notices"), client.page("/notices?page=2&kind=policy")
    assert (len(titles(first)), len(titles(second))) == (25, 2)
    assert "2" in second.title.get_text()
    assert "kind=policy" in second.select_one('.paging a[rel="prev"]')["href"]


def test_nothing_yet_and_nothing_found(cast, client):
    assert client.page("/notices").select_one(".empty")
    published(cast.secretary, cast.community)
    assert client.page("/notices?q=没有的字").select_one(".empty a")


@either_engine
def test_queries_do_not_grow_with_rows(cast, client, query_count):
    counts = []
    for more in (2, 24):
        for _ in range(more):
            published(cast.secretary, cast.community)
        client.get("/")
        with query_count() as queries_:
            client.get("/notices?association=wangjiang")
        counts.append(len(queries_))
    assert counts[0] == counts[1] <= MOST_QUERIES, queries_


@pytest.mark.engines("sqlite")  # PostgreSQL knows how many rows there are
def test_a_place_and_rare_words_lead_to_the_notices(cast, notices, client, query_count):
    """SQLite is not left to go through all that was ever published; the list of everything is its control."""
    place = f"association={cast.community.code}"
    asked = {
        "": True,
        f"?{place}": False,
        "?q=会费": False,
        f"?q=会费&{place}": False,
        f"?kind=policy&{place}": False,
    }
    for address, goes_through_all in asked.items():
        with query_count() as statements:
            assert client.get(f"/notices{address}").status_code == 200
        (listed,) = (one for one in statements if "AS page JOIN notice" in one)
        asking = f"EXPLAIN QUERY PLAN {listed}", (1,) * listed.count("?")
        plan = [row.detail for row in db.session.connection().exec_driver_sql(*asking)]
        assert any("ix_notice_published" in step for step in plan) is goes_through_all, "\n".join((address, *plan))


@pytest.mark.engines("sqlite")  # PostgreSQL knows how many notices supersede nothing
def test_a_page_goes_through_no_other_notices(cast, notices, client, query_count):
    """Told that all supersede the same, nothing, SQLite would look through all for those that supersede this one."""
    connection = db.session.connection()
    connection.exec_driver_sql("ANALYZE notice")
    number = connection.scalar(text("SELECT public_id FROM notice WHERE status = 'published'"))
    with query_count() as statements:
        assert client.get(f"/notices/{number}").status_code == 200
    (page,) = (one for one in statements if "superseded_at" in one)
    asking = f"EXPLAIN QUERY PLAN {page}", (1,) * page.count("?")
    plan = [row.detail for row in connection.exec_driver_sql(*asking)]
    assert not any(step.startswith("SCAN") for step in plan), "\n".join(plan)


def test_for_the_front_page_and_an_associations_page(cast, notices):
    assert [row.title for row in queries.latest_published(2)] == ["街道收支公开", "听雨活动通知"]
    assert [row.title for row in queries.latest_published(5, cast.community.path)] == ["会费办法"]
    assert queries.latest_published(5, cast.village.path) == []
