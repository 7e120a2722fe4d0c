"""The fast-entry screen: from a few letters to a recorded payment, with and without htmx; nothing typed is lost."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from portal.core.calendar import today
from portal.core.database import db
from portal.members.models import Membership, MembershipCover
from portal.payments import desk
from portal.payments.models import Allocation, Payment, Reversal
from tests.harness.cases import either_engine
from tests.harness.client import form_values
from tests.harness.factory import kind_of, make_membership, make_person
from tests.harness.money import FEE, make_charge, make_payment
from tests.payments.rows import LAST_YEAR, close_book, debtor, owes, payer_of

PAGE = "/office/wangjiang/dues/collect"


@pytest.fixture
def owed(cast):
    """何淑兰 of group one owes this year's dues."""
    return debtor(cast.community, group_id=cast.group.id)


def asking(target: str) -> dict[str, str]:
    return {"HX-Request": "true", "HX-Target": target}


def who(charge) -> str:
    return payer_of(charge).public_id


def of(charge) -> Membership:
    return db.session.get_one(Membership, charge.membership_id)


def test_letters_enter_enter_and_the_next(cast, sign_in, owed, db_session):
    """Three letters and Enter open what is owed, the amount stands ready, Enter records it: five keys."""
    client = sign_in(cast.treasurer)
    suggested = client.get(f"{PAGE}?q=hsl", headers=asking("found")).text
    assert "<html" not in suggested
    assert "何淑兰" in suggested
    assert "12.00" in suggested
    page = client.page(f"{PAGE}?q=hsl")
    assert page.select_one("#take #amount")["value"] == "12"
    assert page.select_one("[autofocus]")["id"] == "amount"
    answer = client.submit(PAGE, page=f"{PAGE}?q=hsl", headers=asking("desk"))
    drawn = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 200
    assert drawn.select_one("[autofocus]")["id"] == "q"
    assert "何淑兰" in drawn.select_one("[role=status]").text
    assert "12.00" in drawn.select_one(".entered").text
    kept = parse_qs(urlsplit(answer.headers["HX-Replace-Url"]).query)
    assert kept == {"on": [str(today())], "method": ["cash"], "collector": [""]} or "collector" not in kept
    assert owed.paid_fen == FEE
    again = client.get(f"{PAGE}?q=hsl", headers=asking("found")).text
    assert "12.00" not in again


def test_without_scripts_the_same_by_plain_pages(cast, sign_in, owed, db_session):
    client = sign_in(cast.treasurer)
    kept = f"on={LAST_YEAR}-12-30&method=cash&collector={cast.leader.person.public_id}"
    owes(of(owed), LAST_YEAR)
    answer = client.submit(PAGE, {"amount": "２０．５"}, page=f"{PAGE}?{kept}&who={who(owed)}")
    assert answer.status_code == 303
    assert parse_qs(urlsplit(answer.location).query)["collector"] == [cast.leader.person.public_id]
    (payment,) = db_session.scalars(select(Payment)).all()
    assert (payment.amount_fen, payment.collector_id, payment.received_on.year) == (
        2050,
        cast.leader.person_id,
        LAST_YEAR,
    )
    assert owed.paid_fen == 2050 - FEE
    page = client.page(answer.location)
    assert page.select_one("#on")["value"] == f"{LAST_YEAR}-12-30"
    assert page.select_one("#collector [selected]").text == cast.leader.name


def test_twice_the_same_form_is_one_payment(cast, sign_in, owed, db_session):
    client = sign_in(cast.treasurer)
    page = client.page(f"{PAGE}?who={who(owed)}")
    sent = {one["name"]: one.get("value", "") for one in page.select("#take input[name]")}
    for _ in range(2):
        assert client.post(PAGE, data=sent).status_code == 303
    assert db_session.scalar(select(func.count()).select_from(Payment)) == 1
    assert client.post(PAGE, data={**sent, "amount": "5"}).status_code == 422


@either_engine
def test_what_is_wrong_is_said_and_nothing_is_lost(cast, sign_in, owed, db_session):
    client, closed = sign_in(cast.treasurer), close_book(cast.community)
    cases = {
        "amount": ({"amount": "0.001"}, {"amount": "-5"}, {"amount": ""}, {"amount": "０"}, {"amount": "abc"}),
        "advance": ({"amount": "1200"},),
        "on": ({"on": str(closed)}, {"on": "2026-13-45"}),
        "note": ({"note": "长" * 201},),
    }
    for field, sent in cases.items():
        for one in sent:
            answer = client.submit(PAGE, {"note": "说明", **one}, page=f"{PAGE}?who={who(owed)}")
            page = BeautifulSoup(answer.text, "html.parser")
            assert answer.status_code == 422
            assert page.select_one(f"#{field}-error"), (field, one)
            for name, value in one.items():
                if name != "on":
                    assert page.select_one(f"#take [name={name}]")["value"] == value
            assert page.select_one("#take [name=settle]").has_attr("checked")
    assert db_session.scalar(select(func.count()).select_from(Payment)) == 0
    assert client.submit(PAGE, {"amount": "1200", "advance": "y"}, page=f"{PAGE}?who={who(owed)}").status_code == 303
    assert db_session.scalars(select(Payment)).one().credit_fen == 120_000 - FEE


def test_paid_at_another_desk_meanwhile_it_is_asked_about(cast, sign_in, owed, db_session):
    """Two pages show the same dues: the second money is credit only if somebody says so, however often it is sent."""
    client = sign_in(cast.treasurer)
    open_page = f"{PAGE}?who={who(owed)}"
    shown = client.form(PAGE, open_page)
    make_payment(payer_of(owed), cast.community, FEE, actor=cast.treasurer)
    db_session.commit()
    for _ in range(2):
        answer = client.send(PAGE, shown)
        assert (answer.status_code, "12.00" in answer.text) == (422, True)
        page = BeautifulSoup(answer.text, "html.parser")
        assert page.select_one("#take input[name=advance][autofocus]") is not None
        shown = form_values(page.select_one("#take"))
    assert db_session.scalar(select(func.count()).select_from(Payment)) == 1
    assert client.send(PAGE, {**shown, "advance": "y"}).status_code == 303
    latest = db_session.scalars(select(Payment).order_by(Payment.id.desc())).first()
    assert (latest.credit_fen, latest.amount_fen) == (FEE, FEE)


def test_one_pays_for_several_and_unticks_what_is_not_meant(cast, sign_in, owed, db_session):
    other = debtor(cast.community, "赵铁生")
    before = owes(of(other), LAST_YEAR)
    client = sign_in(cast.treasurer)
    page = client.page(f"{PAGE}?who={who(owed)}&who={who(other)}")
    assert page.select_one("#amount")["value"] == "36"
    ticks = {one["value"]: one["data-fen"] for one in page.select("[name=settle]")}
    assert list(ticks.values()) == ["1200"] * 3
    found = client.get(f"{PAGE}?who={who(owed)}&q=zts", headers=asking("found-also")).text
    assert f"who={who(owed)}&amp;who={who(other)}" in found
    sent = {one["name"]: one.get("value", "") for one in page.select("#take input[name]")}
    data = {**sent, "who": [who(owed), who(other)], "settle": list(ticks)[:2], "amount": "24"}
    assert client.post(PAGE, data=data).status_code == 303
    assert db_session.scalars(select(Payment)).one().payer_id == owed.payer_id
    assert db_session.scalar(select(func.count()).select_from(Allocation)) == 2
    assert sorted((one.paid_fen for one in (owed, before, other)), reverse=True) == [FEE, FEE, 0]


def test_found_by_number_by_phone_and_by_whom_somebody_pays_for(cast, sign_in, owed, db_session):
    child = make_membership(make_person("何小禾"), cast.community, payer_id=owed.payer_id, number="WJ-00777")
    make_charge(child)
    elsewhere = debtor(cast.village, "何淑兰")
    client = sign_in(cast.treasurer)
    for text in ("00777", "何小禾", "wj-00777"):
        assert "何小禾" in client.get(f"{PAGE}?q={text}", headers=asking("found")).text
    assert "何淑兰" in client.get(f"{PAGE}?q={payer_of(owed).phone_last4}", headers=asking("found")).text
    assert who(elsewhere) not in client.get(f"{PAGE}?q=hsl", headers=asking("found")).text
    page = client.page(f"{PAGE}?who={who(owed)}")
    assert "何小禾" in page.select_one("#take").text
    assert page.select_one("#amount")["value"] == "24"
    assert client.submit(PAGE, {"who": who(elsewhere)}, page=f"{PAGE}?who={who(owed)}").status_code == 404
    nobody = client.get(f"{PAGE}?q=%E2%98%83", headers=asking("found"))
    assert nobody.status_code == 200


def test_a_household_and_a_firm_are_found_by_whom_they_are_for(cast, sign_in, db_session):
    contact = make_person("钱守成")
    firm = make_membership(contact, cast.community, kind=kind_of(cast.community, 2), organisation_name="望江电器厂")
    make_charge(firm, amount_fen=50_000)
    home = make_membership(make_person("孟知秋"), cast.community, kind=kind_of(cast.community, 1))
    make_charge(home)
    row = MembershipCover(membership_id=home.id, person_id=make_person("孟小舟").id, start_on=today())
    db_session.add(row)
    client = sign_in(cast.treasurer)
    page = client.page(f"{PAGE}?q=电器")
    assert "望江电器厂" in page.select_one("#take").text
    assert page.select_one("#amount")["value"] == "500"
    assert "孟知秋" in client.page(f"{PAGE}?q=mxz").select_one("#take").text


def test_a_leader_sees_and_takes_only_the_own_group(cast, sign_in, owed, db_session):
    outside = debtor(cast.community, "赵铁生", group_id=cast.other_group.id)
    client = sign_in(cast.leader)
    assert "何淑兰" in client.get(f"{PAGE}?q=hsl", headers=asking("found")).text
    assert "赵铁生" not in client.get(f"{PAGE}?q=zts", headers=asking("found")).text
    assert client.page(f"{PAGE}?who={who(outside)}").select_one("#take") is None
    page = client.page(f"{PAGE}?who={who(owed)}")
    assert page.select_one("#method") is None
    answer = client.submit(PAGE, {"method": "transfer", "collector": ""}, page=f"{PAGE}?who={who(owed)}")
    assert answer.status_code == 303
    payment = db_session.scalars(select(Payment)).one()
    assert (payment.method, payment.collector_id) == ("cash", cast.leader.person_id)
    others = make_payment(payer_of(outside), cast.community, actor=cast.treasurer)
    assert client.force(f"{PAGE}/{others.public_id}/undo", {"reason": "x"}).status_code == 404
    assert client.submit(PAGE, {"who": who(outside)}, page=f"{PAGE}?who={who(owed)}").status_code == 404


def test_undo_takes_back_what_one_entered_today_with_its_reason(cast, sign_in, owed, db_session):
    client = sign_in(cast.treasurer)
    payment = make_payment(payer_of(owed), cast.community, actor=cast.treasurer)
    link = client.page(PAGE).select_one(".entered a")["href"]
    assert client.submit(link, {"reason": ""}).status_code == 422
    for _ in range(2):  # the second time it is taken back already
        assert client.force(link, {"reason": "多收"}).status_code == 303
    assert db_session.scalars(select(Reversal)).one().reason == "多收"
    assert owed.paid_fen == 0
    page = client.page(PAGE)
    assert page.select_one(".entered s").text == "12.00"
    assert page.select_one(".entered a") is None
    assert payment.reversed_at is not None


@either_engine
def test_who_may_open_it(cast, sign_in, client, owed):
    assert client.get(PAGE).status_code == 303
    for account, status in ((cast.secretary, 403), (cast.member, 404), (cast.sibling, 404), (cast.ended, 404)):
        visitor = sign_in(account)
        assert visitor.get(PAGE).status_code == status
        assert visitor.force(PAGE, {"who": who(owed)}).status_code == status


def test_a_leader_sees_who_of_the_group_still_owes(cast, sign_in, owed):
    """From door to door without typing; a treasurer of hundreds types."""
    debtor(cast.community, "曹文彬", group_id=cast.other_group.id)
    leader = sign_in(cast.leader)
    assert [one.text for one in leader.page(PAGE).select("#found .pick")] == ["何淑兰"]
    assert "何淑兰" in leader.get(f"{PAGE}?q=", headers=asking("found")).text
    assert not sign_in(cast.treasurer).page(PAGE).select("#found .pick")


def test_from_door_to_door_nobody_is_left_out_unsaid(cast, sign_in, owed, monkeypatch):
    for number in range(64):
        debtor(cast.community, f"户{number:02d}", group_id=cast.group.id)
    leader, hint = sign_in(cast.leader), "其余请按姓名查找"
    page = leader.page(PAGE).select_one("main").get_text()
    assert ("户63" in page, hint in page) == (True, False)
    monkeypatch.setattr(desk, "DOORS", 60)
    page = leader.page(PAGE).select_one("main").get_text()
    assert ("户63" in page, hint in page) == (False, True)
