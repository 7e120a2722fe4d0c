"""The office's list: drafts, published and withdrawn ones, and the same as a file."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from portal.notices import services
from tests.harness.cases import each, either_engine
from tests.notices.rows import OFFICE, corrected, draft, published

MOST_QUERIES = 12


@pytest.fixture
def notices(cast, db_session):
    draft(cast.secretary, cast.community, title="草稿一")
    published(cast.secretary, cast.community, title="已发布")
    services.withdraw(cast.secretary, published(cast.secretary, cast.community, title="撤回的"), "发错了")
    services.begin_correction(cast.secretary, published(cast.secretary, cast.community, title="更正中的"))
    draft(cast.sibling, cast.sibling_community, title="邻居的草稿")
    published(cast.sibling, cast.sibling_community, title="邻居的公告")
    db_session.flush()


def titles(page) -> set[str]:
    return {link.get_text() for link in page.select("tbody a")}


@each(
    ("query", "expected"),
    [
        ("", {"草稿一", "已发布", "撤回的", "更正中的"}),
        ("?state=draft", {"草稿一", "更正中的"}),
        ("?state=published", {"已发布", "更正中的"}),
        ("?state=withdrawn", {"撤回的"}),
        ("?state=nonsense", {"草稿一", "已发布", "撤回的", "更正中的"}),
        ("?q=发布", {"已发布"}),
        ("?q=%00%25", set()),
    ],
)
def test_states_and_words(cast, sign_in, notices, query, expected):
    secretary = sign_in(cast.secretary)
    assert titles(secretary.page(OFFICE + query)) == expected
    book = load_workbook(io.BytesIO(secretary.get(f"{OFFICE}/list.xlsx{query}").data))
    assert {row[1] for row in book.active.iter_rows(min_row=2, values_only=True)} == expected


@either_engine
def test_tabs_count(cast, sign_in, notices):
    page = sign_in(cast.secretary).page(OFFICE)
    assert [tab.get_text() for tab in page.select(".tabs b")] == ["4", "2", "2", "1"]


@either_engine
def test_the_file_holds_no_formula(cast, sign_in, db_session):
    published(cast.secretary, cast.community, title='=HYPERLINK("http://evil.example","x")')
    book = load_workbook(io.BytesIO(sign_in(cast.secretary).get(f"{OFFICE}/list.xlsx").data))
    cell = book.active["B2"]
    assert (cell.data_type, cell.value[0]) == ("s", "=")


@either_engine
@each(
    ("who", "status"), [("treasurer", 200), ("publisher", 200), ("chair", 200), ("leader", 403), ("sibling", 404),
                        ("ended", 404), ("member", 404)],
)  # fmt: skip
def test_who_sees_it(cast, sign_in, notices, who, status):
    somebody = sign_in(getattr(cast, who))
    for address in (OFFICE, f"{OFFICE}/list.xlsx"):
        assert somebody.get(address).status_code == status


@either_engine
def test_who_may_only_read_is_offered_nothing_to_write(cast, sign_in, db_session):
    notice = draft(cast.secretary, cast.community)
    treasurer = sign_in(cast.treasurer)
    assert not treasurer.page(OFFICE).select(f'a[href="{OFFICE}/new"]')
    page = treasurer.page(f"{OFFICE}/{notice.public_id}/check")
    assert not page.select("form[action$=publish], a[href$=edit], a[href$=discard]")


@either_engine
def test_not_signed_in(cast, client):
    for address in (OFFICE, f"{OFFICE}/list.xlsx"):
        assert client.get(address).headers["Location"].startswith("/sign-in")


@either_engine
def test_an_empty_office_says_how_to_begin(cast, sign_in):
    assert sign_in(cast.secretary).page(OFFICE).select_one(f'.empty a[href="{OFFICE}/new"]')


def test_an_archived_association_can_be_read_not_written(cast, sign_in, db_session, notices):
    from portal.core.calendar import today

    cast.community.archived_on = today()
    db_session.flush()
    secretary = sign_in(cast.secretary)
    assert secretary.get(OFFICE).status_code == 200
    assert secretary.force(f"{OFFICE}/new", {"title": "x", "entry_key": "k"}).status_code == 403


@either_engine
def test_queries_do_not_grow_with_rows(cast, sign_in, query_count):
    counts = []
    secretary = sign_in(cast.secretary)
    for more in (2, 24):
        for _ in range(more):
            corrected(cast.secretary, published(cast.secretary, cast.community), body="新")
        secretary.get(OFFICE)
        with query_count() as queries:
            secretary.get(OFFICE)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= MOST_QUERIES, queries
