"""Receipts: one for each payment, numbered, void with it, issued anew, listed, printed, verified, one's own."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from portal.associations.queries import DEMONSTRATION
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.demo.load import public_ids
from portal.members.models import Membership
from portal.members.services import end_membership
from portal.payments import reversals
from portal.payments.models import Method
from portal.people.removal import remove_person
from portal.receipts import batch, listing, numbers, printing, services
from portal.receipts.listing import Asked
from portal.receipts.models import Receipt
from tests.harness.factory import kind_of, make_membership, make_person
from tests.harness.money import FEE, make_charge, make_payment, make_period
from tests.payments.rows import debtor, membership_of, payer_of

PAGE = "/office/wangjiang/dues/receipts"
YEAR = today().year


@pytest.fixture
def paid(cast):
    """The member's dues of this year and something more, in the treasurer's hands."""
    charge = make_charge(membership_of(cast.member))
    return make_payment(cast.member.person, cast.community, FEE + 300, [(charge, FEE)], actor=cast.treasurer)


@pytest.fixture
def receipt(paid, db_session):
    return receipt_of(paid)


def receipt_of(payment) -> Receipt:
    """The last one of a payment."""
    statement = select(Receipt).where(Receipt.payment_id == payment.id).order_by(Receipt.id.desc())
    return db.session.scalars(statement.options(*listing.SHOWN)).first()


def text_of(pdf: bytes) -> list[str]:
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def test_a_payment_has_its_receipt(cast, db_session, paid, receipt):
    assert (receipt.year, receipt.number, receipt.issued_on, receipt.group_id) == (YEAR, 1, today(), cast.group.id)
    printed = receipt.snapshot
    assert (printed["payer"], printed["received_by"], printed["amount_fen"]) == ("王秀英", "周明德", FEE + 300)
    assert [line[:3] for line in printed["lines"]] == [[f"{YEAR}年度", "王秀英", FEE]]
    assert (printed["credit_fen"], printed["method"], printed["is_demo"]) == (300, "cash", False)
    assert make_payment(cast.member.person, cast.community, 5, actor=cast.treasurer, key=paid.key + "x").id != paid.id
    last_year = today().replace(year=YEAR - 1, day=1)
    make_period(cast.community, YEAR - 1)
    older = make_payment(cast.member.person, cast.community, 7, received_on=last_year)
    elsewhere = make_payment(cast.stranger.person, cast.village, 7)
    found = db_session.execute(
        select(Receipt.association_id, Receipt.year, Receipt.number).order_by(Receipt.id)
    ).all()
    here, village = cast.community.id, cast.village.id
    assert found == [(here, YEAR, 1), (here, YEAR, 2), (here, YEAR - 1, 1), (village, YEAR, 1)]
    assert receipt_of(older).issued_on == last_year
    assert receipt_of(elsewhere).snapshot["received_by"] == ""
    make_payment(cast.member.person, cast.community, 9, method=Method.OPENING)
    assert len(db_session.scalars(select(Receipt)).all()) == 4, "what comes over from older books has none"


def test_of_a_leader_and_of_an_organisation(cast, db_session):
    firm = make_membership(
        make_person("柯桥"), cast.community, kind=kind_of(cast.community, 2), organisation_name="望江电器厂"
    )
    charge = make_charge(firm)
    printed = receipt_of(make_payment(payer_of(charge), cast.community, FEE, collector=cast.leader.person)).snapshot
    assert (printed["payer"], printed["through"], printed["received_by"]) == ("望江电器厂", "柯桥", "吴桂芳")


def test_a_number_goes_back_with_what_is_rolled_back(cast, db_session, paid):
    for again in (False, True):
        with pytest.raises(RuleError), db_session.begin_nested():
            services.issue(cast.treasurer, paid)
        if again:
            assert numbers.advance(cast.community.id, YEAR) == 2


def test_void_with_its_payment_and_void_in_error(cast, db_session, paid, receipt):
    treasurer = cast.treasurer
    refused = ((cast.leader, "纸坏了", ""), (treasurer, " ", "reason"), (treasurer, "长" * 201, "reason"))
    for actor, reason, field in refused:
        with pytest.raises(RuleError) as error:
            services.void(actor, receipt, reason)
        assert error.value.field == field
    with pytest.raises(RuleError):
        services.reissue(cast.treasurer, paid)
    services.void(cast.treasurer, receipt, "纸坏了")
    with pytest.raises(RuleError):
        services.void(cast.treasurer, receipt, "纸坏了")
    with pytest.raises(RuleError):
        services.reissue(cast.leader, paid)
    second = services.reissue(cast.treasurer, paid)
    assert (receipt.void_reason, second.number, second.voided_at) == ("纸坏了", 2, None)
    reversals.reverse(cast.treasurer, paid, "多收了")
    db_session.refresh(second)
    assert (second.void_reason, receipt.void_reason) == ("多收了", "纸坏了")
    with pytest.raises(RuleError):
        services.reissue(cast.treasurer, paid)


def test_printed_and_verified(cast, client, db_session, paid, receipt):
    (face,) = text_of(printing.print_receipts([receipt]))
    number = f"WANGJIANG-{YEAR}-000001"
    for told in (number, "王秀英", "壹拾伍元整", "¥15.00", "周明德", "12.00", "3.00"):
        assert told in face
    pdf = printing.print_receipts([receipt, receipt, receipt], printing.IN_PAIRS)
    assert len(text_of(pdf)) == 2
    assert b"pdfaid" in pdf
    assert pdf == printing.print_receipts([receipt, receipt, receipt], printing.IN_PAIRS)
    db_session.commit()
    page = client.get(f"/verify/{receipt.code.code}").text
    for told in (number, "¥15.00", "壹拾伍元整", "王**", cast.community.name):
        assert told in page
    assert "王秀英" not in page
    services.void(cast.treasurer, receipt, "不便告诉别人的原因")
    db_session.commit()
    page = client.get(f"/verify/{receipt.code.code}").text
    for hidden in ("¥15.00", "王**", "不便"):
        assert hidden not in page


def test_what_it_is_for_finds_room(cast, db_session):
    """Many charges are told by period, many periods as a span; what stays is told too."""

    def told(lines, credit=0):
        return printing._lines({"lines": lines, "credit_fen": credit})

    three = [["2024", "甲", 100, ""], ["2025", "甲", 200, ""], ["2026", "甲", 300, ""]]
    assert [row[1] for row in told(three, 50)] == ["1.00", "2.00", "3.00", "0.50"]
    many = [["2026", f"人{number}", 100, ""] for number in range(30)]
    ((text, total),) = told(many)
    assert ("人11" in text, "人12" in text, total) == (True, False, "30.00")
    years = [[str(year), "甲", 100, ""] for year in range(2018, 2026)]
    assert [row[1] for row in told(years, 1)] == ["8.00", "0.01"]


def test_a_rare_character_does_not_stop_the_payment(cast, sign_in, db_session):
    charge = debtor(cast.community, "\U0003134f小满")
    made = receipt_of(make_payment(payer_of(charge), cast.community, actor=cast.treasurer))
    assert "U+3134F" in printing.unprintable(made)[0]
    db_session.commit()
    client = sign_in(cast.treasurer)
    assert "U+3134F" in client.get(f"{PAGE}/{made.public_id}").text
    assert client.get(f"{PAGE}/{made.public_id}/receipt.pdf").status_code == 409
    assert client.force(f"{PAGE}/{made.public_id}/print").status_code == 409
    assert "U+3134F" in client.get(f"{PAGE}/print").text


def test_a_removed_person_is_on_none(cast, db_session, paid, receipt):
    """Neither as the payer nor as one for whom another paid; the sum stays."""
    other = debtor(cast.community, "赵铁生")
    both = make_payment(cast.member.person, cast.community, FEE, [(other, FEE)], actor=cast.treasurer)
    end_membership(cast.secretary, db_session.get_one(Membership, other.membership_id), today(), "withdrew")
    remove_person(cast.secretary, payer_of(other), "zh-Hans")
    assert "赵铁生" not in str(receipt_of(both).snapshot)
    assert receipt_of(both).snapshot["payer"] == "王秀英"
    remove_person(cast.secretary, cast.member.person, "zh-Hans")
    for one in (receipt, receipt_of(both)):
        assert "王秀英" not in str(one.snapshot)
        assert one.snapshot["amount_fen"] >= FEE


def test_the_list(cast, db_session, paid, receipt):
    second = receipt_of(
        make_payment(payer_of(debtor(cast.community, "赵铁生")), cast.community, actor=cast.treasurer)
    )
    services.void(cast.treasurer, second, "重开")

    def found(account, **asked):
        statement = listing.receipts(account, cast.community, Asked(**asked))
        return [one.number for one in db_session.scalars(statement)]

    assert found(cast.treasurer) == found(cast.secretary) == [2, 1]
    for asked in ({"text": "王秀英"}, {"text": "wxy"}, {"text": "1"}, {"text": f"{YEAR}-1"}, {"state": "valid"},
                  {"text": f"WANGJIANG-{YEAR}-000001"}, {"state": "unprinted"}):  # fmt: skip
        assert found(cast.treasurer, **asked) == [1], asked
    assert found(cast.treasurer, state="void") == [2]
    assert (
        found(cast.treasurer, text="2025-1")
        == found(cast.treasurer, start=today().replace(year=YEAR + 1, day=1))
        == []
    )
    assert found(cast.leader) == [1], "the other is of no group"
    assert found(cast.sibling) == found(cast.member) == []


def test_on_the_pages(cast, sign_in, db_session, paid, receipt):
    """The list with its files, a receipt, its payment's page, the person's; who sees nothing; void and anew."""
    db_session.commit()
    client, here, number = sign_in(cast.treasurer), f"{PAGE}/{receipt.public_id}", f"WANGJIANG-{YEAR}-000001"
    for page in (PAGE, here, f"/office/wangjiang/dues/payments/{paid.public_id}"):
        assert number in client.get(page).text
    assert number in client.get(f"{PAGE}/list.csv").text
    assert client.get(f"{PAGE}/list.xlsx").status_code == 200
    assert number in sign_in(cast.secretary).get(f"/office/wangjiang/people/{cast.member.person.public_id}").text
    for account, status in ((cast.sibling, 404), (cast.member, 404), (cast.leader, 200), (cast.secretary, 200)):
        reader = sign_in(account)
        assert reader.get(here).status_code == reader.get(f"{here}/receipt.pdf").status_code == status
        if account is not cast.leader:
            assert reader.force(f"{here}/void", {"reason": "?"}).status_code in (403, 404)
    assert "errors" not in client.get(f"{here}/void").text
    assert sign_in(cast.leader).force(f"{here}/void", {"reason": "?"}).status_code == 422
    client = sign_in(cast.treasurer)
    assert client.submit(f"{here}/void", {"reason": " "}).status_code == 422
    assert client.submit(f"{here}/void", {"reason": "纸坏了"}).status_code == 303
    assert "纸坏了" in client.get(here).text
    again = f"/office/wangjiang/dues/payments/{paid.public_id}/receipt"
    assert client.submit(again, page=again.removesuffix("/receipt")).status_code == 303
    assert f"WANGJIANG-{YEAR}-000002" in client.get(PAGE).text
    assert client.force(again).location.endswith(paid.public_id)


def test_a_day_is_printed(cast, sign_in, client, db_session, paid, receipt):
    make_payment(payer_of(debtor(cast.community, "赵铁生")), cast.community, actor=cast.treasurer)
    db_session.commit()
    assert client.get(f"{PAGE}/print").status_code == 303
    treasurer = sign_in(cast.treasurer)
    answer = treasurer.submit(f"{PAGE}/print")
    assert answer.status_code == 303
    page = treasurer.get(answer.location)
    assert page.status_code == 200
    (sheet,) = text_of(treasurer.get(f"{answer.location}/receipts.pdf").data)
    assert "000001" in sheet and "000002" in sheet  # noqa: PT018
    db_session.expire_all()
    assert {one.printed_at is None for one in db_session.scalars(select(Receipt))} == {False}
    assert batch.plan(cast.treasurer, cast.community, today(), only_new=True).receipts == []
    assert len(batch.plan(cast.treasurer, cast.community, today(), only_new=False).receipts) == 2
    assert treasurer.force(f"{PAGE}/print", {"on": "", "layout": "a4"}).status_code == 422
    assert sign_in(cast.leader).get(f"{answer.location}/receipts.pdf").status_code == 404
    assert sign_in(cast.secretary).get(f"{PAGE}/print").status_code == 403
    one = sign_in(cast.leader).submit(f"{PAGE}/{receipt.public_id}/print", page=f"{PAGE}/{receipt.public_id}")
    assert one.location.endswith(f"{receipt.public_id}/receipt.pdf")


def test_days_with_receipts_that_were_not_printed_are_named(cast, sign_in, db_session):
    """Entered today, of what was collected on other days."""
    for days in (1, 2, 2):
        day = today() - timedelta(days=days)
        make_period(cast.community, day.year)
        make_payment(cast.member.person, cast.community, 100, received_on=day)
    db_session.commit()
    treasurer = sign_in(cast.treasurer)
    links = treasurer.page(f"{PAGE}/print").select("main a[href*='only_new=1']")
    assert [link.get_text().split()[-1] for link in links] == ["(1)", "(2)"]
    treasurer.submit(f"{PAGE}/print", page=links[1]["href"])
    db_session.expire_all()
    assert [one.printed_at is None for one in db_session.scalars(select(Receipt)).all()].count(False) == 2
    assert len(treasurer.page(f"{PAGE}/print").select("main a[href*='only_new=1']")) == 1


def test_ones_own(cast, sign_in, client, db_session, paid, receipt):
    db_session.commit()
    mine = f"/me/receipts/{receipt.public_id}/receipt.pdf"
    assert client.get("/me/receipts").status_code == client.get(mine).status_code == 303
    member = sign_in(cast.member)
    assert f"WANGJIANG-{YEAR}-000001" in member.get("/me/receipts").text
    assert member.get(mine).mimetype == "application/pdf"
    other = sign_in(cast.volunteer)
    assert receipt.public_id not in other.get("/me/receipts").text
    assert other.get(mine).status_code == 404


def test_the_demonstration_says_so(cast, db_session, paid, receipt):
    assert public_ids("association", 1) == [DEMONSTRATION]
    assert printing._mark(receipt) == ""
    receipt.snapshot = {**receipt.snapshot, "is_demo": True}
    assert printing._mark(receipt)


def test_of_more_new_ones_than_a_file_is_for_the_first_are_printed(cast, db_session, monkeypatch):
    monkeypatch.setattr(batch, "MOST", 2)
    for _number in range(3):
        make_payment(cast.member.person, cast.community, 100)
    db_session.commit()
    with pytest.raises(RuleError):
        batch.plan(cast.treasurer, cast.community, today(), only_new=False)
    first = batch.plan(cast.treasurer, cast.community, today(), only_new=True)
    assert ([one.number for one in first.receipts], first.is_first) == ([1, 2], True)
