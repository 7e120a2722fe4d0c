"""A run that an association's closed books refuse half-way leaves nothing of it there."""

from __future__ import annotations

from portal.dues import charging, services, waivers
from portal.dues.models import VoidReason
from portal.ledger.queries import balances
from portal.offices.rights import Position
from portal.payments import following
from portal.payments.models import Payment
from portal.upkeep import ledger as upkeep
from tests.dues.test_runs import work
from tests.harness.factory import appoint, make_account, make_membership, make_person
from tests.harness.money import FEE, make_charge, make_payment, make_period, make_plan
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
    assert (job.state, len(job.result["skipped"])) == ("done", 1)
    assert db_session.get_one(Payment, paid.id).used_fen == FEE


def test_what_was_let_off_is_not_freed_before_it_was(cast, db_session):
    """Let off this year of last year's dues, void as of last year: the waiver was never in the book of last year."""
    last, this = make_period(cast.community, LAST_YEAR), make_period(cast.community)
    charge = make_charge(make_membership(make_person("何淑兰"), cast.community), last)
    charge.association = cast.community
    waivers.approve(cast.chair, asked_of(cast.treasurer, charge))
    services.void(cast.treasurer, charge, VoidReason.IN_ERROR, last.end_on)
    assert "waived" not in balances(cast.community, last)
    assert balances(cast.community, this)["waived"] == (100, 100)
    assert upkeep.list_faults() == []


def asked_of(actor, charge):
    asked = waivers.ask(actor, charge, "waiver", 100, "困难")
    asked.association, asked.charge = charge.association, charge
    return asked
