"""What is committed between two statements about a file or a line of the bank: it is seen, or it waits."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.associations.models import Association
from portal.bank import following, queries, services
from portal.bank.models import BankFile, BankLine, FileState, LineState
from portal.core.database import db
from portal.core.errors import RuleError
from portal.payments import reversals
from portal.payments.models import Payment
from portal.payments.queries import get_payment
from portal.people.models import Person
from tests.bank.files import brought, came, found, plain, take
from tests.harness.meanwhile import COMMITTED, REFUSED, WAITS, Meanwhile
from tests.harness.money import FEE
from tests.notices.rows import acting
from tests.payments.rows import debtor

assert following
pytestmark = pytest.mark.engines("postgresql")


def test_a_line_that_was_matched_and_taken_back_meanwhile_is_another_payment(live_app, cast, db_session, monkeypatch):
    """By the key of the first the second would be told as recorded, and the line joined with what was taken back."""
    payer_id = debtor(cast.community, "李铁柱").payer_id
    take(cast.treasurer, cast.community, came("谁的"))
    line_id = found()[0].id
    db_session.commit()

    def match():
        line = db.session.get_one(BankLine, line_id)
        line.association = db.session.get_one(Association, cast.community.id)
        payer = db.session.get_one(Person, payer_id)
        return services.match(acting(cast.treasurer), line, payer, [], line.booked_on, method="transfer")

    def match_and_take_back():
        reversals.reverse(acting(cast.treasurer), get_payment(select(Payment), match().public_id), "记错了人")

    other = Meanwhile(live_app, match_and_take_back)
    other.before(monkeypatch, services, "move")
    made = match()
    db_session.commit()
    assert other.told == [COMMITTED]
    (line,) = found()
    assert (line.state, line.payment_id, made.reversed_at) == (LineState.MATCHED, made.id, None)
    assert sorted(row.amount_fen for row in db_session.scalars(select(Payment))) == [FEE, FEE]


@pytest.mark.parametrize("act", ["name_columns", "discard"])
def test_a_file_that_is_begun_with_meanwhile_stays_as_it_is(live_app, cast, db_session, monkeypatch, act):
    """Nobody says what its columns are, or lets go of it, once its lines are on their way into the books."""
    file = brought(cast.treasurer, cast.community, plain(came("李铁柱")))
    db_session.commit()
    acts = {
        "name_columns": lambda: services.name_columns(file, {0: "date", 2: "amount"}, "transfer"),
        "discard": lambda: services.discard(acting(cast.treasurer), file),
    }

    def start():
        begun = db.session.get_one(BankFile, file.id)
        begun.association = db.session.get_one(Association, cast.community.id)
        services.start(acting(cast.treasurer), begun, FileState.RUNNING, "bank.take_in")

    waiting = Meanwhile(live_app, start)
    waiting.before(monkeypatch, queries, "standing")
    acts[act]()
    assert waiting.told == [WAITS]
    db_session.rollback()
    started = Meanwhile(live_app, start)
    started.before(monkeypatch, services, "_hold")
    assert (file.state, file.job_id) == (FileState.CHECKED, None)
    with pytest.raises(RuleError):
        acts[act]()
    db_session.rollback()
    assert (started.told, file.state) == ([COMMITTED], FileState.RUNNING)
    assert started.run() == REFUSED
