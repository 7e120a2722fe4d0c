"""A list as a file: read in portions by a session of its own, named by the list, asked for by the list's address."""

from __future__ import annotations

import csv
import io
import tracemalloc

import pytest
from sqlalchemy import select

from portal.core import downloads
from portal.core.database import db
from portal.core.downloads import ListFile, each
from portal.people.models import Person
from tests.harness.cases import either_engine
from tests.harness.factory import make_person

CARDS = "/office/wangjiang/cards"


def names() -> ListFile:
    statement = select(Person).order_by(Person.sort_key, Person.id)
    return ListFile("名单", ["姓名"], statement, each(lambda person: [person.name]))


@pytest.mark.parametrize("size", [1, 2, 500])
def test_every_row_once_whatever_the_portion(cast, monkeypatch, size):
    monkeypatch.setattr(downloads, "CHUNK", size)
    expected = db.session.scalars(select(Person.name).order_by(Person.sort_key, Person.id)).all()
    assert [line[0] for line in names().read()] == expected


def test_one_question_for_a_portion(cast, query_count):
    with query_count() as asked:
        assert len(list(names().read())) > 10
    assert len(asked) == 1


def peak_of(portion: int, monkeypatch) -> int:
    """The memory that reading the list takes at its fullest."""
    monkeypatch.setattr(downloads, "CHUNK", portion)
    db.session.expunge_all()
    tracemalloc.start()
    assert sum(1 for _ in names().read()) > 250
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_a_long_list_is_not_held_in_memory(cast, monkeypatch):
    """What is held at once is a portion; the control reads the whole list as one."""
    for number in range(250):
        make_person(f"赵{number}")
    db.session.commit()
    peak_of(20, monkeypatch)  # what is compiled and kept at the first time
    assert peak_of(20, monkeypatch) * 4 < peak_of(10_000, monkeypatch)


@either_engine
def test_links_ask_what_the_page_asks_but_for_the_page(cast, sign_in):
    page = sign_in(cast.secretary).page("/office/wangjiang/members?q=王&page=1&columns=number&columns=phone")
    links = [link["href"] for link in page.select(".downloads a[download]")]
    asked = "?q=%E7%8E%8B&columns=number&columns=phone"
    assert links == [f"/office/wangjiang/members/list.{form}{asked}" for form in ("xlsx", "csv")]


@pytest.mark.parametrize("asked", ["form=x", "code=tingyu", "endpoint=x", "_external=1", "_anchor=x&_scheme=ftp"])
def test_no_word_of_the_address_leads_elsewhere(cast, sign_in, asked):
    page = sign_in(cast.secretary).page(f"/office/wangjiang/members?{asked}")
    links = [link["href"] for link in page.select(".downloads a[download]")]
    assert links == [f"/office/wangjiang/members/list.{form}?{asked}" for form in ("xlsx", "csv")]


@either_engine
def test_named_by_the_list_and_headed_even_when_empty(cast, sign_in):
    answer = sign_in(cast.secretary).get(f"{CARDS}/list.csv")
    assert "%E6%9C%9B%E6%B1%9F" in answer.headers["Content-Disposition"]
    assert len(list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))) == 1
