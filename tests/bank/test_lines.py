"""The queue: what waits and who may have paid it, recorded by one press or by hand; no dues; files of the lists."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.bank import services
from portal.bank.models import LineState
from portal.core.calendar import today
from portal.core.database import db
from portal.offices.rights import Position
from portal.payments.models import Payment
from tests.bank.files import PAGE, came, found, in_english, take
from tests.harness.cases import either_engine
from tests.harness.factory import appoint, make_account, make_membership, make_person
from tests.harness.money import FEE, make_charge, make_period
from tests.payments.rows import LAST_YEAR, close_book, debtor, owes, payer_of


@pytest.fixture
def owed(cast):
    """李铁柱 of group one owes this year's dues."""
    return debtor(cast.community, "李铁柱", group_id=cast.group.id)


@pytest.fixture
def waiting(cast, db_session, owed):
    """孙女 paid with her name in front, 李铁柱 in the memo."""
    take(cast.treasurer, cast.community, came("孙女", memo="给李铁柱交会费"))
    db.session.commit()
    return found("孙女")[0]


def one(line, what: str = "") -> str:
    return f"{PAGE}/lines/{line.public_id}{what}"


def state(name: str) -> str:
    (line,) = found(name)
    return line.state


@either_engine
def test_what_waits_says_why_and_one_press_records_what_fits(cast, sign_in, owed, waiting, db_session):
    client = in_english(sign_in(cast.treasurer))
    page = client.page(PAGE)
    assert "Nobody of this name owes anything here." in page.text
    (press,) = page.select("td form button")
    assert press.text == f"李铁柱 pays {LAST_YEAR + 1}年度"
    answer = client.submit(one(waiting, "/accept"), page=PAGE)
    assert (answer.status_code, answer.location) == (303, PAGE)
    db_session.refresh(owed)
    assert (owed.paid_fen, state("孙女")) == (FEE, LineState.MATCHED)
    page = client.page(PAGE)
    assert "Recorded: 李铁柱, 12.00 yuan." in page.text
    assert "Nothing waits" in page.text
    matched = client.page(f"{PAGE}?state=matched")
    assert matched.select_one("td a[href*='/dues/payments/']").text == "李铁柱"
    payment = db_session.scalars(select(Payment)).one()
    assert "孙女" in client.page(f"/office/wangjiang/dues/payments/{payment.public_id}").text
    assert "To the payment of 李铁柱" in client.page(one(waiting)).text
    again = client.force(one(waiting, "/accept"), {"who": payer_of(owed).public_id})
    assert again.status_code == 303
    assert len(db_session.scalars(select(Payment)).all()) == 1


def test_by_hand_who_owes_is_searched_ticked_and_recorded_then_the_next(cast, sign_in, owed, waiting, db_session):
    """The money of two: what is ticked is settled, what is over is credit if somebody says so."""
    take(cast.treasurer, cast.community, came("单位", "30.00"))
    (firm,), other = found("单位"), debtor(cast.community, "陶小满")
    client = in_english(sign_in(cast.treasurer))
    letters = client.get(one(firm) + "?q=txm", headers={"HX-Request": "true", "HX-Target": "found"}).text
    assert "<html" not in letters
    assert "陶小满" in letters
    both = f"{one(firm)}?who={payer_of(owed).public_id}&who={payer_of(other).public_id}"
    page = client.page(both)
    assert len(page.select("input[name=settle][checked]")) == 2
    refused = client.submit(one(firm, "/match"), page=both)
    assert refused.status_code == 422
    assert "6.00 yuan more than what is ticked" in refused.text
    late = client.submit(one(firm, "/match"), {"on": "2999-01-01", "advance": "y"}, page=both)
    assert late.status_code == 422
    answer = client.submit(one(firm, "/match"), {"advance": "y", "note": "两家一起"}, page=both)
    assert answer.location == one(waiting)
    payment = db_session.scalars(select(Payment)).one()
    assert (payment.amount_fen, payment.used_fen, payment.note) == (3_000, 2 * FEE, "两家一起")
    for charge in (owed, other):
        db_session.refresh(charge)
        assert charge.paid_fen == FEE
    twice = client.force(one(firm, "/match"), {"who": payer_of(owed).public_id, "on": str(today()), "advance": "y"})
    assert twice.status_code == 422
    assert "Somebody settled this line meanwhile." in twice.text


def test_a_line_of_a_closed_book_is_dated_on_an_open_day(cast, sign_in, owed, db_session):
    day = close_book(cast.community)
    take(cast.treasurer, cast.community, came("李铁柱", day=f"{day:%Y%m%d}"))
    (line,) = found("李铁柱")
    client = in_english(sign_in(cast.treasurer))
    page = client.page(f"{one(line)}?who={payer_of(owed).public_id}")
    assert page.select_one("#on")["value"] == str(today())
    assert client.submit(one(line, "/accept"), page=PAGE).status_code == 303
    assert db_session.scalars(select(Payment)).one().received_on == today()


def test_no_dues_with_its_reason_and_back(cast, sign_in, waiting):
    client = in_english(sign_in(cast.treasurer))
    aside = one(waiting, "/set-aside")
    assert client.submit(aside, {"reason": " "}).status_code == 422
    assert client.submit(aside, {"reason": "社区补贴"}).status_code == 303
    assert state("孙女") == LineState.SET_ASIDE
    assert "社区补贴" in client.page(f"{PAGE}?state=set_aside").text
    assert client.force(aside, {"reason": "又一次"}).status_code == 422
    assert client.submit(one(waiting, "/bring-back"), page=one(waiting)).status_code == 303
    assert state("孙女") == LineState.WAITING
    assert "Brought back" in client.page(one(waiting)).text
    back = client.force(one(waiting, "/bring-back"))
    assert back.status_code == 303
    assert "Somebody settled this line meanwhile." in client.page(back.location).text


def test_only_whoever_records_for_the_whole_association(cast, sign_in, client, owed, waiting, db_session):
    addresses = [PAGE, one(waiting)]
    for account, status in ((cast.leader, 403), (cast.secretary, 403), (cast.sibling, 404), (cast.member, 404)):
        visitor = sign_in(account)
        assert {visitor.get(address).status_code for address in addresses} == {status}
        assert visitor.force(one(waiting, "/accept"), {"who": payer_of(owed).public_id}).status_code == status
    leader = sign_in(cast.leader)
    assert PAGE not in leader.get("/office/wangjiang/dues/payments").text
    treasurer = sign_in(cast.treasurer)
    assert PAGE in treasurer.get("/office/wangjiang/dues/payments").text
    assert client.get(PAGE).status_code == 303
    for what in ("/match", "/accept", "/bring-back"):
        assert treasurer.get(one(waiting, what)).status_code == 405
    foreign = treasurer.force(one(waiting, "/match"), {"who": cast.stranger.person.public_id, "on": str(today())})
    assert foreign.status_code == 404
    assert treasurer.get(f"{PAGE}/lines/000000000000").status_code == 404
    assert state("孙女") == LineState.WAITING


@either_engine
def test_another_association_s_lines_and_files_are_not_there(cast, sign_in, db_session):
    person = make_person("听雨会计")
    appoint(person, cast.sibling_community, Position.TREASURER)
    debtor(cast.community, "李铁柱")
    file = take(make_account(person), cast.sibling_community, came("李铁柱"), came("张三"))
    (line, _other) = found()
    assert line.state == LineState.WAITING
    client = sign_in(cast.treasurer)
    assert "李铁柱" not in client.get(PAGE).text
    for address in (one(line), f"{PAGE}/files/{file.public_id}", f"{PAGE}/files/{file.public_id}/columns"):
        assert client.get(address).status_code == 404
    assert client.force(one(line, "/set-aside"), {"reason": "利息"}).status_code == 404
    assert client.force(f"{PAGE}/files/{file.public_id}/discard").status_code == 404


def test_the_list_searches_pages_and_downloads_without_a_formula(cast, sign_in, db_session):
    rows = [came(f"张{n}", number=str(9_000 + n)) for n in range(22)]
    take(cast.treasurer, cast.community, *rows, came("=HYPERLINK(1)", memo="<b>粗</b>"))
    client = in_english(sign_in(cast.treasurer))
    assert len(client.page(PAGE).select("tbody tr")) == 20
    assert len(client.page(f"{PAGE}?page=2").select("tbody tr")) == 3
    page = client.get(f"{PAGE}?q=粗").text
    assert "&lt;b&gt;粗" in page
    assert [row.a.text for row in client.page(f"{PAGE}?q=9007").select("tbody tr")] == ["张7"]
    assert "No line is like that" in client.page(f"{PAGE}?q=没有").text
    text = client.get(f"{PAGE}/list.csv").get_data(as_text=True)
    assert "'=HYPERLINK(1)" in text
    assert "Nobody of this name owes anything here." in text
    assert text.count("\r\n") == 24
    assert client.get(f"{PAGE}/list.xlsx").status_code == 200


def test_a_page_of_the_queue_costs_as_much_for_many_as_for_few(cast, sign_in, db_session, query_count):
    client = in_english(sign_in(cast.treasurer))

    def asked(count: int, start: int) -> int:
        for n in range(start, start + count):
            debtor(cast.community, f"人{'甲乙丙丁戊己庚辛壬癸'[n % 10]}{'子丑寅卯'[n // 10]}")
        names = [f"人{'甲乙丙丁戊己庚辛壬癸'[n % 10]}{'子丑寅卯'[n // 10]}" for n in range(start, start + count)]
        take(cast.treasurer, cast.community, *(came(f"家人{n}", memo=name) for n, name in enumerate(names, start)))
        with query_count() as queries:
            page = client.page(PAGE)
        assert len(page.select("td form")) == start + count
        return len(queries)

    few = asked(2, 0)
    assert asked(12, 2) <= few <= 13


def test_match_once_more_from_the_page(cast, sign_in, db_session):
    make_period(cast.community)
    take(cast.treasurer, cast.community, came("李铁柱"), came("张三"))
    debtor(cast.community, "李铁柱")
    client = in_english(sign_in(cast.treasurer))
    answer = client.submit(f"{PAGE}/again", page=PAGE)
    assert "1 matched now, 1 still wait." in client.page(answer.location).text
    assert state("李铁柱") == LineState.MATCHED


def test_somebody_who_owes_for_a_child_is_suggested_by_the_child_s_name(cast, sign_in, owed, db_session):
    child = make_membership(make_person("李小树"), cast.community, payer_id=owed.payer_id)
    make_charge(child, amount_fen=500)
    owes(db_session.get_one(type(child), owed.membership_id), LAST_YEAR)
    take(cast.treasurer, cast.community, came("外婆", "9.99", memo="李小树"))
    page = in_english(sign_in(cast.treasurer)).page(PAGE)
    assert page.select_one("td .row a").text == "李铁柱, owes 29.00"
    assert services.RIGHT == "dues.record"
