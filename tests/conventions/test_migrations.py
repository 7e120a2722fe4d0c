"""Migrations go up, down and up again with rows in every table, on both databases, and lose none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import flask_migrate
import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import func, inspect, select, text

from portal.core.database import db
from portal.upkeep import migration
from tests.harness.findings import none_of
from tests.harness.rows import fill
from tests.harness.schema import tables_of
from tests.harness.soaking import SOAKING
from tests.harness.source import import_models

SCRIPTS = ScriptDirectory(str(migration.FOLDER))
REVISIONS = [script.revision for script in SCRIPTS.walk_revisions()]


@pytest.fixture(scope="module", autouse=True)
def every_model() -> None:
    """The tables stand in the metadata once their modules are imported."""
    import_models()


@pytest.fixture
def migrated_app(engine_kind, apps) -> Iterator[Flask]:
    """On a copy of the database that the run's first upgrade has made out of an empty one."""
    with apps.lent(engine_kind) as app:
        migration.enable(app)
        yield app


def contents() -> dict[str, list[Any]]:
    """Every row of every table, as the database keeps it; the full-text index follows from them."""
    with db.engine.connect() as connection:
        names = tables_of(inspect(connection))
        found = {name: connection.execute(text(f'SELECT * FROM "{name}"')).mappings() for name in sorted(names)}
        return {name: sorted((dict(row) for row in rows), key=repr) for name, rows in found.items()}


def kept(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> bool:
    """Whether the rows are the same in the columns that were there both times."""
    if len(before) != len(after):
        return False
    shared = sorted(set(before[0]) & set(after[0])) if before else []
    pairs = ([{name: row[name] for name in shared} for row in rows] for rows in (before, after))
    first, second = (sorted(rows, key=repr) for rows in pairs)
    return first == second


def test_one_line_of_revisions():
    assert len(SCRIPTS.get_heads()) == 1


@pytest.mark.soak
@pytest.mark.parametrize("steps", range(1, len(REVISIONS) + 1) if SOAKING else (1, len(REVISIONS)))
def test_up_down_up_with_rows(migrated_app, steps):
    """From the newest, `steps` down and up again: tables that stood below keep their rows. The long form turns round
    at every revision, the short one at the newest and below the oldest.
    """
    fill(db.engine, db.metadata)
    before = contents()
    assert all(before.values()), "every table has a row"
    for _ in range(steps):
        flask_migrate.downgrade(revision="-1")
        below = contents()
        none_of([name for name, rows in below.items() if not kept(before[name], rows)])
    flask_migrate.upgrade()
    after = contents()
    assert set(after) == set(before)
    none_of([name for name in below if not kept(before[name], after[name])])


def test_nothing_is_left_below_the_first(migrated_app):
    flask_migrate.downgrade(revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect() as connection:
            left = connection.scalar(
                select(func.count()).select_from(text("pg_proc")).where(text("pronamespace = 'public'::regnamespace"))
            )
        assert left == 0


def test_control_a_lost_row_is_found():
    assert kept([{"id": 1, "a": 2}], [{"id": 1}])
    assert not kept([{"id": 1}], [])
    assert not kept([{"id": 1, "a": 2}], [{"id": 1, "a": 3}])
