"""Several officers at once: numbers run on, an honour is taken back once, the printer gets one paper of each."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from portal.accounts.queries import get_account
from portal.associations.models import Association
from portal.commendations.models import CommendationCall
from portal.core.audit import AuditEntry
from portal.core.calendar import at
from portal.core.database import db
from portal.core.files import store
from portal.core.jobs import Job, queue
from portal.honours import batch, queries, revoking, services
from portal.honours.models import Honour, HonourCertificate, Revocation
from portal.members.models import NumberCounter
from portal.objections.models import NoticePeriod
from portal.reviews import meetings
from tests.cards.rows import page_count
from tests.harness.together import told
from tests.honours.rows import honoured, shown
from tests.honours.test_at_once import in_force
from tests.reviews.rows import CONTACT, noon

OFFICERS = 4
FIRST = date(2026, 3, 2)  # the calls opened: all is decided in one year, to which the numbers belong
WHY = "查实推荐材料与事实不符。"


def deciding(cast):
    """Two calls of the street that can be decided, and for each somebody who decides it."""
    ready = [shown(cast, FIRST) for _call in range(2)]
    moment, chair_id = max(moment for _call, moment in ready), cast.chair.id

    def decide(call_id):
        with at(moment):
            meetings.decide(get_account(chair_id), db.session.get_one(CommendationCall, call_id))

    return [lambda call_id=call.id: decide(call_id) for call, _moment in ready]


def reissuing(cast, honour_id, moment, **values):
    chair_id = cast.chair.id

    def reissue():
        with at(moment):
            services.reissue(get_account(chair_id), db.session.get_one(Honour, honour_id), **values)

    return reissue


def serials() -> list[int]:
    numbers = db.session.scalars(select(HonourCertificate.number).order_by(HonourCertificate.number)).all()
    return [int(one.split("第")[1].rstrip("号")) for one in numbers]


def test_two_calls_decided_at_once_share_the_numbers(live_app, cast):
    """Issued for the first time: four certificates, four numbers one after the other, none twice."""
    assert told(live_app, deciding(cast)) == ["done", "done"]
    assert serials() == [1, 2, 3, 4]


@pytest.mark.engines("postgresql")
def test_numbers_of_two_honours_and_the_control(live_app, cast, monkeypatch):
    """By the counter both are issued anew. The control: where each reads and then writes, both take the same number,
    and the number itself is refused a second time.
    """
    person, group, moment = honoured(cast, FIRST)
    meet = threading.Barrier(2)

    def issuing(layout):
        return [reissuing(cast, one.id, moment, name=one.name, layout=layout) for one in (person, group)]

    def careless(stem, count):
        last = db.session.scalar(select(NumberCounter.last).where(NumberCounter.stem == stem))
        meet.wait(20)
        return last + count

    assert told(live_app, issuing("plain")) == ["done", "done"]
    assert serials() == [1, 2, 3, 4]
    monkeypatch.setattr(services, "advance", careless)
    assert sorted(told(live_app, issuing("upright"))) == ["done", "told"]
    assert serials() == [1, 2, 3, 4, 5]


def taking_back(cast, honour_id, moment):
    chair_id = cast.chair.id

    def propose():
        with at(moment):
            revoking.propose(get_account(chair_id), db.session.get_one(Honour, honour_id), WHY, CONTACT)

    return propose


def counted() -> tuple[int, int]:
    """Revocations, and notice periods beside the call's own."""
    asked = (select(func.count(Revocation.id)), select(func.count(NoticePeriod.id) - 1))
    return tuple(db.session.scalar(one) for one in asked)


def test_taken_back_once_while_another_certificate_is_issued(live_app, cast):
    honour, _group, moment = honoured(cast, FIRST)
    honour_id, chair_id = honour.id, cast.chair.id
    assert told(live_app, [taking_back(cast, honour_id, moment)] * OFFICERS) == ["done"] * OFFICERS
    assert counted() == (1, 1)
    revocation = queries.open_revocation(honour_id)
    revocation_id, last = revocation.id, noon(queries.period_of(revocation).end_on + timedelta(days=1))

    def decide():
        with at(last):
            revoking.decide(get_account(chair_id), db.session.get_one(Revocation, revocation_id))

    reissue = reissuing(cast, honour_id, last, name="陈晓鸣", layout="plain")
    words = told(live_app, [*[decide] * 3, reissue])
    assert (sorted(words[:3]), words[3] in ("done", "told")) == (["done", "told", "told"], True)
    revoked = select(func.count(AuditEntry.id)).where(AuditEntry.action == "honours.revoke")
    assert db.session.get_one(Honour, honour_id).revoked_at is not None
    assert (db.session.scalar(revoked), in_force(honour_id)) == (1, 1)


@pytest.mark.engines("postgresql")
def test_control_without_the_hold_some_are_refused_by_the_index(live_app, cast, monkeypatch):
    """Had nobody held the honour, two would open a notice each; the index leaves one even so."""
    honour, _group, moment = honoured(cast, FIRST)
    meet, look = threading.Barrier(OFFICERS), queries.open_revocation

    def all_have_looked(honour_id):
        found = look(honour_id)
        meet.wait(20)
        return found

    monkeypatch.setattr(revoking, "hold", lambda _honour: None)
    monkeypatch.setattr(revoking.queries, "open_revocation", all_have_looked)
    words = told(live_app, [taking_back(cast, honour.id, moment)] * OFFICERS)
    assert sorted(words) == [*["broken"] * (OFFICERS - 1), "done"]
    assert counted() == (1, 1)


def test_the_printer_gets_one_paper_of_each_while_one_is_issued_anew(live_app, cast):
    honour, _group, moment = honoured(cast, FIRST)
    honour_id, chair_id = honour.id, cast.chair.id
    call, street = (
        db.session.get_one(CommendationCall, honour.call_id),
        db.session.get_one(Association, cast.street.id),
    )
    job_id = batch.open_batch(get_account(chair_id), street, call).public_id

    works = [lambda: queue.run("portal.honours.batch.run", job_id)]
    works += [reissuing(cast, honour_id, moment, name=f"陈晓{one}", layout="upright") for one in "鸣铭茗"]
    assert told(live_app, works) == ["done"] * len(works)
    job = db.session.scalars(select(Job).where(Job.public_id == job_id)).one()
    (file,) = job.result["files"]
    assert (job.state, job.result["count"], page_count(store.read(file["key"]))) == ("done", 2, 2)
    assert (in_force(honour_id), serials()) == (1, [1, 2, 3, 4, 5])
