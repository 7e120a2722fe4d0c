"""Festival days: the portal's own and those that an association adds, as days of a year."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from portal.core.calendar import FESTIVALS
from portal.core.i18n import lazy
from portal.plans.models import FestivalDay

NAMES = {
    "new_year": lazy("New Year"),
    "volunteer_service_day": lazy("Volunteer service day"),
    "womens_day": lazy("Women's Day"),
    "labour_day": lazy("Labour Day"),
    "youth_day": lazy("Youth Day"),
    "association_members_day": lazy("Association members' day"),
    "childrens_day": lazy("Children's Day"),
    "environment_day": lazy("Environment Day"),
    "party_founding_day": lazy("Founding day of the Party"),
    "neighbours_day": lazy("Neighbours' day"),
    "army_day": lazy("Army Day"),
    "open_letter_day": lazy("Day of the open letter"),
    "national_day": lazy("National Day"),
    "fire_safety_day": lazy("Fire safety day"),
    "constitution_day": lazy("Constitution Day"),
    "international_volunteer_day": lazy("International volunteer day"),
}


@dataclass(frozen=True)
class Day:
    """A festival day of one year. `key` is what an activity that is tied to it keeps."""

    on: date
    key: str
    own: FestivalDay | None = None

    @property
    def label(self) -> str:
        return label_of(self.key)


def label_of(key: str) -> str:
    """The name of a day by its key; an association's own day is its name."""
    return str(NAMES.get(key, key))


def days_of(year: int, own: Iterable[FestivalDay] = ()) -> list[Day]:
    """The festival days of a year in their order. Of a 29 February there is none in most years."""
    days = [Day(date(year, one.month, one.day), one.key) for one in FESTIVALS]
    days += [
        Day(date(year, one.month, one.day), one.name, one)
        for one in own
        if (one.month, one.day) != (2, 29) or isleap(year)
    ]
    return sorted(days, key=lambda day: (day.on, day.own is not None))


def of_month(days: Sequence[Day], month: int) -> list[Day]:
    return [day for day in days if day.on.month == month]


def day_of(days: Iterable[Day], key: str) -> date | None:
    """When the festival with this key falls, if the year has it."""
    return next((day.on for day in days if day.key == key), None)
