"""What a merge did to the database, row by row: rows before and after, compared, and put back on undo.

Values are plain JSON, secrets in clear: the log as a whole is encrypted where it is kept (PersonMerge.log).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, or_, select
from sqlalchemy.exc import IntegrityError

from portal.core.database import Base, UTCDateTime, db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.duplicates.references import name_of, tables_to, used
from portal.duplicates.words import word_of

Row = dict[str, Any]
Rows = dict[str, dict[int, Row]]  # by table and id
Log = dict[str, Any]
CHUNK = 500
# Told again from the encrypted value when it is put back: the key may have been changed meanwhile.
DERIVED = ("identity_index", "phone_index")


def snapshot(person_ids: Collection[int], membership_ids: Collection[int], besides: Rows | None = None) -> Rows:
    """The two records, every row that refers to them or to one of the memberships, the revisions of their time, and
    the rows of `besides`: all of them held, what is referred to before what refers to it.
    """
    db.session.flush()
    wanted: dict[Table, list[ColumnElement[bool]]] = {}
    for target, ids in (("person", person_ids), ("membership", membership_ids)):
        names = used(target, ids)
        for table, columns in tables_to(target).items():
            if names.intersection(map(name_of, columns)):
                wanted.setdefault(table, []).extend(column.in_(ids) for column in columns)
        table = Base.metadata.tables[target]
        wanted.setdefault(table, []).append(table.c.id.in_(ids))
    entry, revision = Base.metadata.tables["hours_entry"], Base.metadata.tables["hours_revision"]
    served = select(entry.c.id).where(entry.c.person_id.in_(person_ids))
    wanted.setdefault(revision, []).append(revision.c.entry_id.in_(served))  # time of both may overlap: it waits then
    tables = [table for table in Base.metadata.sorted_tables if table in wanted]
    found = {table.name: _read(table, or_(*wanted[table])) for table in tables}
    for name, known in (besides or {}).items():
        table, rows = Base.metadata.tables[name], found.setdefault(name, {})
        for ids in _chunks(sorted(set(known) - set(rows))):
            rows |= _read(table, table.c.id.in_(ids))
    return found


def _chunks(ids: list[int]) -> Iterator[list[int]]:
    yield from (ids[n : n + CHUNK] for n in range(0, len(ids), CHUNK))


def _read(table: Table, condition: ColumnElement[bool]) -> dict[int, Row]:
    held = select(table).where(condition).order_by(table.c.id).with_for_update()
    rows = db.session.execute(held).mappings()
    return {row["id"]: {name: _plain(value) for name, value in row.items()} for row in rows}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def _typed(column: Column[Any], value: Any) -> Any:
    if isinstance(value, str) and isinstance(column.type, UTCDateTime):
        return datetime.fromisoformat(value)
    if isinstance(value, str) and getattr(column.type, "python_type", None) is date:
        return date.fromisoformat(value)
    return value


def compare(before: Rows, after: Rows) -> Log:
    """What changed, what was dropped and what was added between two snapshots."""
    log: Log = {"changed": [], "dropped": [], "added": []}
    for name in after:
        old, new = before.get(name, {}), after[name]
        for key in sorted(old.keys() | new.keys()):
            if key not in new:
                log["dropped"].append([name, old[key]])
            elif key not in old:
                log["added"].append([name, new[key]])
            elif old[key] != new[key]:
                fields = {f: [old[key][f], value] for f, value in new[key].items() if old[key][f] != value}
                log["changed"].append([name, key, fields])
    return log


def restore(log: Log, gone_id: int) -> None:
    """Put every row back as it stood before. Raises RuleError where something that came later stands in the way."""
    for name, key, fields in log["changed"]:
        _check(name, key, {field: new for field, (_old, new) in fields.items()})
    for name, row in log["added"]:
        _check(name, row["id"], row)
    tables = Base.metadata.tables
    statements: list[tuple[str, Any]] = [
        (name, tables[name].delete().where(tables[name].c.id == row["id"])) for name, row in log["added"]
    ]
    for name, key, fields in sorted(log["changed"], key=lambda entry: _order(entry, gone_id)):
        values = {field: _typed(tables[name].c[field], old) for field, (old, _new) in fields.items()}
        statements.append((name, tables[name].update().where(tables[name].c.id == key).values(values)))
    for name, row in log["dropped"]:
        values = {field: _typed(tables[name].c[field], value) for field, value in row.items()}
        if _read(tables[name], tables[name].c.id == row["id"]):  # SQLite gave the number to a row that came since
            del values["id"]
        statements.append((name, tables[name].insert().values(values)))
    _write(statements)


def _order(entry: tuple[str, int, dict[str, list[Any]]], gone_id: int) -> tuple[int, int]:
    """Of the two records the one that stayed gives back first what it took."""
    name, key, _fields = entry
    return (1 if name == "person" and key == gone_id else 0), key


def _write(statements: list[tuple[str, Any]]) -> None:
    """In whatever order they make room for one another; when none can go on, something else stands there."""
    while statements:
        refused = [(name, statement) for name, statement in statements if not _could(statement)]
        if len(refused) == len(statements):
            raise _in_the_way(refused[0][0])
        statements = refused


def _could(statement: Any) -> bool:
    try:
        with db.session.begin_nested():
            db.session.execute(statement)
    except IntegrityError:
        return False
    return True


def _check(name: str, key: int, expected: Row) -> None:
    table = Base.metadata.tables[name]
    rows = _read(table, table.c.id == key)
    row = rows.get(key)
    if row is None or any(row[f] != value for f, value in expected.items() if f not in DERIVED):
        raise _in_the_way(name)


def _in_the_way(name: str) -> RuleError:
    message = lazy("It cannot be undone any more: %(what)s changed after the merge.", what=word_of(name))
    return RuleError("", message)
