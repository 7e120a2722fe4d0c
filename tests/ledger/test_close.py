"""Closing, opening again, locking: in order, by two people, and what that freezes."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.audit import AuditEntry
from portal.core.database import db
from portal.core.errors import RuleError
from portal.ledger import closing, queries
from portal.ledger.models import BookState, DuesPeriod, JournalEntry, PeriodBook
from tests.harness.money import make_period
from tests.harness.together import told
from tests.ledger.rows import deposit, last_year

BOOKS = "/office/wangjiang/dues/books"


def state(cast, period):
    db.session.expire_all()
    book = queries.book_of(cast.community, period)
    return book.state if book else None


def test_from_open_to_locked_and_who_may(cast, sign_in):
    """The treasurer closes, the chair opens again for a reason, it is closed and locked; then nothing moves."""
    period = make_period(cast.community, last_year())
    deposit(cast.community, on=date(last_year(), 4, 1))
    treasurer, chair, secretary = sign_in(cast.treasurer), sign_in(cast.chair), sign_in(cast.secretary)
    here = f"{BOOKS}/{period.public_id}"
    assert secretary.force(f"{here}/close").status_code == 403
    assert treasurer.force(f"{here}/lock").status_code == 403
    assert sign_in(cast.leader).get(BOOKS).status_code == 403
    assert chair.force(f"{here}/lock").status_code == 422  # not closed yet
    assert treasurer.submit(f"{here}/close").location == BOOKS
    assert state(cast, period) == BookState.CLOSED
    assert treasurer.force(f"{here}/close").status_code == 422
    assert chair.submit(f"{here}/reopen", {"reason": " "}).status_code == 422
    assert chair.submit(f"{here}/reopen", {"reason": "漏记一笔"}).location == BOOKS
    assert state(cast, period) == BookState.OPEN
    assert treasurer.submit(f"{here}/close").status_code == 303
    assert chair.submit(f"{here}/lock").status_code == 303
    assert state(cast, period) == BookState.LOCKED
    assert chair.force(f"{here}/reopen", {"reason": "再开"}).status_code == 422
    actions = [entry.action for entry in db.session.query(AuditEntry).filter(AuditEntry.action.like("ledger.%"))]
    assert actions == ["ledger.close", "ledger.reopen", "ledger.close", "ledger.lock"]
    page = treasurer.page(BOOKS)
    assert "已锁定" in page.select_one("main table").get_text()
    assert page.select_one("code").get_text() != "0" * 64


def test_nobody_locks_what_they_closed(cast):
    period = make_period(cast.community, last_year())
    closing.close(cast.chair, cast.community, period)
    with pytest.raises(RuleError):
        closing.lock(cast.chair, cast.community, period)


def test_not_before_it_is_over_nor_out_of_order(cast):
    with pytest.raises(RuleError, match="2"):
        closing.close(cast.treasurer, cast.community, make_period(cast.community))
    first, second = (make_period(cast.community, last_year() - number) for number in (1, 0))
    closing.close(cast.treasurer, cast.community, second)
    with pytest.raises(RuleError, match=second.name):  # it began with what there was before
        deposit(cast.community, on=first.start_on)
    closing.reopen(cast.chair, cast.community, second, "漏记上年")
    deposit(cast.community, on=first.start_on)
    assert [first.name in str(one.text) for one in closing.findings(cast.community, second)] == [True]
    with pytest.raises(RuleError):
        closing.close(cast.treasurer, cast.community, second)
    for period in (first, second):
        closing.close(cast.treasurer, cast.community, period)
    with pytest.raises(RuleError, match=second.name):
        closing.reopen(cast.chair, cast.community, first, "再开")
    with pytest.raises(RuleError, match=first.name):
        closing.lock(cast.chair, cast.community, second)


def test_the_page_opens_the_last_closed_one_again(cast, sign_in):
    first, second = (make_period(cast.community, last_year() - number) for number in (1, 0))
    for period in (first, second):
        closing.close(cast.treasurer, cast.community, period)
    page = sign_in(cast.chair).page(BOOKS).select_one("main")
    assert [link["href"] for link in page.find_all("a", string="重新打开")] == [f"{BOOKS}/{second.public_id}/reopen"]


def test_what_blocks_is_settled_and_what_warns_is_read(cast, sign_in, monkeypatch):
    period = make_period(cast.community, last_year())
    found = [closing.Finding("三笔减免等第二人签字", BOOKS), closing.Finding("组长手中还有现金", blocks=False)]
    monkeypatch.setattr(closing, "_checks", [lambda _place, _period: found])
    kept = {"charged_fen": 1200, "paid_fen": 600, "waived_fen": 0}
    monkeypatch.setattr(closing, "_figures", [lambda _place, _period: kept])
    treasurer, here = sign_in(cast.treasurer), f"{BOOKS}/{period.public_id}/close"
    page = treasurer.page(here).select_one("main")
    assert "三笔减免等第二人签字" in page.get_text()
    assert "50.0%" in page.get_text()
    assert page.select_one("form[method=post]") is None
    assert treasurer.force(here, {"seen": "y"}).status_code == 422
    found.pop(0)
    assert treasurer.submit(here).status_code == 422
    assert state(cast, period) in (None, BookState.OPEN)
    assert treasurer.submit(here, {"seen": "y"}).status_code == 303
    assert queries.book_of(cast.community, period).figures == kept


def test_who_posts_and_who_closes_at_once(live_app, cast):
    """However they meet: what is dated in the period was there before the book was closed."""
    period = make_period(cast.community, last_year())
    db.session.commit()
    place_id, period_id, closer_id = cast.community.id, period.id, cast.treasurer.id

    def close():
        actor = db.session.get_one(Account, closer_id, options=[joinedload(Account.person)])
        place, period = db.session.get_one(Association, place_id), db.session.get_one(DuesPeriod, period_id)
        closing.close(actor, place, period)

    def post(day):
        deposit(db.session.get_one(Association, place_id), on=date(last_year(), 2, day))

    words = told(live_app, [close, *(partial(post, day) for day in range(1, 5))])
    assert words[0] == "done"
    assert db.session.query(JournalEntry).count() == words.count("done") - 1
    assert db.session.query(PeriodBook).filter_by(association_id=place_id).count() == 1
