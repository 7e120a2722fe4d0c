"""Collection rates: net and gross, rolled up the tree, frozen with the book, to read and as a file."""

from __future__ import annotations

import csv
import io

from sqlalchemy import update

from portal.core.calendar import now, today
from portal.core.database import db
from portal.dues.models import Charge
from portal.dues.services import settle
from portal.ledger import closing
from portal.statements import rates
from portal.statements.rates import Totals
from tests.harness.cases import either_engine
from tests.harness.counting import query_count
from tests.harness.money import make_payment, make_period
from tests.statements.rows import charged, close_book, last_year, payer_of

NOTHING = Totals()


def test_of_nothing_there_is_no_rate():
    assert (NOTHING.net, NOTHING.net_shown, NOTHING.gross_shown) == (None, "—", "—")
    waived = Totals(1, 1200, 1200, 0, 0)
    assert (waived.net_shown, waived.gross_shown) == ("—", "0.0%")
    assert Totals(3, 3600, 200, 1700, 500).open_fen == 1200
    assert Totals(1000, 1_000_000, 0, 999_999, 0).net_shown == "99.9%"


def test_the_tree(cast):
    """What is void does not count, what is waived is no longer to collect, what is written off is."""
    year = last_year(cast)
    beside = charged(cast.sibling_community, "邻一", year.period)
    settle(beside.id, written_off=1200)
    own = charged(cast.street, "街道的", year.period, 600)
    make_payment(payer_of(own), cast.street, 600, received_on=year.day)
    db.session.commit()
    report = rates.of_tree(cast.street, year.period, make_period(cast.street))
    assert {row.association.code: (row.now.net_shown, row.now.gross_shown) for row in report.rows} == {
        "wangjiang": ("50.0%", "47.2%"), "tingyu": ("0.0%", "0.0%"), "liuan": ("100.0%", "100.0%"),
    }  # fmt: skip
    assert report.rows[-1].is_alone
    total = report.total.now
    assert (total.charged_fen, total.waived_fen, total.paid_fen, total.written_off_fen) == (5400, 200, 2300, 1200)
    assert total.open_fen == 5400 - 200 - 2300 - 1200
    above = rates.of_tree(cast.federation, year.period)
    found = {row.association.code: row.now.net_shown for row in above.rows}
    assert found == {"liuan": total.net_shown, "shiqiao": "—"}
    assert above.total.now == total
    assert [name.name for name, _totals in rates.of_groups(cast.community, year.period)] == [cast.group.name]


def test_frozen_when_the_book_is_closed(cast, sign_in):
    """What is paid afterwards settles the charge, and leaves the rate of the year as it was reported."""
    year = last_year(cast)
    make_period(cast.community)
    close_book(sign_in, cast, year.period)
    make_payment(payer_of(year.open), cast.community, 1200, received_on=today())
    db.session.commit()
    db.session.refresh(year.open)
    assert year.open.open_fen == 0
    row = rates.of_tree(cast.street, year.period).rows[-1]
    assert (row.now.net_shown, row.frozen, row.books) == ("50.0%", 1, 1)
    live = rates.sums_below(cast.street, [year.period])[year.period.id, cast.community.id]
    assert live.net_shown == "85.3%", "control: the charges themselves say otherwise"
    closing.reopen(cast.chair, cast.community, year.period, "漏记")
    assert rates.of_tree(cast.street, year.period).rows[-1].now == live


def test_frozen_they_stay_where_every_charge_is_void_by_now(cast, sign_in):
    year = last_year(cast)
    close_book(sign_in, cast, year.period)
    before = rates.of_tree(cast.street, year.period).total
    db.session.execute(update(Charge).values(
        paid_fen=0, waived_fen=0, written_off_fen=0, voided_at=now(), void_reason="in_error"))  # fmt: skip
    assert rates.of_tree(cast.street, year.period).total == before


def test_the_page_and_its_file(cast, sign_in):
    year = last_year(cast)
    charged(cast.sibling_community, "邻一", year.period)
    here = f"/office/liuan/dues/rates?period={year.period.public_id}"
    chair = sign_in(cast.chair)
    table = chair.page(here).select_one("main table")
    assert "50.0%" in table.get_text()
    assert "0.0%" in table.get_text()
    further = chair.page(f"{here}&at=wangjiang").select_one("main table").get_text()
    assert cast.group.name in further
    assert chair.get(f"{here}&at=shangshi").status_code == 404, "not below the street"
    asked = f"/office/liuan/dues/rates/list.csv?period={year.period.public_id}&sort=-rate"
    rows = list(csv.reader(io.StringIO(chair.get(asked).text.lstrip("\ufeff"))))
    assert [row[1] for row in rows[1:]][:2] == ["wangjiang", "tingyu"]
    assert rows[1][2:10] == ["3", "36.00", "2.00", "17.00", "0.00", "17.00", "0.5", "0.4722"]
    assert chair.get(asked.replace("csv", "xlsx")).status_code == 200
    hostile = (f"{here}&sort=rate;DROP", asked.replace("-rate", "-__class__"))
    assert [chair.get(address).status_code for address in hostile] == [400, 400]
    office = "/office/wangjiang/dues/rates"
    assert sign_in(cast.secretary).get(office).status_code == 200
    assert sign_in(cast.leader).get(office).status_code == 403, "of a group one's own page"
    assert sign_in(cast.sibling).get(office).status_code == 404
    assert sign_in(cast.publisher).get(office).status_code == 403


@either_engine
def test_as_many_questions_for_many_as_for_few(cast, sign_in):
    year = last_year(cast)
    chair, here = sign_in(cast.chair), f"/office/liuan/dues/rates?period={year.period.public_id}"
    with query_count() as few:
        chair.page(here)
    for number in range(5):
        charged(cast.sibling_community, f"邻{number}", year.period)
    charged(cast.town, "镇上", year.period)
    with query_count() as many:
        chair.page(here)
    assert len(many) == len(few) <= 12


def test_before_any_period(cast, sign_in):
    secretary = sign_in(cast.secretary)
    for here in ("", "/rates", "/year"):
        assert secretary.page(f"/office/wangjiang/dues{here}").select_one("main .empty")
