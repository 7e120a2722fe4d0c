"""Dues in the demonstration: the street reaches 96 %, and every desk has something to do."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

import pytest

from tests.demo.test_demo import DAYS, TODAY, composed

pytestmark = pytest.mark.engines("sqlite")  # nothing is written


def rates(day: date, top: str) -> dict[int, float]:
    """Net of waivers, by year, in percent."""
    rows = composed(day)
    codes = {row["id"]: row["code"] for row in rows["association"]}
    years = {row["id"]: row["start_on"].year for row in rows["dues_period"]}
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows["charge"]:
        if codes[row["association_id"]].startswith(f"{top}-"):
            sums[years[row["period_id"]]][0] += row["paid_fen"]
            sums[years[row["period_id"]]][1] += row["amount_fen"] - row["waived_fen"]
    return {year: round(100 * paid / owed, 1) for year, (paid, owed) in sums.items()}


def test_the_street_reaches_the_rate_of_the_domain(app):
    """In each full year; of a year that has just begun it cannot be asked."""
    assert rates(TODAY, "wh") == {2024: 94.0, 2025: 96.0, 2026: 96.0}
    assert rates(TODAY, "lx") == {2026: 71.0}
    for day in DAYS[1:]:
        found = rates(day, "wh")
        assert list(found.values())[:2] == [94.0, 96.0]
        assert found[day.year] < 30


def test_every_entry_sums_to_zero_and_every_payment_has_a_receipt(app):
    rows = composed()
    sums: Counter[int] = Counter()
    for row in rows["journal_line"]:
        sums[row["entry_id"]] += row["debit_fen"] - row["credit_fen"]
    assert set(sums.values()) == {0}
    numbers: dict[tuple[int, int], list[int]] = defaultdict(list)
    for row in rows["receipt"]:
        assert row["snapshot"]["is_demo"], "printed, it says that it is none"
        numbers[row["association_id"], row["year"]].append(row["number"])
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())
    assert {(r["association_id"], r["year"]): r["last"] for r in rows["receipt_counter"]} == {
        key: len(found) for key, found in numbers.items()
    }
    assert len(rows["receipt"]) == len(rows["payment"])


def test_every_desk_has_something_to_do(app):
    rows = composed()
    states = {table: Counter(row["state"] for row in rows[table]) for table in ("waiver", "reversal", "refund")}
    assert states["waiver"]["asked"] == 2
    assert states["waiver"]["refused"] == 1
    assert states["waiver"]["approved"] > 60
    assert states["reversal"] == {"made": 2, "asked": 1}
    assert states["refund"] == {"made": 1, "asked": 1}
    assert Counter(row["state"] for row in rows["period_book"])["locked"] == 22
    differing = [row for row in rows["hand_over"] if row["counted_fen"] != row["expected_fen"]]
    assert 5 < len(differing) < 50
    cast = {row["person_id"] for row in rows["account"]}
    names = {row["name"]: row["id"] for row in rows["person"] if row["id"] in cast}
    leader, member = names["欧阳若"], names["林栩"]
    assert any(row["collector_id"] == leader and row["hand_over_id"] is None for row in rows["payment"])
    owed = [row for row in rows["charge"] if row["payer_id"] == member]
    assert sum(row["amount_fen"] - row["paid_fen"] - row["waived_fen"] for row in owed) == 1_900
    assert any(0 < row["paid_fen"] < row["amount_fen"] for row in owed)
    assert any(row["used_fen"] < row["amount_fen"] and row["reversed_at"] is None for row in rows["payment"])
    assert len(rows["reminder"]) > 0
    assert Counter(row["state"] for row in rows["bank_line"]) >= Counter(waiting=3, set_aside=1)
