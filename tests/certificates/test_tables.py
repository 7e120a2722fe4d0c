"""The federation's table of stars: its versions, and a new one from a day on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.certificates import queries
from portal.certificates.models import StarTable
from portal.core.audit import AuditEntry
from portal.core.calendar import today
from portal.core.database import db
from tests.harness.cases import each, either_engine

TABLES = "/office/qinghe/star-tables"
NEW = f"{TABLES}/new"


@pytest.fixture
def manager(cast, sign_in):
    return sign_in(cast.administrator)


def typed(**changes):
    return {"effective_on": today().isoformat(), "hours": "50、150，400", "basis": "本区 2026 年办法", **changes}


def hours_on(cast, day):
    return [level.minutes // 60 for level in queries.table_on(cast.federation.id, day).levels]


@either_engine
def test_a_federation_begins_with_the_usual_hours(cast, manager):
    assert hours_on(cast, today()) == [100, 300, 600, 1000, 1500]
    page = manager.page(TABLES)
    assert "第 1 版" in page.select_one("main").get_text()
    assert manager.page(NEW).select_one("input[name=hours]")["value"] == "100 300 600 1000 1500"


def test_a_new_version_holds_from_its_day(cast, manager):
    later = today() + timedelta(days=30)
    response = manager.submit(NEW, typed(effective_on=later.isoformat()))
    assert (response.status_code, response.location) == (303, TABLES)
    assert hours_on(cast, today()) == [100, 300, 600, 1000, 1500]
    assert hours_on(cast, later) == [50, 150, 400]
    entry = db.session.query(AuditEntry).filter_by(action="certificates.make_star_table").one()
    assert (entry.changes["version"], entry.changes["hours"]) == (2, [50, 150, 400])


def test_before_the_first_version_there_is_none(cast):
    assert queries.table_on(cast.federation.id, today() - timedelta(days=1)) is None


@either_engine
@each(
    "change",
    [
        {"hours": "300 100"}, {"hours": "100 100"}, {"hours": "0 100"}, {"hours": "一百"}, {"hours": ""},
        {"hours": "1 2 3 4 5 6 7 8 9 10"}, {"hours": "100 300 600 1000 1500"}, {"basis": " "},
        {"effective_on": ""}, {"effective_on": "2020-01-01"},
    ],
)  # fmt: skip
def test_bad_input(cast, manager, change):
    assert manager.submit(NEW, typed(**change)).status_code == 422
    assert db.session.query(StarTable).count() == 1


def test_twice_says_so(cast, manager):
    assert manager.submit(NEW, typed()).status_code == 303
    assert manager.submit(NEW, typed()).status_code == 422
    assert db.session.query(StarTable).count() == 2


def test_not_before_the_version_before(cast, manager):
    manager.submit(NEW, typed(effective_on=(today() + timedelta(days=9)).isoformat()))
    assert manager.submit(NEW, typed(hours="10 20")).status_code == 422


@either_engine
def test_who_may(cast, sign_in, client):
    for account, status in ((cast.chair, 404), (cast.secretary, 404), (cast.member, 404)):
        assert sign_in(account).get(TABLES).status_code == status
        assert sign_in(account).force(NEW, typed()).status_code == status
    assert sign_in(cast.chair).get("/office/liuan/star-tables").status_code == 404, "only at the root"
    assert client.post(NEW, data=typed()).status_code in (303, 400)
    assert db.session.query(StarTable).count() == 1
