"""The figures of a year as they are told: what each is called, how it is written, what it is a share of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from portal.core.formats import NOTHING, hours, money, number, per_cent, percent
from portal.core.i18n import _, lazy_pgettext
from portal.reports.counts import Counts

HOUR = 60
FEWEST = 3  # siblings of whom a mean is told: of fewer, somebody's own figures could be computed back


class Shape(StrEnum):
    """How a figure is written."""

    COUNT = "count"
    MONEY = "money"
    HOURS = "hours"
    SHARE = "share"

    @property
    def unit(self) -> str:
        """For a column of plain numbers."""
        return {"money": _("yuan"), "hours": _("hours"), "share": "%"}.get(self, "")


@dataclass(frozen=True)
class Measure:
    """One figure: a count, or for a share the part of the whole."""

    key: str
    label: Any
    shape: Shape
    part: str
    whole: str = ""

    def of(self, counts: Counts) -> float | None:
        """Its value; None for a share of nothing."""
        part = getattr(counts, self.part)
        if self.shape != Shape.SHARE:
            return int(part)
        whole = getattr(counts, self.whole)
        return part / whole if whole else None

    def mean(self, siblings: Sequence[Counts]) -> float | None:
        """Of all together. A share is told of those that have something to be a share of: of three or none."""
        known = [one for one in siblings if self.shape != Shape.SHARE or getattr(one, self.whole)]
        if len(known) < FEWEST:
            return None
        whole = sum(getattr(one, self.whole) for one in known) if self.whole else len(known)
        return float(sum(getattr(one, self.part) for one in known) / whole)

    def shown(self, value: float | None) -> str:
        """In words for a page: a mean may have a place behind the point, a count has none."""
        if value is None:
            return NOTHING
        if self.shape == Shape.SHARE:
            return percent(value)
        if self.shape == Shape.MONEY:
            return money(round(value))
        if self.shape == Shape.HOURS:
            return hours(int(value))
        return number(int(value)) if value == int(value) else f"{value:,.1f}"

    def plain(self, value: float | None) -> Any:
        """As a number for a spreadsheet: yuan, hours (cut as on the page), per cent."""
        if value is None:
            return None
        if self.shape == Shape.MONEY:
            return Decimal(round(value)) / 100
        if self.shape == Shape.SHARE:
            return per_cent(value)
        return int(value) * 10 // HOUR / 10 if self.shape == Shape.HOURS else round(value, 1)

    def detail(self, counts: Counts) -> str:
        """Of what it is a share."""
        if self.shape != Shape.SHARE or not getattr(counts, self.whole) or self.part.endswith("_fen"):
            return ""
        part, whole = getattr(counts, self.part), getattr(counts, self.whole)
        return _("%(part)s of %(whole)s", part=number(part), whole=number(whole))

    def change(self, counts: Counts, before: Counts) -> str:
        """By how much it is more than before; of a share in points."""
        now, then = self.of(counts), self.of(before)
        if now is None or then is None:
            return NOTHING
        if self.shape == Shape.SHARE:
            points = self.difference(counts, before)
            return _("%(points)s percentage points", points=f"{points:+.1f}" if points else "0.0")
        less = {Shape.MONEY: money, Shape.HOURS: hours}.get(self.shape, number)
        return f"{'+' if now > then else '-' if now < then else ''}{less(abs(int(now) - int(then)))}"

    def difference(self, counts: Counts, before: Counts) -> Any:
        """The same as a number, and the same number: of what was counted, not of what was rounded."""
        now, then = self.of(counts), self.of(before)
        if now is None or then is None:
            return None
        if self.shape == Shape.SHARE:
            return round((now - then) * 100, 1) + 0.0
        size = self.plain(abs(now - then))
        return size if now >= then else -size


MEASURES = (
    Measure("members", lazy_pgettext("year", "Members"), Shape.COUNT, "members"),
    Measure("due", lazy_pgettext("year", "Dues to be paid"), Shape.MONEY, "due_fen"),
    Measure("paid", lazy_pgettext("year", "Dues paid"), Shape.MONEY, "paid_fen"),
    Measure("net", lazy_pgettext("year", "Rate of dues, net"), Shape.SHARE, "paid_fen", "due_fen"),
    Measure("gross", lazy_pgettext("year", "Rate of dues, gross"), Shape.SHARE, "paid_fen", "charged_fen"),
    Measure("entries", lazy_pgettext("year", "Activities logged"), Shape.COUNT, "entries"),
    Measure("months", lazy_pgettext("year", "Months with a complete entry"), Shape.SHARE, "months", "elapsed"),
    Measure("hours", lazy_pgettext("year", "Hours of service"), Shape.HOURS, "minutes"),
    Measure("letters", lazy_pgettext("year", "Letters received"), Shape.COUNT, "letters"),
    Measure("closed", lazy_pgettext("year", "Letters closed"), Shape.SHARE, "closed", "letters"),
    Measure("on_time", lazy_pgettext("year", "Published on time"), Shape.SHARE, "on_time", "duties"),
    Measure("honours", lazy_pgettext("year", "Commendations"), Shape.COUNT, "honours"),
)
BY_KEY = {one.key: one for one in MEASURES}
