"""How long taking in a bank's file takes, and how much memory, beside the bare SQL that inserts the same lines.

    python -m tests.benchmarks.bank [--engine postgresql] [--lines 100000] [--matched 100000]

One association in which so many people owe; a file of so many lines, of which `--matched` are paid by them and the
others say nothing that is known. Prints seconds and the most memory of this process by steps:

read      the file from its bytes to the store, as the upload does it
check     what would be new, as the page shows it
bare      the rows that taking in writes, by bare INSERTs and UPDATEs in portions of the same size, each committed:
          lines, and of those that are matched payments, allocations, entries and lines of the journal, receipts with
          their codes, entries of the log, and what is paid of the charges
take in   the lines written, then matched in portions: payments with their receipts, by the rules of single ones
again     the same file once more, which changes nothing

The bare rows are another association's. Only the ratio of take in and bare in one run says something.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, bindparam, func, insert, select, text, update
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.bank import contents, fields, reading, services, taking, tasks
from portal.bank.models import BankFile, BankLine, FileState, LineState
from portal.core.calendar import now, today
from portal.core.database import Base, db
from portal.core.jobs import queue
from portal.dues.models import Charge
from portal.ledger.models import DuesPeriod
from portal.members.models import Membership
from portal.offices.models import Appointment
from portal.offices.rights import Position
from portal.people.models import Person
from tests.bank.files import HEADINGS, as_csv
from tests.benchmarks.crowd import fill
from tests.benchmarks.dues import FEE, PER_ASSOCIATION, Payers, _peak
from tests.benchmarks.register import opened
from tests.harness.postgres import Cluster


@contextmanager
def step(name: str, count: int) -> Iterator[list[float]]:
    """Its seconds are in the list when it is over."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # Linux begins the peak of memory anew
    began, own, told = time.perf_counter(), time.process_time(), list[float]()
    yield told
    seconds, own = time.perf_counter() - began, time.process_time() - own
    told.append(seconds)
    print(
        f"{name:8} {seconds:8.2f} s  {own:8.2f} s own  {count / seconds:10,.0f} lines/s  {_peak():6.0f} MiB at most",
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


class Bare:
    """Rows of an association that has nothing else, numbered from far beyond what the portal numbers."""

    FAR = 1_000_000_000

    def __init__(self, matched: int) -> None:
        ids = select(Charge.id).order_by(Charge.id).limit(matched)
        self.charges = list(db.session.scalars(ids))
        self.place = db.session.scalar(select(func.max(Association.id)).where(Association.level == "grassroots"))
        self.known = {"association_id": self.place}
        self.moment = now()
        db.session.commit()

    def write(self, lines: int) -> None:
        """Portion by portion, as the portal writes and matches."""
        with db.engine.connect() as connection:
            for start in range(0, lines, taking.WRITTEN):
                some = range(start, min(start + taking.WRITTEN, lines))
                connection.execute(BankLine.__table__.insert(), [self.line(n) for n in some])
                connection.commit()
            for start in range(0, len(self.charges), taking.MATCHED):
                some = range(start, min(start + taking.MATCHED, len(self.charges)))
                for table, rows in self.matched(some):
                    connection.execute(Base.metadata.tables[table].insert(), rows)
                paid = update(Charge.__table__).where(Charge.id.in_([self.charges[n] for n in some]))
                connection.execute(paid.values(paid_fen=Charge.paid_fen + FEE))
                line = update(BankLine.__table__).where(BankLine.id == bindparam("line"))
                told = [{"line": self.FAR + n, "payment_id": self.FAR + n} for n in some]
                connection.execute(line.values(state=LineState.MATCHED), told)
                connection.commit()
                self.look(connection, start // taking.MATCHED + 1)
            self.free(connection)

    def look(self, connection: Connection, portions: int) -> None:
        """PostgreSQL keeps plans for the empty tables otherwise, and the portal would win by that alone."""
        if connection.dialect.name == "postgresql" and portions & (portions - 1) == 0:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()

    def free(self, connection: Connection) -> None:
        """What was paid is owed again, so that the portal finds the same."""
        connection.execute(update(Charge.__table__).values(paid_fen=0))
        connection.commit()

    def line(self, n: int) -> dict[str, object]:
        return {
            **self.known, "id": self.FAR + n, "public_id": f"b{n:011}", "file_id": 1, "booked_on": today(),
            "amount_fen": FEE, "position": 1, "payer_name": "某某", "memo": "会费", "reference": "",
            "state": LineState.WAITING, "reason": "", "fingerprint": f"bare{n:036}",
        }  # fmt: skip

    def matched(self, some: range) -> Iterator[tuple[str, list[dict[str, object]]]]:
        """What one payment after the other leaves, table by table."""
        far, each, of = self.FAR, list(some), self.known
        yield "payment", [
            {**of, "id": far + n, "public_id": f"b{n:011}", "payer_id": 1, "received_on": today(),
             "method": "transfer", "amount_fen": FEE, "used_fen": FEE, "key": f"bare:{n}", "note": "",
             "bank_reference": f"bare:{n}", "recorded_by_id": 1, "recorded_at": self.moment}
            for n in each
        ]  # fmt: skip
        yield (
            "allocation",
            [
                {
                    "payment_id": far + n,
                    "charge_id": self.charges[n],
                    "amount_fen": FEE,
                    "created_at": self.moment,
                }
                for n in each
            ],
        )
        yield "journal_entry", [
            {**of, "id": far + 2 * n + m, "public_id": f"b{2 * n + m:011}", "period_id": 1, "entry_on": today(),
             "kind": "payment", "memo": "", "recorded_by_id": 1, "created_at": self.moment}
            for n in each for m in (0, 1)
        ]  # fmt: skip
        yield "journal_line", [
            {**of, "entry_id": far + 2 * n + m // 2, "account": "bank", "debit_fen": FEE * (m % 2),
             "credit_fen": FEE * (1 - m % 2), "payment_id": far + n, "charge_id": self.charges[n] if m > 1 else None}
            for n in each for m in range(4)
        ]  # fmt: skip
        yield (
            "verifiable_code",
            [{"id": far + n, "code": f"bare{n:012}", "kind": "receipt", "created_at": self.moment} for n in each],
        )
        printed = {"payer": "某某", "association": "某某社区协会", "lines": [["2026", "某某", FEE, "0" * 12]]}
        yield "receipt", [
            {**of, "public_id": f"b{n:011}", "payment_id": far + n, "code_id": far + n, "year": today().year,
             "number": n + 1, "snapshot": printed, "issued_on": today(), "issued_by_id": 1, "void_reason": "",
             "created_at": self.moment}
            for n in each
        ]  # fmt: skip
        yield "audit_entry", [
            {**of, "at": self.moment, "actor_id": 1, "actor_name": "P1", "action": "bare", "person_id": 1,
             "target_type": "Payment", "target_id": f"b{n:011}", "changes": {"amount_fen": FEE}}
            for n in each for m in (0, 1)
        ]  # fmt: skip


def measure(lines: int, matched: int) -> None:
    account, place = furnish(max(PER_ASSOCIATION, matched))
    content = content_of(lines, matched)
    print(f"{lines:,} lines of {len(content) / 1e6:.1f} MB, {matched:,} of them to be matched")
    with step("read", lines):
        file = bring(account, place, content, lines)
    with step("check", lines):
        work(account, file, FileState.CHECKING, tasks.check)
    rows = Bare(matched)
    with step("bare", lines) as bare:
        rows.write(lines)
    with step("take in", lines) as took:
        work(account, file, FileState.RUNNING, tasks.take_in, account.id)
    kept = select(BankLine.state, func.count()).where(BankLine.association_id == place.id).group_by(BankLine.state)
    print(f"  {dict(db.session.execute(kept).all())}, {took[0] / bare[0]:.1f} times bare")
    again = bring(account, place, content, lines)
    with step("again", lines):
        work(account, again, FileState.RUNNING, tasks.take_in, account.id)
    assert again.known == lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--matched", type=int, default=100_000)
    asked = parser.parse_args()
    matched = min(asked.matched, asked.lines)
    cluster = Cluster()
    try:
        folder = tempfile.TemporaryDirectory()
        with folder as path, opened(asked.engine, "bank", Path(path), cluster) as app, app.app_context():
            measure(asked.lines, matched)
            db.session.remove()
    finally:
        cluster.stop()


if __name__ == "__main__":
    main()
