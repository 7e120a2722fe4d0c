"""The clock of a test that stands on a day of the year."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime

from portal.core import calendar
from portal.core.calendar import now, today


@contextmanager
def january_over() -> Iterator[None]:
    """What was in January, or some days ago, was this year: in the first days of a year it is its 20th of January."""
    after = datetime(today().year, 1, 20, 4, tzinfo=UTC)
    with calendar.at(after) if now() < after else nullcontext():
        yield
