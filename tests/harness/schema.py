"""A database's schema as plain values, so that two can be compared whole."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Inspector

INDEX = "notice_text"  # made by its migration, each engine in its own way: no model has it


def tables_of(inspector: Inspector) -> set[str]:
    """The names of the tables but for Alembic's own and the full-text index with what FTS5 keeps beside it."""
    names = set(inspector.get_table_names()) - {"alembic_version"}
    return {name for name in names if name != INDEX and not name.startswith(f"{INDEX}_")}


def schema_of(inspector: Inspector) -> dict[str, Any]:
    """Every table: columns with type and whether null, keys, checks, indexes with their conditions."""
    return {name: _table(inspector, name) for name in tables_of(inspector)}


def _table(inspector: Inspector, name: str) -> dict[str, Any]:
    return {
        "columns": {
            column["name"]: (_type(column["type"]), column["nullable"], column.get("default"))
            for column in inspector.get_columns(name)
        },
        "primary key": _key(inspector.get_pk_constraint(name)),
        "foreign keys": {
            key["name"]: (key["constrained_columns"], key["referred_table"], key["referred_columns"], key["options"])
            for key in inspector.get_foreign_keys(name)
        },
        "unique": {key["name"]: key["column_names"] for key in inspector.get_unique_constraints(name)},
        "checks": {check["name"]: _plain(check["sqltext"]) for check in inspector.get_check_constraints(name)},
        "indexes": {
            index["name"]: (index["column_names"], bool(index["unique"]), _condition(index))
            for index in inspector.get_indexes(name)
        },
    }


def _type(type_: Any) -> str:
    return f"{type_}{getattr(type_, 'collation', None) or ''}"


def _key(key: Any) -> tuple[Any, ...]:
    return key["name"], tuple(key["constrained_columns"])


def _condition(index: Any) -> str:
    options = index.get("dialect_options", {})
    return _plain(str(options.get("sqlite_where", options.get("postgresql_where", ""))))


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
