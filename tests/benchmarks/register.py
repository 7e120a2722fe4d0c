"""How fast the register is with a million members, beside ten thousand of the same kind in the same run.

    python -m tests.benchmarks.register [--engine postgresql] [--sizes 10000 1000000] [--keep FOLDER] [--imports]

Fills a database of each size (minutes for a million; SQLite's are kept in FOLDER if one is named) and prints the
middle of several runs in milliseconds, from making the statement to the last row: of a page as officers ask for it,
with its count, and of one save; beside it what the larger spent in the database, and how many rows each found. The
two sizes take turns, run by run. Only their ratio in one run says something; it should be 1.5 at most, and a search
below 20 ms in the database.

Like is compared with like where both find a full page. What fills a page among a million and finds three people
among ten thousand loads more rows: such lines stand apart.

With --imports the import of 10,000 and of 100,000 rows is measured as well (tests.benchmarks.imports).
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event, make_url, select

from portal import create_app
from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.database import db, reading
from portal.core.paging import Page
from portal.members.models import MembershipKind
from portal.members.services import join
from portal.people.services import create_person
from portal.register.queries import Filter, page_of
from portal.register.scope import Scope
from portal.settings import from_environment
from portal.upkeep import migration
from tests.benchmarks import imports
from tests.benchmarks.crowd import PER_ASSOCIATION, PER_STREET, Crowd, Named, fill
from tests.benchmarks.federation import Federation
from tests.harness.postgres import HOW, Cluster

RUNS = 15
EVERYONE = Filter()
PAGE, PAGE_50 = 25, 50
IMPORTED = (10_000, 100_000)
Read = Callable[[], Page[Any] | None]


class Installation(Federation):
    """A database that a benchmark filled, with settings of its own; a server reads the same."""

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {
            "PORTAL_MODE": "test",
            "PORTAL_BASE_URL": "http://localhost",
            "PORTAL_SECRET_KEY": "a secret for a benchmark, and for nothing else",
            "PORTAL_ENCRYPTION_KEYS": "a key for a benchmark only",
            "PORTAL_PASSWORD_COST": "cheap",
        }


@contextmanager
def crowded(engine: str, size: int, folder: Path, cluster: Cluster) -> Iterator[Flask]:
    """The portal on a database of so many members."""
    is_there = engine == "sqlite" and (folder / f"register-{size}.sqlite3").exists()
    with opened(engine, f"register-{size}", folder, cluster) as app:
        with app.app_context():
            if not is_there:
                began = time.perf_counter()
                fill(db.engine, Crowd(size))
                print(f"{size:,} members written in {time.perf_counter() - began:.0f} s", flush=True)
            db.session.remove()
            db.engine.dispose()  # a connection fits itself to the size of the database that it finds
        yield app


@contextmanager
def opened(engine: str, name: str, folder: Path, cluster: Cluster) -> Iterator[Flask]:
    """The portal on a migrated database of this name; on SQLite perhaps one that was kept."""
    url = f"sqlite:///{folder / name}.sqlite3" if engine == "sqlite" else _database(cluster, name.replace("-", "_"))
    app = create_app(from_environment(Installation(url, folder).environment))
    with app.app_context():
        migration.upgrade()
        db.session.remove()
    yield app
    with app.app_context():
        db.engine.dispose()


def _database(cluster: Cluster, name: str) -> str:
    import psycopg

    address = cluster.address()
    if address is None:
        raise SystemExit(f"PostgreSQL is missing: {HOW}")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url = make_url(address).set(drivername="postgresql+psycopg", database=name)
    return url.render_as_string(hide_password=False)


def words(names: Sequence[Named], each: float = 1) -> tuple[str, str]:
    """Two characters that just fill a page where every name is borne so often, and the two that most names hold."""
    pairs = (gram for named in names for gram in named.grams if len(gram) == 2 and not gram.isascii())
    bearers = [(int(number * each), pair) for pair, number in Counter(pairs).items()]
    full = [found for found in bearers if found[0] > PAGE]
    return min(full or bearers)[1], max(bearers)[1]


def reads(crowd: Crowd) -> dict[str, Read]:
    """What officers of the federation, of a district, of a street and of one association ask for."""
    federation, district = Scope(1, "1/", below=True), Scope(2, "1/2/", below=True)
    fills_page, frequent = words(crowd.names, crowd.size / len(crowd.names))
    of_street = words([crowd.named(row_id) for row_id in range(1, PER_STREET * PER_ASSOCIATION + 1)])[1]
    street_id = 2 + crowd.districts
    street = Scope(street_id, crowd._place(street_id)[1], below=True)
    home_id = crowd.first_grassroots() + crowd.grassroots // 2
    home = Scope(home_id, crowd._place(home_id)[1])
    name, someone = crowd.named(crowd.size // 3).name, crowd.size // 2 // 100 * 100 + 7
    its_own = crowd.named((home_id - crowd.first_grassroots()) * 100 + 7).name
    joined = Filter(joined_from=date(2024, 1, 1), joined_to=date(2024, 3, 31))
    return {
        "federation, first page": _page(federation),
        "federation, page 50": _page(federation, number=PAGE_50),
        "federation, one character (王)": _page(federation, Filter(text="王")),
        "federation, two characters": _page(federation, Filter(text=fills_page)),
        "federation, two frequent characters": _page(federation, Filter(text=frequent)),
        "federation, two rare characters": _page(federation, Filter(text=name[:2])),
        "federation, whole name": _page(federation, Filter(text=name)),
        "federation, initials (lj)": _page(federation, Filter(text="lj")),
        "federation, member number": _page(federation, Filter(text=f"C-{someone:08}")),
        "federation, phone's last four": _page(federation, Filter(text="0031")),
        "federation, joined in a quarter": _page(federation, joined),
        "federation, 80 and older": _page(federation, Filter(age="80")),
        "district, first page": _page(district),
        "district, page 50": _page(district, number=PAGE_50),
        "district, initials (lj)": _page(district, Filter(text="lj")),
        "street, first page": _page(street),
        "street, page 50": _page(street, number=PAGE_50),
        "street, two characters": _page(street, Filter(text=of_street)),
        "street, one character (王)": _page(street, Filter(text="王")),
        "street, initials (lj)": _page(street, Filter(text="lj")),
        "association, first page": _page(home),
        "association, two characters": _page(home, Filter(text=its_own[:2])),
        "association, one character (王)": _page(home, Filter(text="王")),
    }


def _page(scope: Scope, wanted: Filter = EVERYONE, number: int = 1) -> Read:
    return lambda: page_of(scope, wanted, number)


def save() -> None:
    """A new member of an association, with everything that belongs to it, written durably."""
    association = db.session.scalars(select(Association).order_by(Association.id.desc()).limit(1)).one()
    kind = db.session.scalars(select(MembershipKind).limit(1)).one()
    join(None, create_person(None, "黄淑兰"), association, kind, today())
    db.session.commit()


@dataclass(frozen=True)
class Took:
    """The middle of some runs in milliseconds: as a whole, and in the database; and how many rows were found."""

    whole: float
    database: float
    found: int | None


class Runs:
    """The runs of one question to one register."""

    def __init__(self, app: Flask, action: Read, *, writes: bool = False) -> None:
        self.app, self.action, self.writes = app, action, writes
        self.whole: list[float] = []
        self.database: list[float] = []
        self.found: int | None = None

    def once(self) -> None:
        with self.app.app_context(), nullcontext() if self.writes else reading(), clock() as asked:
            began = time.perf_counter()
            page = self.action()
            self.whole.append((time.perf_counter() - began) * 1000)
            self.database.append(sum(asked) * 1000)
            self.found = page.total if page else None
            db.session.rollback()

    @property
    def middle(self) -> Took:
        """The first run warms up."""
        return Took(statistics.median(self.whole[1:]), statistics.median(self.database[1:]), self.found)


@contextmanager
def clock() -> Iterator[list[float]]:
    """The seconds of each statement, from handing it over to its answer."""
    took: list[float] = []

    def begin(*_event: Any) -> None:
        took.append(-time.perf_counter())

    def end(*_event: Any) -> None:
        took[-1] += time.perf_counter()

    event.listen(db.engine, "before_cursor_execute", begin)
    event.listen(db.engine, "after_cursor_execute", end)
    try:
        yield took
    finally:
        event.remove(db.engine, "before_cursor_execute", begin)
        event.remove(db.engine, "after_cursor_execute", end)


@dataclass(frozen=True)
class Measured:
    """One question to the smaller and to the larger register."""

    name: str
    small: Took
    large: Took

    @property
    def is_alike(self) -> bool:
        """Whether both load about as many rows."""
        shown = [min(took.found or 0, PAGE) for took in (self.small, self.large)]
        return 2 * min(shown) >= max(shown)

    def __str__(self) -> str:
        small, large = self.small, self.large
        found = "" if small.found is None else f"{small.found:>12,}{large.found:>9,}"
        times = f"{small.whole:>9.2f}{large.whole:>10.2f}{large.whole / small.whole:>7.2f}{large.database:>9.2f}"
        return f"{self.name:36}{times}{found}"


def measure(apps: tuple[Flask, Flask], sizes: tuple[int, int]) -> Iterator[Measured]:
    """The two registers take turns, so that whatever else the machine does hits both."""
    asked = [reads(Crowd(size)) for size in sizes]
    for name in asked[0]:
        yield _in_turns(name, [Runs(app, own[name]) for app, own in zip(apps, asked, strict=True)])
    yield _in_turns("one save", [Runs(app, save, writes=True) for app in apps])


def _in_turns(name: str, both: list[Runs]) -> Measured:
    for _ in range(RUNS + 1):
        for runs in both:
            runs.once()
    return Measured(name, both[0].middle, both[1].middle)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--sizes", type=int, nargs=2, default=(10_000, 1_000_000))
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--imports", action="store_true")
    options = parser.parse_args()
    cluster = Cluster(shared_buffers="512MB", max_wal_size="4GB")
    with tempfile.TemporaryDirectory() as folder:
        where = options.keep or Path(folder)
        where.mkdir(parents=True, exist_ok=True)
        try:
            with ExitStack() as stack:
                made = [stack.enter_context(crowded(options.engine, n, where, cluster)) for n in options.sizes]
                found = list(measure((made[0], made[1]), tuple(options.sizes)))
        finally:
            cluster.stop()
    report(options.engine, tuple(options.sizes), found)
    if options.imports:
        print("\nimport", flush=True)
        imports.each(IMPORTED, [options.engine])


def report(engine: str, sizes: tuple[int, int], found: list[Measured]) -> None:
    print(f"\n{engine}, milliseconds; `in it`: of the larger, in the database; the last two: how many each found")
    for title, is_alike in (("as many rows shown by both", True), ("fewer shown by the smaller", False)):
        print(f"\n{title:36}{sizes[0]:>9,}{sizes[1]:>10,}{'ratio':>7}{'in it':>9}")
        print(*(row for row in found if row.is_alike == is_alike), sep="\n")


if __name__ == "__main__":
    main()
