"""Databases for tests: a template migrated once a run on each engine, and cheap copies of it."""

from __future__ import annotations

import fcntl
import itertools
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg
import sqlalchemy
from psycopg import sql

from tests.harness.missing import missing
from tests.harness.postgres import HOW, Cluster

KINDS = ("sqlite", "postgresql")
TEMPLATE = "portal_template"


@dataclass(frozen=True)
class Database:
    """A database of a test's own."""

    url: str
    drop: Callable[[], None]


class Databases:
    """Makes databases; `folder` is shared by all processes of the run, so that one of them migrates."""

    def __init__(self, folder: Path, cluster: Cluster, migrate: Callable[[str], None]) -> None:
        self.folder = folder
        self.cluster = cluster
        self.migrate = migrate
        self._numbers = itertools.count(1)
        self._ready: set[str] = set()

    def migrated(self, kind: str) -> Database:
        """A database with every table and not a row but what the migrations write."""
        self._prepare_template(kind)
        return self._make(kind, TEMPLATE)

    def empty(self, kind: str) -> Database:
        """A database without a table, for tests of the migrations themselves."""
        return self._make(kind, None)

    def _make(self, kind: str, template: str | None) -> Database:
        name = f"portal_{os.getpid()}_{next(self._numbers)}"
        if kind == "sqlite":
            if template:
                shutil.copyfile(self._file(template), self._file(name))
            return Database(f"sqlite:///{self._file(name)}", partial(self._remove_file, name))
        source = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._administer(source.format(sql.Identifier(name), sql.Identifier(template or "template0")))
        drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
        return Database(self._url(kind, name), partial(self._administer, drop))

    def _prepare_template(self, kind: str) -> None:
        if kind in self._ready:
            return
        done = self.folder / f"{kind}.migrated"
        with (self.folder / f"{kind}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                self._clear_template(kind)
                self.migrate(self._url(kind, TEMPLATE))
                done.touch()
        self._ready.add(kind)

    def _clear_template(self, kind: str) -> None:
        """Begin with nothing, also after a migration that failed half-way."""
        if kind == "sqlite":
            self._remove_file(TEMPLATE)
            return
        for statement in ("DROP DATABASE IF EXISTS {}", "CREATE DATABASE {}"):
            self._administer(sql.SQL(statement).format(sql.Identifier(TEMPLATE)))

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.sqlite3"

    def _remove_file(self, name: str) -> None:
        for ending in ("", "-wal", "-shm"):
            Path(f"{self._file(name)}{ending}").unlink(missing_ok=True)

    def _url(self, kind: str, name: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{self._file(name)}"
        address = sqlalchemy.make_url(self._server()).set(drivername="postgresql+psycopg", database=name)
        return address.render_as_string(hide_password=False)

    def _server(self) -> str:
        return self.cluster.address() or missing("PostgreSQL", HOW)

    def _administer(self, statement: sql.Composed) -> None:
        with psycopg.connect(self._server(), autocommit=True) as connection:
            connection.execute(statement)
