"""Somebody says whom a letter is about while it is given to them, published or passed on: one waits for the other."""

from __future__ import annotations

import pytest

from portal.associations.models import Association
from portal.core.database import db
from portal.core.errors import RuleError
from portal.letters import conflicts, publishing, queries, services
from portal.people.models import Person
from tests.harness.meanwhile import COMMITTED, WAITS, Meanwhile
from tests.letters.rows import answered, written
from tests.notices.rows import acting

pytestmark = pytest.mark.engines("postgresql")


@pytest.fixture
def letter(cast, db_session):
    reference = written(cast).reference
    db_session.commit()
    return lambda: queries.get_by_reference(reference)


def test_it_is_not_given_to_whom_it_is_about(live_app, cast, db_session, letter, monkeypatch):
    person = cast.secretary.person

    def name_it():
        conflicts.name_people(acting(cast.chair), letter(), [db.session.get_one(Person, person.id)])

    naming = Meanwhile(live_app, name_it)
    naming.after(monkeypatch, queries, "list_assignable")
    services.assign(acting(cast.secretary), letter(), db.session.get_one(Person, person.id))
    assert naming.told == [WAITS]
    db_session.commit()
    there = letter()
    assert naming.run() == COMMITTED
    db_session.refresh(there, ["assigned_to_id"])
    assert there.assigned_to_id is None


def test_what_was_given_meanwhile_is_taken_back(live_app, cast, db_session, letter, monkeypatch):
    person = cast.secretary.person

    def give():
        services.assign(acting(cast.secretary), letter(), db.session.get_one(Person, person.id))

    giving = Meanwhile(live_app, give)
    giving.before(monkeypatch, conflicts, "about_ids")
    there = letter()
    conflicts.name_people(acting(cast.chair), there, [db.session.get_one(Person, person.id)])
    assert giving.told == [WAITS]
    db_session.commit()
    with pytest.raises(RuleError):
        give()


def naming(live_app, cast, found, who):
    person_id = who.person.id

    def name_it():
        conflicts.name_people(acting(cast.secretary), found(), [db.session.get_one(Person, person_id)])

    return Meanwhile(live_app, name_it)


def test_what_is_said_to_be_about_somebody_is_not_in_public(live_app, cast, db_session, monkeypatch):
    """Said while it is published, it is taken back; said just before, it is not published."""
    reference = answered(cast, may_publish=True).reference
    db_session.commit()

    def found():
        return queries.get_by_reference(reference)

    def publish():
        publishing.publish(acting(cast.secretary), found(), "阅览室几点关门？", "星期三开到晚上八点。")

    after = naming(live_app, cast, found, cast.member)
    after.before(monkeypatch, publishing, "_said")
    publish()
    assert after.told == [WAITS]
    db_session.rollback()
    before = naming(live_app, cast, found, cast.member)
    before.before(monkeypatch, publishing, "hold")
    with pytest.raises(RuleError):
        publish()
    db_session.rollback()
    assert before.told == [COMMITTED]
    assert found().published_at is None


def test_it_is_not_passed_on_to_whom_it_is_about(live_app, cast, db_session, letter, monkeypatch):
    """Said while it goes up to the street, that it is about the street's chair: it goes on from there."""
    about = naming(live_app, cast, letter, cast.chair)
    about.after(monkeypatch, conflicts, "about_ids")
    services.pass_on(acting(cast.secretary), letter(), db.session.get_one(Association, cast.street.id))
    assert about.told == [WAITS]
    db_session.commit()
    assert about.run() == COMMITTED
    there = letter()
    db_session.refresh(there)
    assert there.association_id == cast.federation.id
