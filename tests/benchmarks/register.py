"""How fast the register is with a million members, beside ten thousand of the same kind in the same run.

    python -m tests.benchmarks.register [--engine postgresql] [--sizes 10000 1000000] [--keep FOLDER]

Fills a database of each size (minutes for a million; SQLite's are kept in FOLDER if one is named) and prints the
middle of several runs in milliseconds, from making the statement to the last row: of a page as officers ask for it,
with its count, and of one save. Only the ratio of the two sizes in one run says something; it should be 1.5 at most,
and a search below 20 ms.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flask import Flask
from sqlalchemy import make_url, select

from portal import create_app
from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.database import db, reading
from portal.members.models import MembershipKind
from portal.members.services import join
from portal.people.services import create_person
from portal.register.queries import Filter, page_of
from portal.register.scope import Scope
from portal.settings import from_environment
from portal.upkeep import migration
from tests.benchmarks.crowd import Crowd, fill
from tests.harness.postgres import HOW, Cluster

RUNS = 15
EVERYONE = Filter()
PAGE_50 = 50
Read = Callable[[], object]


@contextmanager
def crowded(engine: str, size: int, folder: Path, cluster: Cluster) -> Iterator[Flask]:
    """The portal on a database of so many members."""
    path = folder / f"register-{size}.sqlite3"
    is_there = engine == "sqlite" and path.exists()
    url = f"sqlite:///{path}" if engine == "sqlite" else _database(cluster, size)
    environment = {
        "PORTAL_MODE": "test",
        "PORTAL_DATA_DIR": str(folder),
        "PORTAL_DATABASE_URL": url,
        "PORTAL_BASE_URL": "http://localhost",
        "PORTAL_SECRET_KEY": "a secret for a benchmark, and for nothing else",
        "PORTAL_ENCRYPTION_KEYS": "a key for a benchmark only",
        "PORTAL_PASSWORD_COST": "cheap",
    }
    app = create_app(from_environment(environment))
    with app.app_context():
        migration.upgrade()
        if not is_there:
            began = time.perf_counter()
            fill(db.engine, Crowd(size))
            print(f"{size:,} members written in {time.perf_counter() - began:.0f} s", flush=True)
        db.session.remove()
    yield app
    with app.app_context():
        db.engine.dispose()


def _database(cluster: Cluster, size: int) -> str:
    import psycopg

    address = cluster.address()
    if address is None:
        raise SystemExit(f"PostgreSQL is missing: {HOW}")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE register_{size}")  # type: ignore[arg-type]
    url = make_url(address).set(drivername="postgresql+psycopg", database=f"register_{size}")
    return url.render_as_string(hide_password=False)


def reads(crowd: Crowd) -> dict[str, Read]:
    """What officers of the federation, of a street and of one association ask for."""
    federation = Scope(1, "1/", below=True)
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
        "federation, two characters": _page(federation, Filter(text=name[:2])),
        "federation, whole name": _page(federation, Filter(text=name)),
        "federation, initials (lj)": _page(federation, Filter(text="lj")),
        "federation, member number": _page(federation, Filter(text=f"C-{someone:08}")),
        "federation, phone's last four": _page(federation, Filter(text="0031")),
        "federation, joined in a quarter": _page(federation, joined),
        "federation, 80 and older": _page(federation, Filter(age="80")),
        "street, first page": _page(street),
        "street, page 50": _page(street, number=PAGE_50),
        "street, two characters": _page(street, Filter(text=name[:2])),
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


def middle(action: Read, runs: int = RUNS) -> float:
    """The middle of some runs in milliseconds, after one that warms up."""
    took = []
    for _ in range(runs + 1):
        began = time.perf_counter()
        action()
        took.append((time.perf_counter() - began) * 1000)
        db.session.rollback()
    return statistics.median(took[1:])


@dataclass(frozen=True)
class Measured:
    """One question to the smaller and to the larger register, in milliseconds."""

    name: str
    small: float
    large: float


def measure(apps: tuple[Flask, Flask], sizes: tuple[int, int]) -> Iterator[Measured]:
    """The two registers take turns, so that whatever else the machine does hits both."""
    asked = [reads(Crowd(size)) for size in sizes]
    for name in asked[0]:
        yield Measured(name, *(_in(app, questions[name]) for app, questions in zip(apps, asked, strict=True)))
    yield Measured("one save", *(_in(app, save, writes=True) for app in apps))


def _in(app: Flask, action: Read, *, writes: bool = False) -> float:
    with app.app_context(), nullcontext() if writes else reading():
        return middle(action)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--sizes", type=int, nargs=2, default=(10_000, 1_000_000))
    parser.add_argument("--keep", type=Path)
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
    print(f"\n{options.engine}, milliseconds\n\n{'':34}{options.sizes[0]:>12,}{options.sizes[1]:>12,}{'ratio':>9}")
    for row in found:
        print(f"{row.name:34}{row.small:>12.2f}{row.large:>12.2f}{row.large / row.small:>9.2f}")


if __name__ == "__main__":
    main()
