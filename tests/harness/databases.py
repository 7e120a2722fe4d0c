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
from tests.harness.recycling import Contents

KINDS = ("sqlite", "postgresql")
MIGRATED = "portal_migrated"
PEOPLED = "portal_peopled"
FILES = " STRATEGY FILE_COPY"  # twice as fast as the usual way, page by page through the log; the only one before 15


@dataclass(frozen=True)
class Database:
    """A database of a test's own."""

    name: str
    url: str
    drop: Callable[[], None]


class Databases:
    """Makes databases; `folder` is shared by all processes of the run, so that one of them makes the templates."""

    def __init__(
        self, folder: Path, cluster: Cluster, migrate: Callable[[str], None], people: Callable[[str], None]
    ) -> None:
        self.folder = folder
        self.cluster = cluster
        self.fill = {MIGRATED: migrate, PEOPLED: people}
        self._numbers = itertools.count(1)
        self._ready: set[tuple[str, str]] = set()
        self._contents: dict[str, Contents] = {}
        self._clean: dict[str, list[str]] = {MIGRATED: [], PEOPLED: []}

    def migrated(self, kind: str) -> Database:
        """A database with every table and not a row but what the migrations write."""
        return self._make(kind, self._prepared(kind, MIGRATED, None))

    def peopled(self, kind: str) -> Database:
        """A database in which the cast lives."""
        return self._make(kind, self._prepared(kind, PEOPLED, self._prepared(kind, MIGRATED, None)))

    def lent(self, kind: str, *, peopled: bool) -> Database:
        """The same for a test that changes rows: what it leaves behind serves the next one."""
        if kind != "postgresql":  # a file is copied as fast
            return self.peopled(kind) if peopled else self.migrated(kind)
        template = PEOPLED if peopled else MIGRATED
        if not self._clean[template]:
            made = self.peopled(kind) if peopled else self.migrated(kind)
            self._clean[template].append(made.name)
            self._contents.setdefault(template, Contents(self._address(made.name)))
        name = self._clean[template].pop()
        return Database(name, self._url(kind, name), partial(self._take_back, template, name))

    def close(self) -> None:
        for names in self._clean.values():
            for name in names:
                self._remove("postgresql", name)

    def _take_back(self, template: str, name: str) -> None:
        if self._contents[template].restore(self._address(name)):
            self._clean[template].append(name)
        else:
            self._remove("postgresql", name)

    def empty(self, kind: str) -> Database:
        """A database without a table, for tests of the migrations themselves."""
        return self._make(kind, None)

    def _make(self, kind: str, template: str | None) -> Database:
        name = f"portal_{os.getpid()}_{next(self._numbers)}"
        self._copy(kind, template, name)
        return Database(name, self._url(kind, name), partial(self._remove, kind, name))

    def _prepared(self, kind: str, name: str, source: str | None) -> str:
        """The template of this name, made by the first process that asks; also after one that failed half-way."""
        if (kind, name) not in self._ready:
            done = self.folder / f"{kind}.{name}.done"
            with (self.folder / f"{kind}.{name}.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if not done.exists():
                    self._remove(kind, name)
                    self._copy(kind, source, name)
                    self.fill[name](self._url(kind, name))
                    done.touch()
            self._ready.add((kind, name))
        return name

    def _copy(self, kind: str, source: str | None, name: str) -> None:
        if kind == "postgresql":
            self._administer("CREATE DATABASE {} TEMPLATE {}" + FILES, name, source or "template0")
        elif source:
            shutil.copyfile(self._file(source), self._file(name))

    def _remove(self, kind: str, name: str) -> None:
        if kind == "postgresql":
            self._administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        else:
            for ending in ("", "-wal", "-shm"):
                Path(f"{self._file(name)}{ending}").unlink(missing_ok=True)

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.sqlite3"

    def _url(self, kind: str, name: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{self._file(name)}"
        address = sqlalchemy.make_url(self._server()).set(drivername="postgresql+psycopg", database=name)
        return address.render_as_string(hide_password=False)

    def _address(self, name: str) -> str:
        return self._url("postgresql", name).replace("+psycopg", "", 1)

    def _server(self) -> str:
        return self.cluster.address() or missing("PostgreSQL", HOW)

    def _administer(self, statement: str, *names: str) -> None:
        with psycopg.connect(self._server(), autocommit=True) as connection:
            if connection.info.server_version < 150000:
                statement = statement.removesuffix(FILES)
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
