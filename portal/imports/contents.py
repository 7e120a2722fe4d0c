"""An uploaded table while it is worked on: cut down to what may be held, encrypted in the store, gone when done.

Columns over the boundary are cut off before anything is kept. What is kept lies there for seven days at most.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict, dataclass, field
from datetime import timedelta

from cryptography.fernet import InvalidToken

from portal.core import spreadsheets
from portal.core.calendar import now
from portal.core.encryption import keyring
from portal.core.files import store
from portal.imports import fields

MAX_ROWS = 20_000
MAX_SHEETS = 8
KEPT_FOR = timedelta(days=7)
SUFFIX = ".import"


@dataclass(frozen=True)
class Table:
    """One sheet: the columns that may be read, by their place in the file, and the rows without the others."""

    name: str
    title: str
    skipped: int
    columns: list[tuple[int, str]]
    over: list[str]  # headings over the boundary, as the officer sees them; their cells are not here
    rows: list[list[str]]
    numbers: list[int]  # of each row in the file
    damaged: set[tuple[int, int]] = field(default_factory=set)  # row of the file, column of the file

    @property
    def headings(self) -> list[str]:
        return [heading for _index, heading in self.columns]


@dataclass(frozen=True)
class Contents:
    """What was read of a file: its kind (xlsx, xls, ods, csv, tsv), its encoding, its sheets."""

    kind: str
    encoding: str
    tables: list[Table]


def read_upload(content: bytes, max_rows: int = MAX_ROWS) -> Contents:
    """Every visible sheet that holds a table; raises SpreadsheetError if the first one cannot be read."""
    first = spreadsheets.read(content, 0, max_rows)
    names = first.sheet_names or [""]
    tables = [_table(first, names[0])]
    for position, name in enumerate(names[1:MAX_SHEETS], 1):
        try:
            tables.append(_table(spreadsheets.read(content, position, max_rows), name))
        except spreadsheets.SpreadsheetError:
            continue  # an empty sheet, or one that is no table
    return Contents(first.kind, first.encoding, tables)


def _table(sheet: spreadsheets.Sheet, name: str) -> Table:
    over = fields.columns_over(sheet.headings)
    kept = [
        index
        for index, heading in enumerate(sheet.headings)
        if index not in over and (heading or any(row[index] for row in sheet.rows))
    ]
    return Table(
        name=name,
        title="" if fields.is_over(sheet.title) else sheet.title,
        skipped=sheet.skipped_rows,
        columns=[(index, sheet.headings[index]) for index in kept],
        over=[sheet.headings[index] for index in sorted(over) if sheet.headings[index]],
        rows=[[row[index] for index in kept] for row in sheet.rows],
        numbers=sheet.numbers,
        damaged={(row, column) for row, column in sheet.damaged if column in kept},
    )


def keep(contents: Contents) -> str:
    """Put it into the store, encrypted; returns the key."""
    plain = asdict(contents)
    for table in plain["tables"]:
        table["damaged"] = sorted(table["damaged"])
    packed = zlib.compress(json.dumps(plain, ensure_ascii=False).encode(), 1)
    return store.keep(keyring.fernet.encrypt(packed), SUFFIX)


def load(key: str | None) -> Contents | None:
    """What was kept, unless it is gone or was encrypted with a key that is no longer set."""
    if not key or not store.has(key):
        return None
    try:
        plain = json.loads(zlib.decompress(keyring.fernet.decrypt(store.read(key))))
    except InvalidToken:
        return None
    tables = [_restored(**table) for table in plain["tables"]]
    return Contents(plain["kind"], plain["encoding"], tables)


def _restored(*, columns: list[list[object]], damaged: list[list[int]], **values: object) -> Table:
    pairs = [(int(str(index)), str(heading)) for index, heading in columns]
    return Table(columns=pairs, damaged={(row, column) for row, column in damaged}, **values)  # type: ignore[arg-type]


def remove(key: str | None) -> None:
    if key:
        store.remove(key)


def remove_old() -> int:
    """Remove what has lain in the store for its seven days, whoever forgot it; returns how many."""
    oldest = (now() - KEPT_FOR).timestamp()
    stale = [path.name for path in store.root.glob(f"??/*{SUFFIX}") if path.stat().st_mtime < oldest]
    for key in stale:
        store.remove(key)
    return len(stale)
