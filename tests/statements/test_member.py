"""Somebody's account with the association, for the office and for themselves."""

from __future__ import annotations

import csv
import io

from pypdf import PdfReader

from portal.core import documents
from portal.core.calendar import today
from portal.core.database import db
from portal.dues import services as dues
from portal.dues import waivers
from portal.dues.models import Charge, VoidReason
from portal.members.models import Membership
from portal.payments import refunds, reversals
from portal.people.models import Person
from portal.statements import account, printing
from tests.harness.factory import make_membership, make_person
from tests.harness.money import FEE, make_charge, make_payment

HERE = "/office/wangjiang/dues/statements"


def of_member(cast):
    """The member owes 12 for herself and 20 for her mother; paid 30 twice, one taken back; 2 are let off."""
    place, person = cast.community, db.session.get_one(Person, cast.member.person_id)
    held = db.session.query(Membership).filter_by(person_id=person.id).one()
    held.group_id = cast.group.id
    mother = make_membership(make_person("王母"), place, payer_id=person.id, group_id=cast.group.id)
    own, hers = make_charge(held), make_charge(mother, amount_fen=2000)
    make_payment(person, place, 3000, actor=cast.treasurer, method="mobile")
    twice = make_payment(person, place, 3000, actor=cast.treasurer)
    reversals.reverse(cast.treasurer, twice, "重复录入")
    asked = waivers.ask(cast.treasurer, db.session.get_one(Charge, hers.id), "waiver", 200, "困难")
    waivers.approve(cast.chair, asked)
    db.session.commit()
    db.session.expire_all()
    return person, own, hers


def test_the_account(cast):
    person, own, hers = of_member(cast)
    found = account.for_office(cast.treasurer, cast.community, person.public_id)
    assert (found.open_fen, found.paid_fen, found.credit_fen) == (0, 3000, 0)
    assert [one.id for one in found.for_others] == [hers.id]
    assert {one.id for one in found.charges} == {own.id, hers.id}
    assert found.movements[-1].balance_fen == 0
    assert sum(one.more_fen - one.less_fen for one in found.movements) == 0
    assert [one.kind for one in found.movements] == ["charge", "charge", "payment", "payment", "reversal", "waiver"]
    assert [one.balance_fen for one in found.movements] == [1200, 3200, 200, -2800, 200, 0]
    mother = db.session.get_one(Person, db.session.get_one(Membership, hers.membership_id).person_id)
    theirs = account.for_office(cast.treasurer, cast.community, mother.public_id)
    assert ([one.id for one in theirs.by_others], theirs.open_fen, theirs.movements) == ([hers.id], 0, [])


def test_the_page_its_file_and_who_sees_them(cast, sign_in):
    person, _own, _hers = of_member(cast)
    here = f"{HERE}/{person.public_id}"
    treasurer = sign_in(cast.treasurer)
    text = treasurer.page(here).select_one("main").get_text()
    assert "王母" in text
    assert "30.00" in text
    rows = list(csv.reader(io.StringIO(treasurer.get(f"{here}/list.csv").text.lstrip("\ufeff"))))
    assert [row[5] for row in rows[1:]] == ["12.00", "32.00", "2.00", "-28.00", "2.00", "0.00"]
    assert rows[1][2] == f"{today().year}年度"
    leader = sign_in(cast.leader)
    assert leader.get(here).status_code == 200, "of the own group"
    other = make_charge(make_membership(make_person("旁人"), cast.community, group_id=cast.other_group.id))
    beside = db.session.get_one(Person, other.payer_id).public_id
    assert leader.get(f"{HERE}/{beside}").status_code == 404
    assert leader.get(f"{HERE}/{beside}/statement.pdf").status_code == 404
    assert sign_in(cast.publisher).get(here).status_code == 403
    assert sign_in(cast.sibling).get(here).status_code == 404
    assert treasurer.get(f"{HERE}/{'x' * 12}").status_code == 404
    stranger = db.session.get_one(Person, cast.stranger.person_id).public_id
    assert treasurer.get(f"{HERE}/{stranger}").status_code == 404, "nothing between them"


def test_my_dues(cast, sign_in):
    member = sign_in(cast.member)
    assert member.page("/me/dues").select_one("main .empty")
    of_member(cast)
    make_charge(make_membership(make_person("另一人"), cast.community))
    text = member.page("/me/dues").select_one("main").get_text()
    assert "王母" in text
    assert "另一人" not in text
    assert f"{today().year}年度" in text
    assert member.page("/me").select_one('main a[href="/me/dues"]')
    late = make_charge(make_membership(make_person("再一人"), cast.community, payer_id=cast.member.person_id))
    shown = member.page("/me/dues").select_one("main .notice").get_text()
    assert "12.00" in shown
    assert late.due_on.year == today().year


def test_on_paper(cast, sign_in, monkeypatch):
    """What the page shows, for the office and for oneself; what the fonts lack is said."""
    person, _own, _hers = of_member(cast)
    printed = []
    monkeypatch.setattr(printing, "render_pdf", lambda _name, data: printed.append(data) or b"%PDF")
    treasurer, member = sign_in(cast.treasurer), sign_in(cast.member)
    assert treasurer.get(f"{HERE}/{person.public_id}/statement.pdf").mimetype == "application/pdf"
    assert member.get("/me/dues/wangjiang.pdf").mimetype == "application/pdf"
    office, own = printed
    assert office == own
    charges, paid, lines = office["sections"]
    assert [row[1:] for row in charges["rows"]] == [
        ["20.00", "18.00", "2.00", "0.00"], ["12.00", "12.00", "0.00", "0.00"],
    ]  # fmt: skip
    assert "王母" in charges["rows"][0][0]
    assert [row[-1] for row in paid["rows"]] == ["30.00", "30.00"]
    assert [row[-1] for row in lines["rows"]] == ["12.00", "32.00", "2.00", "-28.00", "2.00", "0.00"]
    assert [one[0] for one in office["figures"]] == ["0.00", "30.00", "0.00"]
    assert member.get("/me/dues/tingyu.pdf").status_code == 404
    assert sign_in(cast.sibling).get("/me/dues/wangjiang.pdf").status_code == 404
    assert documents.render_pdf("account", office).startswith(b"%PDF")
    person.name = "王\U000323b0"
    db.session.commit()
    monkeypatch.setattr(printing, "render_pdf", documents.render_pdf)
    assert treasurer.get(f"{HERE}/{person.public_id}/statement.pdf").status_code == 303
    assert member.get("/me/dues/wangjiang.pdf").status_code == 303


def test_what_was_paid_back_is_told_and_no_more_paid(cast, sign_in):
    """The charge was void, its money given back: both stand in the account, and the sums agree."""
    person = db.session.get_one(Person, cast.member.person_id)
    held = db.session.query(Membership).filter_by(person_id=person.id).one()
    own = make_charge(held, amount_fen=1000)
    paid = make_payment(person, cast.community, 1000, actor=cast.treasurer)
    db.session.refresh(own, ["association"])
    dues.void(cast.treasurer, own, VoidReason.CHANGED, today())
    refunds.approve(cast.chair, refunds.ask(cast.treasurer, paid, amount_fen=1000, method="cash", reason="多缴"))
    db.session.commit()
    found = account.for_office(cast.treasurer, cast.community, person.public_id)
    assert (found.open_fen, found.paid_fen, found.credit_fen) == (0, 0, 0)
    assert [(one.kind, one.balance_fen) for one in found.movements] == [
        ("charge", 1000), ("payment", 0), ("void", -1000), ("refund", 0),
    ]  # fmt: skip
    assert "退款 10.00 元" in sign_in(cast.member).page("/me/dues").select_one("main").get_text()


def test_what_somebody_else_paid_for_me_is_told(cast, sign_in):
    person = db.session.get_one(Person, cast.member.person_id)
    own = make_charge(db.session.query(Membership).filter_by(person_id=person.id).one())
    make_payment(cast.leader.person, cast.community, FEE, settles=[(own, FEE)], actor=cast.treasurer)
    db.session.commit()
    page = sign_in(cast.member).page("/me/dues").select_one("main").get_text()
    assert f"由{cast.leader.person.name}代缴" in page
    found = account.of_person(person)[0][1]
    assert (found.open_fen, [one.amount_fen for one in found.others]) == (0, [FEE])
    assert (
        "代缴"
        in PdfReader(io.BytesIO(printing.print_statement(cast.community, found, today()))).pages[0].extract_text()
    )
