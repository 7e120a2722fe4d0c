"""In the same moment: one acceptance makes one volunteer with one letter; numbers have no gap and none twice."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from portal.accounts.queries import get_account
from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.database import db
from portal.people.models import Person
from portal.volunteers import registering, services
from portal.volunteers.models import AppointmentLetter, VolunteerRegistration
from tests.harness.factory import make_person
from tests.harness.together import at_once
from tests.volunteers.filling import registered

AT_ONCE = 5
NEXT = date(today().year + 1, 12, 31)


def acceptances(cast, made) -> list:
    """The same registration, accepted as a new record by several officers at once."""
    account_id, place_id, row_id = cast.secretary.id, cast.community.id, made.id

    def accept() -> str:
        account, place = get_account(account_id), db.session.get_one(Association, place_id)
        row = db.session.get_one(VolunteerRegistration, row_id)
        registering.accept(account, row, place, [], "new", None, NEXT)
        return str(row.state)

    return [accept] * AT_ONCE


def issued() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(AppointmentLetter.number).order_by(AppointmentLetter.number)))


def test_accepted_once(live_app, cast):
    made = registered(cast, identity_number=None, sex="female", birth_on=date(1975, 5, 12))
    assert at_once(live_app, acceptances(cast, made)).count("accepted") == 1
    assert len(issued()) == 1


@pytest.mark.engines("postgresql")  # one after the other, as SQLite writes, the second sees whose record it became
def test_control_without_the_lock_it_is_accepted_more_than_once(live_app, cast, monkeypatch):
    monkeypatch.setattr(registering, "lock", lambda _registration: None)
    made = registered(cast, identity_number=None, sex="female", birth_on=date(1975, 5, 12))
    assert at_once(live_app, acceptances(cast, made)).count("accepted") > 1


def test_one_person_is_enrolled_once_and_numbers_have_no_gap(live_app, cast):
    """Several at once: of one person one gets through; of several people each gets the next number."""
    people = [make_person(f"蒋文{number}").id for number in range(3)]
    account_id, place_id = cast.secretary.id, cast.community.id
    db.session.commit()

    def enrolling(person_id: int):
        def enrol() -> str:
            place, person = db.session.get_one(Association, place_id), db.session.get_one(Person, person_id)
            services.enrol(get_account(account_id), place, person, term_end_on=NEXT)
            return "enrolled"

        return enrol

    done = at_once(live_app, [enrolling(person_id) for person_id in (*people, people[0], people[0])])
    assert done.count("enrolled") == len(people)
    assert [number[-4:-1] for number in issued()] == ["001", "002", "003"]
