"""The parts of a period: its calendar months, and where its second half begins."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.dues.fees import Span


@pytest.mark.parametrize(
    ("start", "end", "months", "half"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), 12, date(2026, 7, 1)),
        (date(2026, 9, 1), date(2027, 8, 31), 12, date(2027, 3, 1)),
        (date(2026, 7, 1), date(2026, 12, 31), 6, date(2026, 10, 1)),
        (date(2026, 1, 1), date(2026, 3, 31), 3, date(2026, 2, 15)),
        (date(2026, 3, 15), date(2027, 3, 14), 13, date(2026, 9, 14)),
        (date(2026, 2, 1), date(2026, 2, 28), 1, date(2026, 2, 15)),
    ],
)
def test_months_and_halves(start, end, months, half):
    span = Span(start, end)
    assert (len(span.months), span.second_half) == (months, half)
    assert (span.months[0].replace(day=1), span.months[-1]) == (start.replace(day=1), end.replace(day=1))


def test_no_half_is_longer_than_the_other_by_more_than_a_day_where_days_are_counted():
    for days in range(20, 60):
        span = Span(date(2026, 3, 10), date(2026, 3, 10) + timedelta(days=days))
        first, second = span.second_half - span.start, span.end - span.second_half + timedelta(days=1)
        assert 0 <= (first - second).days <= 1
