"""Pages of a list: which rows, how many there are, and where the next page is."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import defer
from werkzeug.exceptions import BadRequest

from portal.core import paging
from portal.core.database import db
from portal.people.models import Person
from tests.harness.cases import each, either_engine
from tests.harness.factory import make_person

ROWS = 53


@pytest.fixture
def people(app) -> list[str]:
    names = [f"王{number:02}" for number in range(ROWS)]
    for name in names:
        make_person(name)
    db.session.commit()
    return names


STATEMENT = select(Person).where(Person.name.like("王%")).order_by(Person.id)


def names(page: paging.Page[Person]) -> list[str]:
    return [person.name for person in page.rows]


def test_every_row_stands_on_one_page(people):
    pages = [paging.paginate(STATEMENT, number, 10) for number in range(1, 7)]
    assert [name for page in pages for name in names(page)] == people
    assert {(page.total, page.pages, page.is_capped) for page in pages} == {(ROWS, 6, False)}
    assert [(page.has_prev, page.has_next) for page in pages[::5]] == [(False, True), (True, False)]


@each("number", [1, 3, 6, 99])
def test_a_page_settled_by_ids_is_the_same_page(people, number):
    backwards = STATEMENT.order_by(None).order_by(Person.name.desc(), Person.id)
    late = paging.paginate(backwards, number, 10, shown=(defer(Person.residence),))
    assert (names(late), late.total) == (names(paging.paginate(backwards, number, 10)), ROWS)
    assert names(late)[0] == people[ROWS - 1 - 10 * (late.number - 1)]


@each(("number", "limit"), [(1, 100), (3, 100), (6, 100), (99, 100), (2, 20), (99, 20)])
def test_what_has_to_be_sorted_is_read_once(people, query_count, number, limit):
    """The ids of a list that is counted to few rows are its count and its order; the page is the same."""
    backwards = STATEMENT.order_by(None).order_by(Person.name.desc(), Person.id)
    expected = paging.paginate(backwards, number, 10, limit=limit)
    with query_count() as asked:
        page = paging.paginate(backwards, number, 10, limit=limit, shown=(defer(Person.residence),), is_sorted=True)
    assert (names(page), page.number, page.total) == (names(expected), expected.number, expected.total)
    assert (page.is_capped, len(asked)) == (expected.is_capped, 2)


def test_of_a_list_without_rows_only_the_ids_are_asked(people, query_count):
    with query_count() as asked:
        page = paging.paginate(STATEMENT.where(Person.id < 0), 3, 10, shown=(), is_sorted=True)
    assert (page.rows, page.number, page.total, len(asked)) == ([], 1, 0, 1)


def test_what_was_counted_is_not_counted_again(people, query_count):
    with query_count() as asked:
        page = paging.paginate(STATEMENT, 2, 10, limit=40, total=ROWS)
    assert (names(page), page.total, page.is_capped, len(asked)) == (people[10:20], 40, True, 1)


@each("number", [0, -7, 7, 99, 10**12])
def test_a_number_outside_leads_to_the_nearest_page(people, number):
    page = paging.paginate(STATEMENT, number, 10)
    assert page.number == (1 if number < 1 else 6)
    assert names(page) == (people[:10] if number < 1 else people[50:])


def test_the_last_page_is_full(people):
    page = paging.paginate(STATEMENT.where(Person.name < "王50"), 5, 10)
    assert (len(page.rows), page.total, page.pages, page.has_next) == (10, 50, 5, False)


def test_no_row_at_all(app):
    for number in (1, 3):
        page = paging.paginate(STATEMENT, number, 10)
        assert (list(page.rows), page.number, page.total, page.pages) == ([], 1, 0, 1)
        assert not page.has_prev
        assert not page.has_next


def test_a_million_rows_are_not_counted(people, monkeypatch):
    """Beyond the limit a list says so; here the limit is twenty."""
    monkeypatch.setattr(paging, "LIMIT", 20)
    for name in ("_counting", "_window"):
        if hasattr(paging, name):
            getattr(paging, name).cache_clear()
    page = paging.paginate(STATEMENT, 1, 10)
    assert (page.total, page.pages, page.is_capped) == (20, 2, True)


def test_chosen_columns_come_as_rows(people):
    page = paging.paginate(
        select(Person.name, Person.id).where(Person.name.like("王%")).order_by(Person.id), 2, 10, scalars=False
    )
    assert [row.name for row in page.rows] == people[10:20]
    assert page.total == ROWS


@either_engine
def test_two_statements_at_most(people, query_count):
    for number in (1, 3, 6, 99):
        with query_count() as queries:
            paging.paginate(STATEMENT, number, 10)
        assert len(queries) <= (3 if number == 99 else 2)


def test_the_address_of_a_page(app, people):
    page = paging.paginate(STATEMENT, 2, 10)
    with app.test_request_context("/list?q=王&page=2"):
        assert page.href(3) == "/list?q=%E7%8E%8B&page=3"
        assert page.href(1) == "/list?q=%E7%8E%8B"


@either_engine
def test_a_list_is_sorted_by_what_it_knows_and_by_nothing_else(app, cast, sign_in):
    """Dolibarr's sort field was SQL: here it is the key of a map."""
    for asked in ("rate", "-rate", ""):
        with app.test_request_context("/", query_string={"sort": asked}):
            assert paging.sort_key(("rate",)) == asked
    hostile = (
        "name",
        "--rate",
        "rate desc",
        "rate;DROP TABLE person",
        "(select 1)",
        "rate' --",
        "__class__",
        "-",
        "Rate",
    )
    for asked in hostile:
        with app.test_request_context("/", query_string={"sort": asked}), pytest.raises(BadRequest):
            paging.sort_key(("rate",))
    chair = sign_in(cast.chair)
    assert chair.get("/office/liuan/year", query_string={"sort": "-entries"}).status_code == 200
    assert chair.get("/office/liuan/year", query_string={"sort": hostile[2]}).status_code == 400
