"""The year of an association: worked out by hand beside what the portal says, and equal to the cash book."""

from __future__ import annotations

import csv
import io
from datetime import date

from portal.core.calendar import today
from portal.core.database import db
from portal.dues.queries import open_charges
from portal.handovers import services as hand_overs
from portal.handovers.services import Counted
from portal.ledger import queries as ledger
from portal.ledger.models import LedgerAccount
from portal.members.models import Membership
from portal.payments import opening, queries, refunds, reversals
from portal.people.models import Person
from portal.statements import rates, year
from portal.upkeep.ledger import list_faults
from tests.harness.factory import make_membership, make_person
from tests.harness.money import make_charge, make_payment, make_period
from tests.statements.rows import charged, close_book, last_year, payer_of

HERE = "/office/wangjiang/dues/year"


def eventful(cast):
    """A year with some of everything; in the comment beside each line what it does to cash, collector and bank."""
    place, this_year = cast.community, today().year
    before, period = make_period(place, this_year - 2), make_period(place, this_year - 1)
    opening.set_opening(None, place, LedgerAccount.CASH, 10_000, before.start_on)  # cash 100.00
    old = charged(place, "旧账", before)
    make_payment(payer_of(old), place, 1200, received_on=date(this_year - 2, 3, 1))  # cash 112.00
    a, b, c = (charged(place, name, period, group_id=cast.group.id) for name in ("年甲", "年乙", "年丙"))
    leader = db.session.get_one(Person, cast.leader.person_id)
    on = date(this_year - 1, 4, 9)
    make_payment(payer_of(a), place, 1200, received_on=on, collector=leader)  # collector 12.00
    make_payment(payer_of(b), place, 700, received_on=on, method="transfer")  # bank 7.00
    twice = make_payment(payer_of(b), place, 500, received_on=on, method="mobile")  # bank 12.00
    undone = reversals.ask(cast.treasurer, twice, "重复", date(this_year - 1, 5, 1))
    reversals.approve(cast.chair, undone)  # bank 7.00
    make_payment(payer_of(c), place, 2000, received_on=on)  # cash 132.00, eight yuan in advance
    counted = Counted(
        expected_fen=1200, counted_fen=1000, handed_on=date(this_year - 1, 6, 1), key="k", note="少两元"
    )
    hand_overs.record(cast.treasurer, place, leader, counted)  # cash 142.00, collector 2.00
    db.session.commit()
    return period


def test_worked_out_by_hand_and_the_cash_book_says_the_same(cast):
    period = eventful(cast)
    found = year.figures_of(cast.community, period)
    assert found["kinds"] == [["个人会员", 3, 3600, 0, 3100, 0]]
    assert (found["charged_fen"], found["paid_fen"], found["open_fen"]) == (3600, 3100, 500)
    assert found["received"] == {"cash": 3200, "transfer": 700, "mobile": 500}
    assert found["accounts"] == {
        "cash": [11_200, 3000, 0, 14_200], "collectors": [0, 1200, 1000, 200], "bank": [0, 1200, 500, 700],
    }  # fmt: skip
    assert (found["reversed_fen"], found["refunded_fen"], found["difference_fen"]) == (500, 0, 0)
    for account, (begin, came, went, end) in found["accounts"].items():
        assert ledger.balance_before(cast.community, account, period.start_on) == begin
        rows = db.session.execute(ledger.cash_book(cast.community, period, account)).all()
        assert (sum(row.came for row in rows), sum(row.went for row in rows)) == (came, went)
        assert ledger.balance_before(cast.community, account, date(today().year, 1, 1)) == end
    assert found["opening_fen"] == 0, "in the year before"
    assert (
        year.figures_of(cast.community, make_period(cast.community, period.start_on.year - 1))["opening_fen"]
        == 10_000
    )
    received = sum(found["received"].values()) - found["reversed_fen"]
    assert received == sum(four[3] - four[0] for four in found["accounts"].values())
    assert (found["settled"], found["credit_fen"]) == ([[period.name, 3100, True]], 800)
    assert list_faults() == []


def test_money_of_a_year_that_settles_dues_of_another(cast):
    """In whose book it stands is the day of the settlement; of which year it is, the charge says."""
    place, this_year = cast.community, today().year
    before, period = make_period(place, this_year - 1), make_period(place, this_year)
    late = charged(place, "旧账", before)
    own = make_charge(db.session.get_one(Membership, late.membership_id), period)
    make_payment(payer_of(late), place, 3000, received_on=today())  # twelve, twelve, and six in advance
    earlier, now = (year.figures_of(place, one) for one in (before, period))
    assert (earlier["paid_fen"], earlier["received"], earlier["settled"]) == (1200, {}, [])
    assert (now["paid_fen"], now["received"]) == (1200, {"cash": 3000})
    assert now["settled"] == [[period.name, 1200, True], [before.name, 1200, False]]
    assert (now["credit_fen"], now["forgone_fen"]) == (600, 0)
    paid = queries.live_allocations_of(own.id)[0].payment
    leaves = {"amount_fen": 600, "method": "forgone", "reason": "本人书面声明不再退还"}
    refunds.approve(cast.chair, refunds.ask(cast.treasurer, paid, **leaves))
    now = year.figures_of(place, period)
    assert (now["credit_fen"], now["forgone_fen"], now["refunded_fen"]) == (0, 600, 0)
    assert sum(fen for _name, fen, _own in now["settled"]) + now["credit_fen"] + now["forgone_fen"] == 3000
    assert now["accounts"]["cash"] == [0, 3000, 0, 3000], "it stays in the box"
    assert ledger.balances(place)[LedgerAccount.FORGONE] == (0, 600)
    assert list_faults() == []


def test_closed_it_stays_and_the_page_and_the_file_say_so(cast, sign_in):
    period = eventful(cast)
    treasurer, asked = sign_in(cast.treasurer), f"?period={period.public_id}"
    assert "31.00" in treasurer.page(HERE + asked).select_one("main").get_text()
    close_book(sign_in, cast, make_period(cast.community, period.start_on.year - 1))
    close_book(sign_in, cast, period)
    kept = ledger.book_of(cast.community, period).figures
    make_charge(make_membership(make_person("后来"), cast.community))
    late = next(one for one in open_charges(cast.community) if one.open_fen == 500)
    make_payment(payer_of(late), cast.community, 500)
    assert year.figures_of(cast.community, period) == kept
    assert (kept["paid_fen"], kept["accounts"]["cash"][3]) == (3100, 14_200)
    assert year.charged(cast.community, period)["paid_fen"] == 3600, "control: the charges were settled later"
    page = treasurer.page(HERE + asked).select_one("main").get_text()
    assert "86.1%" in page
    assert "142.00" in page
    rows = list(csv.reader(io.StringIO(treasurer.get(f"{HERE}/list.csv{asked}").text.lstrip("\ufeff"))))
    assert ["个人会员", "实收", "31.00", "3"] in rows
    assert treasurer.get(f"{HERE}/list.xlsx{asked}").status_code == 200
    assert sign_in(cast.leader).get(HERE).status_code == 403
    assert sign_in(cast.sibling).get(HERE).status_code == 404


def test_report_equals_the_rates(cast):
    """The year's sums and the row of the tree are the same figures."""
    known = last_year(cast)
    found = year.charged(cast.community, known.period)
    total = rates.of_tree(cast.community, known.period).total.now
    assert total == rates.Totals(**{name: found[name] for name in vars(total)})
