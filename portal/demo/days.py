"""The days of the demonstration: everything is counted back from the day it is loaded on."""

from __future__ import annotations

import calendar as months
import random
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.core.calendar import DEFAULT_ZONE, SATURDAY, is_working_day

ZONE = ZoneInfo(DEFAULT_ZONE)
YEARS = 3  # how far the log books go back
TERM_YEARS = 3


def last_occurrence(month_day: str, today: date, back: int = 0) -> date:
    """The latest day "MM-DD" that is not after today, or `back` years before it."""
    month, day = (int(part) for part in month_day.split("-"))
    year = today.year - back - ((today.month, today.day) < (month, day))
    return date(year, month, min(day, months.monthrange(year, month)[1]))


def working_day_before(day: date) -> date:
    """The day itself if offices work on it, else the last one before on which they do."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def first_month(today: date) -> date:
    """The first of the month with which the log books begin: 36 months, the running one counted."""
    year, month = divmod(today.year * 12 + today.month - 1 - (YEARS * 12 - 1), 12)
    return date(year, month + 1, 1)


def saturdays(year: int, month: int) -> list[date]:
    days = (date(year, month, day) for day in range(1, months.monthrange(year, month)[1] + 1))
    return [day for day in days if day.weekday() == SATURDAY]


def term_start(today: date) -> date:
    """The day the present council took office, one to two years ago."""
    return last_occurrence("01-10", today, back=1)


def years_later(day: date, years: int) -> date:
    """The same day of the year; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), ZONE)


def office_hour(day: date, chance: random.Random) -> datetime:
    """Some minute of the day at which an office is open."""
    return moment(day, chance.choice((8, 9, 9, 10, 10, 11, 14, 15, 16, 17)), chance.randrange(60))
