"""Writing workbooks: text stays text (no formula, no link), dates are dates, numbers numbers."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

WIDTH_ROWS = 200
CELL_LIMIT = 32_767
MOST, MOST_YUAN = 10**15, 10**13  # fifteen digits, two of them behind the point of an amount
SHAPES = {date: "yyyy-mm-dd", datetime: "yyyy-mm-dd hh:mm", Decimal: "0.00"}
# Each row goes to a file as it comes: a million of them take no more memory than a few.
WORKBOOK_OPTIONS = {"constant_memory": True} | dict.fromkeys(
    ("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False
)
_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")

Sheet = tuple[str, Sequence[str], Iterable[Sequence[object]]]  # name, headings, rows


def write_xlsx(headings: Sequence[str], rows: Iterable[Sequence[object]], sheet_name: str = "Sheet1") -> bytes:
    """A workbook of one sheet with a fixed heading row.

    Moments are written as given: convert them to the association's zone first.
    """
    return write_sheets([(sheet_name, headings, rows)])


def write_sheets(sheets: Iterable[Sheet]) -> bytes:
    """A workbook of several sheets, each as write_xlsx makes one."""
    import xlsxwriter

    target = io.BytesIO()
    with xlsxwriter.Workbook(target, WORKBOOK_OPTIONS) as book:
        for sheet in sheets:
            _fill(book, *sheet)
    return target.getvalue()


def _fill(book: Any, name: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    sheet = book.add_worksheet(_SHEET_NAME.sub(" ", name).strip()[:31] or "Sheet1")
    head = book.add_format({"bold": True, "bg_color": "#F3ECE1", "bottom": 1, "valign": "vcenter"})
    shapes = {kind: book.add_format({"num_format": shape}) for kind, shape in SHAPES.items()}
    sheet.write_row(0, 0, headings, head)
    widths = [_display_width(heading) for heading in headings]
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            _write_cell(sheet, number, column, value, shapes)
        if number <= WIDTH_ROWS:
            widths = [max(pair) for pair in zip(widths, map(_display_width, row), strict=True)]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(max(width + 2, 6), 60))
    sheet.freeze_panes(1, 0)


def plain(value: object) -> str:
    """A value as text."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return "" if value is None else str(value)


def _write_cell(sheet: Any, row: int, column: int, value: object, shapes: Mapping[type, Any]) -> None:
    """One cell by its type; whole numbers that Excel would cut to fifteen digits go in as text."""
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, value.replace(tzinfo=None), shapes[datetime])
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, shapes[date])
    elif isinstance(value, Decimal) and abs(value) < MOST_YUAN:
        sheet.write_number(row, column, value, shapes[Decimal])
    elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < MOST:
        sheet.write_number(row, column, value)
    elif value is not None:
        sheet.write_string(row, column, plain(value)[:CELL_LIMIT])


def _display_width(value: object) -> int:
    """Columns that a text takes on the screen: a Chinese character is two wide; of several lines the longest."""
    lines = plain(value).split("\n")
    return max(sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) for line in lines)
