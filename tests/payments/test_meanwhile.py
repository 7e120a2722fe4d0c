"""What is committed between two statements of somebody who takes money back, or takes it from somebody."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

import pytest

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.dues.models import Charge
from portal.handovers import services as handovers
from portal.handovers.services import Counted
from portal.ledger import cashbox
from portal.members.models import Membership
from portal.own import deletion
from portal.payments import allocating, opening, queries, reversals, rules
from portal.payments.models import Payment
from portal.people.models import Person
from tests.harness.meanwhile import COMMITTED, WAITS, Meanwhile
from tests.harness.money import FEE, make_charge, make_payment, make_period
from tests.notices.rows import acting
from tests.payments.rows import LAST_YEAR, below_nothing, membership_of, owes

pytestmark = pytest.mark.engines("postgresql")


def own(kind, row):
    """The row in the session of the thread that asks."""
    return db.session.get_one(kind, row.id)


def test_what_was_handed_over_meanwhile_is_not_taken_back_alone(live_app, cast, db_session, monkeypatch):
    """Once the treasurer has counted it, the leader who recorded it asks for a second signature."""
    paid = make_payment(cast.member.person, cast.community, 700, actor=cast.leader, collector=cast.leader.person)
    db_session.commit()

    def hand_over():
        counted = Counted(expected_fen=700, counted_fen=700, handed_on=today(), key=secrets.token_hex(8))
        place, leader = own(Association, cast.community), own(Person, cast.leader.person)
        handovers.record(acting(cast.treasurer), place, leader, counted)

    counting = Meanwhile(live_app, hand_over)
    counting.before(monkeypatch, reversals, "_make")
    leader, paid = acting(cast.leader), queries.get_payment(db.select(Payment), paid.public_id)
    with pytest.raises(RuleError):
        reversals.reverse(leader, paid, "记错了")
    db_session.rollback()
    assert counting.told == [COMMITTED]
    assert db_session.get_one(Payment, paid.id).reversed_at is None


def test_the_cash_box_comes_before_the_books(live_app, cast, db_session, monkeypatch):
    """Whoever takes cash out of the box, or says what it began with, holds the box first, as charging does."""
    paid = make_payment(cast.member.person, cast.community, 700, actor=cast.treasurer)
    make_period(cast.community)
    db_session.commit()
    box = Meanwhile(live_app, lambda: cashbox.hold(own(Association, cast.community)))
    box.before(monkeypatch, reversals.ledger, "hold_open")
    treasurer, paid = acting(cast.treasurer), queries.get_payment(db.select(Payment), paid.public_id)
    reversals.reverse(treasurer, paid, "记错了")
    assert box.told == [WAITS]
    db_session.commit()
    box.told.clear()
    box.is_due = True
    opening.set_opening(acting(cast.treasurer), own(Association, cast.community), "cash", 5_000, today())
    assert box.told == [WAITS]


def test_who_is_deleted_meanwhile_pays_nothing(live_app, cast, db_session, monkeypatch):
    """A record that is removed holds no money: of the two that come at once one is refused."""
    make_period(cast.community)
    place, gone = cast.community, cast.member.person
    db_session.commit()

    def delete():
        deletion.delete_person(acting(cast.administrator), own(Person, gone), "zh-Hans")

    deleting = Meanwhile(live_app, delete)
    deleting.before(monkeypatch, rules, "check_received")
    with pytest.raises(RuleError) as refused:
        make_payment(own(Person, gone), own(Association, place), 700)
    assert (deleting.told, refused.value.field) == ([COMMITTED], "payer")
    db_session.rollback()


def test_who_pays_meanwhile_is_not_deleted(live_app, cast, db_session, monkeypatch):
    make_period(cast.community)
    place, paying = cast.community, cast.member.person
    db_session.commit()

    def delete():
        deletion.delete_person(acting(cast.administrator), own(Person, paying), "zh-Hans")

    deleting = Meanwhile(live_app, delete)
    make_payment(own(Person, paying), own(Association, place), 700)
    assert deleting.run() == WAITS
    db_session.commit()
    assert deleting.run() == "refused"
    pays = Meanwhile(live_app, lambda: make_payment(own(Person, paying), own(Association, place), 5))
    pays.after(monkeypatch, deletion, "_money_between")
    with pytest.raises(RuleError):
        delete()
    assert pays.told == [WAITS]
    assert own(Account, cast.member).person_id == paying.id


def pay_last_year_meanwhile(live_app, cast, db_session, monkeypatch) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Money of last year is recorded, before its charges are held this year is charged; what ends below nothing."""
    held = membership_of(cast.member)
    owed = owes(held, LAST_YEAR)
    make_period(cast.community)
    db_session.commit()
    charging = Meanwhile(live_app, lambda: make_charge(own(Membership, held)))
    charging.before(monkeypatch, allocating, "oldest_first")
    payer, place = own(Person, cast.member.person), own(Association, cast.community)
    paid = make_payment(payer, place, 2 * FEE, received_on=date(LAST_YEAR, 3, 1))
    db_session.commit()
    assert (paid.credit_fen, own(Charge, owed).open_fen) == (0, 0)
    return charging.told, below_nothing()


def test_what_is_charged_meanwhile_was_not_owed_last_year(live_app, cast, db_session, monkeypatch):
    assert pay_last_year_meanwhile(live_app, cast, db_session, monkeypatch) == ([COMMITTED], [])


def test_control_of_what_was_open_before_it_was(live_app, cast, db_session, monkeypatch):
    found: list[dict[int, Any]] = []
    asked = allocating.open_later

    def first(*given: Any) -> dict[int, Any]:
        found.append(asked(*given))
        return found[0]

    monkeypatch.setattr(allocating, "open_later", first)
    told, below = pay_last_year_meanwhile(live_app, cast, db_session, monkeypatch)
    assert (told, len(below)) == ([COMMITTED], 1)
