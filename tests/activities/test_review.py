"""An entry is reviewed by somebody who wrote nothing in it; a correction takes the review back."""

from __future__ import annotations

import pytest

from portal.activities.models import ActivityLog
from portal.core.audit import AuditEntry
from portal.core.database import db
from portal.offices.rights import Position
from tests.activities.rows import SUMMARY, make_log
from tests.harness.cases import each, either_engine
from tests.harness.factory import appoint, make_account, make_person

BASE = "/office/wangjiang/activities"


@pytest.fixture
def log(cast, app):
    return make_log(cast.community, recorded_by=cast.secretary.person_id)


@pytest.fixture
def coordinator(cast, app):
    person = make_person("韩雪梅")
    account = make_account(person)
    appoint(person, cast.community, Position.VOLUNTEER_COORDINATOR)
    db.session.commit()
    return account


def reviewed() -> int | None:
    log = db.session.query(ActivityLog).one()
    assert (log.reviewed_at is None) == (log.reviewed_by_id is None)
    return log.reviewed_by_id


def times() -> int:
    return db.session.query(AuditEntry).filter_by(action="activities.review").count()


def test_somebody_else_reviews(cast, sign_in, log, coordinator):
    client, page = sign_in(coordinator), f"{BASE}/{log.public_id}"
    answer = client.submit(f"{page}/review", page=page)
    assert (answer.status_code, answer.location) == (303, page)
    assert reviewed() == coordinator.person_id
    assert "韩雪梅" in client.page(page).get_text()
    client.force(f"{page}/review")
    assert times() == 1


def test_not_the_recorder_nor_whoever_corrected_it(cast, sign_in, log, coordinator):
    page = f"{BASE}/{log.public_id}"
    secretary = sign_in(cast.secretary)
    assert not secretary.page(page).select(f"form[action='{page}/review']")
    secretary.force(f"{page}/review")
    assert reviewed() is None
    sign_in(coordinator).submit(f"{page}/edit", {"place": "湖滨", "reason": "地点写错"})
    sign_in(coordinator).force(f"{page}/review")
    assert (reviewed(), times()) == (None, 0)


def test_a_correction_takes_it_back(cast, sign_in, log, coordinator):
    page = f"{BASE}/{log.public_id}"
    sign_in(coordinator).submit(f"{page}/review", page=page)
    sign_in(cast.secretary).submit(f"{page}/edit", {"summary": SUMMARY + "补记一句。", "reason": "补记"})
    assert reviewed() is None


@pytest.mark.parametrize("values", [{"is_complete": False, "summary": ""}, {"removed_at": True}])
def test_only_a_complete_entry(cast, sign_in, coordinator, values):
    if "removed_at" in values:
        values = {"removed_at": coordinator.created_at}
    log = make_log(cast.community, recorded_by=cast.secretary.person_id, **values)
    sign_in(coordinator).force(f"{BASE}/{log.public_id}/review")
    assert reviewed() is None


@either_engine
@each(("role", "status"), [("treasurer", 403), ("publisher", 403), ("sibling", 404), ("member", 404)])
def test_who_may_not(cast, sign_in, log, role, status):
    assert sign_in(getattr(cast, role)).force(f"{BASE}/{log.public_id}/review").status_code == status
    assert reviewed() is None


@either_engine
def test_not_signed_in_and_not_by_get(cast, client, sign_in, log, coordinator):
    assert client.force(f"{BASE}/{log.public_id}/review").status_code == 303
    assert sign_in(coordinator).get(f"{BASE}/{log.public_id}/review").status_code == 405
    assert reviewed() is None
