"""Opens one workbook in a process of its own, under a ceiling of memory and time, and prints its cells as JSON.

A workbook of 5 kB with one cell in the far corner makes the reader ask for 500 GB and abort the process it runs
in: that process must not be a web worker. Started by `portal.core.spreadsheets`, never imported by the portal;
it imports nothing of ours, so that it starts in a twentieth of a second.
"""

from __future__ import annotations

import datetime
import io
import json
import sys
from decimal import Decimal
from typing import Any

MEMORY_LIMIT = 600_000_000
SECONDS_LIMIT = 20
MAX_COLUMNS = 200
# Excel keeps fifteen digits of a number: a number of sixteen has lost its end for ever.
FIRST_DAMAGED = 10**15


def main() -> None:
    """Workbook on standard input; number of the sheet, of the most rows, and 1 to fill merged cells as arguments;
    JSON on standard output.
    """
    limit_resources()
    position, most_rows, unmerge = (int(argument) for argument in sys.argv[1:4])
    try:
        answer = read(sys.stdin.buffer.read(), position, most_rows, unmerge=bool(unmerge))
    except MemoryError:
        answer = {"error": "extent"}
    json.dump(answer, sys.stdout, ensure_ascii=True)


def limit_resources() -> None:
    """So much and no more: what asks for it is ended by the system, and the parent says so."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_LIMIT, SECONDS_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(content: bytes, position: int, most_rows: int, *, unmerge: bool = False) -> dict[str, Any]:
    """Rows with their numbers in the sheet, and where a number has lost digits; or the code of what is wrong."""
    from python_calamine import CalamineError, PasswordError, SheetVisibleEnum, load_workbook

    try:
        workbook = load_workbook(io.BytesIO(content))
        names = [s.name for s in workbook.sheets_metadata if s.visible == SheetVisibleEnum.Visible]
        if position >= len(names):
            return {"error": "empty"}
        sheet = workbook.get_sheet_by_name(names[position])
        return {"sheets": names} | cells(sheet, most_rows, merged_down(sheet) if unmerge else {})
    except PasswordError:
        return {"error": "password"}
    except CalamineError as error:
        return {"error": "password" if "password" in str(error).lower() else "broken"}


def merged_down(sheet: Any) -> dict[tuple[int, int], int]:
    """(first row from 1, column from 0) of cells that are merged over several rows of one column → the last row."""
    ranges = sheet.merged_cell_ranges or ()
    return {(first + 1, left): last + 1 for (first, left), (last, right) in ranges if left == right and last > first}


def cells(sheet: Any, most_rows: int, merged: dict[tuple[int, int], int]) -> dict[str, Any]:
    """The rows that hold anything, as text, trailing empty cells cut; merged cells filled."""
    held: dict[int, tuple[int, Any]] = {}  # column → until which row, what
    rows: list[list[str]] = []
    numbers: list[int] = []
    damaged: list[tuple[int, int]] = []
    for number, values in enumerate(sheet.iter_rows(), 1):
        for column, (until, value) in held.items():
            if number <= until and any(values):
                values[column] = value
        held |= {
            column: (merged[number, column], value)
            for column, value in enumerate(values if merged else ())
            if (number, column) in merged
        }
        texts = [text_of(value) for value in values]
        while texts and not texts[-1].strip():
            texts.pop()
        if len(texts) > MAX_COLUMNS:
            return {"error": "columns"}
        if texts:
            if len(rows) == most_rows:
                return {"error": "rows"}
            rows.append(texts)
            numbers.append(number)
            damaged += [(number, column) for column, value in enumerate(values) if is_damaged(value)]
    return {"rows": rows, "numbers": numbers, "damaged": damaged}


def is_damaged(value: object) -> bool:
    """A number of sixteen digits or more: an identity number typed into a cell that was not text."""
    return isinstance(value, int | float) and abs(value) >= FIRST_DAMAGED


def text_of(value: object) -> str:
    """A cell as the text a person would have typed: 3 and not 3.0, dates as 2026-11-19."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return number_text(float(value))
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ", "minutes" if not value.second else "seconds")
    if isinstance(value, datetime.time):
        return value.isoformat("minutes" if not value.second else "seconds")
    if isinstance(value, datetime.timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02d}"
    return str(value)


def number_text(value: float) -> str:
    """Fifteen digits, as Excel shows them, without an exponent."""
    return str(int(value)) if value.is_integer() else format(Decimal(f"{value:.15g}"), "f")


if __name__ == "__main__":
    main()
