"""One sound row in every table, made from the tables themselves, for tests of the migrations."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, CheckConstraint, Column, Date, DateTime, Engine, Integer, MetaData, Table
from sqlalchemy.types import TypeDecorator

CHOICE = re.compile(r"(\w+) IN \('(\w+)'")
EITHER = re.compile(r"\((\w+) IS NULL\) <> ")  # of two columns one is given: the first


def fill(engine: Engine, metadata: MetaData) -> None:
    """Insert a row into each table, those that are referred to first; columns that may be null stay so."""
    ids: dict[str, Any] = {}
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            result = connection.execute(table.insert().values(row_for(table, ids)))
            ids[table.name] = result.inserted_primary_key[0] if result.inserted_primary_key else None


def row_for(table: Table, ids: dict[str, Any]) -> dict[str, Any]:
    choices = _choices(table)
    either = {name for check in _checks(table) for name in EITHER.findall(check)}
    needed = [c for c in table.columns if c.name in either or not (c.nullable or _is_given(c))]
    return {column.name: _value(column, choices, ids) for column in needed}


def _is_given(column: Column[Any]) -> bool:
    return bool(column.default or column.server_default or column.table.autoincrement_column is column)


def _checks(table: Table) -> list[str]:
    return [str(check.sqltext) for check in table.constraints if isinstance(check, CheckConstraint)]


def _choices(table: Table) -> dict[str, str]:
    """The first value that a check of the form `kind IN ('a', 'b')` allows."""
    return {name: value for check in _checks(table) for name, value in CHOICE.findall(check)}


def _value(column: Column[Any], choices: dict[str, str], ids: dict[str, Any]) -> Any:
    if column.foreign_keys:
        return ids[next(iter(column.foreign_keys)).column.table.name]
    type_ = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    by_type: tuple[tuple[type, Any], ...] = (
        (JSON, {}),
        (Boolean, False),
        (DateTime, datetime(2026, 1, 2, 3 + column.name.startswith("end"), 4, tzinfo=UTC)),
        (Date, date(2026, 1, 2)),
        (Integer, 1),
    )
    return next((value for kind, value in by_type if isinstance(type_, kind)), choices.get(column.name, "x"))
