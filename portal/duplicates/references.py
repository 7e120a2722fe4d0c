"""Everything that refers to a person, read from the tables themselves, so that a feature to come is found too."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Column,
    CompoundSelect,
    Table,
    bindparam,
    exists,
    literal_column,
    select,
    union_all,
)

from portal.core.database import Base, db

# What a merge leaves with the record that is gone, and why. Everything else that refers to a person moves.
STAYS = {
    "account.person_id": "an account moves only where the other record has none; else it stays, disabled",
    "person_gram.person_id": "the index of names: made anew for the record that is kept",
    "person_merge.kept_id": "what an earlier merge did remains what it did",
    "person_merge.gone_id": "what an earlier merge did remains what it did",
    "register_import_row.created_person_id": "the import made this record, not the one that is kept",
    "notice_version.written_by": "a published version is never changed",
    "notice_version.submitted_by": "a published version is never changed",
    "notice_version.reviewed_by": "a published version is never changed",
    "notice_version.published_by": "a published version is never changed",
    "letter_step.by_id": "a step of a letter is never changed",
    "letter_step.to_person_id": "a step of a letter is never changed",
    "survey_ticket.person_id": "read through the merge: under whichever record somebody was asked, they answer once",
    "levy_person.person_id": "who was counted for a levy was counted under the record of then",
    "selection_meeting.recorded_by_id": "the minutes of a meeting that chose are never changed",
    "journal_entry.recorded_by_id": "an entry of the journal is never changed",
}


def columns_to(target: str) -> list[Column[Any]]:
    """The columns of every table that refer to the ids of a table, in the order of the tables."""
    return list(_columns_to(target, len(Base.metadata.tables)))


@cache
def _columns_to(target: str, _tables: int) -> list[Column[Any]]:
    return [
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == target for key in column.foreign_keys)
    ]


def used(target: str, ids: Collection[int]) -> set[str]:
    """The names of those columns that refer to one of the ids of the table: of a hundred tables most know nothing of
    two people, and one question tells which do.
    """
    return set(db.session.scalars(_question(target, len(Base.metadata.tables)), {"ids": list(ids)}))


@cache
def _question(target: str, tables: int) -> CompoundSelect[Any]:
    asked: BindParameter[Any] = bindparam("ids", expanding=True)
    return union_all(
        *(
            select(literal_column(f"'{name_of(column)}'")).where(exists().where(column.in_(asked)))
            for column in _columns_to(target, tables)
        )
    )


def name_of(column: Column[Any]) -> str:
    return f"{column.table.name}.{column.name}"


def moving() -> list[Column[Any]]:
    """The columns in which the one record takes the place of the other."""
    return [column for column in columns_to("person") if name_of(column) not in STAYS]


def tables_to(target: str) -> dict[Table, list[Column[Any]]]:
    """Every table with an id of its own that refers to a table, with the columns by which it does."""
    found: dict[Table, list[Column[Any]]] = {}
    for column in columns_to(target):
        if "id" in column.table.columns and isinstance(column.table, Table):
            found.setdefault(column.table, []).append(column)
    return found
