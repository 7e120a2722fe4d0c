"""Everything that refers to a person, read from the tables themselves, so that a feature to come is found too."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Table

from portal.core.database import Base

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
    "survey_ticket.person_id": "whoever was asked in an appraisal answers once, under the record of then",
    "levy_person.person_id": "who was counted for a levy was counted under the record of then",
    "journal_entry.recorded_by_id": "an entry of the journal is never changed",
}


def columns_to(target: str) -> list[Column[Any]]:
    """The columns of every table that refer to the ids of a table, in the order of the tables."""
    return [
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == target for key in column.foreign_keys)
    ]


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
