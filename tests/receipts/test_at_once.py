"""Eight record payments at once: each has its receipt, the numbers are 1, 2, 3 … whoever came first, and who gave up
left no gap. The control reads the counter and writes it, and loses numbers or payments.
"""

from __future__ import annotations

import secrets
from collections import Counter

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError

from portal.associations.models import Association
from portal.core import database
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.payments import services
from portal.payments.models import Method, Payment
from portal.people.models import Person
from portal.receipts import numbers
from portal.receipts.models import Receipt, ReceiptCounter
from portal.upkeep.ledger import list_faults
from tests.harness.money import make_period
from tests.harness.together import together

WRITERS, EACH = 8, 3


def write(app, cast, key=lambda: secrets.token_hex(8)) -> Counter[str]:
    """What became of each writer's payments; every third one is given up before it is kept."""
    place_id, payer_id = cast.community.id, cast.member.person_id
    writing = database.writing.get()

    def one() -> Counter[str]:
        database.writing.set(writing)
        return Counter(pay(number) for number in range(EACH))

    def pay(number: int) -> str:
        with app.app_context():
            place, payer = db.session.get_one(Association, place_id), db.session.get_one(Person, payer_id)
            known = {"payer": payer, "received_on": today(), "method": Method.CASH, "key": key()}
            try:
                services.record(None, place, amount_fen=100, **known)
                if number % 3 == 2:
                    db.session.rollback()
                    return "given up"
                db.session.commit()
            except (RuleError, IntegrityError, OperationalError) as error:
                db.session.rollback()
                return type(error).__name__
            return "kept"

    make_period(cast.community)
    db.session.commit()
    return sum(together([one] * WRITERS), Counter())


def numbers_of(place: Association) -> list[int]:
    return list(db.session.scalars(select(Receipt.number).where(Receipt.association_id == place.id)))


def test_numbers_have_no_gap_and_none_comes_twice(live_app, cast, db_session):
    told = write(live_app, cast)
    kept = WRITERS * EACH * 2 // 3
    assert told == {"kept": kept, "given up": kept // 2}
    assert sorted(numbers_of(cast.community)) == list(range(1, kept + 1))
    assert len(set(db.session.scalars(select(Receipt.payment_id)))) == kept
    assert list_faults() == []


def test_the_control_loses_numbers(live_app, cast, db_session, monkeypatch):
    """Read the counter, add one, write it: two read the same, and of all that wanted a number not all have one."""

    def read_then_write(association_id: int, year: int, _count: int) -> int:
        kept = (ReceiptCounter.association_id == association_id, ReceiptCounter.year == year)
        counter = db.session.scalar(select(ReceiptCounter).where(*kept))
        if counter is None:
            counter = ReceiptCounter(association_id=association_id, year=year)
            db.session.add(counter)
        counter.last += 1
        db.session.flush()
        return counter.last

    numbers._begin(cast.community.id, today().year)
    monkeypatch.setattr(numbers, "advance", read_then_write)
    token = database.writing.set(False)  # SQLite: nobody takes the lock before reading
    try:
        told = write(live_app, cast)
    finally:
        database.writing.reset(token)
    assert told["kept"] < WRITERS * EACH * 2 // 3, told


def test_twenty_posts_of_one_payment_are_one_receipt(live_app, cast, db_session):
    told = write(live_app, cast, key=lambda: "the same form")
    assert set(told) <= {"kept", "given up"}
    assert len(db.session.scalars(select(Payment)).all()) == 1
    assert numbers_of(cast.community) == [1]
