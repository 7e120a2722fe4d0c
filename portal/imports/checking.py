"""The check of a table: each row new, the same person, perhaps the same, or faulty. It reads and writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement

from portal.associations.models import Association
from portal.imports.comparing import Register
from portal.imports.contents import Table
from portal.imports.parsing import Reader, Row
from portal.imports.placing import Places
from portal.imports.rows import Checked

TOLD_EVERY = 500


@dataclass
class Check:
    """Everything a check is made with: where to, how the columns are named, what stands in for empty cells."""

    association: Association
    table: Table
    kind: str  # of the file
    mapping: dict[int, str]
    options: dict[str, Any]
    reach: ColumnElement[bool]  # whom the officer may see
    tell: Callable[[int], object] = abs  # is told how many rows are read
    rows: list[Checked] = field(default_factory=list)
    passed: int = 0
    columns: dict[str, int] = field(default_factory=dict)

    def run(self) -> list[Checked]:
        reader = Reader(self.table, self.mapping, self.kind)
        self.columns = reader.columns
        places = Places(self.association, self.options, self.columns)
        for index in range(len(self.table.rows)):
            row = reader.read(index)
            if row is None:
                self.passed += 1
            else:
                self.rows.append(places.place(row))
            if index % TOLD_EVERY == 0:
                self.tell(index)
        find_repeated(self)
        Register(self.association, self.reach, self.columns, self.rows).compare()
        return self.rows


def find_repeated(check: Check) -> None:
    """The second row of the same identity number, member number, or name with the same phone or birth, is faulty."""
    seen: dict[tuple[Any, ...], Row] = {}
    for checked in check.rows:
        row = checked.row
        for key, column in _keys(checked):
            first = seen.setdefault(key, row)
            if first is not row and not _are_two(first, row, key[0]):
                row.fault("repeated", check.columns.get(column), first.number)
                break


def _keys(checked: Checked) -> list[tuple[tuple[Any, ...], str]]:
    values, name = checked.row.values, checked.sort_key
    found: list[tuple[tuple[Any, ...], str]] = []
    if "identity_number" in values:
        found.append((("identity", values["identity_number"].value), "identity_number"))
    if "number" in values:
        found.append((("number", values["number"]), "number"))
    if name and values.get("phone"):
        found.append((("phone", name, values["phone"]), "name"))
    if name and values.get("birth_on"):
        found.append((("birth", name, values["birth_on"]), "name"))
    if name and not any(values.get(key) for key in ("identity_number", "phone", "birth_on", "number")):
        found.append((("name", name), "name"))
    return found


def _are_two(first: Row, second: Row, by: str) -> bool:
    """Whether two rows of one name are two people all the same: other identity numbers, or other phones."""
    apart = ["identity_number"] if by == "phone" else ["identity_number", "phone", "number"] if by == "birth" else []
    return any(
        first.values.get(key) and second.values.get(key) and first.values[key] != second.values[key] for key in apart
    )
