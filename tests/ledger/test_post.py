"""Posting: balanced, dated in an open period, never changed afterwards, on whatever way somebody tries."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.ledger import closing, queries
from portal.ledger.models import EntryKind, JournalLine, LedgerAccount
from portal.ledger.services import Line, post
from tests.harness.cases import either_engine
from tests.harness.money import make_period
from tests.ledger.rows import deposit, last_year


def test_an_event_is_an_entry_with_its_lines(cast):
    period = make_period(cast.community)
    entry = deposit(cast.community, 5_000, memo="存入银行")
    assert (entry.period_id, entry.entry_on, entry.memo) == (period.id, today(), "存入银行")
    lines = db.session.query(JournalLine).filter_by(entry_id=entry.id).order_by(JournalLine.id).all()
    assert [(one.account, one.debit_fen, one.credit_fen) for one in lines] == [("bank", 5_000, 0), ("cash", 0, 5_000)]
    assert queries.balances(cast.community) == {"bank": (5_000, 0), "cash": (0, 5_000)}


def test_what_does_not_balance_is_never_posted(cast):
    make_period(cast.community)
    with pytest.raises(ValueError, match="sum to zero"):
        post(None, cast.community, today(), EntryKind.DEPOSIT, [Line(account=LedgerAccount.BANK, debit=1)])
    assert db.session.query(JournalLine).count() == 0


@either_engine
def test_a_day_lies_in_an_open_period_or_is_refused_with_words(cast):
    period = make_period(cast.community, last_year())
    inside = date(last_year(), 5, 1)
    for on in (today() + timedelta(days=1), date(last_year() - 1, 12, 31)):
        with pytest.raises(RuleError) as refused:
            deposit(cast.community, on=on)
        assert refused.value.field == "on"
    deposit(cast.community, on=inside)
    closing.close(cast.treasurer, cast.community, period, seen=True)
    with pytest.raises(RuleError) as refused:
        deposit(cast.community, on=inside)
    assert (refused.value.field, period.name in str(refused.value)) == ("on", True)
    deposit(cast.sibling_community, on=inside)  # each association closes its own book


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_line SET debit_fen = 1", "DELETE FROM journal_line", "UPDATE journal_entry SET memo = 'x'",
        "DELETE FROM journal_entry",
    ],
)  # fmt: skip
def test_the_database_itself_refuses_to_change_it(cast, statement):
    make_period(cast.community)
    deposit(cast.community)
    with pytest.raises(DatabaseError), db.session.begin_nested():
        db.session.execute(text(statement))
    assert queries.balances(cast.community)["bank"] == (5_000, 0)


def test_nor_does_it_replace_a_row(cast):
    make_period(cast.community)
    entry = deposit(cast.community)
    line = db.session.query(JournalLine).filter_by(entry_id=entry.id, account="bank").one()
    if db.session.connection().dialect.name != "sqlite":
        statement = "TRUNCATE journal_line CASCADE"
    else:
        columns = "id, entry_id, association_id, account, debit_fen, credit_fen"
        values = f"{line.id}, {entry.id}, {entry.association_id}, 'bank', 1, 0"
        statement = f"INSERT OR REPLACE INTO journal_line ({columns}) VALUES ({values})"
    with pytest.raises(DatabaseError), db.session.begin_nested():
        db.session.execute(text(statement))
    assert queries.balances(cast.community)["bank"] == (5_000, 0)
