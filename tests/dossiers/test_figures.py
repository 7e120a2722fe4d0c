"""The figures of volunteering: in agreement with the rows, as far as the reader may see; nobody is named."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta

import pytest

from portal.core.calendar import now
from portal.core.database import db
from portal.dossiers.figures import figures_of
from tests.activities.rows import make_log, who
from tests.dossiers.rows import served
from tests.harness.cases import either_engine
from tests.harness.service import make_activity, make_session, make_sign_up

URL = "/office/wangjiang/volunteers/figures"
YEAR = 2025


@pytest.fixture
def filled(cast):
    volunteer, member = who(cast.volunteer), who(cast.member)
    here, there, group = cast.community, cast.sibling_community, cast.group.id
    served(volunteer, here, 120, date(YEAR, 5, 29))
    served(volunteer, here, 60, date(YEAR, 7, 11), group_id=group)
    served(member, here, 30, date(YEAR, 7, 11), category="study")
    served(member, here, 30, date(YEAR, 7, 12), state="pending")
    served(member, there, 600, date(YEAR, 1, 1))
    make_log(here, held_on=date(YEAR, 5, 29), is_complete=False)
    make_log(here, held_on=date(YEAR, 9, 1), removed_at=now())
    activity = make_activity(here)
    begin = datetime.fromisoformat(f"{YEAR}-02-28T16:30:00+00:00")  # the first of March in Shanghai
    held, coming = make_session(activity, begin), make_session(activity, now() + timedelta(days=1))
    make_sign_up(held, volunteer, "completed", in_at=begin, out_at=begin)
    make_sign_up(held, member, "no_show")
    make_sign_up(held, None, "withdrawn", guest_name="客人")
    make_sign_up(held, who(cast.leader), "withdrawn", is_late=True)
    make_sign_up(coming, volunteer)
    db.session.commit()


def test_hours_by_month_and_group(cast, filled):
    found = figures_of(cast.secretary, cast.community, YEAR)
    assert {row.name: {n + 1: m for n, m in enumerate(row.minutes) if m} for row in found.rows} == {
        "": {5: 120}, "第一小组": {7: 60}
    }  # fmt: skip
    assert found.total == 180


def test_of_a_branch_by_association(cast, filled):
    found = figures_of(cast.chair, cast.street, YEAR)
    assert {row.name: sum(row.minutes) for row in found.rows} == {"听雨社区协会": 600, "望江社区协会": 180}
    whole = figures_of(cast.administrator, cast.federation, YEAR)
    assert [(row.name, sum(row.minutes)) for row in whole.rows] == [("柳岸街道协会", 780)]


def test_who_came_of_those_who_had_a_place(cast, filled):
    found = figures_of(cast.secretary, cast.community, YEAR)
    assert [(one.month, one.expected, one.came) for one in found.turnout if one.expected] == [(3, 3, 1)]


def test_days_and_completeness(cast, filled):
    found = figures_of(cast.secretary, cast.community, YEAR)
    assert found.days == {date(YEAR, 5, 29): 2, date(YEAR, 7, 11): 2, date(YEAR, 7, 12): 1}
    assert [(book.name, book.entries, book.complete) for book in found.books] == [("望江社区协会", 5, 4)]
    above = figures_of(cast.administrator, cast.federation, YEAR)
    assert {book.name: (book.entries, book.complete) for book in above.books} == {
        "石桥镇协会": (0, 0), "柳岸街道协会": (6, 5)
    }  # fmt: skip


def test_nothing_of_elsewhere(cast, filled):
    found = figures_of(cast.secretary, cast.sibling_community, YEAR)
    assert (found.total, found.entries, found.expected) == (0, 0, 0)


def test_the_page_and_its_file(cast, sign_in, filled):
    secretary = sign_in(cast.secretary)
    page = secretary.page(f"{URL}?year={YEAR}")
    assert len(page.select("figure.chart")) == 5
    assert "陈晓明" not in page.get_text()
    lines = list(csv.reader(io.StringIO(secretary.get(f"{URL}.csv?year={YEAR}").get_data(as_text=True))))
    assert sum(float(line[2]) for line in lines[1:25]) == 3.0
    assert secretary.get(f"{URL}.xlsx?year={YEAR}").data[:2] == b"PK"
    assert sign_in(cast.secretary).page(f"{URL}?year=2001").select_one(".empty")


@either_engine
def test_who_may_open_it(cast, sign_in, client):
    open_to = {"secretary": 200, "treasurer": 200, "publisher": 200, "leader": 403, "sibling": 404, "ended": 404}
    for address in (URL, f"{URL}.csv"):
        assert {role: sign_in(getattr(cast, role)).get(address).status_code for role in open_to} == open_to
    assert client.get(URL).location.startswith("/sign-in")


@either_engine
@pytest.mark.parametrize("code", ["wangjiang", "qinghe"])
def test_few_questions(cast, sign_in, query_count, filled, code):
    administrator = sign_in(cast.administrator)
    with query_count() as asked:
        administrator.get(f"/office/{code}/volunteers/figures?year={YEAR}")
    assert len(asked) <= 12, asked
