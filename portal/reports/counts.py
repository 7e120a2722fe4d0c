"""What is counted of an association in a year: numbers to be added, so that a branch is the sum of its parts."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

Table = Any  # a pandas DataFrame: a row for each association by its id, a column of whole numbers for each of NAMES


@dataclass(frozen=True)
class Counts:
    """A year of one association, or of several together."""

    members: int = 0  # memberships on the last day that is looked at
    due_fen: int = 0  # dues charged less what was waived
    charged_fen: int = 0
    paid_fen: int = 0
    entries: int = 0  # of the log book
    months: int = 0  # with a complete entry, of grass-roots associations
    elapsed: int = 0  # months that are over
    minutes: int = 0  # of service, approved
    letters: int = 0  # received
    closed: int = 0  # of those
    duties: int = 0  # documents whose day to be published has passed
    on_time: int = 0  # of those
    honours: int = 0  # that stand


NAMES = [one.name for one in fields(Counts)]


def total(table: Table) -> Counts:
    """All its associations together."""
    return Counts(*(int(number) for number in table[NAMES].sum()))


def listed(table: Table) -> dict[int, Counts]:
    """Each of its associations by its id."""
    return {int(key): Counts(*map(int, row)) for key, *row in table[NAMES].itertuples(name=None)}


@dataclass(frozen=True)
class Span:
    """A year up to a day: its last one, or today's while it runs."""

    year: int
    last: date

    @property
    def first(self) -> date:
        return date(self.year, 1, 1)

    @property
    def is_running(self) -> bool:
        return self.last < date(self.year, 12, 31)

    @property
    def running_from(self) -> date:
        """The first day of the month that is not over; of a whole year the day after it."""
        return self.last.replace(day=1) if self.is_running else date(self.year + 1, 1, 1)

    @property
    def due_before(self) -> date:
        """What was due before this day is due: whoever is due on the last day may still come."""
        return self.last if self.is_running else date(self.year + 1, 1, 1)

    @property
    def before(self) -> Span:
        """The year before, up to the same day."""
        day = 28 if (self.last.month, self.last.day) == (2, 29) else self.last.day
        return Span(self.year - 1, self.last.replace(year=self.year - 1, day=day))


def span_of(year: int, today: date) -> Span:
    return Span(year, min(date(year, 12, 31), today))
