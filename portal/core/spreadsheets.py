"""Reading what people upload from Excel, WPS and CSV without harm to the data or the server, and writing both.

Everything comes back as text, exactly as it stood: identity numbers keep their digits, codes their zeros, "NA" and
blanks stay what they are. What a spreadsheet has already damaged is pointed out, never guessed at.
"""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from portal.core.i18n import lazy
from portal.core.workbooks import plain, write_xlsx

__all__ = ["XLSX", "Sheet", "SpreadsheetError", "read", "write_csv", "write_xlsx"]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_FILE = 10_000_000
MAX_UNPACKED = 100_000_000
MAX_ROWS = 20_000
MAX_COLUMNS = 200
HEADING_WITHIN = 20
CHILD = Path(__file__).with_name("workbook_child.py")
CHILD_SECONDS = 30
BOM = b"\xef\xbb\xbf"
# The first characters that make a spreadsheet take a text for a formula, full-width ones included.
FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")

MESSAGES = {
    "size": lazy("The file is larger than 10 MB."),
    "unpacked": lazy("The file unpacks to more than 100 MB."),
    "extent": lazy(
        "The sheet reaches too far to be read: delete the empty rows and columns below and beside the table."
    ),
    "rows": lazy("The sheet has too many rows."),
    "columns": lazy("The sheet has too many columns."),
    "empty": lazy("The sheet is empty."),
    "password": lazy("The file is protected by a password."),
    "format": lazy("The file is not an Excel, ODS or CSV file."),
    "encoding": lazy("The text is neither UTF-8 nor GB18030."),
    "broken": lazy("The file is damaged and cannot be read."),
}

_EXPONENT = re.compile(r"\d(?:\.\d+)?E\+(\d+)", re.IGNORECASE)
_FORCED_TEXT = re.compile(r'="([^"]*)"')


class SpreadsheetError(ValueError):
    """Why a file cannot be read: `code` is a key of MESSAGES."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    def __str__(self) -> str:
        return str(MESSAGES[self.code])


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as read. `numbers[i]` is the row of the file that `rows[i]` stood in, for messages to people."""

    headings: list[str]
    rows: list[list[str]]
    numbers: list[int]
    kind: str
    encoding: str = ""
    skipped_rows: int = 0
    title: str = ""
    sheet_names: list[str] = field(default_factory=list)
    damaged: frozenset[tuple[int, int]] = frozenset()

    @property
    def sample(self) -> list[list[str]]:
        """Five rows for a person to see whether the encoding was guessed right."""
        return self.rows[:5]


def read(content: bytes, position: int = 0, max_rows: int = MAX_ROWS, *, unmerge: bool = False) -> Sheet:
    """The table in an uploaded file, told by its content and never by its name; raises SpreadsheetError.

    `position` counts the visible sheets of a workbook. `damaged` names the cells (row of the file, column from 0)
    in which a number of 16 digits or more has lost its last ones: such an identity number must be refused.
    `unmerge`: what stands in cells merged over several rows is said in each of them.
    """
    if len(content) > MAX_FILE:
        raise SpreadsheetError("size")
    kind = _kind(content)
    if kind == "csv":
        return _read_text(content, max_rows)
    found = _open_workbook(content, position, max_rows, unmerge=unmerge)
    damaged = frozenset((row, column) for row, column in found["damaged"])
    return _as_sheet(
        found["rows"], found["numbers"], max_rows, kind=kind, sheet_names=found["sheets"], damaged=damaged
    )


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """CSV as Excel opens it, row by row: UTF-8 with its mark, and an apostrophe before what it would calculate."""
    yield BOM
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in chain((headings,), rows):
        writer.writerow([_defused(value) for value in row])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()


def _kind(content: bytes) -> str:
    """xlsx, ods, xls or csv by what the file holds; sizes of archives are summed before anything is unpacked."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return "xls"
    if not content.startswith(b"PK"):
        return "csv"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
                raise SpreadsheetError("unpacked")
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise error if isinstance(error, SpreadsheetError) else SpreadsheetError("broken") from error
    for member, kind in (("xl/workbook.xml", "xlsx"), ("content.xml", "ods")):
        if member in names:
            return kind
    raise SpreadsheetError("format")


def _open_workbook(content: bytes, position: int, max_rows: int, *, unmerge: bool) -> dict[str, Any]:
    """What the child read; if the system had to end it, the sheet asked for more memory or time than it may."""
    numbers = (position, max_rows + HEADING_WITHIN, int(unmerge))
    command = [sys.executable, "-I", str(CHILD), *map(str, numbers)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=CHILD_SECONDS, check=False)  # noqa: S603 - our own file, numbers
    except subprocess.TimeoutExpired:
        raise SpreadsheetError("extent") from None
    if done.returncode:
        raise SpreadsheetError("extent" if done.returncode < 0 else "broken")
    answer: dict[str, Any] = json.loads(done.stdout)
    if "error" in answer:
        raise SpreadsheetError(answer["error"])
    return answer


def _delimiter(opening: list[str]) -> str:
    """The mark that stands most often in the first lines, and in more than one: a single one is a cell's own."""
    marks = [mark for mark in "\t;，" if sum(mark in line for line in opening) > 1]
    return max([",", *marks], key="\n".join(opening).count)


def _read_text(content: bytes, max_rows: int) -> Sheet:
    """CSV or tab-separated text, whichever the first lines look like."""
    text, encoding = _decode(content)
    delimiter = _delimiter(text.split("\n", HEADING_WITHIN)[:HEADING_WITHIN])
    rows, numbers = [], []
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append([_unforced(cell) for cell in cells])
                numbers.append(reader.line_num)
            if len(rows) > max_rows + HEADING_WITHIN:
                raise SpreadsheetError("rows")
    except csv.Error as error:
        raise SpreadsheetError("broken") from error
    damaged = frozenset(
        (number, column)
        for number, row in zip(numbers, rows, strict=True)
        for column, cell in enumerate(row)
        if (match := _EXPONENT.fullmatch(cell.strip())) and int(match[1]) >= 15
    )
    kind = "tsv" if delimiter == "\t" else "csv"
    return _as_sheet(rows, numbers, max_rows, kind=kind, encoding=encoding, damaged=damaged)


def _decode(content: bytes) -> tuple[str, str]:
    """Text and its encoding: a mark decides, then UTF-8 if every byte fits, then GB18030 (GBK lacks 𬱖 㛃 䶮)."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates = [("utf-16", "UTF-16")]
    else:
        candidates = [("utf-8-sig", "UTF-8"), ("gb18030", "GB18030")]
    for codec, name in candidates:
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise SpreadsheetError("format")
        return text, name
    raise SpreadsheetError("encoding")


def _as_sheet(rows: list[list[str]], numbers: list[int], max_rows: int, **about: Any) -> Sheet:
    """Title rows skipped, headings tidied, every row as long as the headings."""
    if not rows:
        raise SpreadsheetError("empty")
    width = max(len(row) for row in rows)
    if width > MAX_COLUMNS:
        raise SpreadsheetError("columns")
    head = _heading_row(rows)
    body = [[cell.strip() for cell in row] + [""] * (width - len(row)) for row in rows[head + 1 :]]
    if len(body) > max_rows:
        raise SpreadsheetError("rows")
    headings = [" ".join(cell.split()) for cell in rows[head]] + [""] * (width - len(rows[head]))
    title = next((cell.strip() for row in rows[:head] for cell in row if cell.strip()), "")
    return Sheet(headings, body, numbers[head + 1 :], skipped_rows=head, title=title, **about)


def _heading_row(rows: list[list[str]]) -> int:
    """The first row that names most of the columns, each by another name and none by a number.

    A merged title fills one cell and a line such as 填报单位…日期… two, so both are passed over.
    """
    opening = rows[:HEADING_WITHIN]
    filled = [[cell.strip() for cell in row if cell.strip()] for row in opening]
    wanted = max(len(cells) for cells in filled) * 0.6
    for index, cells in enumerate(filled):
        if len(cells) >= wanted and len(set(cells)) == len(cells) and not any(c[0].isdecimal() for c in cells):
            return index
    return next(index for index, cells in enumerate(filled) if len(cells) >= wanted)


def _unforced(cell: str) -> str:
    """Text without the signs that only told Excel to leave it alone: ="0012", and our own apostrophe."""
    match = _FORCED_TEXT.fullmatch(cell.strip())
    if match:
        return match[1]
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell


def _defused(value: object) -> str:
    """A value as CSV text that no spreadsheet calculates; numbers of ours may be negative, text may not begin so."""
    text = plain(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA_STARTS) else text
