"""Somebody says whom a letter is about while it is given to them: of the two one waits for the other."""

from __future__ import annotations

import pytest

from portal.core.database import db
from portal.core.errors import RuleError
from portal.letters import conflicts, queries, services
from portal.people.models import Person
from tests.harness.meanwhile import COMMITTED, WAITS, Meanwhile
from tests.letters.rows import written
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
