"""Members' opening balances: lines checked, entered all or none, void when in error; never charged by plan too."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.dues import openings, services
from portal.dues.charging import charge
from portal.dues.models import Charge, ChargeOrigin
from portal.dues.queries import open_charges
from portal.ledger import closing
from portal.ledger.models import BookState, LedgerAccount, PeriodBook
from portal.ledger.services import hold_book
from portal.members.models import Membership
from tests.dues.test_settling import balance, member
from tests.harness.money import make_charge, make_period, make_plan
from tests.ledger.rows import deposit

PAGE = "/office/wangjiang/dues/openings"


@pytest.fixture
def past(cast):
    return make_period(cast.community, today().year - 1)


def count(db_session) -> int:
    return db_session.scalar(select(func.count(Charge.id)))


def test_checked_entered_paid_like_any_other_and_void(cast, sign_in, db_session, past):
    payer, other = member(cast, "江小鱼", payer_id=cast.member.person_id), member(cast, "欧阳海")
    sent = {
        "period": past.public_id,
        "lines": f"会员号\t姓名\t金额\n{payer.number}\t江小鱼\t1,200.50\n{other.number} 30",
    }
    treasurer = sign_in(cast.treasurer)
    looked = treasurer.submit(PAGE, sent)
    assert (looked.status_code, count(db_session)) == (200, 0)
    assert "1,230.50" in looked.text
    assert treasurer.force(PAGE, {**sent, "note": "2024年册", "settle": "yes"}).status_code == 303
    (owed,) = open_charges(cast.community, cast.member.person_id)
    assert (owed.amount_fen, owed.origin, owed.period_id, owed.note) == (
        120_050,
        ChargeOrigin.OPENING,
        past.id,
        "2024年册",
    )
    assert balance(db_session, LedgerAccount.OPENING) == -balance(db_session, LedgerAccount.RECEIVABLE) == -123_050
    again = treasurer.force(PAGE, {**sent, "settle": "yes"})
    assert "江小鱼" in again.text
    assert count(db_session) == 2
    make_plan(cast.federation)
    assert charge(None, cast.community, past).new == 1  # the cast's member alone
    address = f"/office/wangjiang/dues/charges/{past.public_id}/{payer.public_id}"
    make_period(cast.community)
    assert f"{address}/void" in treasurer.get(address).text
    assert treasurer.submit(f"{address}/void").status_code == 422
    assert treasurer.submit(f"{address}/void", {"reason": "抄错一行"}).status_code == 303
    assert treasurer.get(f"{address}/void").status_code == 404
    assert open_charges(cast.community, membership_id=payer.id) == []
    assert balance(db_session, LedgerAccount.OPENING) == -3_000


def test_each_fault_has_its_line_and_nothing_is_entered(cast, sign_in, db_session, past):
    one = member(cast, "江小鱼")
    charged = make_charge(member(cast, "已收"), past).membership_id
    number = next(row.number for row in db_session.scalars(select(type(one))) if row.id == charged)
    lines = [
        f"{one.number} 江小鱼 12", f"{one.number}\t12", "X-1 12", f"{number} 12", f"{one.number}", "T-0,甲,1,200",
        f"{one.number} 江大鱼 12", f"{one.number} 0.001", f"{one.number} -5",
    ]  # fmt: skip
    sheet = openings.read(cast.community, past, "\n".join(lines))
    assert [line for line, _why in sheet.faults] == [2, 3, 4, 5, 6, 7, 8, 9]
    answer = sign_in(cast.treasurer).force(
        PAGE, {"period": past.public_id, "lines": "\n".join(lines), "settle": "yes"}
    )
    assert answer.status_code == 422
    assert answer.text.count("<li>") >= 8
    assert count(db_session) == 1
    for text in ("", "会员号 姓名 金额", "1 1\n" * (openings.MOST_LINES + 1)):
        with pytest.raises(RuleError):
            openings.read(cast.community, past, text)


def test_a_closed_period_takes_none(cast, db_session, past):
    arrear = openings.Arrear(member(cast), 100)
    db_session.add(PeriodBook(association_id=cast.community.id, period_id=past.id, state=BookState.CLOSED))
    with pytest.raises(RuleError, match=past.name):
        openings.bring_in(cast.treasurer, cast.community, past, [arrear])
    with pytest.raises(RuleError):
        openings.bring_in(cast.treasurer, cast.community, make_period(cast.community, today().year + 1), [arrear])
    assert count(db_session) == 0


@pytest.mark.engines("sqlite")
def test_who_may(cast, sign_in, client, past):
    made = make_charge(member(cast), past, origin=ChargeOrigin.OPENING)
    membership = made.membership_id
    address = next(
        f"/office/wangjiang/dues/charges/{past.public_id}/{one.membership.public_id}/void"
        for one in open_charges(cast.community, membership_id=membership)
    )
    for account, status in ((cast.secretary, 403), (cast.leader, 403), (cast.sibling, 404), (cast.member, 404)):
        visitor = sign_in(account)
        assert visitor.get(PAGE).status_code == visitor.force(PAGE, {}).status_code == status
        assert visitor.get(address).status_code == status
    assert client.get(PAGE).status_code == 303


def test_once_the_first_book_is_closed_nobody_alone_lets_anybody_off(cast, sign_in, past):
    made = make_charge(member(cast), past, origin=ChargeOrigin.OPENING)
    (held,) = open_charges(cast.community, membership_id=made.membership_id)
    address = f"/office/wangjiang/dues/charges/{past.public_id}/{held.membership.public_id}"
    deposit(cast.community, on=past.start_on)
    hold_book(cast.community, past).state = BookState.CLOSED
    make_period(cast.community)
    db.session.commit()
    treasurer = sign_in(cast.treasurer)
    assert f"{address}/void" not in treasurer.get(address).text
    assert treasurer.force(f"{address}/void", {"reason": "抄错一行"}).status_code == 422
    assert open_charges(cast.community, membership_id=made.membership_id)


def test_what_is_owed_from_before_is_not_taken_for_this_years_dues(cast, sign_in, past):
    """The period that is over is offered first; of the present one the page says what it means."""
    this, payer, treasurer = make_period(cast.community), member(cast, "江小鱼"), sign_in(cast.treasurer)
    db.session.commit()
    offered = [one["value"] for one in treasurer.page(PAGE).select("#period option") if one["value"]]
    assert offered == [past.public_id, this.public_id]
    said = {
        one.public_id: "将不再向这些会员收取"
        in treasurer.submit(PAGE, {"period": one.public_id, "lines": f"{payer.number} 30"}).text
        for one in (past, this)
    }
    assert said == {past.public_id: False, this.public_id: True}


def test_a_book_that_is_opened_again_lets_nobody_off_alone(cast, sign_in, db_session, past):
    """Whoever holds both offices would open the only closed book, and be alone with it."""
    make_period(cast.community)
    (owed,) = openings.bring_in(cast.treasurer, cast.community, past, [openings.Arrear(member(cast, "甲"), 5_000)])
    closing.close(cast.treasurer, cast.community, past, seen=True)
    closing.reopen(cast.chair, cast.community, past, "再核")
    with pytest.raises(RuleError, match="核销"):
        services.void_opening(cast.treasurer, owed, "录错")
    db_session.commit()
    number = db_session.get_one(Membership, owed.membership_id).public_id
    here = f"/office/wangjiang/dues/charges/{past.public_id}/{number}"
    assert f"{here}/void" not in sign_in(cast.treasurer).get(here).text
