"""In the same moment: one star is granted once, asked for once; numbers of certificates are unique, without a gap."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.certificates import issuing, stars
from portal.certificates.models import ServiceCertificate, StarGrant
from portal.core.database import db
from portal.hours import services as hours
from portal.hours.models import HoursRevision
from portal.members.models import NumberCounter
from portal.people.models import Person
from tests.certificates.rows import make_request, serve, serve_hours
from tests.harness.factory import make_person
from tests.harness.service import make_volunteer
from tests.harness.together import at_once

AT_ONCE = 6


def an_account(account_id: int) -> Account:
    return db.session.get_one(Account, account_id, options=[joinedload(Account.person)])


def granting(grant_id: int, account_id: int) -> Callable[[], str]:
    def grant() -> str:
        stars.grant_star(an_account(account_id), db.session.get_one(StarGrant, grant_id))
        return "granted"

    return grant


@pytest.fixture
def waiting(live_app, cast):
    serve_hours(cast.volunteer, cast.community, 100)
    return make_request(cast.volunteer, cast.community).id


def test_of_two_grants_one_is_made(live_app, cast, waiting):
    given = at_once(live_app, [granting(waiting, account.id) for account in (cast.secretary, cast.chair)])
    assert sorted(map(str, given)) == ["None", "granted"]


@pytest.mark.engines("postgresql")  # SQLite lets one writer in at a time: there is nothing to take away
def test_control_without_the_guard_both_are_made(live_app, cast, waiting, monkeypatch):
    looked = threading.Barrier(2)

    def careless(grant, state, actor=None, reason="") -> None:
        looked.wait(10)
        db.session.execute(update(StarGrant).where(StarGrant.id == grant.id).values(state=state))

    monkeypatch.setattr(stars, "_decide", careless)
    given = at_once(live_app, [granting(waiting, account.id) for account in (cast.secretary, cast.chair)])
    assert given == ["granted", "granted"]


def test_of_many_requests_one_is_made(live_app, cast):
    serve_hours(cast.volunteer, cast.community, 100)
    db.session.commit()
    account_id, person_id, place_id = cast.volunteer.id, cast.volunteer.person_id, cast.community.id

    def ask() -> int:
        account, person = an_account(account_id), db.session.get_one(Person, person_id)
        return stars.ask_star(account, person, db.session.get_one(Association, place_id)).stars

    assert sorted(map(str, at_once(live_app, [ask] * AT_ONCE))) == ["1"] + ["None"] * (AT_ONCE - 1)
    assert db.session.query(StarGrant).count() == 1


class Somebody:
    """As much of an account as service is recorded for."""

    def __init__(self, person_id: int) -> None:
        self.person_id = person_id


@pytest.fixture
def people(live_app, cast) -> list[int]:
    """Volunteers with service, by their ids."""
    made = [make_person(f"义工{number}") for number in range(AT_ONCE)]
    for person in made:
        make_volunteer(person, cast.community)
        serve(Somebody(person.id), cast.community)
    db.session.commit()
    return [person.id for person in made]


def issuing_for(person_id: int, cast) -> Callable[[], str]:
    account_id, place_id = cast.volunteer.id, cast.community.id

    def issue() -> str:
        account, person = an_account(account_id), db.session.get_one(Person, person_id)
        return issuing.issue_certificate(account, person, db.session.get_one(Association, place_id)).number

    return issue


def test_numbers_are_unique_and_without_a_gap(live_app, cast, people, rounds):
    for _ in range(rounds(1, 50)):
        given = at_once(live_app, [issuing_for(one, cast) for one in people])
        assert None not in given
    numbers = db.session.scalars(select(ServiceCertificate.number)).all()
    serials = sorted(int(number[-7:-1]) for number in numbers)
    assert serials == list(range(1, AT_ONCE + 1))


def test_one_that_is_refused_uses_no_number(live_app, cast, people):
    rare = make_person("李\U0003134f")
    serve(Somebody(rare.id), cast.community)
    given = at_once(live_app, [issuing_for(one, cast) for one in (rare.id, *people)])
    assert given.count(None) == 1
    assert sorted(int(number[-7:-1]) for number in given if number) == list(range(1, AT_ONCE + 1))


def test_at_once_for_one_person_it_is_one_certificate(live_app, cast, people):
    given = at_once(live_app, [issuing_for(people[0], cast)] * AT_ONCE)
    assert len(set(given)) == 1
    assert db.session.query(ServiceCertificate).count() == 1


@pytest.mark.engines("postgresql")
def test_control_a_counter_that_is_read_and_written_gives_a_number_twice(live_app, cast, people, monkeypatch):
    issuing.next_number(db.session.get_one(Association, cast.community.id))
    db.session.commit()
    read = threading.Barrier(2)

    def careless(stem: str, by: int) -> int:
        last = db.session.scalar(select(NumberCounter.last).where(NumberCounter.stem == stem))
        read.wait(10)
        db.session.execute(update(NumberCounter).where(NumberCounter.stem == stem).values(last=last + by))
        return last + by

    monkeypatch.setattr(issuing, "advance", careless)
    place_id = cast.community.id

    def ask() -> str:
        return issuing.next_number(db.session.get_one(Association, place_id))

    assert len(set(at_once(live_app, [ask, ask]))) == 1


@pytest.mark.engines("postgresql")  # on SQLite whoever corrects waits for the whole transaction
def test_what_is_approved_while_one_is_issued_supersedes_it(live_app, cast, monkeypatch):
    entry = serve(cast.volunteer, cast.community)
    revision = hours.correct(cast.secretary, entry, 30, "提前离开")
    db.session.commit()
    revision_id, looked, done = revision.id, threading.Event(), threading.Event()
    real = issuing.check_printable

    def slow(snapshot) -> None:
        real(snapshot)
        looked.set()
        done.wait(0.5)  # without the lock the correction is through by then

    def approve() -> None:
        looked.wait(10)
        hours.approve(an_account(cast.chair.id), db.session.get_one(HoursRevision, revision_id))
        done.set()

    monkeypatch.setattr(issuing, "check_printable", slow)
    at_once(live_app, [issuing_for(cast.volunteer.person_id, cast), approve])
    assert db.session.scalars(select(ServiceCertificate.superseded_reason)).all() == ["corrected"]
