"""Reversals and refunds: who makes them alone, who signs, what they free, where the money goes, what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.core.calendar import at, now, today
from portal.core.errors import RuleError
from portal.ledger import cashbox
from portal.ledger.models import BookState, LedgerAccount
from portal.ledger.services import hold_book
from portal.offices.rights import Position
from portal.own.deletion import delete_person, hindrances
from portal.payments import closing, opening, queries, refunds, reversals, services
from portal.payments.models import Method, Payment, Refund, Reversal, UndoState
from tests.harness.cases import either_engine
from tests.harness.counting import query_count
from tests.harness.factory import appoint, make_account, make_membership, make_person
from tests.harness.money import FEE, make_charge, make_payment, make_period
from tests.ledger.rows import deposit
from tests.payments.rows import LAST_YEAR, balances, close_book, debtor, kinds, membership_of, payer_of

PAGE = "/office/wangjiang/dues/payments"


@pytest.fixture
def owed(cast):
    return debtor(cast.community, group_id=cast.group.id)


@pytest.fixture
def paid(cast, owed):
    """The treasurer recorded the dues, and half a yuan more."""
    return make_payment(payer_of(owed), cast.community, FEE + 50, actor=cast.treasurer)


@pytest.fixture
def supervisor(cast):
    """Somebody beside the chair who may sign, and who asked for something."""
    person = make_person("洪敏")
    appoint(person, cast.community, Position.CHAIR)
    return make_account(person)


def test_whoever_recorded_it_today_takes_it_back_alone(cast, db_session, owed, paid):
    sent = []
    with services.reversed_.connected_to(lambda payment, reversal, **_more: sent.append((payment, reversal))):
        made = reversals.reverse(cast.treasurer, paid, "多收了")
    db_session.refresh(owed)
    assert (owed.paid_fen, paid.used_fen, paid.credit_fen) == (0, 0, 0)
    assert paid.reversed_at is not None
    assert (made.state, made.decided_by_id, made.entry_id is None) == (UndoState.MADE, None, False)
    assert sent == [(paid, made)]
    assert balances() == {"receivable": FEE, "dues": -FEE}
    assert kinds()[-2:] == ["release", "reversal"]
    assert reversals.reverse(cast.treasurer, paid, "多收了") is made
    with pytest.raises(RuleError):
        services.allocate(cast.treasurer, paid, owed, 100)


def test_alone_means_the_recorder_the_same_day_and_not_handed_over(cast, db_session, owed, paid):
    with pytest.raises(RuleError):
        reversals.reverse(cast.leader, paid, "不是我收的")
    with at(now() + timedelta(days=1)):
        assert not reversals.is_alone(cast.treasurer, paid)
    assert reversals.is_alone(cast.treasurer, paid)
    for reason in ("", "  ", "长" * 201):
        with pytest.raises(RuleError) as error:
            reversals.reverse(cast.treasurer, paid, reason)
        assert error.value.field == "reason"
    for day in (today() + timedelta(days=1), close_book(cast.community), today() - timedelta(days=1)):
        with pytest.raises(RuleError) as error:
            reversals.reverse(cast.treasurer, paid, "日期", day)
        assert error.value.field == "on"
    assert db_session.scalar(select(func.count()).select_from(Reversal)) == 0


def test_another_day_it_takes_a_second_signature(cast, db_session, owed, paid):
    asked = reversals.ask(cast.treasurer, paid, "记错人")
    with pytest.raises(RuleError):
        reversals.ask(cast.leader, paid, "也来问")
    assert reversals.ask(cast.treasurer, paid, "记错人") is asked
    for account in (cast.treasurer, cast.secretary, cast.sibling):
        for act in (reversals.approve, reversals.refuse):
            with pytest.raises(RuleError):
                act(account, asked, "好")
    assert paid.reversed_at is None
    with pytest.raises(RuleError) as error:
        reversals.refuse(cast.chair, asked, " ")
    assert error.value.field == "reason"
    reversals.refuse(cast.chair, asked, "没有记错")
    with pytest.raises(RuleError):
        reversals.approve(cast.chair, asked)
    again = reversals.ask(cast.treasurer, paid, "确实记错")
    reversals.approve(cast.chair, again, "核对过")
    assert (again.state, again.decided_by_id) == (UndoState.MADE, cast.chair.person_id)
    assert paid.reversed_at is not None
    with pytest.raises(RuleError):
        reversals.ask(cast.leader, paid, "再问")
    assert [one.state for one in queries.list_reversals(paid)] == ["refused", "made"]


def test_whoever_asked_signs_nothing_even_with_the_right(cast, db_session, paid, supervisor):
    asked = reversals.ask(cast.treasurer, paid, "记错人")
    asked.asked_by_id = supervisor.person_id
    db_session.flush()
    for act in (reversals.approve, reversals.refuse):
        with pytest.raises(RuleError):
            act(supervisor, asked, "我自己")
    reversals.withdraw(supervisor, asked)
    assert asked.state == UndoState.WITHDRAWN
    with pytest.raises(RuleError):
        reversals.withdraw(supervisor, asked)


def test_it_goes_back_to_where_the_money_is(cast, db_session):
    payer = make_charge(membership_of(cast.member)).payer_id
    member = cast.member.person
    for values in ({"method": Method.MOBILE}, {"method": Method.OPENING}, {"collector": cast.leader.person}):
        payment = make_payment(member, cast.community, 700, actor=cast.treasurer, **values)
        reversals.reverse(cast.treasurer, payment, "测试")
        assert balances() == {"receivable": FEE, "dues": -FEE}
    assert payer == member.id


def test_credit_is_paid_back_with_a_second_signature(cast, db_session, owed, paid):
    known = {"method": Method.CASH, "reason": "多缴"}
    for fields, values in {
        "amount": ({"amount_fen": 51}, {"amount_fen": 0}, {"amount_fen": -1}),
        "method": ({"amount_fen": 50, "method": "opening"},),
        "reason": ({"amount_fen": 50, "reason": " "},),
        "on": [{"amount_fen": 50, "on": today() + timedelta(days=days)} for days in (1, -1)],
    }.items():
        for value in values:
            with pytest.raises(RuleError) as error:
                refunds.ask(cast.treasurer, paid, **{**known, **value})
            assert error.value.field == fields, value
    for account in (cast.leader, cast.secretary):
        with pytest.raises(RuleError):
            refunds.ask(account, paid, amount_fen=50, **known)
    asked = refunds.ask(cast.treasurer, paid, amount_fen=50, **known)
    assert refunds.ask(cast.treasurer, paid, amount_fen=50, **known) is asked
    with pytest.raises(RuleError):
        refunds.ask(cast.treasurer, paid, amount_fen=20, **known)
    with pytest.raises(RuleError):
        refunds.approve(cast.treasurer, asked)
    refunds.approve(cast.chair, asked)
    assert (asked.state, paid.used_fen, paid.credit_fen) == (UndoState.MADE, FEE + 50, 0)
    assert balances() == {"cash": FEE, "dues": -FEE}
    with pytest.raises(RuleError):
        refunds.approve(cast.chair, asked)
    with pytest.raises(RuleError):  # a part of it is gone
        reversals.reverse(cast.treasurer, paid, "全部冲")
    db_session.refresh(owed)
    assert (owed.paid_fen, paid.reversed_at) == (FEE, None)


def test_credit_that_was_used_meanwhile_is_not_paid_back(cast, db_session, paid):
    asked = refunds.ask(cast.treasurer, paid, amount_fen=50, method=Method.TRANSFER, reason="多缴")
    services.allocate(cast.treasurer, paid, debtor(cast.community, "赵铁生"), 1)
    with pytest.raises(RuleError) as error:
        refunds.approve(cast.chair, asked)
    assert error.value.field == "amount"
    assert db_session.scalar(select(Refund.state)) == UndoState.ASKED
    reversals.reverse(cast.treasurer, paid, "冲掉")
    db_session.refresh(asked)
    assert asked.state == UndoState.WITHDRAWN


def test_whose_credit_is_left_is_not_deleted_until_it_is_paid_back_or_left_to_the_association(cast, owed, paid):
    payer = payer_of(owed)
    (words,) = hindrances(payer)
    assert "0.50" in words
    assert cast.community.name in words
    with pytest.raises(RuleError):
        delete_person(cast.administrator, payer, "zh-Hans")
    asked = refunds.ask(cast.treasurer, paid, amount_fen=50, method="forgone", reason="书面声明留给协会")
    assert hindrances(payer), "asked is not signed"
    refunds.approve(cast.chair, asked)
    assert hindrances(payer) == []
    assert (paid.credit_fen, balances()) == (0, {"cash": FEE + 50, "dues": -FEE, "forgone": -50})


def test_cash_that_was_banked_is_not_taken_back_out_of_the_box(cast, db_session, paid):
    """Refused with words and nothing written: recorded first for whoever really paid it, the box has it again."""
    yesterday = today() - timedelta(days=1)
    deposit(cast.community, FEE, on=today())
    for reverse in (lambda: reversals.reverse(cast.treasurer, paid, "记错人"), lambda: approved(cast, paid)):
        with pytest.raises(RuleError) as error, db_session.begin_nested():
            reverse()
        assert "0.50" in str(error.value)
    assert (kinds().count("reversal"), paid.reversed_at) == (0, None)
    other = debtor(cast.community, "赵铁生")
    make_payment(payer_of(other), cast.community, FEE, actor=cast.treasurer)
    reversals.reverse(cast.treasurer, paid, "记错人")
    assert balances()["bank"] == FEE
    assert "cash" not in balances()
    transfer = make_payment(payer_of(other), cast.community, 100, method=Method.TRANSFER, actor=cast.treasurer)
    reversals.reverse(cast.treasurer, transfer, "重复录入")  # the bank may be short: its statement says so
    assert cashbox.holds_fen(cast.community, yesterday) == 0


def approved(cast, payment):
    return reversals.approve(cast.chair, reversals.ask(cast.treasurer, payment, "记错人"))


def test_opening_balances_are_what_was_last_said(cast, db_session):
    cash, bank = LedgerAccount.CASH, LedgerAccount.BANK
    make_period(cast.community)
    assert opening.set_opening(cast.treasurer, cast.community, cash, 5_000, today())
    assert opening.set_opening(cast.treasurer, cast.community, bank, 900, today())
    assert not opening.set_opening(cast.treasurer, cast.community, cash, 5_000, today())
    assert opening.set_opening(cast.treasurer, cast.community, cash, 4_000, today())
    assert balances() == {"cash": 4_000, "bank": 900, "opening": -4_900}
    for account, values in ((cast.leader, (cash, 1)), (cast.treasurer, (cash, -1)), (cast.treasurer, ("dues", 1))):
        with pytest.raises(RuleError):
            opening.set_opening(account, cast.community, *values, today())
    assert opening.opening_fen(cast.sibling_community, cash) == 0


def test_once_the_first_book_is_closed_what_there_was_before_stands(cast, sign_in, db_session, owed):
    """Else a treasurer alone would say what was paid, or was in the cash box, where nobody can look it up."""
    credit = {"settles": [], "method": Method.OPENING, "actor": cast.treasurer}
    close_book(cast.community)  # nothing happened in it: the books begin later
    assert make_payment(payer_of(owed), cast.community, 5, **credit)
    client = sign_in(cast.treasurer)
    assert client.page("/office/wangjiang/dues/collect").select_one("option[value=opening]")
    hold_book(cast.community, make_period(cast.community)).state = BookState.CLOSED
    make_period(cast.community, today().year + 1)
    db_session.flush()
    after = now() + timedelta(days=366)
    with at(after):
        with pytest.raises(RuleError) as error:
            make_payment(payer_of(owed), cast.community, 5, received_on=after.date(), **credit)
        with pytest.raises(RuleError):
            opening.set_opening(cast.treasurer, cast.community, LedgerAccount.CASH, 900, after.date())
    assert error.value.field == "method"
    assert not client.page("/office/wangjiang/dues/collect").select_one("option[value=opening]")
    page = client.page(f"{PAGE}/opening").select_one("main")
    assert page.select_one(".notice") is not None
    assert page.select_one("form[method=post] button") is None


def test_what_waits_for_a_signature_stands_in_the_way_of_closing(app, cast, db_session, paid):
    """Once the book is closed nothing could be dated in it: it is signed or withdrawn first."""
    period = make_period(cast.community)
    assert closing.waiting(cast.community, period) == []
    reversals.ask(cast.treasurer, paid, "记错人")
    asked = refunds.ask(cast.treasurer, paid, amount_fen=50, method="cash", reason="多交了")
    with app.test_request_context():
        (only,) = closing.waiting(cast.community, period)
    assert (only.blocks, "2" in str(only.text)) == (True, True)
    assert closing.waiting(cast.community, make_period(cast.community, LAST_YEAR)) == []
    assert closing.waiting(cast.sibling_community, period) == []
    refunds.withdraw(cast.treasurer, asked)


def test_the_pages_of_asking_and_signing(cast, sign_in, db_session, owed, paid):
    """Asked on a page of its own, seen in the list by who signs, signed on the payment's page."""
    here = f"{PAGE}/{paid.public_id}"
    db_session.execute(Payment.__table__.update().values(recorded_at=now() - timedelta(days=2)))
    treasurer, chair = sign_in(cast.treasurer), sign_in(cast.chair)
    assert treasurer.submit(f"{here}/reverse", {"reason": ""}).status_code == 422
    assert treasurer.submit(f"{here}/reverse", {"reason": "记错人", "on": str(LAST_YEAR)}).status_code == 422
    assert treasurer.submit(f"{here}/reverse", {"reason": "记错人"}).location.endswith(here)
    assert treasurer.submit(f"{here}/refund", {"amount": "0.51", "reason": "多缴"}).status_code == 422
    assert treasurer.submit(f"{here}/refund", {"reason": "多缴"}).status_code == 303
    assert "记错人" in chair.page(PAGE).text
    first, second = (
        f"{here}/{kind}/{db_session.scalar(select(row.public_id))}/decide"
        for kind, row in (("refunds", Refund), ("reversals", Reversal))
    )
    assert treasurer.force(first, {"answer": "approve"}).status_code == 303  # told that somebody else signs
    assert chair.force(first, {"answer": "refuse"}).status_code == 303  # a no without its reason
    assert db_session.scalar(select(Refund.state)) == UndoState.ASKED
    assert chair.force(first, {"answer": "refuse", "note": "留作明年"}).status_code == 303
    assert chair.submit(second, {"answer": "approve"}, page=here).status_code == 303
    assert chair.force(second, {"answer": "approve"}).status_code == 303
    assert chair.force(second, {"answer": "burn"}).status_code == 400
    page = chair.page(here)
    assert "留作明年" in page.text
    assert db_session.scalar(select(Payment.reversed_at)) is not None
    assert owed.paid_fen == 0


@either_engine
def test_who_may_do_what_on_the_pages(cast, sign_in, client, db_session, owed, paid):
    here = f"{PAGE}/{paid.public_id}"
    outside = make_payment(payer_of(debtor(cast.community, "赵铁生", group_id=cast.other_group.id)), cast.community)
    writes = ("settle", "move", "reverse", "refund")
    assert client.get(here).status_code == 303
    secretary = sign_in(cast.secretary)
    assert secretary.get(here).status_code == 200
    assert [secretary.force(f"{here}/{one}").status_code for one in writes] == [403] * 4
    for account in (cast.member, cast.sibling):
        assert [sign_in(account).force(f"{here}/{one}").status_code for one in writes] == [404] * 4
    leader = sign_in(cast.leader)
    assert leader.get(f"{PAGE}/{outside.public_id}").status_code == 404
    assert [leader.force(f"{PAGE}/{outside.public_id}/{one}").status_code for one in writes] == [404] * 4
    assert "赵铁生" not in leader.page(PAGE).text
    treasurer = sign_in(cast.treasurer)
    assert [treasurer.get(f"{here}/{one}").status_code for one in ("settle", "move")] == [405] * 2
    assert treasurer.get("/office/tingyu/dues/payments").status_code == 404


def test_the_list_and_the_move_of_what_it_settles(cast, sign_in, db_session, owed, paid):
    other = make_charge(membership_of(cast.member), payer_id=owed.payer_id)
    here, treasurer = f"{PAGE}/{paid.public_id}", sign_in(cast.treasurer)
    page = treasurer.page(here)
    options = [one["value"] for one in page.select("[name=to] option")]
    (given,) = (one["value"] for one in page.select("[name=from]"))
    assert treasurer.force(f"{here}/move", {"from": given, "to": options[1]}).status_code == 303
    db_session.expire_all()
    assert (owed.paid_fen, other.paid_fen) == (0, FEE)
    assert treasurer.force(f"{here}/move", {"from": given}).status_code == 404
    assert treasurer.submit(f"{here}/settle", {"amount": "0.51"}, page=here).status_code == 422
    assert treasurer.submit(f"{here}/settle", {"amount": "0.5"}, page=here).status_code == 303
    assert owed.paid_fen == 50
    for query, count in {
        "q=hsl": 1,
        "q=zzz": 0,
        "state=credit": 0,
        "method=cash": 1,
        f"end={LAST_YEAR}-12-31": 0,
    }.items():
        assert len(treasurer.page(f"{PAGE}?{query}").select("tbody tr")) == count, query
    lines = treasurer.get(f"{PAGE}/list.csv").text.splitlines()
    assert "何淑兰" in lines[1]
    assert ",12.50," in lines[1]
    assert treasurer.get(f"{PAGE}/list.xlsx").status_code == 200


def test_opening_balances_on_their_page(cast, sign_in, db_session):
    here, treasurer = f"{PAGE}/opening", sign_in(cast.treasurer)
    make_period(cast.community)
    for sent in ({"cash": "-1"}, {"bank": "0.001"}, {"cash": "5", "on": "1999-01-01"}):
        assert treasurer.submit(here, sent).status_code == 422
    assert treasurer.submit(here, {"cash": "1,000.50"}).status_code == 303
    assert treasurer.page(here).select_one("#cash")["value"] == "1000.50"
    assert balances() == {"cash": 100_050, "opening": -100_050}
    assert sign_in(cast.secretary).get(here).status_code == 403


def test_what_waits_stands_on_the_work_list_of_who_signs(cast, sign_in, paid):
    reversals.ask(cast.treasurer, paid, "记错人")
    refunds.ask(cast.treasurer, paid, amount_fen=50, method=Method.CASH, reason="多缴")
    links = [one.get("href") for one in sign_in(cast.chair).page("/office/wangjiang").select(".work a")]
    assert links.count("/office/wangjiang/dues/payments") == 2
    assert "/dues/payments" not in str(sign_in(cast.secretary).page("/office/wangjiang").select(".work"))


def test_no_page_asks_more_for_many_than_for_few(cast, sign_in, db_session, owed, paid):
    """The list, a payment that settles five charges, the screen with somebody who owes five."""
    client = sign_in(cast.treasurer)
    at = "/office/wangjiang/dues"
    pages = [f"{at}/payments", f"{at}/payments/{paid.public_id}", f"{at}/collect?who={payer_of(owed).public_id}"]

    def asked():
        counts = []
        for page in pages:
            with query_count() as statements:
                assert client.get(page).status_code == 200
            counts.append(len(statements))
        return counts

    asked()
    few = asked()
    for name in ("何小禾", "何小苗", "何小满", "何小雨"):
        membership = make_membership(make_person(name), cast.community, payer_id=owed.payer_id)
        services.allocate(cast.treasurer, paid, make_charge(membership), 10)
        make_payment(payer_of(owed), cast.community, 100, [], actor=cast.treasurer)
    assert asked() == few
    assert max(few) <= 13


def test_nobody_signs_the_reversal_of_what_they_paid(cast, supervisor):
    make_membership(cast.chair.person, cast.community)
    paid = make_payment(cast.chair.person, cast.community, 500)
    asked = reversals.ask(cast.treasurer, paid, "多缴")
    with pytest.raises(RuleError):
        reversals.approve(cast.chair, asked)
    assert reversals.approve(supervisor, asked).state == UndoState.MADE
