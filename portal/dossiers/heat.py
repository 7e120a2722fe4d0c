"""A year of days, a row for each month: a day without activity stays open, one to come unmarked."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from portal.core.i18n import _
from portal.dossiers.figures import MONTHS, Figures

Cell = tuple[str, int | None]


def calendar(figures: Figures, day: date) -> list[tuple[str, list[Cell]]]:
    """A row for each month, a cell for each of its days."""
    rows = []
    for month in MONTHS:
        days = [date(figures.year, month, n) for n in range(1, monthrange(figures.year, month)[1] + 1)]
        cells: list[Cell] = [(str(one.day), None if one > day else figures.days.get(one, 0)) for one in days]
        rows.append((_("%(month)s mon.", month=month), cells))
    return rows
