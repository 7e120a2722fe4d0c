"""In the same moment: two approvals make one, time is recorded once, and what is struck out is not approved."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, true
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.activities.models import ActivityLog
from portal.associations.models import Association
from portal.core.calendar import now
from portal.core.database import db
from portal.hours import keeping, overlap, queries, services
from portal.hours.models import HoursEntry, HoursRevision
from portal.offices.rights import Position
from portal.people.models import Person
from tests.activities.rows import make_log
from tests.harness.factory import appoint, make_account, make_association, make_person
from tests.harness.together import at_once
from tests.hours.rows import served

TOGETHER = 4


@pytest.fixture
def place(live_app) -> dict[str, object]:
    """An association with several who may approve, and somebody who served; their ids."""
    here = make_association("赛跑协会", None)
    officers = []
    for number in range(TOGETHER):
        person = make_person(f"审核人{number}")
        appoint(person, here, Position.SECRETARY)
        officers.append(make_account(person).id)
    person = make_person("志愿者")
    recorder = make_person("登记人")
    appoint(recorder, here, Position.SECRETARY)
    ids = {"here": here.id, "officers": officers, "person": person.id, "recorder": make_account(recorder).id}
    db.session.commit()
    return ids


def account(account_id: int) -> Account:
    return db.session.get_one(Account, account_id, options=[joinedload(Account.person)])


def recording(ids, log_id: int) -> Callable[[], int]:
    def record() -> int:
        part = served(db.session.get_one(Person, ids["person"]), db.session.get_one(ActivityLog, log_id), minutes=60)
        return services.record(account(ids["recorder"]), part, origin="entered").id

    return record


def new_log(ids) -> int:
    return make_log(db.session.get_one(Association, ids["here"])).id


def waiting(ids) -> int:
    """The id of an entry that waits."""
    entry_id = recording(ids, new_log(ids))()
    db.session.commit()
    return entry_id


def correcting(ids, entry_id: int, minutes: int) -> Callable[[], str]:
    def correct() -> str:
        services.correct(account(ids["officers"][0]), db.session.get_one(HoursEntry, entry_id), minutes, "更正")
        return "corrected"

    return correct


def striking(ids, entry_id: int) -> Callable[[], str]:
    def strike() -> str:
        services.void(account(ids["recorder"]), db.session.get_one(HoursEntry, entry_id), "未到场")
        return "void"

    return strike


def last(entry_id: int) -> HoursRevision:
    statement = select(HoursRevision).where(HoursRevision.entry_id == entry_id).order_by(HoursRevision.number.desc())
    return db.session.scalars(statement).first()


def approving(ids, entry_id: int, officer: int) -> Callable[[], str]:
    revision_id = last(entry_id).id
    db.session.rollback()  # on SQLite whoever has read and may write keeps all others out

    def approve() -> str:
        services.approve(account(ids["officers"][officer]), db.session.get_one(HoursRevision, revision_id))
        return "approved"

    return approve


def test_of_approvals_at_once_one_is_made(live_app, place, rounds):
    for _ in range(rounds(1, 100)):
        entry_id = waiting(place)
        acts = [approving(place, entry_id, number) for number in range(TOGETHER)]
        assert sorted(map(str, at_once(live_app, acts))) == ["None"] * (TOGETHER - 1) + ["approved"]
        db.session.rollback()


def test_control_without_the_condition_each_believes_to_have_decided(live_app, place, monkeypatch):
    entry_id = waiting(place)
    monkeypatch.setattr(keeping, "undecided", lambda: (true(),))
    assert at_once(live_app, [approving(place, entry_id, number) for number in range(2)]) == ["approved"] * 2


def test_time_is_recorded_once(live_app, place, rounds):
    for _ in range(rounds(1, 100)):
        log_id = new_log(place)
        given = at_once(live_app, [recording(place, log_id)] * TOGETHER)
        assert None not in given
        assert len(given) == TOGETHER
        assert len(set(given)) == 1
        (entry,) = db.session.query(HoursEntry).filter_by(log_id=log_id).all()
        assert [one.number for one in db.session.query(HoursRevision).filter_by(entry_id=entry.id)] == [1]
        db.session.rollback()


def test_when_both_looked_before_either_wrote_the_table_keeps_the_second_out(live_app, place, monkeypatch):
    log_id, looked = new_log(place), threading.Barrier(2)
    real, seen = services._live_of, []

    def slow(served_):
        found = real(served_)
        if not found and len(seen) < 2:
            seen.append(1)
            db.session.commit()
            looked.wait(10)
        return found

    monkeypatch.setattr(services, "_live_of", slow)
    given = at_once(live_app, [recording(place, log_id)] * 2)
    assert len(seen) == 2
    assert len(set(given)) == 1


def test_corrections_at_once_leave_one_waiting(live_app, place, rounds):
    for _ in range(rounds(1, 100)):
        entry_id = waiting(place)
        given = at_once(live_app, [correcting(place, entry_id, 70 + number) for number in range(TOGETHER)])
        assert given == ["corrected"] * TOGETHER
        found = db.session.query(HoursRevision).filter_by(entry_id=entry_id).order_by(HoursRevision.number).all()
        assert [one.number for one in found] == list(range(1, TOGETHER + 2))
        assert [one.state for one in found] == ["superseded"] * TOGETHER + ["pending"]
        db.session.rollback()


def test_struck_out_and_approved_at_once_it_counts_nothing(live_app, place, rounds):
    for _ in range(rounds(1, 100)):
        entry_id = waiting(place)
        given = at_once(live_app, [striking(place, entry_id), approving(place, entry_id, 0)])
        assert "void" in given
        assert queries.approved_minutes(place["person"]) == 0
        db.session.rollback()


def overlapping(ids) -> list[Callable[[], str]]:
    """Two entries of one person in the same two hours, approved each by another officer without a word."""
    begins = now().replace(microsecond=0) - timedelta(days=1)
    span = {"minutes": 60, "starts_at": begins, "ends_at": begins + timedelta(hours=2)}
    entries = []
    for _ in range(2):
        log, person = db.session.get_one(ActivityLog, new_log(ids)), db.session.get_one(Person, ids["person"])
        entries.append(services.record(account(ids["recorder"]), served(person, log, **span), origin="entered").id)
    db.session.commit()
    return [approving(ids, entry_id, number) for number, entry_id in enumerate(entries)]


def test_of_two_that_overlap_only_one_is_approved_without_a_reason(live_app, place, rounds):
    for _ in range(rounds(1, 100)):
        assert sorted(map(str, at_once(live_app, overlapping(place)))) == ["None", "approved"]
        db.session.query(HoursEntry).update({"voided_at": now(), "void_reason": "清空"})
        db.session.commit()


def test_control_without_the_lock_on_the_person_both_are_approved(live_app, place, engine_kind, monkeypatch):
    """PostgreSQL locks the person. SQLite lets one writer in at a time: there the question lets that lock go."""
    looked, known = threading.Barrier(2), overlap.list_beside

    def slowly(entry):
        found = known(entry)
        if engine_kind == "sqlite":
            db.session.commit()
        looked.wait(10)
        return found

    acts = overlapping(place)
    monkeypatch.setattr(overlap, "lock_people", lambda _ids: None)
    monkeypatch.setattr(overlap, "list_beside", slowly)
    assert at_once(live_app, acts) == ["approved", "approved"]
