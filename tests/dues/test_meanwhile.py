"""What is committed between two statements of charging: it is seen, or it waits; and what is held, in one order."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import select

from portal.associations import services as associations
from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.database import db
from portal.dues import charging, openings, plan_queries, plans, services
from portal.dues.models import Charge, FeePlan
from portal.dues.openings import Arrear
from portal.dues.queries import standing
from portal.ledger import closing
from portal.ledger.models import DuesPeriod
from portal.members import services as members
from portal.members.models import Membership
from portal.payments import following
from portal.payments import queries as payments
from portal.payments.models import Payment
from portal.people.models import Person
from portal.register import services as register
from tests.dues.test_settling import member
from tests.harness.factory import make_membership, make_person
from tests.harness.meanwhile import COMMITTED, REFUSED, WAITS, Meanwhile
from tests.harness.money import FEE, make_charge, make_payment, make_period, make_plan
from tests.notices.rows import acting

pytestmark = pytest.mark.engines("postgresql")


def own(kind, row):
    return db.session.get_one(kind, row.id)


@pytest.fixture
def past(cast):
    """Last year's period, of which all are charged; money that comes now is dated this year, in another book."""
    make_plan(cast.federation)
    make_period(cast.community)
    return make_period(cast.community, today().year - 1)


def charge_it(cast, period):
    return charging.charge(None, own(Association, cast.community), own(DuesPeriod, period))


def test_who_paid_meanwhile_stays_the_payer(live_app, cast, db_session, past, monkeypatch):
    """Another is to pay for a member from now on: not what was paid while that was looked up."""
    one, other = member(cast, "甲", joined_on=past.start_on), make_person("另一位")
    charge_it(cast, past)
    one.payer_id = other.id
    db_session.commit()
    owed = standing(past.id, one.id)

    def pay():
        make_payment(db.session.get_one(Person, one.person_id), own(Association, cast.community), FEE)

    paying = Meanwhile(live_app, pay)
    known = charging.Step._run

    def run(step, statement, **more):
        found = known(step, statement, **more)
        if statement is step.prepared.differing and not paying.told:
            found = found.freeze()()
            paying.run()
        return found

    monkeypatch.setattr(charging.Step, "_run", run)
    done = charge_it(cast, past)
    db_session.commit()
    assert paying.told == [COMMITTED]
    assert (done.changed, done.voided) == (0, 0)
    db_session.refresh(owed)
    assert (owed.voided_at, owed.paid_fen, owed.payer_id) == (None, FEE, one.person_id)


def test_everything_is_held_before_anything_is_freed(live_app, cast, db_session, past, monkeypatch):
    """All charges by their ids, then all payments by theirs, as whoever settles takes them."""
    people = [member(cast, name, joined_on=past.start_on) for name in ("甲", "乙")]
    charge_it(cast, past)
    for one in reversed(people):
        make_payment(db_session.get_one(Person, one.person_id), cast.community, FEE)
    make_plan(cast.federation, 2 * FEE)
    db_session.commit()
    held = [(kind, one) for kind in (Payment, Charge) for one in db_session.scalars(select(kind.id)).all()]

    def take(kind, one):
        db.session.execute(select(kind.id).where(kind.id == one).with_for_update(key_share=True))

    tries = [Meanwhile(live_app, partial(take, *one)) for one in held]
    known = following.queries.live_allocations_of
    monkeypatch.setattr(charging, "PORTION", 1)

    def freeing(charge_id):
        if not tries[0].told:
            assert [one.run() for one in tries] == [WAITS] * len(tries)
        return known(charge_id)

    monkeypatch.setattr(following.queries, "live_allocations_of", freeing)
    assert charge_it(cast, past).changed == 3
    assert [one.told for one in tries] == [[WAITS]] * 5
    db_session.commit()


def test_a_plan_is_not_withdrawn_while_it_is_charged_by(live_app, cast, db_session, past, monkeypatch):
    plan = make_plan(cast.community, 500)
    member(cast, "甲", joined_on=past.start_on)
    db_session.commit()
    charged, used = [], plan_queries.used

    def asked(those):
        found = used(those)
        charged.append(Meanwhile(live_app, lambda: charge_it(cast, past)).begin())
        return found

    monkeypatch.setattr(plan_queries, "used", asked)
    plans.withdraw(acting(cast.treasurer), own(FeePlan, plan))
    assert not charged[0].done()
    db_session.commit()
    assert charged[0].result(20) == COMMITTED
    assert plan.id not in db_session.scalars(select(Charge.plan_id)).all()


def test_two_years_are_charged_one_after_the_other(live_app, cast, db_session, past, monkeypatch):
    """They would wait for each other's books where credit settles what is new; nor is it archived meanwhile."""
    other = make_period(cast.community)
    db_session.commit()
    second = Meanwhile(live_app, lambda: charge_it(cast, other))
    second.before(monkeypatch, charging.ledger, "hold_book")
    archiving = Meanwhile(live_app, lambda: associations.archive_association(None, own(Association, cast.community)))
    archiving.after(monkeypatch, charging.ledger, "hold_book")
    charge_it(cast, past)
    assert (second.told, archiving.told) == ([WAITS], [WAITS])
    db_session.commit()
    assert archiving.run() == COMMITTED
    assert second.run() == REFUSED


def test_what_is_brought_in_is_written_in_one_order(cast, db_session, past):
    """Two who bring in the same members in another order would wait for each other."""
    one, other = (member(cast, name, joined_on=past.start_on) for name in ("甲", "乙"))
    arrears = [Arrear(own(Membership, row), 100) for row in (other, one)]
    made = openings.bring_in(None, cast.community, past, arrears)
    assert [row.membership_id for row in sorted(made, key=lambda row: row.id)] == sorted((one.id, other.id))


def test_a_book_is_closed_while_an_opening_balance_is_void(live_app, cast, db_session, past, monkeypatch):
    """Whoever closes it waits, or was first."""
    make_period(cast.community)
    membership = member(cast, "甲")
    openings.bring_in(cast.treasurer, cast.community, past, [Arrear(membership, 5_000)])
    db_session.commit()

    def close():
        place, period = own(Association, cast.community), own(DuesPeriod, past)
        closing.close(acting(cast.treasurer), place, period, seen=True)

    other = Meanwhile(live_app, close)
    other.after(monkeypatch, services.journal, "is_begun")
    services.void_opening(acting(cast.treasurer), standing(past.id, membership.id), "录错")
    db_session.commit()
    assert other.told == [WAITS]


def test_many_are_moved_and_what_they_owe_is_held_in_one_order(live_app, cast, db_session, past):
    """Whoever settles two of their charges waits for all of them: neither has what the other needs."""
    second, first = (make_membership(make_person(name), cast.community, group_id=cast.group.id) for name in "乙甲")
    ids = [make_charge(one, past).id for one in (second, first)]
    db_session.commit()
    other = Meanwhile(live_app, lambda: payments.hold_charges(ids))
    begun = []

    def connected(memberships):
        begun.append(other.run())

    with members.grouped.connected_to(connected):
        register.move_all(acting(cast.secretary), iter([first, second]), cast.other_group)
    assert begun == [WAITS, WAITS]
    db_session.commit()
    assert other.run() == COMMITTED
