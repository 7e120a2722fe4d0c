"""Rows within a form: categories and criteria, added and taken out with or without scripts."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Any

from wtforms import Field

from portal.core.i18n import _, lazy, lazy_pgettext
from portal.core.text import legible

MOST_ROWS = 12
LONGEST = 300  # characters of a box
YES = "y"


@dataclass
class Row:
    """What was typed, by column; the columns at fault."""

    typed: dict[str, str]
    bad: set[str] = field(default_factory=set)

    def __getitem__(self, column: str) -> str:
        return self.typed.get(column, "")


class RowsField(Field):
    """Rows of boxes with the same names: `category_places` stands once in each. `read` are those filled in.

    A button `add` of the value `category` asks for one more, `remove` of `category-2` for one less.
    """

    word = ""
    columns: tuple[str, ...] = ()
    ticks: tuple[str, ...] = ()
    labels: dict[str, Any] = {}
    rows: list[Row]
    read: list[dict[str, Any]]
    is_detour = False

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.process_errors, self.errors, self.read = [], [], []
        given = data if isinstance(data, (list, tuple)) else ()
        self.rows = [Row(dict(one)) for one in given]
        if formdata is not None:
            self.rows = self._typed(formdata)[:MOST_ROWS]
            self._turn(formdata)
        if not self.rows:
            self.rows = [Row({})]
        self.data = None

    def _typed(self, formdata: Any) -> list[Row]:
        boxes = zip(*(formdata.getlist(f"{self.word}_{name}") for name in self.columns), strict=False)
        rows = [Row({name: _plain(text) for name, text in zip(self.columns, row, strict=True)}) for row in boxes]
        for tick in self.ticks:
            for number in formdata.getlist(f"{self.word}_{tick}"):
                if number.isascii() and number.isdecimal() and len(number) < 3 and int(number) < len(rows):
                    rows[int(number)].typed[tick] = YES
        return rows

    def _turn(self, formdata: Any) -> None:
        """Add or take out the row that a button asked for."""
        taken = {f"{self.word}-{number}": row for number, row in enumerate(self.rows)}
        gone = taken.get(formdata.get("remove", ""))
        self.is_detour = bool(formdata.get("add") or formdata.get("remove"))
        if gone is not None:
            self.rows.remove(gone)
        elif formdata.get("add") == self.word and len(self.rows) < MOST_ROWS:
            self.rows.append(Row({}))

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        self.read = []
        for number, row in enumerate(self.rows, 1):
            if any(row.typed.get(name) for name in (*self.columns, *self.ticks)):
                self.read.append(self._read(row, number))

    def _read(self, row: Row, number: int) -> dict[str, Any]:
        raise NotImplementedError

    def _fault(self, row: Row, number: int, column: str, message: Any) -> None:
        row.bad.add(column)
        said = _(
            "Row %(number)s, %(column)s: %(message)s", number=number, column=self.labels[column], message=message
        )
        self.errors = [*self.errors, said]

    def _number(self, row: Row, number: int, column: str, most: int, *, required: bool = False) -> int | None:
        """A whole number from 1, or None where nothing is typed."""
        typed = row[column].replace(",", "")
        if not typed and not required:
            return None
        if not (typed.isascii() and typed.isdecimal() and len(typed) < 6 and 1 <= int(typed) <= most):
            self._fault(row, number, column, _("a whole number from 1 to %(most)s", most=most))
            return None
        return int(typed)


class CategoriesField(RowsField):
    """A kind of the federation's list, how many, and what the record must show."""

    word = "category"
    columns = ("kind", "places", "per_association", "hours", "years", "led", "stars")
    ticks = ("dues",)
    labels = {
        "kind": lazy_pgettext("commendation", "Kind"),
        "places": lazy("Places in all"),
        "per_association": lazy("At most from one association"),
        "hours": lazy("Hours of service"),
        "years": lazy("Years of membership"),
        "led": lazy("Activities led"),
        "stars": lazy("Stars"),
        "dues": lazy("Dues of the period are paid"),
    }
    kinds: list[tuple[str, str]] = []

    def _read(self, row: Row, number: int) -> dict[str, Any]:
        if row["kind"] not in {kind for kind, _label in self.kinds if kind}:
            self._fault(row, number, "kind", _("choose one of the list"))
        hours = self._number(row, number, "hours", 9999)
        return {
            "kind": row["kind"],
            "places": self._number(row, number, "places", 9999, required=True) or 0,
            "per_association": self._number(row, number, "per_association", 9999),
            "least_minutes": hours * 60 if hours else None,
            "least_years": self._number(row, number, "years", 60),
            "least_led": self._number(row, number, "led", 999),
            "least_stars": self._number(row, number, "stars", 9),
            "needs_dues": bool(row["dues"]),
        }


class CriteriaField(RowsField):
    """By what is judged, with the most points for it."""

    word = "criterion"
    columns = ("name", "points", "description")
    labels = {
        "name": lazy_pgettext("criterion", "Criterion"),
        "points": lazy("Most points"),
        "description": lazy("What is looked at"),
    }

    def _read(self, row: Row, number: int) -> dict[str, Any]:
        if not row["name"] or len(row["name"]) > 40:
            self._fault(row, number, "name", _("from 1 to %(most)s characters", most=40))
        if len(row["description"]) > 200:
            self._fault(row, number, "description", _("at most %(most)s characters", most=200))
        points = self._number(row, number, "points", 100, required=True) or 0
        return {"name": row["name"], "points": points, "description": row["description"]}


def _plain(text: str) -> str:
    """On one line; full-width digits are digits."""
    kept = " ".join(legible(text).split())[:LONGEST]
    narrow = unicodedata.normalize("NFKC", kept)
    return narrow if narrow.replace(",", "").isdecimal() else kept
