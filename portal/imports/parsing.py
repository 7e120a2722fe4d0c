"""From the cells of a row to values of the register: what can be read is read, what is damaged is never guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from portal.core import identity
from portal.core.calendar import read_date
from portal.core.text import legible
from portal.imports import fields
from portal.imports.contents import Table

NAME_LIMIT, RESIDENCE_LIMIT, ORGANISATION_LIMIT = 60, 120, 120
OLDEST_SERIAL, NEWEST_SERIAL = 4_000, 80_000  # 1910 to 2119, as Excel counts days
SERIAL_DIGITS = 5
EXCEL_EPOCH = date(1899, 12, 30)
EARLIEST_JOINING = date(1949, 1, 1)
TOTALS = {"合计", "总计", "小计", "共计", "累计", "总人数", "total", "sum"}
SEXES = {
    "男": "male", "男性": "male", "m": "male", "male": "male", "女": "female", "女性": "female", "f": "female",
    "female": "female",
}  # fmt: skip
_HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_GAP = re.compile(rf"(?<=[{_HAN}·•])\s+(?=[{_HAN}·•])")
_MONTH = re.compile(r"(\d{4})\s*(?:[-/.年]\s*(\d{1,2})\s*月?|(\d{2}))", re.ASCII)
_YEAR = re.compile(r"(\d{4})\s*年?", re.ASCII)
_TIME = re.compile(r"[ T]+\d{1,2}:\d{2}(:\d{2})?(\.0+)?$", re.ASCII)
_EXPONENT = re.compile(r"\d(\.\d+)?E\+?\d+", re.ASCII | re.IGNORECASE)
_SEVERAL = re.compile(r"[/、,，;；|\n]+")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_NUMBER = re.compile(r"[\w./()#-]{1,32}")


@dataclass(slots=True)
class Row:
    """A row of the file as values, with what is wrong with it. `index` is its place in the table."""

    index: int
    number: int
    values: dict[str, Any] = field(default_factory=dict)
    reasons: list[list[Any]] = field(default_factory=list)
    is_faulty: bool = False
    birth_month: tuple[int, int] | None = None

    def fault(self, code: str, column: int | None = None, *more: Any) -> None:
        self.is_faulty = True
        self.reasons.append([code, column, *more])

    def note(self, code: str, *more: Any) -> None:
        self.reasons.append([code, None, *more])


class Reader:
    """Reads the rows of one table by its mapping (column of the file → field)."""

    def __init__(self, table: Table, mapping: dict[int, str], kind: str) -> None:
        place = {index: at for at, (index, _heading) in enumerate(table.columns)}
        self.table, self.kind = table, kind
        self.columns = {name: index for index, name in mapping.items() if index in place}
        self.places = {name: place[index] for name, index in self.columns.items()}
        self.heads = [fields.plain(heading) for heading in table.headings]

    def read(self, index: int) -> Row | None:
        """The row, or None for a line that is none: empty, a total, the headings once more."""
        cells = self.table.rows[index]
        texts = {name: _text(cells[at]) for name, at in self.places.items()}
        if not any(texts.values()) or self._is_passed(cells):
            return None
        row = Row(index, self.table.numbers[index])
        for name, text in texts.items():
            if text or name == "name":
                READERS[name](self, row, name, text)
        agree(row, self.columns)
        return row

    def _is_passed(self, cells: Sequence[str]) -> bool:
        filled = [fields.plain(cell) for cell in cells if cell]
        is_total = any(cell in TOTALS for cell in filled[:2])
        repeats = sum(fields.plain(cell) == head != "" for cell, head in zip(cells, self.heads, strict=True))
        return is_total or repeats > max(1, len(filled) // 2)

    def is_damaged(self, row: Row, name: str) -> bool:
        return (row.number, self.columns[name]) in self.table.damaged


def _text(cell: str) -> str:
    return " ".join(filter(None, map(legible, unicodedata.normalize("NFKC", cell).split())))


def read_name(reader: Reader, row: Row, name: str, text: str) -> None:
    """李 明 is 李明; spaces between words of other letters stay one."""
    found = _GAP.sub("", text)
    if not found and name == "name":
        row.fault("name_missing", reader.columns[name])
    elif len(found) > NAME_LIMIT or any(c.isdecimal() for c in found) or not any(c.isalpha() for c in found):
        row.fault("name_wrong", reader.columns[name])
    else:
        row.values[name] = found


def read_identity(reader: Reader, row: Row, name: str, text: str) -> None:
    """A number that went through a number cell has lost its end: 3.2E+17 and …000 are refused, never mended."""
    value, column = identity.normalise_identity(text), reader.columns[name]
    lost = value.endswith("000") and (reader.kind in ("csv", "tsv") or identity.identity_fault(value) is not None)
    if reader.is_damaged(row, name) or _EXPONENT.fullmatch(text.strip()) or (len(value) == identity.LENGTH and lost):
        row.fault("id_damaged", column)
        return
    if len(value) == 15 and value.isdecimal():
        row.fault("id_old", column)
        return
    try:
        row.values[name] = identity.IdentityNumber.parse(value)
    except identity.IdentityError as error:
        row.fault(f"id_{error.code}", column)


def read_sex(reader: Reader, row: Row, name: str, text: str) -> None:
    found = SEXES.get(text.casefold().replace(" ", ""))
    if found is None:
        row.fault("sex_wrong", reader.columns[name])
    else:
        row.values[name] = found


def read_phone(reader: Reader, row: Row, name: str, text: str) -> None:
    column = reader.columns[name]
    if reader.is_damaged(row, name) or _EXPONENT.fullmatch(text):
        row.fault("phone_damaged", column)
        return
    parts = [part for part in _SEVERAL.split(text) if part.strip()]
    if len(parts) > 1 and all(sum(c.isdecimal() for c in part) >= 7 for part in parts):
        row.fault("phone_two", column)
        return
    try:
        row.values[name] = identity.normalise_phone(text)
    except identity.PhoneError as error:
        row.fault("phone_area" if error.code == "area" else "phone_wrong", column)


def read_email(reader: Reader, row: Row, name: str, text: str) -> None:
    if _EMAIL.fullmatch(text) and len(text) <= RESIDENCE_LIMIT:
        row.values[name] = text
    else:
        row.fault("email_wrong", reader.columns[name])


def read_residence(reader: Reader, row: Row, name: str, text: str) -> None:
    if len(text) > RESIDENCE_LIMIT:
        row.fault("residence_long", reader.columns[name])
    row.values[name] = text


def read_number(reader: Reader, row: Row, name: str, text: str) -> None:
    found = text.replace(" ", "")
    if reader.is_damaged(row, name) or not _NUMBER.fullmatch(found):
        row.fault("number_wrong", reader.columns[name])
    else:
        row.values[name] = found


def read_organisation(reader: Reader, row: Row, name: str, text: str) -> None:
    """No longer than the forms take it: it stands in indexes, and on cards."""
    if len(text) > ORGANISATION_LIMIT:
        row.fault("organisation_long", reader.columns[name])
    row.values[name] = text


def read_text(reader: Reader, row: Row, name: str, text: str) -> None:
    row.values[name] = text


def whole_date(text: str) -> date | None:
    """A day as people and spreadsheets write it: 2021-3-5, 2021年3月5日, 20210305, 44260 (Excel's count of days)."""
    short = _TIME.sub("", text.strip())
    if short.isascii() and short.isdecimal() and len(short) <= SERIAL_DIGITS:
        days = int(short)
        return EXCEL_EPOCH + timedelta(days=days) if OLDEST_SERIAL <= days <= NEWEST_SERIAL else None
    return read_date(short.replace(" ", "").rstrip("."))


def month_of(text: str) -> tuple[int, int] | None:
    """Year and month of 2021年3月, 2021-03, 202103."""
    match = _MONTH.fullmatch(text.strip())
    if not match:
        return None
    month = int(match[2] or match[3])
    return (int(match[1]), month) if 1 <= month <= 12 else None


def read_birth(reader: Reader, row: Row, name: str, text: str) -> None:
    """A month alone is compared with the identity number, and is no date to be kept."""
    found = whole_date(text)
    if found is not None and found.year >= identity.OLDEST_BIRTH.year:
        row.values[name] = found
        return
    row.birth_month = month_of(text)
    if row.birth_month is None:
        row.fault("birth_wrong", reader.columns[name])


def read_joined(reader: Reader, row: Row, name: str, text: str) -> None:
    """A month alone is its first day, a year alone its first of January."""
    found, month = whole_date(text), month_of(text)
    if found is None and re.fullmatch(r"\d{4}\.1", text):
        row.fault("joined_month", reader.columns[name])
        return
    if found is None and month:
        found = date(*month, 1)
    if found is None and (match := _YEAR.fullmatch(text)):
        found = date(int(match[1]), 1, 1) if int(match[1]) else None
    if found is None or found < EARLIEST_JOINING:
        row.fault("joined_wrong", reader.columns[name])
    else:
        row.values[name] = found


def agree(row: Row, columns: dict[str, int]) -> None:
    """Sex and birth follow from the identity number; where the file says otherwise, the row is not taken in."""
    known = row.values.get("identity_number")
    if known is None:
        if row.birth_month and not row.is_faulty:
            row.note("birth_month")
        return
    if row.values.setdefault("sex", known.sex) != known.sex:
        row.fault("sex_differs", columns["sex"])
    month = (known.birth.year, known.birth.month)
    if row.values.setdefault("birth_on", known.birth) != known.birth or (row.birth_month and not _same(row, month)):
        row.fault("birth_differs", columns["birth_on"])


def _same(row: Row, month: tuple[int, int]) -> bool:
    """1960.1 can be January or, where Excel dropped a zero, October."""
    assert row.birth_month is not None
    return row.birth_month == month or (row.birth_month[1] == 1 and month == (row.birth_month[0], 10))


READERS: dict[str, Callable[[Reader, Row, str, str], None]] = {
    "name": read_name,
    "guardian_name": read_name,
    "identity_number": read_identity,
    "sex": read_sex,
    "birth_on": read_birth,
    "phone": read_phone,
    "guardian_phone": read_phone,
    "email": read_email,
    "residence": read_residence,
    "group": read_text,
    "number": read_number,
    "kind": read_text,
    "joined_on": read_joined,
    "organisation": read_organisation,
}
