"""What each association did in three years: templates of activities laid on festival days and Saturdays."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from portal.core.calendar import SATURDAY, record_deadline, working_days_between
from portal.demo.chance import seeded
from portal.demo.days import YEARS, first_month, saturdays, working_day_before
from portal.demo.names import DATA
from portal.demo.places import Place

# Entries a month and the share of months left empty, by land; a tenth of the associations are careless.
PER_MONTH = {"community": 2.1, "village": 1.25, "firm": 1.0, "shops": 0.9, "upper": 1.0}
EMPTY, EMPTY_CARELESS = 0.03, 0.2
SHOWCASE = "wh-04"  # the association of the demonstration accounts: one gap only, and two entries to finish
FESTIVAL = 0.6
COURSES = 26


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry to be: the template it follows, the day it was held on, and where."""

    template: dict[str, Any]
    held_on: date
    place: str
    seed: str
    is_draft: bool = False


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((DATA / "activities.toml").read_text("utf-8"))


@cache
def _courses() -> dict[int, dict[str, Any]]:
    courses = tomllib.loads((DATA / "courses.toml").read_text("utf-8"))["course"]
    return {course["month"]: course for course in courses}


def entries(place: Place, today: date) -> list[Entry]:
    """The place's three years up to yesterday, the oldest first; the same month is the same on any later day."""
    found = []
    for year in range(today.year - YEARS, today.year + 1):
        found += _year(place, year, today)
    begin = first_month(today)
    found = [entry for entry in found if begin <= entry.held_on < today]
    if place.code == SHOWCASE:
        found = [entry for entry in found if (today - entry.held_on).days > 28] + _recent(place, today)
    return sorted(found, key=lambda entry: entry.held_on)


def _recent(place: Place, today: date) -> list[Entry]:
    """The last weeks of the showcase: an entry that is overdue, one that is due soon, two just written."""
    last = today - timedelta(days=1)
    while last.weekday() != SATURDAY:
        last -= timedelta(days=1)
    overdue = last
    while working_days_between(record_deadline(overdue), today) < 1:
        overdue -= timedelta(days=7)
    meeting = working_day_before(today - timedelta(days=3))
    return [
        _pinned(place, "湖滨步道清洁日", overdue, is_draft=True),
        _pinned(place, "老年人智能手机课堂", overdue + timedelta(days=7), is_draft=True),
        _pinned(place, "邻里服务日", last),
        _pinned(place, "小组长例会", meeting),
    ]


def _pinned(place: Place, title: str, held_on: date, is_draft: bool = False) -> Entry:
    template = next(t for t in _data()["template"] if t["title"] == title)
    seed = f"{place.code}/{title}/{held_on}"
    return Entry(template, held_on, _where(template, place, seeded("where", seed)), seed, is_draft)


def _year(place: Place, year: int, today: date) -> list[Entry]:
    chance = seeded("diary", place.code, year)
    deck = [t for t in _data()["template"] if place.land in t["at"] and t.get("top", place.top) == place.top]
    chance.shuffle(deck)
    found = []
    for month in range(1, 13):
        wanted = _how_many(place, year, month, today, chance)
        found += _month(place, year, month, wanted, deck, chance)
    return found


def _how_many(place: Place, year: int, month: int, today: date, chance: random.Random) -> int:
    mean, draw, empty = PER_MONTH[place.land], chance.random(), chance.random()
    if place.code == SHOWCASE:
        gap = (today.year * 12 + today.month - year * 12 - month) == 7
        return 0 if gap else 1 + (draw < 0.7) + (draw < 0.2)
    careless = seeded("careless", place.code).random() < 0.1
    if empty < (EMPTY_CARELESS if careless else EMPTY):
        return 0
    return 1 + (draw < mean - 1) + (draw < (mean - 1) / 3)


def _month(
    place: Place, year: int, month: int, wanted: int, deck: list[dict[str, Any]], chance: random.Random
) -> list[Entry]:
    """Draw from the deck: a festival of the month first, then what fits; what was drawn goes to the bottom."""
    found: list[Entry] = []
    days = saturdays(year, month)
    for number in range(wanted):
        fitting = [t for t in deck if _fits(t, year, month)]
        festive = [t for t in fitting if "on" in t and t not in [e.template for e in found]]
        plain = [t for t in fitting if "on" not in t]
        template = festive[0] if festive and number == 0 and chance.random() < FESTIVAL else plain[0]
        deck.remove(template)
        deck.append(template)
        held_on = _held_on(template, year, month, days, chance)
        days = [day for day in days if day != held_on] or saturdays(year, month)
        seed = f"{place.code}/{year}/{month}/{number}"
        found.append(Entry(template, held_on, _where(template, place, chance), seed))
    return found


def _where(template: dict[str, Any], place: Place, chance: random.Random) -> str:
    """One of the template's places that such an association can have."""
    unlikely = _data()["unlikely"][place.land]
    likely = [where for where in template["place"] if not any(word in where for word in unlikely)]
    return str(chance.choice(likely or template["place"])).format(c=place.where)


def _fits(template: dict[str, Any], year: int, month: int) -> bool:
    if "on" in template:
        festival = _festival(template["on"], year)
        return festival is not None and festival.month == month
    return month in template.get("months", range(1, 13))


@cache
def _festival(key: str, year: int) -> date | None:
    """The day of a festival: fixed (05-29), or by the lunar table, which is silent beyond its years."""
    if key[0].isdigit():
        return date.fromisoformat(f"{year}-{key}")
    days = (date.fromisoformat(day) for day in _data()["lunar"][key])
    return next((day for day in days if day.year == year), None)


def _held_on(template: dict[str, Any], year: int, month: int, days: list[date], chance: random.Random) -> date:
    """On the festival, up to a few days before it, or the Saturday before; else mostly on a Saturday."""
    festival = _festival(template["on"], year) if "on" in template else None
    if festival is not None:
        if "before" in template:
            return festival - timedelta(days=chance.randrange(1, template["before"] + 1))
        return festival if chance.random() < 0.6 else festival - timedelta(days=(festival.weekday() + 2) % 7)
    if chance.random() < 0.78:
        return chance.choice(days)
    return date(year, month, chance.randrange(2, 28))


def courses(today: date) -> list[tuple[str, Entry, list[str]]]:
    """The street's twenty-six training courses: who held each, the entry, and the positions that attended.

    Nine a year in the months of the training plan, each on a Saturday, the latest that lie before today.
    """
    found = []
    for year in range(today.year - YEARS - 1, today.year + 1):
        for month, course in _courses().items():
            held_on = saturdays(year, month)[(year + month) % 3]
            if held_on < today:
                found.append((held_on, course, course["rounds"][year % len(course["rounds"])]))
    latest = sorted(found, key=lambda row: row[0])[-COURSES:]
    return [(kept["at"], _lesson(held_on, kept), course["who"]) for held_on, course, kept in latest]


def _lesson(held_on: date, kept: dict[str, str]) -> Entry:
    template = {
        "kind": "training",
        "title": kept["title"],
        "minutes": 150,
        "people": [18, 34],
        "others": [0, 6],
        "things": [["讲义", 20, 45]],
        "open": [kept["summary"]],
        "close": [""],
    }
    return Entry(template, held_on, kept["place"], f"course/{held_on}")
