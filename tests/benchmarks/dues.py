"""How long charging a year to a million members takes, beside the bare SQL that inserts the same rows.

    python -m tests.benchmarks.dues [--engine postgresql] [--size 1000000] [--keep FOLDER]

Fills a database with associations of a thousand members (SQLite's is kept in FOLDER if one is named) and prints
seconds (`own`: processor time of this process, where SQLite works too; `server`: of PostgreSQL's), members a second
and the most memory of each step:

bare      one INSERT … SELECT of the charges of one year, entries and journal lines of the same amounts, one commit
portal    the next year as the treasurer of the federation charges it: association by association, each committed
again     the same once more, which changes nothing
preview   what charging would do in the whole tree, as the job that the page opens works it out
vacuum    what PostgreSQL's autovacuum, which is off here, does by itself after so many rows
rates     the collection rates of the whole tree, both years, as the page has them: a second at most
sums      the one aggregate of them, as bare SQL

The years take the same tables one after the other, so the portal's indexes are the larger ones. Only the ratio of
portal and bare in one run says something; it should be 3 at most, and a million members charged within 60 seconds.
"""

from __future__ import annotations

import argparse
import gc
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.database import db, reading
from portal.core.jobs import queue
from portal.dues import runs
from portal.dues.models import FeePlan, Proration
from portal.ledger.models import DuesPeriod
from portal.offices.models import Appointment
from portal.offices.rights import Position
from portal.people.models import Person
from portal.statements import rates
from tests.benchmarks.crowd import Crowd, Rows, fill, look
from tests.benchmarks.register import opened
from tests.harness.postgres import Cluster

PER_ASSOCIATION = 1_000
FEE = 1_200
BARE = (
    "INSERT INTO charge (association_id, group_id, period_id, membership_id, payer_id, plan_id, origin, amount_fen,"
    " paid_fen, waived_fen, written_off_fen, due_on, note, created_at, void_reason)"
    " SELECT association_id, group_id, :period, id, coalesce(payer_id, person_id), 1, 'plan', :fee, 0, 0, 0, :due,"
    " '', :moment, '' FROM membership WHERE ended_on IS NULL",
    "INSERT INTO journal_entry (public_id, association_id, period_id, entry_on, kind, memo, created_at)"
    " SELECT substr('b0000000' || id, -12), id, :period, :due, 'charge', '', :moment FROM association",
    "INSERT INTO journal_line (entry_id, association_id, account, debit_fen, credit_fen, charge_id)"
    " SELECT e.id, c.association_id, 'receivable', c.amount_fen, 0, c.id FROM charge c"
    " JOIN journal_entry e ON e.association_id = c.association_id AND e.period_id = c.period_id"
    " WHERE c.period_id = :period",
    "INSERT INTO journal_line (entry_id, association_id, account, debit_fen, credit_fen)"
    " SELECT e.id, e.association_id, 'dues', 0, sum(c.amount_fen) FROM journal_entry e"
    " JOIN charge c ON c.association_id = e.association_id AND c.period_id = e.period_id"
    " WHERE e.period_id = :period GROUP BY e.id, e.association_id",
)

SUMS = (
    "SELECT period_id, association_id, count(*), sum(amount_fen), sum(waived_fen), sum(paid_fen),"
    " sum(written_off_fen)"
    " FROM charge WHERE voided_at IS NULL GROUP BY period_id, association_id"
)


class Payers(Crowd):
    """Associations of a thousand; nobody is looked for by name, so the grams are left out."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.grassroots = -(-size // PER_ASSOCIATION)
        self.streets = -(-self.grassroots // 22)
        self.districts = -(-self.streets // 10)

    def association_of(self, person_id: int) -> int:
        return self.first_grassroots() + (person_id - 1) // PER_ASSOCIATION

    def tables(self) -> Iterator[tuple[str, str, Rows]]:
        return (table for table in super().tables() if table[0] != "person_gram")


@dataclass(frozen=True)
class Took:
    """A step: its name, seconds by the clock, of processor time here and of PostgreSQL, the most memory in MiB
    while it went on.
    """

    name: str
    seconds: float
    own: float
    server: float
    memory: float


@contextmanager
def furnished(engine: str, size: int, folder: Path, cluster: Cluster) -> Iterator[Flask]:
    """The portal on a database of so many members, two years, a fee plan and a treasurer of the federation."""
    is_there = engine == "sqlite" and (folder / f"dues-{size}.sqlite3").exists()
    with opened(engine, f"dues-{size}", folder, cluster) as app:
        with app.app_context():
            if not is_there:
                began = time.perf_counter()
                fill(db.engine, Payers(size))
                print(f"{size:,} members written in {time.perf_counter() - began:.0f} s", flush=True)
                _furnish()
            db.session.remove()
        yield app


def _furnish() -> None:
    """Periods in the order in which they are charged: the bare one first, this year last."""
    year = today().year
    for of in (year - 1, year):
        days = {"start_on": date(of, 1, 1), "end_on": date(of, 12, 31), "due_on": date(of, 6, 30)}
        db.session.add(DuesPeriod(association_id=1, name=str(of), **days))
    terms = {"amount_fen": FEE, "proration": Proration.MONTHS, "effective_on": date(2019, 1, 1)}
    db.session.add(FeePlan(association_id=1, kind_id=1, version=1, **terms))
    person = db.session.get_one(Person, 1)
    post = {"position": Position.TREASURER, "covers_subtree": True, "start_on": date(2019, 1, 1)}
    db.session.add(Appointment(person_id=person.id, association_id=1, **post))
    db.session.add(Account(person=person, phone_index=person.phone_index, password_hash=""))
    db.session.commit()


def bare(engine: Engine) -> None:
    """The same rows by four statements in one transaction."""
    with engine.begin() as connection:
        period = connection.execute(text("SELECT min(id) FROM dues_period")).scalar()
        values = {"period": period, "fee": FEE, "due": f"{today().year - 1}-06-30", "moment": "2026-01-05 01:00:00"}
        for statement in BARE:
            connection.execute(text(statement), values)


def portal() -> None:
    """The job that the page opens, from its first look to its outcome."""
    account = db.session.scalars(select(Account).options(joinedload(Account.person))).one()
    root, period = db.session.get_one(Association, 1), _period()
    job = runs.open_run(account, root, period, below=True)
    db.session.commit()
    queue.send(runs.run, job.public_id)
    db.session.refresh(job)
    print(f"  {job.state}: {job.result.get('outcome')}", flush=True)
    assert job.state == "done", job.message


def preview() -> None:
    """The job that the page opens for so many: association by association."""
    account = db.session.scalars(select(Account).options(joinedload(Account.person))).one()
    job = runs.open_preview(account, db.session.get_one(Association, 1), _period(), below=True)
    db.session.commit()
    queue.send(runs.look, job.public_id)
    db.session.refresh(job)
    assert job.state == "done", job.message


def collection_rates() -> None:
    """Every association of the tree rolled up, beside the year before."""
    with reading():
        before = db.session.scalars(select(DuesPeriod).order_by(DuesPeriod.id).limit(1)).one()
        found = rates.of_tree(db.session.get_one(Association, 1), _period(), before)
    assert found.total.now.charges, "nothing is charged"


def sums(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text(SUMS)).all()


def _period() -> DuesPeriod:
    return db.session.scalars(select(DuesPeriod).order_by(DuesPeriod.id.desc()).limit(1)).one()


def timed(app: Flask, server: int | None, name: str, act: Callable[[], None]) -> Took:
    """Seconds, and the peak of resident memory, which Linux begins anew when told to."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    with app.app_context():
        began, own, theirs = time.perf_counter(), time.process_time(), _worked(server)
        act()
        took, own = time.perf_counter() - began, time.process_time() - own
        db.session.remove()
    return Took(name, took, own, _worked(server) - theirs, _peak())


def _worked(server: int | None) -> float:
    """Seconds of processor time of a server and its processes, those that ended among them."""
    if server is None:
        return 0.0
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    ticks = sum(sum(map(int, _times(int(child))[:2])) for child in children) + sum(map(int, _times(server)))
    return ticks / os.sysconf("SC_CLK_TCK")


def _times(process: int) -> list[str]:
    """Of a process: its own time, the system's for it, and both of its children that ended."""
    with suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:15]
    return []


def _peak() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def measure(app: Flask, server: int | None) -> Iterator[Took]:
    steps = {
        "bare": lambda: bare(db.engine),
        "preview": preview,
        "portal": portal,
        "again": portal,
        "preview again": preview,
        "vacuum": lambda: look(db.engine),
        "rates": collection_rates,
        "sums": lambda: sums(db.engine),
    }
    return (timed(app, server, name, act) for name, act in steps.items())


def report(engine: str, size: int, found: Iterable[Took]) -> None:
    """A line as soon as its step is over; the bare SQL is the first."""
    headings = f"{'seconds':>9}{'own':>9}{'server':>9}{'a second':>12}{'times bare':>12}{'MiB':>7}"
    print(f"\n{engine}, {size:,} members\n{'':16}{headings}")
    floor = 0.0
    for one in found:
        floor = floor or one.seconds
        rate, ratio = size / one.seconds, one.seconds / floor
        spent = f"{one.seconds:>9.2f}{one.own:>9.2f}{one.server:>9.2f}"
        print(f"{one.name:16}{spent}{rate:>12,.0f}{ratio:>12.2f}{one.memory:>7.0f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    cluster = Cluster(shared_buffers="512MB", max_wal_size="4GB")
    with tempfile.TemporaryDirectory() as folder:
        where = options.keep or Path(folder)
        where.mkdir(parents=True, exist_ok=True)
        try:
            with furnished(options.engine, options.size, where, cluster) as app:
                server = cluster.process.pid if cluster.process else None
                report(options.engine, options.size, measure(app, server))
        finally:
            cluster.stop()


if __name__ == "__main__":
    main()
