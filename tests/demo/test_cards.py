"""The demonstration's cards: one in use for each member at most, a town's renewed at once, each code its own."""

from __future__ import annotations

from collections import Counter

import pytest

from portal.associations.models import Association
from portal.cards.models import MemberCard
from portal.members.models import Membership
from portal.verification.models import VerifiableCode
from tests.demo.test_demo import TODAY, composed

pytestmark = pytest.mark.engines("sqlite")  # nothing is written


def test_cards_and_codes(app):
    rows = composed()
    cards, codes = rows[MemberCard.__tablename__], rows[VerifiableCode.__tablename__]
    on_cards = [row for row in codes if row["kind"] == "member_card"]
    assert len(cards) == len(on_cards)
    assert len(codes) == len({row["code"] for row in codes})
    in_use = Counter(row["membership_id"] for row in cards if row["voided_at"] is None)
    assert set(in_use.values()) == {1}
    members = len(rows[Membership.__tablename__])
    assert 0.9 < len(in_use) / members < 1
    assert all((row["voided_at"] is None) == (row["void_reason"] == "") for row in cards)
    assert all(row["issued_on"] <= TODAY and (row["handed_over_on"] or TODAY) <= TODAY for row in cards)


def test_a_town_renewed_them_all_at_once(app):
    rows = composed()
    towns = {row["id"] for row in rows[Association.__tablename__] if row["code"].startswith("lx")}
    renewed = [row for row in rows[MemberCard.__tablename__] if row["reason"] == "renewed"]
    assert {row["association_id"] for row in renewed} <= towns
    assert len({row["issued_on"] for row in renewed}) == 1
    assert len(renewed) > 3_000
