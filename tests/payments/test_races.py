"""In the same moment: one form sent twenty times, two treasurers with the same money, two who take it back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import joinedload
from werkzeug.test import Client

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.database import db
from portal.dues import services as dues
from portal.dues.models import Charge
from portal.ledger.models import JournalLine
from portal.payments import allocating, following, queries, reversals, services
from portal.payments.models import Allocation, Method, Payment, Reversal
from portal.people.models import Person
from tests.harness.client import client_of
from tests.harness.money import FEE, make_payment, make_period
from tests.harness.together import at_once, together, told
from tests.payments.rows import debtor

assert following
POSTS = 20


def account(account_id: int) -> Account:
    return db.session.get_one(Account, account_id, options=[joinedload(Account.person)])


def recording(cast, payer_id: int, key: str, amount: int = FEE) -> Callable[[], str]:
    """The treasurer's form, read anew in each thread."""
    account_id, place_id = cast.treasurer.id, cast.community.id

    def act() -> str:
        actor, here = account(account_id), db.session.get_one(Association, place_id)
        payer = db.session.get_one(Person, payer_id)
        known = {"payer": payer, "amount_fen": amount, "received_on": today(), "method": Method.CASH, "key": key}
        return services.record(actor, here, **known).public_id

    return act


def on_payment(cast, payment_id: int, act: Callable[[Account, Payment], object]) -> Callable[[], object]:
    account_id = cast.treasurer.id

    def run() -> object:
        loaded = (joinedload(Payment.association), joinedload(Payment.payer))
        found = db.session.get_one(Payment, payment_id, options=loaded)
        return act(account(account_id), found)

    return run


def settling(cast, payment_id: int, charge_ids: list[int], amount: int) -> Callable[[], object]:
    def act(actor: Account, payment: Payment) -> int:
        charges = [db.session.get_one(Charge, one) for one in charge_ids]
        return len(allocating.allocate_all(actor, payment, [(one, amount) for one in charges]))

    return on_payment(cast, payment_id, act)


def count(kind) -> int:
    return db.session.scalar(select(func.count()).select_from(kind)) or 0


def books_balance() -> bool:
    return db.session.scalar(select(func.sum(JournalLine.debit_fen - JournalLine.credit_fen))) in (0, None)


@pytest.fixture
def owed(live_app, cast) -> Charge:
    charge = debtor(cast.community)
    db.session.commit()
    return charge


@pytest.fixture
def paid(live_app, cast, owed) -> Payment:
    """Credit of one fee, which settles nothing yet."""
    payment = make_payment(db.session.get_one(Person, owed.payer_id), cast.community, FEE, [], actor=cast.treasurer)
    db.session.commit()
    return payment


def test_twenty_equal_posts_are_one_payment_and_one_answer(live_app, cast, owed):
    given = at_once(live_app, [recording(cast, owed.payer_id, "form")] * POSTS)
    assert len(given) == POSTS
    assert len(set(given)) == 1
    assert (count(Payment), count(Allocation), books_balance()) == (1, 1, True)
    assert db.session.get_one(Charge, owed.id).paid_fen == FEE


def test_the_same_form_sent_by_many_windows_is_answered_as_one(live_app, cast, owed):
    """Over HTTP: whoever comes second finds the charge settled already, by the very payment that they send."""
    treasurer, page = client_of(live_app), "/office/wangjiang/dues/collect"
    treasurer.sign_in(cast.treasurer)
    payer = db.session.get_one(Person, owed.payer_id).public_id
    form = treasurer.page(f"{page}?who={payer}").select("#take input[name]")
    sent = {one["name"]: one.get("value", "") for one in form}

    def send() -> int:
        window = Client(live_app)
        window._cookies.update(treasurer._cookies)
        return window.post(page, data=sent).status_code

    db.session.rollback()
    assert together([send] * 8) == [303] * 8
    assert (count(Payment), count(Allocation), books_balance()) == (1, 1, True)


@pytest.mark.engines("postgresql")  # SQLite lets one writer in at a time: the key is found, never met
def test_control_without_reading_again_the_others_fail(live_app, cast, owed, monkeypatch):
    monkeypatch.setattr(queries, "by_key", lambda _key: None)
    words = told(live_app, [recording(cast, owed.payer_id, "form")] * POSTS)
    assert (words.count("broken"), count(Payment)) == (POSTS - 1, 1)


def test_two_treasurers_never_settle_more_than_there_is(live_app, cast, owed, paid):
    """One payment, three charges: from both ends of the list at once, and neither waits for the other for ever."""
    ids = [owed.id, *(debtor(cast.community, name).id for name in ("赵铁生", "陶小满"))]
    ways = [ids[:2], ids[1::-1], ids[1:], ids[:0:-1]] * 2
    given = at_once(live_app, [settling(cast, paid.id, way, FEE // 2) for way in ways])
    assert [one for one in given if one] == [2]
    fresh = db.session.get_one(Payment, paid.id)
    assert fresh.used_fen == db.session.scalar(select(func.sum(Allocation.amount_fen))) == FEE
    assert books_balance()


def test_two_payments_never_settle_a_charge_twice(live_app, cast, owed):
    """The control of twenty equal posts too: with keys of their own each is a payment."""
    given = at_once(live_app, [recording(cast, owed.payer_id, f"form {n}") for n in range(6)])
    assert len(set(given)) == 6
    assert db.session.get_one(Charge, owed.id).paid_fen == FEE
    assert db.session.scalar(select(func.sum(Allocation.amount_fen))) == FEE
    assert db.session.scalar(select(func.sum(Payment.used_fen))) == FEE


def test_control_without_the_condition_the_money_is_used_twice(live_app, cast, owed, paid, monkeypatch):
    """What both pages showed as left is taken, whoever took it before; no other guard stands behind it."""
    shown, ids = paid.credit_fen, [owed.id, debtor(cast.community, "赵铁生").id]
    db.session.commit()

    def careless(payment: Payment, amount_fen: int) -> None:
        assert shown >= amount_fen
        db.session.execute(update(Payment).where(Payment.id == payment.id).values(used_fen=amount_fen))

    monkeypatch.setattr(allocating, "use", careless)
    given = at_once(live_app, [settling(cast, paid.id, [one], FEE) for one in ids])
    assert given == [1, 1]
    assert db.session.scalar(select(func.sum(Allocation.amount_fen))) == 2 * FEE


def test_taken_back_once_however_many_ask(live_app, cast, owed):
    payment = make_payment(db.session.get_one(Person, owed.payer_id), cast.community, actor=cast.treasurer)
    act = on_payment(cast, payment.id, lambda actor, found: reversals.reverse(actor, found, "多收").public_id)
    given = at_once(live_app, [act] * POSTS)
    assert len(given) == POSTS
    assert len(set(given)) == 1
    assert (count(Reversal), books_balance()) == (1, True)
    assert db.session.get_one(Charge, owed.id).paid_fen == 0


def test_control_without_the_index_it_is_taken_back_twice(live_app, cast, owed, paid, monkeypatch):
    db.session.execute(text("DROP INDEX uq_reversal_live"))
    db.session.execute(text("UPDATE payment SET used_fen = 0"))
    monkeypatch.setattr(queries, "STANDS", Payment.id > 0)
    act = on_payment(cast, paid.id, lambda actor, found: reversals.reverse(actor, found, "多收").public_id)
    given = at_once(live_app, [act] * 4)
    assert len(set(given)) > 1


def test_taken_back_while_it_is_settled(live_app, cast, owed, paid):
    """Whoever comes first: nothing that was taken back settles anything."""
    back = on_payment(cast, paid.id, lambda actor, found: reversals.reverse(actor, found, "多收").public_id)
    at_once(live_app, [back, settling(cast, paid.id, [owed.id], FEE)])
    fresh, charge = db.session.get_one(Payment, paid.id), db.session.get_one(Charge, owed.id)
    assert fresh.reversed_at is not None
    assert (fresh.used_fen, charge.paid_fen) == (0, 0)
    assert books_balance()


def test_a_charge_becomes_void_while_it_is_paid(live_app, cast, owed):
    charge_id = owed.id
    make_period(cast.community)

    def void() -> bool:
        charge = db.session.get_one(Charge, charge_id, options=[joinedload(Charge.association)])
        here = charge.association
        assert here is not None
        dues.void(None, charge, dues.VoidReason.IN_ERROR, today())
        return True

    at_once(live_app, [void, *(recording(cast, owed.payer_id, f"form {n}") for n in range(3))])
    charge = db.session.get_one(Charge, charge_id)
    assert (charge.voided_at is not None, charge.paid_fen) == (True, 0)
    assert db.session.scalar(select(func.sum(Payment.used_fen))) == 0
    assert books_balance()
