"""Many lines at once: one step for all of a portion, one by one where a part of it is refused, nothing twice."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import func, select, update

from portal.bank import queries, services, taking, tasks
from portal.bank.matching import Match
from portal.bank.models import FileState, LineState
from portal.core.audit import AuditEntry
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.jobs import open_job
from portal.dues.models import Charge
from portal.payments.models import Allocation, Payment
from portal.payments.services import record
from portal.receipts.models import Receipt
from tests.bank.files import YEAR, brought, came, found, plain, take
from tests.harness.cases import either_engine
from tests.harness.counting import query_count
from tests.harness.money import FEE
from tests.payments.rows import balances, debtor, payer_of

NAMES = [f"李{first}{second}" for first in "春夏秋冬" for second in "山水"]


@pytest.fixture
def charges(cast, db_session):
    """Eight people owe this year's dues, the first half in group one."""
    return [debtor(cast.community, one, group_id=cast.group.id if n < 4 else None) for n, one in enumerate(NAMES)]


def numbers() -> list[int]:
    return list(db.session.scalars(select(Receipt.number).order_by(Receipt.payment_id)))


def test_a_portion_is_what_as_many_single_payments_are(cast, db_session, charges):
    by_hand = charges[0]
    record(
        cast.treasurer, cast.community, payer=payer_of(by_hand), amount_fen=FEE, received_on=date(YEAR, 1, 7),
        method="transfer", key="by hand", settles=[(by_hand, FEE)], bank_reference="1",
    )  # fmt: skip
    take(cast.treasurer, cast.community, *(came(one, number=f"9{n}") for n, one in enumerate(NAMES[1:], 1)))
    first, *others = db_session.scalars(select(Payment).order_by(Payment.id)).all()
    own = {"id", "public_id", "payer_id", "key", "recorded_at", "bank_reference"}
    same = [one.name for one in Payment.__table__.columns if one.name not in own]
    for payment in others[:3]:
        assert [getattr(payment, name) for name in same] == [getattr(first, name) for name in same]
    assert {one.group_id for one in others[3:]} == {None}
    assert numbers() == list(range(1, 9))
    assert balances() == {"bank": 8 * FEE, "dues": -8 * FEE}
    receipts = db_session.scalars(select(Receipt).order_by(Receipt.id)).all()
    keys = ("payer", "lines", "bank_reference")
    assert {**receipts[0].snapshot, **dict.fromkeys(keys)} == {**receipts[1].snapshot, **dict.fromkeys(keys)}
    assert receipts[1].snapshot["lines"][0][:3] == [receipts[0].snapshot["lines"][0][0], NAMES[1], FEE]
    noted = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "payments.record")
    assert db_session.scalar(noted) == 8


@either_engine
def test_as_many_statements_for_eight_as_for_two(cast, db_session, charges):
    def statements(names: list[str]) -> int:
        file = brought(cast.treasurer, cast.community, plain(*(came(one) for one in names)))
        job = services.start(cast.treasurer, file, FileState.RUNNING, "bank.take_in")
        db.session.commit()
        with query_count() as sent:
            tasks.take_in(job.public_id, file.id, cast.treasurer.id)
        return len(sent)

    few, many = statements(NAMES[:2]), statements(NAMES[2:])
    assert {line.state for line in found()} == {LineState.MATCHED}
    assert many <= few


def test_one_that_changed_meanwhile_leaves_the_others_to_be_recorded(cast, db_session, charges):
    file = brought(cast.treasurer, cast.community, plain(*(came(one) for one in NAMES)))
    reader, rows = tasks._open(file)
    taking.write(file, reader.read(rows), lambda _count: None)
    matcher, ids = taking.Matcher(cast.community), queries.waiting_ids(cast.community.id)
    db_session.execute(update(Charge).where(Charge.id == charges[3].id).values(waived_fen=1))
    db.session.commit()
    judged = {line.id: matcher.owing.judge(line) for line in queries.told(ids)}
    with pytest.raises(RuleError):  # the control: together they are refused, and nothing is written
        services.match_all(cast.treasurer, cast.community, judged)
    assert not numbers()
    assert matcher.match(cast.treasurer, ids, lambda _count: db.session.commit()) == 7
    states = {line.payer_name: (line.state, json.loads(line.reason)[0]) for line in found()}
    assert states.pop(NAMES[3]) == (LineState.WAITING, "changed")
    assert set(states.values()) == {(LineState.MATCHED, "by_name")}
    assert numbers() == list(range(1, 8))
    assert balances()["bank"] == 7 * FEE


def test_stopped_between_two_portions_it_goes_on_and_nothing_is_twice(cast, db_session, charges, monkeypatch):
    monkeypatch.setattr(taking, "MATCHED", 3)
    file = brought(cast.treasurer, cast.community, plain(*(came(one) for one in NAMES)))
    advance, told = tasks._advance, []

    def stop(job, count):
        advance(job, count)
        told.append(job.done)
        if len(told) == 3:  # written, what waits, one portion
            raise KeyboardInterrupt

    job = services.start(cast.treasurer, file, FileState.RUNNING, "bank.take_in")
    monkeypatch.setattr(tasks, "_advance", stop)
    with pytest.raises(KeyboardInterrupt):
        tasks.take_in(job.public_id, file.id, cast.treasurer.id)
    db.session.rollback()
    assert [line.state for line in found()].count(LineState.MATCHED) == 3
    job.state = "failed"
    monkeypatch.setattr(tasks, "_advance", advance)
    job = services.start(cast.treasurer, file, FileState.RUNNING, "bank.take_in")
    tasks.take_in(job.public_id, file.id, cast.treasurer.id)
    assert {line.state for line in found()} == {LineState.MATCHED}
    assert numbers() == list(range(1, 9))
    assert db_session.scalar(select(func.sum(Allocation.amount_fen))) == 8 * FEE == balances()["bank"]


def test_one_number_of_the_bank_in_two_files_that_waited_is_one_payment(cast, db_session):
    """The same transfer in a file of another form, dated by another column; both are looked at in one go."""
    for day in (f"{YEAR}0107", f"{YEAR}0108"):
        take(cast.treasurer, cast.community, came(NAMES[0], number="9001", day=day))
    (debtor(cast.community, NAMES[0]), debtor(cast.community, NAMES[1]))
    job = open_job("bank.match", cast.treasurer.id)
    tasks.match_again(job.public_id, cast.community.id, cast.treasurer.id)
    assert job.result == {"matched": 1, "waiting": 1}
    twice = debtor(cast.community, NAMES[0])
    tasks.match_again(open_job("bank.match", None).public_id, cast.community.id, cast.treasurer.id)
    assert [line.state for line in found()] == [LineState.MATCHED, LineState.WAITING]
    assert "recorded" in found()[1].reason
    assert twice.paid_fen == 0


def test_who_may(cast, db_session, charges):
    take(cast.treasurer, cast.community, came("谁"))
    (line,) = found()
    match = Match(charges[0].payer_id, queries.owing(cast.community)[:1], "by_name")
    for account in (cast.leader, cast.secretary, cast.sibling):
        with pytest.raises(RuleError):
            services.match_all(account, cast.community, {line.id: match})
    assert not numbers()
