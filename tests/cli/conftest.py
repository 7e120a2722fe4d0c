"""An installation of its own for each test of a command."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from subprocess import CompletedProcess

import pytest

from tests.harness.apps import Apps
from tests.harness.installation import Installation


@pytest.fixture
def installation(engine_kind: str, apps: Apps, tmp_path) -> Iterator[Installation]:
    """Migrated and empty."""
    database = apps.databases.migrated(engine_kind)
    yield Installation(tmp_path / "data", database.url)
    database.drop()


@pytest.fixture
def bare(tmp_path) -> Installation:
    """Nothing but settings: a database that has not been made yet."""
    return Installation(tmp_path / "data", f"sqlite:///{tmp_path}/data/portal.sqlite3")


@pytest.fixture
def fails() -> Callable[[CompletedProcess[str]], str]:
    """fails(result) is the one line that a command ended with; anything else is a fault of the command."""

    def fails(result: CompletedProcess[str]) -> str:
        assert result.returncode not in (0, None), result.stdout
        lines = result.stderr.splitlines()
        assert len(lines) == 1, result.stderr
        assert lines[0].startswith("portal: ")
        return lines[0]

    return fails
