"""Dues at a glance: how far the period is collected, and what waits for whom."""

from __future__ import annotations

from portal.bank.models import BankFile, BankLine
from portal.core.calendar import today
from portal.core.database import ask_together, db
from portal.dues import waivers
from portal.home import dues_tasks
from portal.payments import reversals
from portal.people.models import Person
from portal.statements.queries import counting_to_close
from tests.harness.cases import either_engine
from tests.harness.counting import query_count
from tests.harness.factory import make_membership, make_person
from tests.harness.money import make_charge, make_payment, make_period
from tests.statements.rows import charged, last_year, payer_of

HERE = "/office/wangjiang/dues"


def owing(cast, name, group, **values):
    return make_charge(make_membership(make_person(name), cast.community, group_id=group.id), **values)


def test_what_waits_and_where(cast, sign_in):
    last_year(cast)  # its book was never closed
    one, other = owing(cast, "今甲", cast.group), owing(cast, "今乙", cast.other_group)
    paid = make_payment(payer_of(one), cast.community, 1200, actor=cast.treasurer, method="transfer")
    reversals.ask(cast.treasurer, paid, "记错人")
    waivers.ask(cast.treasurer, other, "waiver", 600, "困难")
    leader = db.session.get_one(Person, cast.leader.person_id)
    make_payment(payer_of(other), cast.community, 100, collector=leader)
    treasurer = sign_in(cast.treasurer)
    page = treasurer.page(HERE)
    text = page.select_one("main").get_text()
    assert "54.2%" in text  # 13 of 24 yuan
    links = {link["href"] for link in page.select("main .people a")}
    assert {f"{HERE}/waivers", f"{HERE}/payments", f"{HERE}/hand-overs", f"{HERE}/books"} <= links
    assert any("charging" in link for link in links), "members who are not charged yet"
    assert page.select_one(f'main a[href="{HERE}/collect"]')
    with query_count() as asked:
        treasurer.page(HERE)
    assert len(asked) <= 12
    assert not sign_in(cast.secretary).page(HERE).select_one(f'.actions a[href="{HERE}/collect"]')


def test_what_waits_leads_nobody_to_a_shut_door(cast, sign_in):
    owing(cast, "今甲", cast.group)
    file = BankFile(association_id=cast.community.id, name="bank.csv", digest="0")
    db.session.add(file)
    db.session.flush()
    line = {"position": 1, "fingerprint": "1", "booked_on": today(), "amount_fen": 500, "payer_name": "王秀瑛"}
    db.session.add(BankLine(association_id=cast.community.id, file_id=file.id, state="waiting", memo="", **line))
    for account, is_shown in ((cast.treasurer, True), (cast.secretary, False)):
        visitor = sign_in(account)
        links = [link["href"] for link in visitor.page(HERE).select("main .people a")]
        assert (f"{HERE}/bank" in links) is is_shown
        assert {visitor.get(link).status_code for link in links} <= {200}


def test_a_leader_sees_the_own_group_and_the_own_cash(cast, sign_in):
    one = owing(cast, "今甲", cast.group)
    owing(cast, "今乙", cast.other_group)
    leader = db.session.get_one(Person, cast.leader.person_id)
    make_payment(payer_of(one), cast.community, 300, collector=leader)
    text = sign_in(cast.leader).page(HERE).select_one("main").get_text()
    assert "25.0%" in text
    assert "3.00" in text
    assert cast.group.name in text
    assert cast.other_group.name not in text


@either_engine
def test_who_may(cast, sign_in, client):
    assert sign_in(cast.chair).get("/office/liuan/dues").status_code == 200
    assert sign_in(cast.publisher).get(HERE).status_code == 403
    assert sign_in(cast.sibling).get(HERE).status_code == 404
    assert client.get(HERE).status_code in (302, 303)


def test_a_book_is_closed_within_three_months(cast):
    """Of the year before last for certain; of a period without charges nobody asks, and only who records."""
    before = make_period(cast.community, today().year - 2)
    make_period(cast.community, today().year - 3)
    charged(cast.community, "旧账", before)
    asked = {"to_close": dues_tasks.questions(cast.treasurer, cast.community)["to_close"]}
    found = ask_together(asked)
    assert found["to_close"] == 1
    assert len(list(dues_tasks.lines(found))) == 1
    assert "to_close" not in dues_tasks.questions(cast.chair, cast.community)
    assert db.session.scalar(counting_to_close(cast.community, before.end_on)) == 0
