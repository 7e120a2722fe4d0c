"""Weeks to choose from: Monday to Sunday, named by their Monday."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from portal.core.calendar import DEFAULT_ZONE, today

OFFERED = 8
DAYS = timedelta(days=7)


def coming() -> list[date]:
    """The Mondays of this week and the seven after it."""
    monday = today() - timedelta(days=today().weekday())
    return [monday + n * DAYS for n in range(OFFERED)]


def chosen(text: str) -> date | None:
    """The week that an address names; a word that names none asks for none."""
    return next((monday for monday in coming() if monday.isoformat() == text), None)


def bounds(monday: date) -> tuple[datetime, datetime]:
    start = datetime.combine(monday, datetime.min.time(), ZoneInfo(DEFAULT_ZONE))
    return start, start + DAYS
