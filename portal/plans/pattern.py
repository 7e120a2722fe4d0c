"""Days that come from a pattern: every week, every second week, the same day of each month, until a day."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from portal.core.i18n import lazy
from portal.core.labels import Labelled

MOST = 53  # one more than may be made, so that too many are seen
SEARCHED = 400  # months


class Every(Labelled):
    WEEK = "week", lazy("Every week on this day")
    FORTNIGHT = "fortnight", lazy("Every second week")
    MONTH = "month", lazy("Every month on this date")


def dates(start: date, every: Every, until: date) -> list[date]:
    """From `start` up to and with `until`, at most 53. A month that lacks the date is left out."""
    found: list[date] = []
    for day in _monthly(start) if every == Every.MONTH else _weekly(start, 7 if every == Every.WEEK else 14):
        if day > until or len(found) == MOST:
            break
        found.append(day)
    return found


def _weekly(start: date, step: int) -> Iterator[date]:
    return (start + timedelta(days=step * n) for n in range(MOST))


def _monthly(start: date) -> Iterator[date]:
    for n in range(SEARCHED):
        year, month = divmod(start.month - 1 + n, 12)
        if start.day <= monthrange(start.year + year, month + 1)[1]:
            yield date(start.year + year, month + 1, start.day)
