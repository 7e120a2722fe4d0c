"""The yearly statement that everybody may read: of a closed book, sums only, replaced and withdrawn."""

from __future__ import annotations

import csv
import io

import pytest
from sqlalchemy import update

from portal.core.audit import AuditEntry
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.ledger import closing
from portal.ledger.models import DuesPeriod
from portal.statements import disclosing, queries
from portal.statements.models import YearStatement
from portal.transparency import services
from portal.transparency.queries import list_entries
from portal.upkeep import proofs
from tests.harness.cases import either_engine
from tests.harness.money import make_period
from tests.statements.rows import close_book, last_year

OFFICE = "/office/wangjiang/dues/disclosed"


def public_ids(cast):
    db.session.expire_all()
    return [(one.public_id, one.withdrawn_at is None) for one in queries.list_of(cast.community)]


def test_from_the_closed_book_to_the_public_page(cast, sign_in, client):
    year = last_year(cast)
    chair, new = sign_in(cast.chair), f"{OFFICE}/{year.period.public_id}/new"
    assert chair.get(new).status_code == 404, "the book is open"
    with pytest.raises(RuleError):
        disclosing.disclose(cast.chair, cast.community, year.period)
    close_book(sign_in, cast, year.period)
    assert chair.force(new, {"remarks": "字" * 1001}).status_code == 422
    answer = chair.submit(new, {"remarks": "余款转入下年"})
    assert answer.status_code == 303
    page = client.page(answer.location).select_one("main").get_text()
    assert "50.0%" in page
    assert "余款转入下年" in page
    for name in ("年甲", "年乙", "年丙", "林建国", "周明德"):
        assert name not in page
    listed = client.page("/statements?q=wangjiang").select_one("main table")
    assert cast.community.name in listed.get_text()
    assert client.page("/statements?year=1999").select_one("main .empty")
    assert client.page("/associations/wangjiang").select_one(f'a[href="{answer.location}"]')
    rows = list(csv.reader(io.StringIO(client.get("/statements/list.csv").text.lstrip("\ufeff"))))
    assert rows[1][1:9] == [cast.community.name, "wangjiang", "3", "36.00", "2.00", "17.00", "17.00", "0.5"]
    assert client.get("/statements/list.xlsx").status_code == 200
    assert client.get("/statements/" + "x" * 12).status_code == 404
    actions = [one.action for one in db.session.query(AuditEntry).filter(AuditEntry.action.like("statements.%"))]
    assert actions == ["statements.disclose"]


def test_twice_is_once_a_later_one_replaces_and_a_withdrawn_one_says_why(cast, sign_in, client):
    year = last_year(cast)
    close_book(sign_in, cast, year.period)
    first = disclosing.disclose(cast.chair, cast.community, year.period, "一")
    assert disclosing.disclose(cast.chair, cast.community, year.period, "一 ") is first
    second = disclosing.disclose(cast.chair, cast.community, year.period, "二")
    db.session.commit()
    assert public_ids(cast) == [(second.public_id, True), (first.public_id, False)]
    chair, back = sign_in(cast.chair), f"{OFFICE}/{second.public_id}/withdraw"
    assert chair.submit(back, {"reason": " "}).status_code == 422
    assert chair.submit(back, {"reason": "数字有误"}).location == OFFICE
    assert chair.force(back, {"reason": "数字有误"}).status_code == 422, "a second time"
    gone = client.page(f"/statements/{second.public_id}").select_one("main").get_text()
    assert "数字有误" in gone
    assert "50.0%" not in gone
    assert client.page("/statements").select_one("main .empty")
    assert "已撤回" in chair.page(OFFICE).select_one("main table").get_text()


def test_opened_again_it_is_public_no_more(cast, sign_in, client):
    """Its figures may change: it is disclosed anew once the book is closed again."""
    year = last_year(cast)
    close_book(sign_in, cast, year.period)
    made = disclosing.disclose(cast.chair, cast.community, year.period)
    db.session.commit()
    again = f"/office/wangjiang/dues/books/{year.period.public_id}/reopen"
    assert sign_in(cast.chair).submit(again, {"reason": "漏记一笔"}).status_code == 303
    assert public_ids(cast) == [(made.public_id, False)]
    page = client.page(f"/statements/{made.public_id}").select_one("main").get_text()
    assert ("漏记一笔" in page, "50.0%" in page) == (True, False)
    assert proofs.list_faults() == []


def test_it_stands_in_the_chain(cast, sign_in, client, db_session):
    """As it was disclosed, and that it was withdrawn; figures that are altered behind the portal's back are found."""
    year = last_year(cast)
    close_book(sign_in, cast, year.period)
    first = disclosing.disclose(cast.chair, cast.community, year.period)
    second = disclosing.disclose(cast.chair, cast.community, year.period, "余款转入下年")
    db.session.commit()
    entries = [(one.kind, one.document) for one in list_entries(1, 100)]
    told = [("statement", first.public_id), ("statement_withdrawn", first.public_id), ("statement", second.public_id)]
    assert entries[-3:] == told
    assert client.page(f"/statements/{second.public_id}").find("details").find("code")
    assert proofs.list_faults() == []
    db.session.execute(update(DuesPeriod).values(name="改了名称"))
    assert proofs.list_faults() == []
    altered = {**second.figures, "paid_fen": 1}
    db.session.execute(update(YearStatement).where(YearStatement.id == second.id).values(figures=altered))
    assert [fault.split()[:2] for fault in proofs.list_faults()] == [["statement", f"{second.public_id},"]]


def test_what_was_disclosed_before_enters_a_chain_that_is_there(cast, sign_in, monkeypatch):
    year = last_year(cast)
    close_book(sign_in, cast, year.period)
    with monkeypatch.context() as before:
        before.setattr(disclosing.proving, "enter_statement", lambda _statement: None)
        disclosing.disclose(cast.chair, cast.community, year.period)
    services.begin()
    db.session.commit()
    assert len(proofs.list_faults()) == 1
    assert (proofs.begin(), proofs.begin()) == (1, 0)
    assert proofs.list_faults() == []


@either_engine
def test_who_may(cast, sign_in, client):
    year = last_year(cast)
    close_book(sign_in, cast, year.period)
    made = disclosing.disclose(cast.chair, cast.community, year.period)
    db.session.commit()
    new, back = f"{OFFICE}/{year.period.public_id}/new", f"{OFFICE}/{made.public_id}/withdraw"
    for role, status in (("treasurer", 403), ("secretary", 403), ("sibling", 404), ("member", 404)):
        someone = sign_in(getattr(cast, role))
        assert {someone.force(url, {"reason": "不行"}).status_code for url in (new, back)} == {status}, role
    assert client.get(OFFICE).status_code in (302, 303)
    for actor in (cast.treasurer, cast.secretary):
        with pytest.raises(RuleError):
            disclosing.disclose(actor, cast.community, year.period)
        with pytest.raises(RuleError):
            disclosing.withdraw(actor, cast.community, made, "不行")
    chair = sign_in(cast.chair)
    assert chair.get(f"/office/tingyu/dues/disclosed/{made.public_id}/withdraw").status_code == 404, "not theirs"
    assert public_ids(cast) == [(made.public_id, True)]


def test_an_open_book_before_a_closed_one_is_not_to_disclose(cast, sign_in):
    first, second = (make_period(cast.community, today().year - years) for years in (2, 1))
    closing.close(cast.treasurer, cast.community, second)
    db.session.commit()
    chair, here = sign_in(cast.chair), "/office/wangjiang/dues/disclosed"
    assert [chair.get(f"{here}/{one.public_id}/new").status_code for one in (first, second)] == [404, 200]
