"""The portal for a test: inside one transaction that is rolled back, or with a database of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Connection, Dialect, Engine, create_engine, event

from portal import create_app
from portal.core import application
from portal.core.database import db, engine_options
from portal.core.encryption import keyring
from portal.core.files import store
from portal.core.jobs import queue
from portal.settings import Settings, from_environment
from portal.upkeep import migration
from tests.harness.cast import build_cast
from tests.harness.databases import Database, Databases
from tests.harness.postgres import Cluster

COMPILED = 20_000  # statements that a process keeps: more than the whole suite has


@event.listens_for(Engine, "connect")
def _hurry(connection: Any, _record: Any) -> None:
    """Test databases need not survive a power cut: three times faster on a slow disk. And one connection asks all
    that the portal ever asks: what was asked twice is kept as PostgreSQL has read it.
    """
    if type(connection).__module__ == "sqlite3":
        connection.execute("PRAGMA synchronous=OFF")
    else:
        connection.prepare_threshold, connection.prepared_max = 2, COMPILED


NO_QUESTION = re.compile(r" FOR (NO KEY )?(UPDATE|SHARE)|set_config")  # a SELECT that holds rows, or sets something


class _Savepoints:
    """Each commit of a test is a savepoint, and most hold nothing but questions. One is sent when the first statement
    comes that does not only ask, and by the driver itself: its name is a number, and as statements of SQLAlchemy,
    most of all that a run compiles would be these.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._how = {} if dialect.name == "sqlite" else {"prepare": False}
        self._unsent: dict[Any, list[str]] = {}  # by the driver's connection, the outermost first
        for name in ("do_savepoint", "do_release_savepoint", "do_rollback_to_savepoint"):
            setattr(dialect, name, getattr(self, name))
        for name in ("do_execute", "do_executemany"):
            setattr(dialect, name, self._sending_before(getattr(dialect, name)))

    def do_savepoint(self, connection: Connection, name: str) -> None:
        self._unsent.setdefault(connection.connection.driver_connection, []).append(name)

    def do_release_savepoint(self, connection: Connection, name: str) -> None:
        if not self._forgotten(connection, name):
            self._say(connection.connection.driver_connection, f"RELEASE SAVEPOINT {name}")

    def do_rollback_to_savepoint(self, connection: Connection, name: str) -> None:
        if not self._forgotten(connection, name):
            self._say(connection.connection.driver_connection, f"ROLLBACK TO SAVEPOINT {name}")

    def _forgotten(self, connection: Connection, name: str) -> bool:
        """Whether it was never sent; nor then is what stands inside it."""
        driver = connection.connection.driver_connection
        unsent = self._unsent.pop(driver, [])
        if name not in unsent:
            return False
        if before := unsent[: unsent.index(name)]:
            self._unsent[driver] = before
        return True

    def _sending_before(self, execute: Callable[..., None]) -> Callable[..., None]:
        def sending(cursor: Any, statement: str, *rest: Any) -> None:
            if self._unsent and not (statement.startswith("SELECT") and not NO_QUESTION.search(statement)):
                for name in self._unsent.pop(cursor.connection, ()):
                    self._say(cursor.connection, f"SAVEPOINT {name}")
            execute(cursor, statement, *rest)

        return sending

    def _say(self, driver: Any, words: str) -> None:
        driver.execute(words, **self._how)


class Apps:
    """Makes the apps of one test process and ends them with it."""

    def __init__(self, folder: Path, data: Path, cluster: Cluster) -> None:
        self.data = data
        self.compiled = folder / "templates"
        self.compiled.mkdir(exist_ok=True)
        self.databases = Databases(folder, cluster, self._migrate, self._people)
        self._kept: dict[tuple[str, bool], tuple[Engine, Database]] = {}
        self._first: dict[str, Engine] = {}
        self._idle: list[Flask] = []

    def create(self, settings: Settings) -> Flask:
        """The portal; its templates are compiled by the first app of the run that shows them."""
        app = create_app(settings)
        app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(self.compiled))
        return app

    def settings(self, url: str, **changes: Any) -> Settings:
        """The settings of a test installation: cheap password hashes, jobs at once, files in a temporary folder."""
        environment = {
            "PORTAL_MODE": "test",
            "PORTAL_DATA_DIR": str(self.data),
            "PORTAL_DATABASE_URL": url,
            "PORTAL_BASE_URL": "http://localhost",
            "PORTAL_SECRET_KEY": "a secret for tests, and for nothing else",
            "PORTAL_ENCRYPTION_KEYS": "a key for identity numbers in tests only",
            "PORTAL_PASSWORD_COST": "cheap",
        }
        return replace(from_environment(environment), **changes)

    @contextmanager
    def rolled_back(self, kind: str, *, peopled: bool = False) -> Iterator[Flask]:
        """The app inside one transaction that ends unwritten, however often the code commits."""
        engine, database = self._keep(kind, peopled)
        with self._borrowed(self.settings(database.url)) as app, engine.connect() as connection:
            outer = connection.begin()
            db.engines[None] = connection  # type: ignore[assignment]
            db.session.configure(join_transaction_mode="create_savepoint")
            try:
                yield app
            finally:
                db.session.remove()
                outer.rollback()

    @contextmanager
    def live(self, kind: str, *, peopled: bool = False, **changes: Any) -> Iterator[Flask]:
        """An app with a database of its own: real commits, as many threads and connections as the test likes."""
        database = self._database(kind, peopled)
        with current(self.create(self.settings(database.url, **changes))) as app:
            try:
                yield app
            finally:
                db.session.remove()
                db.engine.dispose()
                database.drop()

    @contextmanager
    def lent(self, kind: str, *, peopled: bool = False, **changes: Any) -> Iterator[Flask]:
        """The same with an app that serves one test after another."""
        assert "proxies" not in changes
        database = self.databases.lent(kind, peopled=peopled)
        with self._borrowed(self.settings(database.url, **changes)) as app:
            db.engines[None] = engine = self._engine(kind, database.url)
            try:
                yield app
            finally:
                db.session.remove()
                engine.dispose()
                database.drop()

    def close(self) -> None:
        for engine, database in self._kept.values():
            engine.dispose()
            database.drop()
        self.databases.close()

    @contextmanager
    def _borrowed(self, settings: Settings) -> Iterator[Flask]:
        """An app that is given back as it was, but for routes and hooks, which cannot be added to it. Proxies are the
        one setting that needs an app of its own.
        """
        app = self._idle.pop() if self._idle else self.create(settings)
        app._got_first_request = True
        with given_back(app):
            app.extensions["portal.settings"] = settings
            app.config.update(application._configuration(settings))
            with current(app):
                yield app
        self._idle.append(app)

    def _keep(self, kind: str, peopled: bool) -> tuple[Engine, Database]:
        """The engine and the database that serve one test after another."""
        if (kind, peopled) not in self._kept:
            database = self._database(kind, peopled)
            self._kept[kind, peopled] = self._engine(kind, database.url), database
        return self._kept[kind, peopled]

    def _engine(self, kind: str, url: str) -> Engine:
        """An engine that knows the statements which any other of its kind has compiled in this process."""
        engine = create_engine(url, **engine_options(url) | {"query_cache_size": COMPILED})
        if kind not in self._first:
            self._first[kind] = engine
            engine.connect().close()  # whereby a dialect learns what it speaks to
            _Savepoints(engine.dialect)
        engine.dialect, engine._compiled_cache = self._first[kind].dialect, self._first[kind]._compiled_cache
        return engine

    def _database(self, kind: str, peopled: bool) -> Database:
        return self.databases.peopled(kind) if peopled else self.databases.migrated(kind)

    def _migrate(self, url: str) -> None:
        with create_app(self.settings(url)).app_context():
            migration.upgrade()
            with db.engine.begin() as connection:
                # SQLite keeps what it has counted in a table: one made inside a test's transaction would have the
                # whole schema read again after each of its rollbacks.
                connection.exec_driver_sql("ANALYZE alembic_version")
            db.engine.dispose()

    def _people(self, url: str) -> None:
        with create_app(self.settings(url)).app_context():
            build_cast()
            db.session.remove()
            db.engine.dispose()


@contextmanager
def given_back(app: Flask) -> Iterator[None]:
    """What is set on the app inside, in its configuration and by its features, is as before afterwards."""
    held = [vars(app), app.config, app.extensions]
    before = [dict(values) for values in held]
    try:
        yield
    finally:
        for values, known in zip(held, before, strict=True):
            values.clear()
            values.update(known)


@contextmanager
def current(app: Flask) -> Iterator[Flask]:
    """The app's context for the test itself; what a process has once (keys, files, queue) is this app's."""
    settings: Settings = app.extensions["portal.settings"]
    keyring.configure(settings.encryption_keys)
    store.root = settings.files_dir
    queue.bind(app, settings)
    with app.app_context():
        yield app
