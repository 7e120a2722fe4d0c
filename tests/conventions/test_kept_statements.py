"""Statements that are put together once: what changes from one reader or day to the next is not part of them."""

from __future__ import annotations

from datetime import date

from portal.associations import directory_queries as associations
from portal.offices import queries as offices
from portal.offices import ties
from portal.statements import queries as statements
from tests.harness.cases import each, either_engine


@either_engine
@each(
    "kept",
    [
        lambda: associations._cut_below(one_step=True),
        lambda: associations._cut_below(one_step=False),
        associations._counts_below,
        ties._members_below,
        offices._public_officers,
        statements._latest,
    ],
)
def test_no_day_and_no_place_stay_in_a_kept_statement(kept):
    values = kept().compile().params
    assert kept() is kept()
    assert {name: value for name, value in values.items() if isinstance(value, date)} == {}
    assert {values.get(name) for name in ("ids", "association", "day")} == {None}
