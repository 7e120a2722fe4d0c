"""Festival days: the portal's own, and those that an association adds and removes."""

from __future__ import annotations

from portal.core.calendar import FESTIVALS
from portal.core.database import db
from portal.plans.festivals import NAMES, days_of
from portal.plans.models import FestivalDay
from tests.harness.cases import each, either_engine
from tests.plans.rows import PLAN, refuses_all_but_writers

URL = f"{PLAN}/festivals"
DAY = {"name": "庙会", "month": "4", "day": "18"}


def own():
    return [(one.name, one.month, one.day) for one in db.session.query(FestivalDay)]


def test_a_day_is_added_once_and_removed(cast, sign_in):
    client = sign_in(cast.secretary)
    for _ in range(2):
        assert client.submit(URL, DAY).location == URL
    assert own() == [("庙会", 4, 18)]
    assert "4月18日 庙会" in client.page(PLAN).text
    public_id = db.session.query(FestivalDay.public_id).scalar()
    for _ in range(2):
        assert client.force(f"{URL}/remove", {"day": public_id}).status_code == 303
    assert own() == []


@either_engine
@each("wrong", [{"name": ""}, {"name": "长" * 41}, {"month": "13"}, {"month": "2", "day": "30"}, {"day": ""}])
def test_bad_input(cast, sign_in, wrong):
    assert sign_in(cast.secretary).submit(URL, {**DAY, **wrong}).status_code == 422
    assert own() == []


@either_engine
def test_another_association_s_day_is_not_removed(cast, sign_in):
    sign_in(cast.sibling).force(URL.replace("wangjiang", "tingyu"), DAY)
    public_id = db.session.query(FestivalDay.public_id).scalar()
    sign_in(cast.secretary).force(f"{URL}/remove", {"day": public_id})
    assert own() == [("庙会", 4, 18)]
    assert "庙会" not in sign_in(cast.secretary).page(PLAN).text


@either_engine
def test_who_may_change_them(cast, sign_in, client):
    refuses_all_but_writers(cast, sign_in, client, URL, DAY)
    sign_in(cast.secretary).submit(URL, DAY)
    data = {"day": db.session.query(FestivalDay.public_id).scalar()}
    refuses_all_but_writers(cast, sign_in, client, f"{URL}/remove", data)
    assert sign_in(cast.secretary).get(f"{URL}/remove").status_code == 405
    leader = sign_in(cast.leader)
    assert leader.force(URL, {**DAY, "name": "小组日"}).status_code == 422
    leader.force(f"{URL}/remove", data)
    assert own() == [("庙会", 4, 18)]


def test_every_festival_has_a_name():
    assert {one.key for one in FESTIVALS} == set(NAMES)
    leap = FestivalDay(name="闰日", month=2, day=29)
    assert [len(days_of(year, [leap])) for year in (2027, 2028)] == [len(FESTIVALS), len(FESTIVALS) + 1]
