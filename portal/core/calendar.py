"""The only clock of the house, and what depends on the date: working days, festival days, notice periods.

Working days follow the yearly holiday notice of the State Council (国务院办公厅关于部分节假日安排的通知),
with its make-up working days, as the package chinesecalendar holds it. The notice for a year comes out in the
November before: until it is known Monday to Friday stand in, and `calendar_known` says so.

Periods are counted as the Civil Code has it (民法典第二百零一条、第二百零三条): the opening day does not
count, and a period that would end on a day of rest ends on the next working day.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

DEFAULT_ZONE = "Asia/Shanghai"
SATURDAY = 5
NOTICE_WORKING_DAYS = 5
NOTICE_DAYS = 7
RECORD_WORKING_DAYS = 10

_WRITTEN = re.compile(
    r"(\d{4})(?:-(\d{1,2})-|/(\d{1,2})/|\.(\d{1,2})\.|年(\d{1,2})月|(\d{2}))(\d{1,2})日?(?: 00:00(?::00)?)?", re.ASCII
)
_moved: ContextVar[datetime | None] = ContextVar("moved_clock", default=None)


@dataclass(frozen=True, slots=True)
class Festival:
    """A day in the year that activities are planned around; `key` names it, the page translates it."""

    month: int
    day: int
    key: str


# The four the associations plan their year by (29 May, 1 June, 11 July, 25 September), then the days that
# volunteers keep. An association adds its own beside these.
FESTIVALS = (
    Festival(1, 1, "new_year"),
    Festival(3, 5, "volunteer_service_day"),
    Festival(3, 8, "womens_day"),
    Festival(5, 1, "labour_day"),
    Festival(5, 4, "youth_day"),
    Festival(5, 29, "association_members_day"),
    Festival(6, 1, "childrens_day"),
    Festival(6, 5, "environment_day"),
    Festival(7, 1, "party_founding_day"),
    Festival(7, 11, "neighbours_day"),
    Festival(8, 1, "army_day"),
    Festival(9, 25, "open_letter_day"),
    Festival(10, 1, "national_day"),
    Festival(11, 9, "fire_safety_day"),
    Festival(12, 4, "constitution_day"),
    Festival(12, 5, "international_volunteer_day"),
)


def now() -> datetime:
    """The moment, aware and in UTC. Nothing else in the portal reads a clock."""
    return _moved.get() or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[datetime]:
    """Stop the clock at an aware moment for as long as the block runs (tests and the demonstration data)."""
    if moment.tzinfo is None:
        raise ValueError("the clock is set with an aware datetime")
    token = _moved.set(moment.astimezone(UTC))
    try:
        yield now()
    finally:
        _moved.reset(token)


def today(zone: str = DEFAULT_ZONE) -> date:
    """The calendar day in the association's zone: Beijing is already in tomorrow at 16:00 UTC."""
    return now().astimezone(ZoneInfo(zone)).date()


@cache
def calendar_known(year: int) -> bool:
    """Whether the holidays of the year have been announced; if not, deadlines in it may still move."""
    import chinese_calendar

    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


@lru_cache(maxsize=4096)
def is_working_day(day: date) -> bool:
    """A day on which offices work: holidays and make-up Saturdays counted, Monday to Friday where unknown."""
    if not calendar_known(day.year):
        return day.weekday() < SATURDAY
    import chinese_calendar

    return bool(chinese_calendar.is_workday(day))


def add_working_days(day: date, count: int) -> date:
    """The working day `count` working days after `day` (before it, if negative); day itself for 0."""
    step = timedelta(days=1 if count >= 0 else -1)
    left = abs(count)
    while left:
        day += step
        left -= is_working_day(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """Working days after `start` up to and with `end`; negative when `end` lies before `start`.

    For a working day e later than s, `add_working_days(s, working_days_between(s, e)) == e`.
    """
    if end < start:
        return -working_days_between(end, start)
    return sum(is_working_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


def next_working_day(day: date) -> date:
    """The day itself if offices work on it, else the first after it on which they do (Civil Code, 203)."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def notice_period_end(start: date) -> date:
    """The last day of a public notice (公示) that opens on `start`.

    At least 5 working days and at least 7 days, the opening day not counted, and never ending on a day
    of rest. The portal's own default, where no regulation of the federation sets a longer one.
    """
    return next_working_day(max(add_working_days(start, NOTICE_WORKING_DAYS), start + timedelta(days=NOTICE_DAYS)))


def record_deadline(ended_on: date) -> date:
    """The last day to record service: 10 working days after the activity's end.

    Source: Measures on volunteer service records and certificates, Ministry of Civil Affairs order 67 (2020).
    """
    return add_working_days(ended_on, RECORD_WORKING_DAYS)


def festivals_on(day: date) -> list[str]:
    """Keys of the festival days that fall on this date."""
    return [festival.key for festival in FESTIVALS if (festival.month, festival.day) == (day.month, day.day)]


def upcoming_festivals(day: date, within: int = 30) -> list[tuple[date, str]]:
    """Festival days from `day` on, the nearest first, over the next `within` days."""
    days = (day + timedelta(days=n) for n in range(within + 1))
    return [(one, key) for one in days for key in festivals_on(one)]


def read_date(text: str) -> date | None:
    """A date as people write it: 2026-01-05, 2026/1/5, 2026.1.5, 2026年1月5日, 20260105; None if it is none."""
    match = _WRITTEN.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not match:
        return None
    year, *months, day = match.groups()
    try:
        return date(int(year), int(next(month for month in months if month)), int(day))
    except ValueError:
        return None
