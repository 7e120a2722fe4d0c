"""`portal check-ledger`: what was changed behind the portal's back is found, and which line it is."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.core.database import db
from portal.ledger import chain, closing
from portal.ledger.models import JournalLine, JournalSeal
from portal.upkeep import ledger
from tests.harness.factory import make_membership, make_person
from tests.harness.money import make_charge, make_payment, make_period
from tests.ledger.rows import behind_the_back, last_year, locked


def found() -> list[str]:
    db.session.expire_all()
    return [f"{one.association}: {one.where}: {one.what}" for one in ledger.list_faults()]


def test_sound_books(cast):
    """Locked lines, open charges, part payments: nothing to say, and a head to keep for each chain."""
    locked(cast, cast.treasurer, cast.chair, count=3)
    make_period(cast.community)
    payer = make_person("薛小满")
    make_charge(make_membership(payer, cast.community), amount_fen=1_200)
    make_payment(payer, cast.community, 700)
    db.session.commit()
    assert found() == []
    assert ledger.heads() == [("wangjiang", chain.head(cast.community))]
    seals = db.session.scalars(select(JournalSeal).order_by(JournalSeal.position)).all()
    assert [seal.position for seal in seals] == list(range(1, 7))


def test_a_changed_line_is_named(cast):
    """Also where both sides were changed alike, so that every sum still agrees."""
    locked(cast, cast.treasurer, cast.chair, count=3)
    third = db.session.scalars(select(JournalLine).order_by(JournalLine.id)).all()[2]
    where = f"line {third.id} of entry "
    doubled = "debit_fen = debit_fen * 2, credit_fen = credit_fen * 2"
    behind_the_back(f"UPDATE journal_line SET {doubled} WHERE entry_id = {third.entry_id}")
    only, figures = found()
    assert only.startswith(f"wangjiang: {where}")
    assert only.endswith("it is not what was sealed")
    assert figures.endswith("its kept figures are not the journal's")


def test_control_without_the_chain_it_would_not_be_seen(cast, monkeypatch):
    """Another word leaves every sum as it is, and what the book kept of them."""
    locked(cast, cast.treasurer, cast.chair)
    behind_the_back("UPDATE journal_entry SET memo = '别的'")
    assert found()
    monkeypatch.setattr(chain, "verify", lambda: iter(()))
    assert found() == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM journal_seal WHERE position = 2", "position 2: a sealed line is missing before this place"),
        ("DELETE FROM journal_seal WHERE position = 4", "it stands in a locked book without a seal"),
        ("UPDATE journal_entry SET memo = '别的'", "it is not what was sealed"),
        ("UPDATE journal_entry SET entry_on = '2020-01-01'", "it is not what was sealed"),
        (
            "UPDATE journal_entry SET period_id = (SELECT max(id) FROM dues_period)",
            f"its day does not lie in {last_year() + 1}年度",
        ),
        (
            "INSERT INTO journal_line (entry_id, association_id, account, debit_fen, credit_fen) "
            "SELECT entry_id, association_id, account, credit_fen, debit_fen FROM journal_line",
            "it stands in a locked book without a seal",
        ),
        ("UPDATE period_book SET state = 'open'", "it is sealed and no longer locked"),
    ],
)  # fmt: skip
def test_whatever_is_done_to_a_locked_book(cast, statement, said):
    locked(cast, cast.treasurer, cast.chair)
    make_period(cast.community)
    db.session.commit()
    behind_the_back(statement)
    assert any(line.endswith(said) for line in found()), found()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE journal_line SET debit_fen = 1 WHERE account = 'bank'", "its lines sum to"),
        ("UPDATE charge SET paid_fen = 1", "paid: 1 fen are kept, 700 are found"),
        ("UPDATE charge SET amount_fen = 9999", "owed: 9299 fen are kept, 500 are found"),
        ("UPDATE charge SET waived_fen = 5", "waived: 5 fen are kept, 0 are found"),
        ("UPDATE payment SET used_fen = 1", "used: 1 fen are kept, 700 are found"),
        ("UPDATE payment SET amount_fen = 800", "credit: -100 fen are kept, 0 are found"),
    ],
)  # fmt: skip
def test_a_sum_that_does_not_agree_is_named(cast, statement, said):
    make_period(cast.community)
    payer = make_person("薛小满")
    make_charge(make_membership(payer, cast.community), amount_fen=1_200)
    make_payment(payer, cast.community, 700, method="transfer")
    db.session.commit()
    assert found() == []
    behind_the_back(statement)
    assert any(said in line for line in found()), found()


def test_figures_of_a_closed_book_are_the_journals(cast):
    """Frozen they are neither sealed nor asked again: whoever changes them is found."""
    period = make_period(cast.community, last_year())
    make_payment(cast.member.person, cast.community, 700, received_on=period.end_on, method="transfer")
    book = closing.close(cast.treasurer, cast.community, period, seen=True)
    db.session.commit()
    assert found() == []
    book.figures = {**book.figures, "accounts": {**book.figures["accounts"], "bank": [0, 900, 0, 900]}}
    db.session.commit()
    assert [line.split(": ")[2] for line in found()] == ["its kept figures are not the journal's"]
