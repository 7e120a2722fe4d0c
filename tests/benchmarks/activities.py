"""How fast volunteers' pages are with 100,000 activities and 5,000,000 attendances, and a rush for places.

    python -m tests.benchmarks.activities [--engine postgresql] [--activities 100000] [--attendances 5000000]
        [--people 500] [--places 200]

Fills a database of its own (minutes at full size) and prints the middle of several runs in milliseconds, from making
the statement to the last row, and what of it was spent in the database: a month of an association's plan, the roster
searched, a volunteer's record with its totals and the whole dossier, the queue of hours to approve, a year's figures.

Then so many people sign up for so many places at once, over HTTP (tests.benchmarks.rush): the time, how many places
were given, and that there was no error and no place too many.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.database import db, reading
from portal.dossiers.figures import figures_of
from portal.dossiers.queries import dossier_of
from portal.hours import queries as hours
from portal.hours import queue
from portal.plans import plan_queries
from portal.register.scope import Scope
from portal.volunteers import roster_queries
from portal.volunteers.models import Volunteer
from portal.volunteers.queries import get_volunteer
from portal.volunteers.roster_queries import Wanted
from tests.benchmarks.crowd import fill
from tests.benchmarks.register import clock, opened
from tests.benchmarks.rush import rush
from tests.benchmarks.service import Served
from tests.harness.factory import appoint, make_account, make_person
from tests.harness.postgres import Cluster

RUNS = 9
MONTH = datetime(2026, 4, 30, 16, tzinfo=UTC)  # May in Shanghai
Read = Callable[[], object]


@contextmanager
def filled(engine: str, size: Served, folder: Path, cluster: Cluster) -> Iterator[Flask]:
    with opened(engine, f"service-{size.activities}", folder, cluster) as app:
        with app.app_context():
            began = time.perf_counter()
            fill(db.engine, size)
            took = time.perf_counter() - began
            rows = size.activities * size.came
            print(f"{size.activities:,} activities and {rows:,} attendances written in {took:.0f} s", flush=True)
        yield app


def officers(size: Served) -> tuple[Account, Account]:
    """A chair of the whole federation and the secretary of one association in the middle."""
    root = db.session.get_one(Association, 1)
    home = db.session.get_one(Association, size.first_grassroots() + size.grassroots // 2)
    chair, secretary = make_person("林建国"), make_person("黄淑兰")
    appoint(chair, root, "chair", covers_subtree=True)
    appoint(secretary, home, "secretary")
    made = make_account(chair), make_account(secretary)
    db.session.commit()
    return made


def reads(size: Served, chair_id: int, secretary_id: int) -> dict[str, Read]:
    """What officers and a volunteer ask for; each in a session of its own."""
    home_id = size.first_grassroots() + size.grassroots // 2
    street_id = 2 + size.districts
    everywhere = Scope(1, "1/", below=True)
    street = Scope(street_id, size._place(street_id)[1], below=True)

    def chair() -> Account:
        return db.session.get_one(Account, chair_id)

    def secretary() -> Account:
        return db.session.get_one(Account, secretary_id)

    def home() -> Association:
        return db.session.get_one(Association, home_id)

    def roster(scope: Scope, **asked: Any) -> Read:
        return lambda: roster_queries.page_of(chair(), scope, Wanted(**asked), 1)

    def month() -> object:
        end = MONTH + timedelta(days=31)
        sessions = plan_queries.list_between(secretary(), home(), MONTH, end)
        return sessions, plan_queries.list_without_session(secretary(), home(), MONTH.date(), end.date())

    def person_id() -> int:
        return (home_id - size.first_grassroots()) * 100 + 7

    def dossier() -> object:
        public_id = db.session.get_one(Volunteer, person_id()).public_id
        volunteer = get_volunteer(secretary(), home(), public_id)
        assert volunteer is not None
        return dossier_of(secretary(), volunteer).minutes

    return {
        "a month of an association's plan": month,
        "roster of the federation, first page": roster(everywhere),
        "roster of the federation, one character (王)": roster(everywhere, text="王"),
        "roster of the federation, a skill": roster(everywhere, skill_id=3),
        "roster of a street, a skill on Saturday morning": roster(street, skill_id=3, weekday=5, part="morning"),
        "a volunteer's hours and totals": lambda: (hours.list_of_person(person_id()), hours.totals_of(person_id())),
        "a volunteer's dossier": dossier,
        "queue of hours to approve": lambda: queue.list_waiting(secretary(), home()),
        "a year's figures of an association": lambda: figures_of(secretary(), home(), 2025),
    }


def measure(app: Flask, name: str, read: Read) -> None:
    whole, inside = [], []
    for _run in range(RUNS + 1):
        with app.app_context(), reading(), clock() as asked:
            began = time.perf_counter()
            read()
            whole.append((time.perf_counter() - began) * 1000)
            inside.append(sum(asked) * 1000)
            db.session.rollback()
    print(f"{name:50}{statistics.median(whole[1:]):>9.1f}{statistics.median(inside[1:]):>9.1f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--activities", type=int, default=100_000)
    parser.add_argument("--attendances", type=int, default=5_000_000)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--places", type=int, default=200)
    options = parser.parse_args()
    size = Served(options.activities, options.attendances)
    cluster = Cluster(shared_buffers="512MB", max_wal_size="4GB")
    with tempfile.TemporaryDirectory() as folder:
        try:
            with filled(options.engine, size, Path(folder), cluster) as app:
                with app.app_context():
                    ids = [account.id for account in officers(size)]
                print(f"{options.engine:50}{'ms':>9}{'in it':>9}")
                for name, read in reads(size, *ids).items():
                    measure(app, name, read)
                rush(app, size.first_grassroots(), options.people, options.places)
        finally:
            cluster.stop()


if __name__ == "__main__":
    main()
