"""What log books said before there were hours: after the upgrade it waits for approval."""

from __future__ import annotations

from collections.abc import Iterator

import flask_migrate
import pytest
from flask import Flask

from portal.core.calendar import now
from portal.core.database import db
from portal.hours.models import HoursEntry, HoursRevision
from portal.upkeep import migration
from tests.activities.rows import make_log
from tests.harness.factory import make_association, make_person


@pytest.fixture
def migrated_app(engine_kind, apps) -> Iterator[Flask]:
    with apps.lent(engine_kind) as app:
        migration.enable(app)
        yield app


def test_minutes_of_the_log_book_wait(migrated_app):
    place, person = make_association("望江社区协会", None), make_person("陈晓明")
    recorder = make_person("黄淑兰")
    make_log(place, (person,), recorded_by=recorder.id)
    make_log(place, (person,), title="误记", removed_at=now())
    flask_migrate.downgrade(revision="0003")
    flask_migrate.upgrade()
    db.session.expire_all()
    stands, struck = db.session.query(HoursEntry).order_by(HoursEntry.id).all()
    assert (stands.title, stands.voided_at, struck.void_reason) == ("江边步道清洁", None, "struck out")
    revision = db.session.query(HoursRevision).filter_by(entry_id=stands.id).one()
    assert (revision.minutes, revision.state, revision.recorded_by_id) == (120, "pending", recorder.id)
    assert revision.recorded_at == stands.created_at <= now()
