"""A levy by head-count: everybody once, in both books, paid once however often its form is sent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.calendar import today
from portal.core.database import ask_together, db
from portal.core.errors import RuleError
from portal.home import term_tasks
from portal.ledger import queries as ledger
from portal.ledger.models import BookState, EntryKind, LedgerAccount
from portal.ledger.services import Line, hold_book, post
from portal.levy import counting, queries, services, taking_back
from portal.levy.models import Levy, LevyPayment, LevyPerson, LevyShare
from portal.offices.rights import Position
from portal.statements import year
from portal.upkeep.ledger import list_faults
from tests.harness.cases import either_engine
from tests.harness.counting import query_count
from tests.harness.factory import appoint, make_account, make_membership, make_person
from tests.harness.money import make_payment, make_period
from tests.ledger.rows import deposit
from tests.notices.rows import acting

ABOVE, BELOW = "/office/liuan/dues/levy", "/office/wangjiang/dues/levy"


@pytest.fixture
def collector(cast):
    """The treasurer of the street, whose right reaches below; three members of one community, two of the other, one
    of whom belongs to both and joined the second later; an organisation; somebody who left.
    """
    person = make_person("柳大有")
    appoint(person, cast.street, Position.TREASURER, covers_subtree=True)
    both = make_person("双会员")
    for number in range(2):
        make_membership(make_person(f"甲{number}"), cast.community)
    make_membership(both, cast.community, joined_on=today() - timedelta(days=300))
    make_membership(both, cast.sibling_community, joined_on=today() - timedelta(days=200))
    make_membership(make_person("乙"), cast.sibling_community)
    make_membership(make_person("联络人"), cast.community, organisation_name="望江商店")
    gone = today() - timedelta(days=2)
    make_membership(make_person("已退会"), cast.community, ended_on=gone, end_reason="withdrew")
    make_period(cast.community)
    account = make_account(person)
    db.session.commit()
    return account


def laid(cast, collector, rate=100):
    made = services.lay(collector, cast.street, make_period(cast.community), rate, today(), "2026 年 3 号决议")
    db.session.commit()
    return made


def shares(levy):
    rows = db.session.scalars(queries.shares(levy).options(*queries.SHOWN)).all()
    return {row.association.code: row for row in rows}


def test_everybody_is_counted_once_and_both_books_know(cast, collector):
    levy = laid(cast, collector)
    found = shares(levy)
    # the cast's own member and the three of the fixture; of the other community one
    assert {code: (row.count, row.amount_fen) for code, row in found.items()} == {
        "wangjiang": (4, 400), "tingyu": (1, 100),
    }  # fmt: skip
    people = db.session.query(LevyPerson).all()
    assert len({one.person_id for one in people}) == len(people) == 5
    assert ledger.balances(cast.community)["levy_payable"] == (0, 400)
    assert ledger.balances(cast.street)["levy_receivable"] == (500, 0)
    assert list_faults() == []
    with pytest.raises(RuleError):
        laid(cast, collector)  # one a period
    assert db.session.query(Levy).count() == 1


def test_nothing_is_paid_before_it_was_laid(cast, collector):
    """Else the year before would end with less than nothing owed, in the books of two."""
    make_period(cast.community, today().year - 1)
    share = shares(laid(cast, collector))["wangjiang"]
    before = today().replace(year=today().year - 1, day=1)
    with pytest.raises(RuleError) as refused:
        services.pay(collector, share, amount_fen=200, received_on=before, way="transfer", key="早付")
    assert refused.value.field == "received_on"
    services.pay(collector, share, amount_fen=200, received_on=today(), way="transfer", key="今付")


def test_who_is_a_member_on_the_day(cast, collector):
    rows = counting.by_association(cast.street, today() - timedelta(days=3))
    assert {row[0].code: row[1] for row in rows} == {"wangjiang": 5, "tingyu": 1}  # who left was still there


def test_an_archived_association_neither_pays_nor_stands_in_the_way(cast, collector):
    db.session.get_one(type(cast.sibling_community), cast.sibling_community.id).archived_on = today()
    assert set(shares(laid(cast, collector))) == {"wangjiang"}


def test_not_by_who_has_no_right_below(cast, collector, sign_in):
    for account in (cast.treasurer, cast.chair):
        with pytest.raises(RuleError):
            services.lay(account, cast.street, make_period(cast.community), 100, today(), "")
    assert sign_in(cast.treasurer).get(f"{ABOVE}/new").status_code == 404
    assert sign_in(cast.secretary).force(f"{BELOW}/new", {}).status_code == 403
    assert sign_in(cast.leader).get(BELOW).status_code == 403


def test_laid_and_paid_through_the_pages(cast, collector, sign_in):
    above, treasurer = sign_in(collector), sign_in(cast.treasurer)
    assert "上缴" in above.page(f"{ABOVE}/new").select_one("main").get_text()
    for wrong in ({"rate": "0"}, {"rate": "0.001"}, {"counted_on": "2100-01-01"}, {"period": "x"}):
        typed = {"rate": "1", "counted_on": today().isoformat(), "period": make_period(cast.community).public_id}
        assert above.force(f"{ABOVE}/new", {**typed, **wrong}).status_code == 422, wrong
    response = above.submit(f"{ABOVE}/new", {"rate": "1.00"})
    share = shares(db.session.query(Levy).one())["wangjiang"]
    assert "4.00" in above.page(response.location).select_one("main table").get_text()
    page = f"{ABOVE}/shares/{share.public_id}"
    typed = {"amount": "3", "received_on": today().isoformat(), "way": "transfer", "key": "a"}
    assert above.force(f"{page}/pay", {**typed, "amount": "4.01"}).status_code == 422
    assert above.force(f"{page}/pay", {**typed, "received_on": "2019-01-01"}).status_code == 422
    for _ in range(2):
        assert above.force(f"{page}/pay", typed).location == page
    db.session.expire_all()
    assert (share.paid_fen, db.session.query(LevyPayment).count()) == (300, 1)
    mine = treasurer.page(f"{BELOW}/shares/{share.public_id}").select_one("main")
    assert "甲0" in mine.get_text()
    assert mine.select_one("form[action$=pay]") is None
    assert treasurer.force(f"{BELOW}/shares/{share.public_id}/pay", typed).status_code in (303, 422)
    assert db.session.query(LevyPayment).count() == 1
    assert sign_in(cast.sibling).get(f"/office/tingyu/dues/levy/shares/{share.public_id}").status_code == 404
    assert "甲0" in treasurer.get(f"{BELOW}/shares/{share.public_id}/list.csv").text
    assert "望江社区协会,4,4.00,3.00,1.00" in above.get(f"{response.location}/list.csv").text
    paid = db.session.query(LevyPayment).one()
    undo = f"{page}/{paid.public_id}/void"
    assert above.force(undo, {"reason": " "}).status_code == 422
    assert above.submit(undo, {"reason": "记错了"}).location == page
    assert above.force(undo, {"reason": "再来"}).status_code == 422
    db.session.expire_all()
    assert (share.paid_fen, share.open_fen) == (0, 400)
    assert ledger.balances(cast.street)["bank"] == (300, 300)
    assert list_faults() == []


def test_on_many_it_is_laid_in_the_background_all_or_nothing(cast, collector, sign_in, monkeypatch):
    monkeypatch.setattr(counting, "MANY", 1)
    monkeypatch.setattr(counting.places_below, "__defaults__", (1,))
    above, period = sign_in(collector), make_period(cast.community)
    page = above.page(f"{ABOVE}/new").select_one("main")
    assert page.select_one("table") is None, "nobody is counted while somebody waits"
    typed = {"rate": "1", "counted_on": today().isoformat(), "period": period.public_id, "basis": "决议"}
    assert above.force(f"{ABOVE}/new", {**typed, "counted_on": "2019-01-01"}).status_code == 422
    hold_book(cast.sibling_community, period).state = BookState.CLOSED
    db.session.commit()
    answer = above.force(f"{ABOVE}/new", typed)
    assert cast.sibling_community.display_name in above.get(answer.location).text
    assert db.session.query(LevyShare).count() == db.session.query(Levy).count() == 0
    hold_book(cast.sibling_community, period).state = BookState.OPEN
    db.session.commit()
    answer = above.force(f"{ABOVE}/new", typed)
    (levy,) = db.session.query(Levy).all()
    assert above.page(answer.location).select_one(f'a[href$="{levy.public_id}"]')
    assert {code: row.amount_fen for code, row in shares(levy).items()} == {"wangjiang": 400, "tingyu": 100}
    assert above.force(f"{ABOVE}/new", typed).status_code == 422, "one a period"
    assert sign_in(cast.treasurer).get(answer.location).status_code == 404
    assert list_faults() == []


def test_as_many_statements_for_two_associations_as_for_one(cast, collector):
    sent = []
    for archived in (None, None, today()):  # the first reads what stays in memory
        cast.sibling_community.archived_on = archived
        db.session.commit()
        with query_count() as statements, db.session.begin_nested() as attempt:
            services.lay(collector, cast.street, make_period(cast.community), 100, today(), "")
            attempt.rollback()
        sent.append(len(statements))
    assert sent[1] == sent[2]


@either_engine
def test_a_wrong_one_is_taken_back_and_laid_anew(cast, collector, sign_in):
    wrong = laid(cast, collector, rate=1_000)
    share, here = shares(wrong)["wangjiang"], f"{ABOVE}/{wrong.public_id}"
    paid = services.pay(collector, share, amount_fen=200, received_on=today(), way="transfer", key="some")
    db.session.commit()
    above, treasurer = sign_in(collector), sign_in(cast.treasurer)
    assert above.submit(f"{here}/take-back", {"reason": "金额错"}).status_code == 422, "something is paid"
    paying = f"{ABOVE}/shares/{share.public_id}"
    assert above.submit(f"{paying}/{paid.public_id}/void", {"reason": "退回"}).status_code == 303
    assert above.submit(f"{here}/take-back", {"reason": " "}).status_code == 422
    assert treasurer.get(f"{BELOW}/{wrong.public_id}/take-back").status_code == 404
    assert sign_in(cast.chair).get(f"{here}/take-back").status_code in (403, 422)
    assert above.page(here).select_one(f"a[href='{here}/take-back']")
    assert above.submit(f"{here}/take-back", {"reason": "金额多打了一个零"}).status_code == 303
    assert above.force(f"{here}/take-back", {"reason": "再来一次"}).status_code == 422
    assert "金额多打了一个零" in treasurer.get(f"{BELOW}/shares/{share.public_id}").text
    assert (
        above.force(f"{paying}/pay", {"amount": "1", "way": "transfer", "received_on": str(today())}).status_code
        == 422
    )
    db.session.expire_all()
    balances = ledger.balances(cast.community), ledger.balances(cast.street)
    assert (balances[0]["levy_payable"], balances[1]["levy_receivable"]) == ((4_200, 4_200), (5_200, 5_200))
    again = laid(cast, acting(collector))
    assert [share.open_fen for share in shares(wrong).values()] == [0, 0]
    assert sum(share.open_fen for share in shares(again).values()) == 500
    assert list_faults() == []
    found = ask_together(term_tasks.questions(cast.treasurer, cast.community))
    assert found["levies"] == 1


def test_a_levy_is_not_taken_back_where_a_book_is_closed(cast, collector):
    levy = laid(cast, collector)
    hold_book(cast.community, make_period(cast.community)).state = BookState.CLOSED
    db.session.flush()
    with pytest.raises(RuleError, match="望江"):
        taking_back.take_back(collector, levy, "金额错")


def test_what_does_not_agree_is_named(cast, collector):
    laid(cast, collector)
    db.session.query(LevyShare).update({"paid_fen": 1})
    assert any("levy" in one.where for one in list_faults())


def cash_of(place):
    came, went = ledger.balances(place).get("cash", (0, 0))
    return came - went


def test_no_more_cash_is_paid_than_the_payer_has_and_none_taken_back_that_is_gone(
    january_over, cast, collector, sign_in
):
    """By the books of that day and of today; how much the payer has is not told. A transfer asks no box."""
    share, yesterday = shares(laid(cast, collector))["wangjiang"], today() - timedelta(days=1)
    share.levy.created_at -= timedelta(days=2)
    sent = {"amount_fen": 300, "received_on": today(), "way": "cash"}
    make_payment(cast.member.person, cast.community, 299)
    for more in ({}, {"amount_fen": 200, "received_on": yesterday}):  # there since today only
        with pytest.raises(RuleError) as refused:
            services.pay(collector, share, **{**sent, **more}, key="too-much")
        assert refused.value.field == "amount"
        assert "2.99" not in str(refused.value)
        assert cast.community.display_name in str(refused.value)
    assert (cash_of(cast.community), cash_of(cast.street), db.session.query(LevyPayment).count()) == (299, 0, 0)
    make_payment(cast.member.person, cast.community, 1)
    paid = services.pay(collector, share, **sent, key="enough")
    services.pay(collector, share, amount_fen=100, received_on=yesterday, way="transfer", key="bank")
    assert (cash_of(cast.community), cash_of(cast.street)) == (0, 300)
    deposit(cast.street, 1)
    paid = queries.get_payment(share, paid.public_id)
    with pytest.raises(RuleError), db.session.begin_nested():
        services.void(collector, paid, "记错了")
    assert (paid.voided_at, share.paid_fen, cash_of(cast.street)) == (None, 400, 299)
    back = (Line(account=LedgerAccount.CASH, debit=1), Line(account=LedgerAccount.BANK, credit=1))
    post(None, cast.street, today(), EntryKind.DEPOSIT, back)
    services.void(collector, paid, "记错了")
    assert (share.paid_fen, cash_of(cast.community), cash_of(cast.street)) == (100, 300, 0)
    assert list_faults() == []
    deposit(cast.community, 1)
    db.session.commit()
    page, name = f"{ABOVE}/shares/{share.public_id}", cast.community.display_name
    typed = {"amount": "3", "received_on": today().isoformat(), "way": "cash", "key": "a"}
    answer = sign_in(collector).force(f"{page}/pay", typed)
    assert (answer.status_code, name in answer.text) == (422, True)


def test_the_control_pays_what_nobody_has(cast, collector, monkeypatch):
    monkeypatch.setattr(services.cashbox, "check_spent", lambda *_of: None)
    share = shares(laid(cast, collector))["wangjiang"]
    services.pay(collector, share, amount_fen=300, received_on=today(), way="cash", key="a")
    assert cash_of(cast.community) == -300


def test_a_form_pays_one_share_once(cast, collector):
    """The key of another share's payment, another amount, a payment taken back since: nothing is told as paid."""
    make_payment(cast.member.person, cast.community, 100)
    found = shares(laid(cast, collector))
    sent = {"amount_fen": 100, "received_on": today(), "way": "cash", "key": "one-form"}
    paid = services.pay(collector, found["wangjiang"], **sent)
    assert services.pay(collector, found["wangjiang"], **sent) is paid
    for code, more in (("tingyu", {}), ("wangjiang", {"amount_fen": 200}), ("wangjiang", {"way": "transfer"})):
        with pytest.raises(RuleError):
            services.pay(collector, found[code], **{**sent, **more})
    services.void(collector, queries.get_payment(found["wangjiang"], paid.public_id), "记错了")
    with pytest.raises(RuleError):
        services.pay(collector, found["wangjiang"], **sent)
    assert [one.paid_fen for one in found.values()] == [0, 0]
    assert list_faults() == []


def test_what_was_paid_in_error_is_owed_from_the_day_it_was_taken_back(cast, collector):
    """Else it were paid twice on the days between; and nobody who pays has received anything."""
    share = shares(laid(cast, collector))["wangjiang"]
    share.levy.created_at -= timedelta(days=10)
    sent = {"amount_fen": 300, "received_on": today() - timedelta(days=5), "way": "transfer"}
    paid = services.pay(collector, share, **sent, key="wrong")
    services.void(collector, queries.get_payment(share, paid.public_id), "记错")
    with pytest.raises(RuleError) as refused:
        services.pay(collector, share, **sent, key="early")
    assert refused.value.field == "received_on"
    period = make_period(cast.community)
    told = [year.money(place, period) for place in (cast.community, cast.street)]
    assert [(one["levy_paid_fen"], one["levy_received_fen"]) for one in told] == [(0, 0), (0, 0)]
    services.pay(collector, share, **{**sent, "received_on": today()}, key="again")
    told = [year.money(place, period) for place in (cast.community, cast.street)]
    assert [(one["levy_paid_fen"], one["levy_received_fen"]) for one in told] == [(300, 0), (0, 300)]


def test_a_levy_is_not_taken_back_in_books_that_are_anothers_by_now(cast, collector):
    levy = laid(cast, collector)
    cast.community.path = f"{cast.federation.path}999999/{cast.community.id}/"
    db.session.flush()
    with pytest.raises(RuleError, match="望江"):
        taking_back.take_back(collector, levy, "金额错")
    assert levy.voided_at is None
