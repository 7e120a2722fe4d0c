"""What the State Council's calendar makes of a day: a holiday with its name, or a weekend day with office hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from portal.core.calendar import SATURDAY, calendar_known, is_working_day
from portal.core.i18n import lazy

# As the package chinesecalendar names them.
HOLIDAYS = {
    "New Year's Day": lazy("New Year"),
    "Spring Festival": lazy("Spring Festival"),
    "Tomb-sweeping Day": lazy("Tomb-sweeping Day"),
    "Labour Day": lazy("Labour Day"),
    "Dragon Boat Festival": lazy("Dragon Boat Festival"),
    "National Day": lazy("National Day"),
    "Mid-autumn Festival": lazy("Mid-autumn Festival"),
}


@dataclass(frozen=True)
class DayNote:
    """`holiday` is the package's name of a public holiday, empty on other days."""

    is_working: bool
    is_weekend: bool
    holiday: str = ""

    @property
    def is_made_up(self) -> bool:
        """A Saturday or Sunday on which offices work for a holiday beside it."""
        return self.is_working and self.is_weekend

    @property
    def holiday_label(self) -> str:
        return str(HOLIDAYS.get(self.holiday, self.holiday))


@lru_cache(maxsize=2048)
def note_of(day: date) -> DayNote:
    """A holiday is named only in years for which the calendar is known, and only on days off."""
    works, is_weekend = is_working_day(day), day.weekday() >= SATURDAY
    if works or not calendar_known(day.year):
        return DayNote(works, is_weekend)
    import chinese_calendar

    _off, name = chinese_calendar.get_holiday_detail(day)
    return DayNote(False, is_weekend, name or "")
