"""The office's list: what waits, the oldest first; who sees which."""

from __future__ import annotations

from datetime import timedelta

from portal.applications import services
from portal.core import calendar
from portal.core.calendar import now
from tests.applications.filling import OFFICE, applied
from tests.harness.cases import either_engine


def names(page) -> list[str]:
    return [a.get_text() for a in page.select("tbody td:first-child a")]


def test_oldest_first_with_the_days_they_wait(cast, sign_in):
    with calendar.at(now() - timedelta(days=3)):
        applied(
            cast,
            name="钟若兰",
            identity_number=None,
            sex="female",
            birth_on=calendar.today().replace(year=1970, day=1),
        )
    applied(cast, name="石新", identity_number=None, sex="male", birth_on=calendar.today().replace(year=1970, day=1))
    page = sign_in(cast.secretary).page(OFFICE)
    assert names(page) == ["钟若兰", "石新"]
    assert "3" in page.select_one("tbody tr").get_text()


def test_by_state(cast, sign_in, db_session):
    one, other = applied(cast), applied(cast, name="石新", identity_number=None, sex="male",
                                        birth_on=calendar.today().replace(year=1970, day=1))  # fmt: skip
    services.decline(cast.secretary, one, "住址不在本社区")
    db_session.commit()
    secretary = sign_in(cast.secretary)
    assert names(secretary.page(OFFICE)) == [other.name]
    assert names(secretary.page(f"{OFFICE}?state=declined")) == [one.name]
    assert names(secretary.page(f"{OFFICE}?state=withdrawn")) == []
    assert names(secretary.page(f"{OFFICE}?state=<script>")) == [other.name]


def test_the_street_sees_those_below_and_a_sibling_none(cast, sign_in):
    made = applied(cast)
    page = sign_in(cast.chair).page("/office/liuan/applications")
    assert page.select_one("tbody a")["href"] == f"{OFFICE}/{made.public_id}"
    assert names(sign_in(cast.sibling).page("/office/tingyu/applications")) == []
    assert sign_in(cast.sibling).get(OFFICE).status_code == 404
    assert sign_in(cast.ended).get(OFFICE).status_code == 404
    assert sign_in(cast.publisher).get(OFFICE).status_code == 403


@either_engine
def test_a_group_leader_sees_the_group_s(cast, sign_in):
    mine, other, none = (applied(cast, group=group) for group in (cast.group, cast.other_group, None))
    leader = sign_in(cast.leader)
    assert len(names(leader.page(OFFICE))) == 1
    assert leader.get(f"{OFFICE}/{mine.public_id}").status_code == 200
    for row in (other, none):
        assert leader.get(f"{OFFICE}/{row.public_id}").status_code == 404


def test_in_the_work_list_and_on_the_tab(cast, sign_in):
    with calendar.at(now() - timedelta(days=40)):
        applied(cast)
    secretary = sign_in(cast.secretary)
    work = secretary.page("/office/wangjiang")
    assert work.select_one('a[href="/office/wangjiang/applications"]') is not None
    tab = next(a for a in secretary.page(OFFICE).select(".tabs a") if a["href"] == OFFICE)
    assert tab.b.get_text() == "1"


@either_engine
def test_empty(cast, sign_in):
    assert sign_in(cast.secretary).page(OFFICE).select_one(".empty") is not None


@either_engine
def test_as_many_queries_for_many_rows_as_for_two(cast, sign_in, query_count):
    def asked(count: int) -> int:
        for _ in range(count):
            applied(cast)
        secretary = sign_in(cast.secretary)
        secretary.get(OFFICE)
        with query_count() as queries:
            secretary.get(OFFICE)
        return len(queries)

    few = asked(2)
    assert asked(12) <= few <= 12


@either_engine
def test_the_page_of_one_costs_few_queries(cast, sign_in, query_count):
    made = applied(cast)
    secretary = sign_in(cast.secretary)
    secretary.get(f"{OFFICE}/{made.public_id}")
    with query_count() as queries:
        secretary.get(f"{OFFICE}/{made.public_id}")
    assert len(queries) <= 12, queries
