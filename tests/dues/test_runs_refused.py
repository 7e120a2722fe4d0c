"""A run that an association's closed books refuse half-way leaves nothing of it there."""

from __future__ import annotations

from portal.dues import charging
from portal.payments import following
from portal.payments.models import Payment
from portal.upkeep import ledger as upkeep
from portal.offices.rights import Position
from tests.dues.test_runs import work
from tests.harness.factory import appoint, make_account, make_membership, make_person
from tests.harness.money import FEE, make_payment, make_period, make_plan
from tests.payments.rows import LAST_YEAR, close_book

assert following


def test_what_cannot_be_freed_is_left_as_it_was(cast, db_session):
    """What was paid in a year that is closed by now settles a charge whose fee changes: the run skips the place."""
    before, last = make_period(cast.community, LAST_YEAR - 1), make_period(cast.community, LAST_YEAR)
    make_plan(cast.federation)
    person = make_person("何淑兰")
    make_membership(person, cast.community, joined_on=before.start_on)
    charging.charge(None, cast.community, before)
    paid = make_payment(person, cast.community, received_on=last.start_on, actor=cast.treasurer)
    close_book(cast.community, LAST_YEAR)
    make_plan(cast.federation, FEE + 100)
    keeper = make_person("钱有余")
    appoint(keeper, cast.street, Position.TREASURER, covers_subtree=True)
    officer = make_account(keeper)
    db_session.commit()
    assert (paid.used_fen, upkeep.list_faults()) == (FEE, [])
    job = work(officer, cast.street, before)
    assert upkeep.list_faults() == []
    assert job.state == "done" and job.result["skipped"], job.result
    assert db_session.get_one(Payment, paid.id).used_fen == FEE
