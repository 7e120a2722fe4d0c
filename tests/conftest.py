"""Fixtures of every test. One that asks for `app` (or what stands on it) runs on SQLite and on PostgreSQL.

app           the portal; what the test writes is rolled back, however often the code commits
live_app      named beside it, `app` has a database of its own with real commits, for threads and processes
db_session    the test's own session in that app
cast          the federation and people of tests.harness.cast
january_over  in the first days of a year the clock stands at its 20th of January
client        a visitor; sign_in(cast.secretary) gives the client of somebody signed in
server        the address of the live portal; open_page(), page and axe drive a real browser there
"""

from __future__ import annotations

import gc
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np  # noqa: F401 (a source of chance for Hypothesis, which registers what is imported)
import pytest
from flask import Flask
from hypothesis.internal.entropy import deterministic_PRNG
from playwright.sync_api import Browser, Page
from sqlalchemy.orm import Session, scoped_session

from portal.accounts.models import Account
from portal.core.database import db
from tests.harness import accessibility, browsing, clock, counting
from tests.harness.apps import Apps
from tests.harness.cast import Cast, build_cast
from tests.harness.catalogues import compile_stale
from tests.harness.client import PortalClient, client_of
from tests.harness.databases import KINDS, Database
from tests.harness.findings import tell
from tests.harness.folders import FOLDER, make_folder
from tests.harness.postgres import Cluster
from tests.harness.soaking import SOAKING, is_left_for_soak

# Browsers, commands, whole federations, every route: seconds each.
LONG = re.compile(
    r"tests/(journeys|access|demo|faults|cli)/"
    r"|/test_(journey|in_a_browser|pages|everything_moves|harness|migrations)\.py"
)
cluster = Cluster()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", choices=KINDS, help="run the database tests on this engine only")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """The process that starts the others makes what they share: catalogues, a folder, the PostgreSQL server."""
    # What is loaded stays: to look through it again and again is a tenth of the run.
    gc.set_threshold(100_000, 20, 50)
    if hasattr(config, "workerinput"):
        return
    compile_stale()
    os.environ[FOLDER] = str(make_folder())
    config.option.basetemp = config.option.basetemp or f"{os.environ[FOLDER]}/tests"
    if config.getoption("numprocesses", None) and config.getoption("--engine") != "sqlite":
        cluster.address()


def pytest_unconfigure(config: pytest.Config) -> None:
    gc.freeze()  # the interpreter ends without looking through all that the tests left behind
    if not hasattr(config, "workerinput"):
        cluster.stop()
        shutil.rmtree(os.environ.pop(FOLDER), ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Each process begins with its share of the long tests: at the end only short ones are left to be handed over."""
    for item in items:
        if "rounds" in getattr(item, "fixturenames", ()):  # it has a long form
            item.add_marker("soak")
    left = [item for item in items if is_left_for_soak(item)]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if not is_left_for_soak(item)]
    processes = int(getattr(config, "workerinput", {}).get("workercount", 1))
    if processes > 1:
        long = [item for item in items if LONG.search(item.nodeid)]
        short = [item for item in items if not LONG.search(item.nodeid)]
        size = -(-len(short) // processes)
        parts = [long[n::processes] + short[n * size : (n + 1) * size] for n in range(processes)]
        items[:] = [item for part in parts for item in part]


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was imported and collected stays to the end: nobody need look through it again for what is unused.

    Nor does Hypothesis, for constants of the portal to draw: that takes each process seconds, and what is drawn would
    hang on the modules that it happens to have loaded. Its sources of chance are registered now: each time it looks
    through everything, which takes seconds once tests have run.
    """
    if providers := sys.modules.get("hypothesis.internal.conjecture.providers"):
        providers.is_local_module_file = lambda _path: False  # type: ignore[attr-defined]
        with deterministic_PRNG():
            pass
    gc.collect()
    gc.freeze()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine_kind" in metafunc.fixturenames:
        marker = metafunc.definition.get_closest_marker("engines")
        chosen = metafunc.config.getoption("--engine")
        kinds = [kind for kind in (marker.args if marker else KINDS) if chosen in (None, kind)]
        metafunc.parametrize("engine_kind", kinds, indirect=True, scope="function")


@pytest.fixture
def engine_kind(request: pytest.FixtureRequest) -> str:
    """sqlite or postgresql."""
    return str(request.param)


@pytest.fixture(scope="session")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apps]:
    made = Apps(Path(os.environ[FOLDER]), tmp_path_factory.mktemp("data"), cluster)
    yield made
    made.close()


@pytest.fixture
def app(request: pytest.FixtureRequest, engine_kind: str, apps: Apps) -> Iterator[Flask]:
    make = apps.lent if "live_app" in request.fixturenames else apps.rolled_back
    with make(engine_kind, peopled="cast" in request.fixturenames) as portal:
        yield portal


@pytest.fixture
def live_app(app: Flask) -> Flask:
    return app


@pytest.fixture
def db_session(app: Flask) -> scoped_session[Session]:
    return db.session


@pytest.fixture
def empty_database(engine_kind: str, apps: Apps) -> Iterator[Database]:
    """A database without a table, for tests of the migrations themselves."""
    database = apps.databases.empty(engine_kind)
    yield database
    database.drop()


@pytest.fixture
def january_over() -> Iterator[None]:
    with clock.january_over():
        yield


@pytest.fixture
def cast(app: Flask) -> Cast:
    return build_cast()


@pytest.fixture
def client(app: Flask) -> PortalClient:
    return client_of(app)


@pytest.fixture
def sign_in(app: Flask) -> Callable[[Account], PortalClient]:
    """sign_in(cast.secretary) is a client of their own, signed in."""

    def sign_in(account: Account) -> PortalClient:
        signed_in = client_of(app)
        signed_in.sign_in(account)
        return signed_in

    return sign_in


@pytest.fixture
def query_count() -> Any:
    """`with query_count() as queries:` lists the statements that reach the database."""
    return counting.query_count


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> Iterator[Callable[[int, int], int]]:
    """rounds(20, 1_000): the short form in `make test`, the long one in `make soak`, which tells how long it took."""
    asked: list[int] = []
    begun = time.monotonic()

    def rounds(short: int, long: int) -> int:
        asked.append(long if SOAKING else short)
        return asked[-1]

    yield rounds
    if SOAKING:
        tell(f"{request.node.name}: {' + '.join(map(str, asked))} in {time.monotonic() - begun:.0f} s")


@pytest.fixture
def server(live_app: Flask) -> Iterator[str]:
    with browsing.serving(live_app) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with browsing.chromium() as program:
        yield program


@pytest.fixture
def open_page(browser: Browser, server: str, live_app: Flask) -> Iterator[Callable[..., Page]]:
    """open_page(account=cast.secretary, javascript=False, language="en", size=DESK): a page of a new visitor.

    The test fails when a page logs an error, breaks its content security policy or reaches outside.
    """
    browsing_ = browsing.Browsing(browser, server)

    def open_page(account: Account | None = None, **options: Any) -> Page:
        page = browsing_.open(**options)
        if account is not None:
            visitor = client_of(live_app)
            visitor.sign_in(account)
            page.context.add_cookies(
                [{"name": cookie.key, "value": cookie.value, "url": server} for cookie in visitor._cookies.values()]
            )
        return page

    yield open_page
    browsing_.close()
    assert not browsing_.problems, browsing_.problems


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A visitor's phone, JavaScript on, Simplified Chinese."""
    return open_page()


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """axe(page) lists what breaks WCAG 2.2 AA; an empty list is what a test wants."""
    return accessibility.axe
