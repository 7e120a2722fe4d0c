"""A bank's file read: where its table begins, and what each row is: money that came, money that went, no line.

Banks put lines above the headings, totals under the table, and the headings once more on each page.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from portal.bank import cells
from portal.bank.cells import CellError
from portal.bank.fields import is_heading, plain
from portal.core.spreadsheets import Sheet, SpreadsheetError, read

HEADING_WITHIN = 60
MAX_SHEETS = 8
_TOTALS = (
    "合计", "总计", "小计", "本页", "累计", "收入合计", "支出合计", "承前页", "过次页", "期初余额",
    "期末余额", "上期余额", "上页余额", "total",
)  # fmt: skip


class Row(NamedTuple):
    """A row as it stands in the file: its number there, its cells, the columns that Excel has damaged."""

    number: int
    cells: list[str]
    damaged: tuple[int, ...] = ()


@dataclass(frozen=True)
class Table:
    """The table of a file: its headings, and the rows under them."""

    kind: str
    encoding: str
    headings: list[str]
    rows: list[Row]

    @property
    def columns(self) -> list[tuple[int, str]]:
        return list(enumerate(self.headings))


@dataclass(frozen=True, slots=True)
class Line:
    """Money that came in, and the mark by which it is known again."""

    number: int
    booked_on: date
    amount_fen: int
    name: str
    memo: str
    reference: str
    fingerprint: str


class Fault(NamedTuple):
    """A row that cannot be read: why, and in which column."""

    number: int
    code: str
    column: int | None


@dataclass
class Count:
    """What the rows of a file come to."""

    lines: int = 0
    fen: int = 0
    left_out: int = 0
    passed: int = 0
    faults: list[Fault] = field(default_factory=list)


def read_file(content: bytes, max_rows: int) -> Table:
    """The first sheet that looks like a bank's, else the first. Raises SpreadsheetError."""
    first = read(content, 0, max_rows, unmerge=True)
    best = _table(first)
    for position in range(1, min(len(first.sheet_names), MAX_SHEETS)):
        if sum(map(is_heading, best.headings)) > 1:
            break
        try:
            other = _table(read(content, position, max_rows, unmerge=True))
        except SpreadsheetError:
            continue
        best = max(best, other, key=lambda one: sum(map(is_heading, one.headings)))
    return best


def _table(sheet: Sheet) -> Table:
    """The table under the row with the most headings that banks use; a second row of headings belongs to it."""
    rows = [sheet.headings, *sheet.rows]
    numbers = [sheet.numbers[0] - 1 if sheet.numbers else 1, *sheet.numbers]
    scores = [sum(map(is_heading, row)) for row in rows[:HEADING_WITHIN]]
    head = scores.index(max(scores)) if max(scores) > 1 else 0
    headings, below = [_tidy(cell) for cell in rows[head]], head + 1
    if below < len(rows) and _continues(headings, rows[below]):
        headings = [
            under if under and (not above or is_heading(under)) else above
            for above, under in zip(headings, map(_tidy, rows[below]), strict=True)
        ]
        below += 1
    damaged: dict[int, list[int]] = {}
    for number, column in sheet.damaged:
        damaged.setdefault(number, []).append(column)
    kept = [
        Row(number, row, tuple(damaged.get(number, ())))
        for number, row in zip(numbers[below:], rows[below:], strict=True)
    ]
    return Table(sheet.kind, sheet.encoding, headings, kept)


def _tidy(cell: str) -> str:
    return " ".join(cell.split())


def _continues(headings: Sequence[str], row: Sequence[str]) -> bool:
    """Whether a row is the second line of the headings: no digit in it, and words where the first has none."""
    fills = any(under.strip() and not above for above, under in zip(headings, row, strict=True))
    return fills and any(map(is_heading, row)) and not any(c.isdecimal() for cell in row for c in cell)


class Reader:
    """Reads rows by a mapping (column → field). Of one file, from its first row to its last."""

    def __init__(self, headings: Sequence[str], mapping: Mapping[int, str], latest: date) -> None:
        self.heads = [plain(heading) for heading in headings]
        self.at = {name: column for column, name in mapping.items() if name != "memo"}
        self.memos = sorted(column for column, name in mapping.items() if name == "memo")
        self.latest, self.count = latest, Count()
        self._seen: Counter[bytes] = Counter()

    def read(self, rows: Iterable[Row]) -> Iterator[Line]:
        """The lines of money that came in; `count` tells what became of the other rows."""
        for row in rows:
            if self._is_none(row):
                self.count.passed += 1
                continue
            try:
                line = self._line(row)
            except _At as fault:
                self.count.faults.append(Fault(row.number, fault.code, fault.column))
                continue
            if line is None:
                self.count.left_out += 1
                continue
            self.count.lines += 1
            self.count.fen += line.amount_fen
            yield line

    def _is_none(self, row: Row) -> bool:
        """Empty, a total, the headings once more, words under the table."""
        filled = [plain(cell) for cell in row.cells if cell]
        if not filled or any(cell.startswith(_TOTALS) for cell in filled[:3]):
            return True
        if sum(plain(cell) == head != "" for cell, head in zip(row.cells, self.heads, strict=True)) > 2:
            return True
        given = [self._cell(row, name) for name in ("date", "credit", "debit", "amount")]
        has_amount = any(any(c.isdecimal() for c in cell) for cell in given[1:])
        return not has_amount and not any(c.isdecimal() for c in given[0])

    def _line(self, row: Row) -> Line | None:
        """None for money that went out, or never came."""
        amount = self._amount(row)
        if amount <= 0 or cells.never_came(self._cell(row, "status")):
            return None
        with self._naming("date"):
            booked_on = cells.day(self._cell(row, "date"), self.latest)
        name = cells.name(self._cell(row, "name"))
        memo = " · ".join(dict.fromkeys(filter(None, (cells.text(row.cells[column]) for column in self.memos))))
        memo = memo[: cells.TEXT]
        reference = "" if self.at.get("reference") in row.damaged else cells.reference(self._cell(row, "reference"))
        mark = self._fingerprint(reference or f"{name}|{memo}", booked_on, amount)
        return Line(row.number, booked_on, amount, name, memo, self._numbered(reference), mark)

    def _amount(self, row: Row) -> int:
        """In fen; nothing or less for money that did not come in."""
        came, went = self._fen(row, "credit"), self._fen(row, "debit")
        if came and went:
            raise _At("both", self.at.get("credit"))
        if came < 0:
            raise _At("negative", self.at.get("credit"))
        if came or went or "amount" not in self.at:
            return came
        amount = self._fen(row, "amount")
        return amount if amount > 0 and not self._is_out(row) else 0

    def _fen(self, row: Row, name: str) -> int:
        with self._naming(name):
            return cells.fen(self._cell(row, name))

    def _is_out(self, row: Row) -> bool:
        with self._naming("direction"):
            return "direction" in self.at and cells.direction(self._cell(row, "direction")) == cells.OUT

    @contextmanager
    def _naming(self, name: str) -> Iterator[None]:
        """What cannot be read is told with its column."""
        try:
            yield
        except CellError as error:
            raise _At(error.code, self.at.get(name)) from None

    def _cell(self, row: Row, name: str) -> str:
        column = self.at.get(name)
        return row.cells[column] if column is not None and column < len(row.cells) else ""

    def _fingerprint(self, told: str, booked_on: date, amount: int) -> str:
        """Of the bank's number, or of the name and the memo; of the day, the amount, and the how-manieth it is."""
        made = hashlib.sha256(f"{''.join(told.split())}|{booked_on:%Y%m%d}|{amount}".encode())
        known = made.digest()[:16]
        self._seen[known] += 1
        made.update(f"|{self._seen[known]}".encode())
        return made.hexdigest()[:40]

    def _numbered(self, reference: str) -> str:
        """A number that a bank gives to all lines of one batch is told apart by their count."""
        if not reference:
            return ""
        key = f"#{reference}".encode()
        self._seen[key] += 1
        return f"{reference}#{self._seen[key]}" if self._seen[key] > 1 else reference


class _At(ValueError):
    """A cell at fault."""

    def __init__(self, code: str, column: int | None) -> None:
        super().__init__(code)
        self.code, self.column = code, column
