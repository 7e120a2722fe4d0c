"""A transfer typed by hand and found in a file later is one payment: the line waits, and is joined with it."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from portal.bank import recorded, services
from portal.bank.models import BankLine, LineState
from portal.core.errors import RuleError
from portal.members.models import Membership
from portal.payments import reversals
from portal.payments.models import Method, Payment
from tests.bank.files import PAGE, YEAR, came, found, in_english, take
from tests.harness.money import FEE, make_payment
from tests.payments.rows import LAST_YEAR, balances, debtor, membership_of, owes, payer_of

BOOKED = date(YEAR, 1, 7)


@pytest.fixture
def owed(cast, db_session):
    """李铁柱 owes this year's dues."""
    return debtor(cast.community, "李铁柱")


def typed_in(cast, charge, days: int = 0, **values):
    known = {"method": Method.TRANSFER, "received_on": BOOKED + timedelta(days=days), "actor": cast.treasurer}
    return make_payment(payer_of(charge), cast.community, **{**known, **values})


def reason(line: BankLine) -> str:
    return str(json.loads(line.reason)[0])


def count(db_session) -> int:
    return db_session.scalar(select(func.count()).select_from(Payment)) or 0


def test_the_line_waits_and_one_press_joins_it(cast, db_session, sign_in, owed):
    paid = typed_in(cast, owed, -2)
    take(cast.treasurer, cast.community, came("李铁柱", number="9001"))
    (line,) = found()
    assert (line.state, reason(line), count(db_session)) == (LineState.WAITING, "typed", 1)
    db_session.commit()
    client = in_english(sign_in(cast.treasurer))
    press = client.page(PAGE).select_one("td form button")
    assert "It is the payment of 李铁柱" in press.text
    address = f"{PAGE}/lines/{line.public_id}"
    assert client.page(address).select_one("form[action*='/link/']")
    answer = client.submit(f"{address}/link/{paid.public_id}", page=PAGE)
    assert (answer.status_code, answer.location) == (303, PAGE)
    (line,) = found()
    assert (line.state, reason(line), line.payment_id) == (LineState.MATCHED, "linked", paid.id)
    assert (count(db_session), balances()) == (1, {"bank": FEE, "dues": -FEE})
    assert client.page(f"/office/wangjiang/dues/payments/{paid.public_id}").select_one(f'a[href$="{address}"]')
    assert client.force(f"{address}/link/{paid.public_id}", {}).status_code == 303, "joined already: it says so"
    assert sign_in(cast.leader).force(f"{address}/link/{paid.public_id}", {}).status_code == 403
    assert sign_in(cast.sibling).force(f"{address}/link/{paid.public_id}", {}).status_code == 404
    assert client.get(f"{address}/link/{paid.public_id}").status_code == 405
    reversals.reverse(cast.treasurer, db_session.get_one(Payment, paid.id), "认错了人")
    assert found()[0].state == LineState.WAITING


def test_what_may_be_the_money(cast, db_session, owed):
    """By the name, by the name or the number in the memo; not another amount, day, way, or one that has a line."""
    number = membership_of(cast.member).number
    mine = debtor(cast.community, "何淑兰")
    take(cast.treasurer, cast.community, came("何淑兰", "3.21", day=f"{YEAR}0106"))
    before = found()[0]
    before.association = cast.community
    told = services.match(cast.treasurer, before, payer_of(mine), [], BOOKED, method=Method.TRANSFER)
    kept = typed_in(cast, owed)
    make_payment(
        cast.member.person, cast.community, FEE, method=Method.MOBILE, received_on=BOOKED, actor=cast.treasurer
    )
    known = recorded.typed(cast.community)

    def seen(name: str, memo: str = "", amount: int = FEE, days: int = 0) -> int:
        line = BankLine(payer_name=name, memo=memo, amount_fen=amount, booked_on=BOOKED + timedelta(days=days))
        return len(known.of(line))

    assert [seen("李铁柱"), seen("儿子", "李铁柱会费"), seen("孙女", f"{number} 会费")] == [1, 1, 1]
    assert [seen("李铁柱", days=7), seen("李铁柱", days=8), seen("李铁柱", amount=FEE + 1), seen("旁人")] == [
        1,
        0,
        0,
        0,
    ]
    assert seen("何淑兰", amount=321) == 0, "a line tells of it already"
    assert told.id != kept.id
    cash = debtor(cast.community, "赵铁生")
    make_payment(payer_of(cash), cast.community, received_on=BOOKED, actor=cast.treasurer)
    take(cast.treasurer, cast.community, came("赵铁生"))
    assert reason(found("赵铁生")[0]) == "nobody", "cash is no transfer"


def test_who_owes_as_much_again_does_not_pay_it_with_the_same_money(cast, db_session, owed):
    """The control: far from the day it is another transfer, and settles what is still owed."""
    held = db_session.get_one(Membership, owed.membership_id)
    last = owes(held, LAST_YEAR)
    typed_in(cast, owed, 3)
    take(cast.treasurer, cast.community, came("李铁柱"), came("李铁柱", day=f"{YEAR}0120"))
    assert [line.state for line in found()] == [LineState.WAITING, LineState.MATCHED]
    for charge in (owed, last):
        db_session.refresh(charge)
    assert (owed.paid_fen, last.paid_fen, count(db_session)) == (FEE, FEE, 2)


def test_what_is_refused(cast, db_session, owed):
    paid, less = typed_in(cast, owed), typed_in(cast, owed, amount_fen=100)
    take(cast.treasurer, cast.community, came("李铁柱"), came("李铁柱"))
    one, other = found()
    one.association = other.association = cast.community
    with pytest.raises(RuleError):
        recorded.link(cast.leader, one, paid)
    with pytest.raises(RuleError):
        recorded.link(cast.treasurer, one, less)
    recorded.link(cast.treasurer, one, paid)
    with pytest.raises(RuleError):
        recorded.link(cast.treasurer, other, paid)
    again = typed_in(cast, owed)
    reversals.reverse(cast.treasurer, again, "重复录入")
    with pytest.raises(RuleError):
        recorded.link(cast.treasurer, other, again)
    assert [line.state for line in found()] == [LineState.MATCHED, LineState.WAITING]
