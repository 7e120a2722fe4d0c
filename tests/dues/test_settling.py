"""What a charge takes: no more than is open, however many come at once; what is void is free of it all."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.dues import waivers
from portal.dues.models import Charge, VoidReason
from portal.dues.queries import open_charges, standing
from portal.dues.services import settle, void, voided
from portal.ledger.models import JournalLine, LedgerAccount
from portal.members import services as members
from portal.members.models import Membership
from portal.payments import desk
from portal.people.models import Person
from tests.harness.factory import make_membership, make_person
from tests.harness.money import make_charge, make_payment, make_period


def member(cast, name: str = "江小鱼", **values) -> Membership:
    return make_membership(make_person(name), cast.community, **values)


def balance(db_session, account: LedgerAccount) -> int:
    lines = select(func.sum(JournalLine.debit_fen - JournalLine.credit_fen)).where(JournalLine.account == account)
    return db_session.scalar(lines) or 0


def test_no_more_than_is_open_and_freed_again(cast, db_session):
    charge = make_charge(member(cast), amount_fen=1_000)
    settle(charge.id, paid=600)
    settle(charge.id, waived=300, written_off=100)
    for more in ({"paid": 1}, {"waived": 1}, {"paid": -601}, {"written_off": -101, "paid": 1}):
        with pytest.raises(RuleError) as refused:
            settle(charge.id, **more)
        assert refused.value.field == "amount"
    settle(charge.id, paid=-600, waived=100)
    db_session.refresh(charge)
    assert (charge.paid_fen, charge.waived_fen, charge.written_off_fen, charge.open_fen) == (0, 400, 100, 500)


def test_void_frees_what_was_settled_and_leaves_the_journal_even(cast, db_session):
    period, membership = make_period(cast.community), member(cast)
    charge = make_charge(membership, period)
    settle(charge.id, paid=charge.amount_fen)

    def free(sender, **_details):
        settle(sender.id, paid=-sender.paid_fen)

    with voided.connected_to(free):
        void(cast.treasurer, standing(period.id, membership.id), VoidReason.IN_ERROR, today())
    assert standing(period.id, membership.id) is None
    assert balance(db_session, LedgerAccount.RECEIVABLE) == balance(db_session, LedgerAccount.DUES) == 0
    with pytest.raises(RuleError):
        void(cast.treasurer, charge, VoidReason.IN_ERROR, today())
    with pytest.raises(RuleError):
        settle(charge.id, paid=1)


def test_what_is_owed_is_listed_oldest_first(cast):
    membership = member(cast, payer_id=cast.member.person_id)
    this, last = (make_charge(membership, make_period(cast.community, year)) for year in (0, today().year - 1))
    make_charge(member(cast, "另一人"))
    assert [one.id for one in open_charges(cast.community, cast.member.person_id)] == [last.id, this.id]
    settle(last.id, paid=last.amount_fen)
    assert [one.id for one in open_charges(cast.community, membership_id=membership.id)] == [this.id]
    assert open_charges(cast.sibling_community, cast.member.person_id) == []


def test_what_is_open_goes_to_the_group_whose_leader_collects_it(cast, sign_in):
    period = make_period(cast.community)
    held = make_membership(make_person("换组的"), cast.community, group_id=cast.other_group.id)
    owed, paid = (
        make_charge(held, make_period(cast.community, year))
        for year in (period.start_on.year, period.start_on.year - 1)
    )
    make_payment(
        db.session.get_one(Person, held.person_id), cast.community, paid.amount_fen, settles=[(paid, paid.amount_fen)]
    )
    members.change_group(cast.treasurer, held, cast.community, cast.group)
    db.session.commit()
    assert [db.session.get_one(Charge, one.id).group_id for one in (owed, paid)] == [
        cast.group.id,
        cast.other_group.id,
    ]
    assert [payer.person.name for payer in desk.list_owing(cast.leader, cast.community)] == ["换组的"]


def test_what_is_asked_for_of_a_charge_goes_with_it(cast):
    """The new group's leader reads what the one before asked for."""
    held = make_membership(make_person("换组的"), cast.community, group_id=cast.group.id)
    asked = waivers.ask(cast.leader, make_charge(held), "waiver", 100, "家里有困难")
    members.change_group(cast.secretary, held, cast.community, cast.other_group)
    db.session.refresh(asked)
    assert asked.group_id == cast.other_group.id
