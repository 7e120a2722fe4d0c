"""The demonstration's cards: one in use for each member at most, a town's renewed at once, each code its own."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from portal.associations.models import Association
from portal.cards.models import MemberCard
from portal.demo.batch import Batch
from portal.demo.load import compose
from portal.members.models import Membership
from portal.verification.models import VerifiableCode

DAY = date(2026, 11, 19)


@pytest.fixture(scope="module")
def batch() -> Batch:
    made = Batch()
    compose(made, DAY)
    return made


def test_cards_and_codes(batch):
    cards, codes = batch.rows[MemberCard.__tablename__], batch.rows[VerifiableCode.__tablename__]
    assert len(cards) == len(codes) == len({row["code"] for row in codes})
    in_use = Counter(row["membership_id"] for row in cards if row["voided_at"] is None)
    assert set(in_use.values()) == {1}
    members = len(batch.rows[Membership.__tablename__])
    assert 0.9 < len(in_use) / members < 1
    assert all((row["voided_at"] is None) == (row["void_reason"] == "") for row in cards)
    assert all(row["issued_on"] <= DAY and (row["handed_over_on"] or DAY) <= DAY for row in cards)


def test_a_town_renewed_them_all_at_once(batch):
    towns = {row["id"] for row in batch.rows[Association.__tablename__] if row["code"].startswith("lx")}
    renewed = [row for row in batch.rows[MemberCard.__tablename__] if row["reason"] == "renewed"]
    assert {row["association_id"] for row in renewed} <= towns
    assert len({row["issued_on"] for row in renewed}) == 1
    assert len(renewed) > 3_000
