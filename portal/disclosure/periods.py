"""Which periods a duty is owed for, and by when: months, quarters, half-years and years, counted from its first day.

A period ends, and the clock begins to run: the last day is so many working days later. What is owed once is owed so
many working days after the duty began, and stays so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from portal.core.calendar import add_working_days
from portal.core.i18n import pgettext
from portal.disclosure.models import DisclosureDuty, Frequency

MONTHS = {Frequency.MONTH: 1, Frequency.QUARTER: 3, Frequency.HALF_YEAR: 6, Frequency.YEAR: 12}
LOOK_BACK = 2  # years before this one that are still asked for


@dataclass(frozen=True)
class Asked:
    """A duty for one of its periods: its first and last day, and the day by which it is to be published."""

    duty: DisclosureDuty
    period_on: date
    ends_on: date
    due_on: date

    @property
    def name(self) -> str:
        return name_of(self.duty.frequency, self.period_on)


def asked(duty: DisclosureDuty, day: date, since: date | None = None) -> Iterator[Asked]:
    """The periods of a duty up to the one that runs on `day`, the earliest first.

    `since`: the day from which the association is there. What lies before this year and the two before it is asked
    for no more; what ended is owed for no period that ended later.
    """
    first = max(duty.starts_on, since or duty.starts_on)
    if duty.frequency == Frequency.ONCE:
        if first <= day and duty.ended_on is None:
            yield Asked(duty, duty.starts_on, duty.starts_on, add_working_days(first, duty.within_days))
        return
    months = MONTHS[Frequency(duty.frequency)]
    start = _begin(max(first, date(day.year - LOOK_BACK, 1, 1)), months)
    while start <= day:
        following = _later(start, months)
        ends_on = following - timedelta(days=1)
        if duty.ended_on is None or ends_on < duty.ended_on:
            yield Asked(duty, start, ends_on, add_working_days(ends_on, duty.within_days))
        start = following


def name_of(frequency: str, period_on: date) -> str:
    """2025, the first half of 2025, the third quarter of 2025, October 2025; nothing for what is owed once."""
    year, month = period_on.year, period_on.month
    if frequency == Frequency.ONCE:
        return ""
    if frequency == Frequency.YEAR:
        return pgettext("disclosure period", "%(year)s", year=year)
    if frequency == Frequency.HALF_YEAR:
        if month == 1:
            return pgettext("disclosure period", "first half of %(year)s", year=year)
        return pgettext("disclosure period", "second half of %(year)s", year=year)
    if frequency == Frequency.QUARTER:
        return pgettext("disclosure period", "quarter %(number)s of %(year)s", number=(month + 2) // 3, year=year)
    return pgettext("disclosure period", "%(month)s/%(year)s", month=month, year=year)


def _begin(day: date, months: int) -> date:
    """The first day of the period in which a day lies."""
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _later(start: date, months: int) -> date:
    years, month = divmod(start.month - 1 + months, 12)
    return date(start.year + years, month + 1, 1)
