"""How long taking in a bank's file takes, and how much memory, beside the bare SQL that inserts the same lines.

    python -m tests.benchmarks.bank [--engine postgresql] [--lines 100000] [--matched 5000]

One association in which so many people owe; a file of so many lines, of which `--matched` are paid by them and the
others say nothing that is known. Prints seconds and the most memory of this process by steps:

read      the file from its bytes to the store, as the upload does it
check     what would be new, as the page shows it
bare      the same lines by one INSERT in portions
take in   the lines written, then matched: each match is a payment with its receipt, by the rules of a single one
again     the same file once more, which changes nothing
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from sqlalchemy import insert, select, text
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.bank import contents, fields, reading, services, tasks
from portal.bank.models import BankFile, BankLine, FileState, LineState
from portal.core.calendar import today
from portal.core.database import db, new_public_id
from portal.core.jobs import queue
from portal.dues.models import Charge
from portal.ledger.models import DuesPeriod
from portal.members.models import Membership
from portal.offices.models import Appointment
from portal.offices.rights import Position
from portal.people.models import Person
from tests.bank.files import HEADINGS, as_csv
from tests.benchmarks.crowd import fill
from tests.benchmarks.dues import FEE, PER_ASSOCIATION, Payers
from tests.benchmarks.register import opened
from tests.harness.postgres import Cluster

PORTION = 1_000


@contextmanager
def step(name: str, count: int) -> Iterator[None]:
    began, own = time.perf_counter(), time.process_time()
    yield
    seconds, own = time.perf_counter() - began, time.process_time() - own
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{name:8} {seconds:8.2f} s  {own:8.2f} s own  {count / seconds:10,.0f} lines/s  {peak:6.0f} MiB at most",
        flush=True,
    )


def furnish(people: int) -> tuple[Account, Association]:
    """The members of the first associations all owe this year's dues to one of them, which has a treasurer."""
    fill(db.engine, Payers(people))
    year, place = today().year, db.session.get_one(Association, Payers(people).association_of(1))
    period = DuesPeriod(
        association_id=1, name=str(year), start_on=date(year, 1, 1), end_on=date(year, 12, 31),
        due_on=date(year, 6, 30),
    )  # fmt: skip
    person = db.session.get_one(Person, 1)
    post = {"position": Position.TREASURER, "covers_subtree": False, "start_on": date(2019, 1, 1)}
    account = Account(person=person, phone_index=person.phone_index, password_hash="")
    db.session.add_all([period, Appointment(person_id=1, association_id=place.id, **post), account])
    db.session.execute(text("UPDATE person SET name = 'P' || id"))
    db.session.flush()
    owed = select(Membership.id, Membership.person_id).where(Membership.ended_on.is_(None)).limit(people)
    known = {"association_id": place.id, "period_id": period.id, "amount_fen": FEE, "due_on": period.due_on}
    rows = [{**known, "membership_id": one, "payer_id": who} for one, who in db.session.execute(owed)]
    db.session.execute(insert(Charge), rows)
    db.session.commit()
    account = db.session.scalars(select(Account).options(joinedload(Account.person))).one()
    return account, place


def content_of(lines: int, matched: int) -> bytes:
    day = f"{today():%Y}0107"
    names = (
        row
        for row in db.session.scalars(select(Person.name).join(Charge, Charge.payer_id == Person.id).limit(matched))
    )
    rows = ([day, "贷", "12.00", next(names, f"无{n}"), "会费", f"{day}{n:010}"] for n in range(lines))
    return as_csv([HEADINGS, *rows])


def bring(account: Account, place: Association, content: bytes, lines: int) -> BankFile:
    table = reading.read_file(content, lines)
    key = contents.keep(table.headings, table.rows)
    file = services.begin(account, place, "b.csv", hashlib.sha256(content).hexdigest(), table, key, "transfer")
    services.name_columns(file, fields.guess(table.columns, {}), "transfer")
    file.association = place
    db.session.commit()
    return file


def work(account: Account, file: BankFile, begun: FileState, task: object, *more: object) -> None:
    job = services.start(account, file, begun, "bank")
    db.session.commit()
    queue.send(task, job.public_id, file.id, *more)  # type: ignore[arg-type]
    db.session.refresh(job)
    db.session.refresh(file)
    db.session.commit()
    assert job.state == "done", job.message


def bare(place: Association, count: int) -> None:
    """Inserted and taken back."""
    with db.engine.connect() as connection:
        known = {
            "association_id": place.id, "file_id": 1, "booked_on": today(), "amount_fen": FEE, "position": 1,
            "payer_name": "某某", "memo": "会费", "reference": "", "state": LineState.WAITING, "reason": "",
        }  # fmt: skip
        for start in range(0, count, PORTION):
            portion = [
                {**known, "public_id": new_public_id(), "fingerprint": f"bare{start + n:036}"} for n in range(PORTION)
            ]
            connection.execute(BankLine.__table__.insert(), portion)
        connection.rollback()


def measure(lines: int, matched: int) -> None:
    account, place = furnish(max(PER_ASSOCIATION, matched))
    content = content_of(lines, matched)
    print(f"{lines:,} lines of {len(content) / 1e6:.1f} MB, {matched:,} of them to be matched")
    with step("read", lines):
        file = bring(account, place, content, lines)
    with step("check", lines):
        work(account, file, FileState.CHECKING, tasks.check)
    with step("bare", lines):
        bare(place, lines)
    with step("take in", lines):
        work(account, file, FileState.RUNNING, tasks.take_in, account.id)
    states = dict(db.session.execute(text("SELECT state, count(*) FROM bank_line GROUP BY state")).all())
    print(f"  {states}")
    again = bring(account, place, content, lines)
    with step("again", lines):
        work(account, again, FileState.RUNNING, tasks.take_in, account.id)
    assert again.known == lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--matched", type=int, default=5_000)
    asked = parser.parse_args()
    cluster = Cluster()
    try:
        folder = tempfile.TemporaryDirectory()
        with folder as path, opened(asked.engine, "bank", Path(path), cluster) as app, app.app_context():
            measure(asked.lines, asked.matched)
            db.session.remove()
    finally:
        cluster.stop()


if __name__ == "__main__":
    main()
