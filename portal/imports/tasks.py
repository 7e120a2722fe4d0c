"""The background work of an import: check, take in, undo. Each ends in one state, whatever happens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from portal.core import database
from portal.core.calendar import now
from portal.core.database import db, reading
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.core.jobs import Job, queue, working_on
from portal.core.statistics import refresh_statistics
from portal.imports import contents, preparing, queries, services, undoing
from portal.imports.checking import Check
from portal.imports.contents import Contents
from portal.imports.models import ImportRow, ImportState, RegisterImport
from portal.imports.reasons import filled_by
from portal.imports.rows import Checked
from portal.imports.taking import HAS_CHANGED, Batch, insert_rows
from portal.offices.access import reached

MANY = 1_000  # rows of which the planner is told at once


@queue.task
def check(job_id: str, import_id: int) -> None:
    """Say of every row what would become of it."""
    with working_on(job_id) as job, ending(import_id) as shown:
        found = _load(shown)
        done = _check(shown, found, job)
        db.session.execute(delete(ImportRow).where(ImportRow.import_id == shown.id))
        insert_rows(ImportRow.__table__, (_row(shown, checked) for checked in done.rows))
        counts: Counter[str] = Counter(str(checked.verdict) for checked in done.rows)
        shown.counts = {**counts, "passed": done.passed, "over": len(done.table.over)}
        shown.state = ImportState.CHECKED


@queue.task
def take_in(job_id: str, import_id: int, version: int) -> None:
    """Everything or nothing: the rows that are sound, as they were shown, in one transaction."""
    old, written = None, 0
    with working_on(job_id) as job, ending(import_id) as shown:
        choices, entries, kept = _prepared(shown, job)
        db.session.commit()  # the reading ends here; the first statement of the writing takes the lock
        batch = Batch(shown.association, entries, queries.get_account(shown.account_id or 0), shown, version)
        with _readable():
            left_out = sum(choice == "skip" for choice in choices.values())
            shown.counts = {**shown.counts, **batch.write(), "left_out": left_out}
        shown.state, shown.done_at = ImportState.DONE, batch.stamp
        services.record_taken(batch.actor, shown)
        old, shown.file_key = shown.file_key, contents.keep(kept) if kept.tables[0].rows else None
        written = len(entries)
    contents.remove(old)
    if written >= MANY:
        refresh_statistics()


def _prepared(shown: RegisterImport, job: Job) -> tuple[dict[int, str], list[preparing.Entry], Contents]:
    """The choices, what is taken in, and what stays of the file; the rest of the file is let go of here."""
    found = _load(shown)
    done = _check(shown, found, job)
    choices = _compare(shown, done.rows)
    return choices, preparing.prepare(shown.association, done.rows, choices), _faulty(found, done)


@queue.task
def undo(job_id: str, import_id: int) -> None:
    """Take it out again."""
    with working_on(job_id):
        shown = _get(import_id)
        key = undoing.undo(queries.get_account(shown.account_id or 0), shown)
        db.session.commit()
        contents.remove(key)


@queue.task
def clear_old() -> None:
    """Let go of files that nobody finished with in seven days."""
    keys = services.release_old(now() - contents.KEPT_FOR)
    db.session.commit()
    for key in keys:
        contents.remove(key)


@contextmanager
def ending(import_id: int) -> Iterator[RegisterImport]:
    """What goes wrong leaves the import failed; nothing of the attempt stays."""
    shown = _get(import_id)
    try:
        yield shown
    except Exception:
        db.session.rollback()
        _get(import_id).state = ImportState.FAILED
        db.session.commit()
        raise


def _get(import_id: int) -> RegisterImport:
    from sqlalchemy.orm import joinedload

    statement = select(RegisterImport).where(RegisterImport.id == import_id)
    return db.session.scalars(statement.options(joinedload(RegisterImport.association))).one()


def _load(shown: RegisterImport) -> Contents:
    found = contents.load(shown.file_key)
    if found is None:
        raise RuleError("", _("The file is no longer here: upload it again."))
    return found


def _check(shown: RegisterImport, found: Contents, job: Job) -> Check:
    """The check itself. It only reads, so that nobody has to wait for it; its progress is written apart."""
    db.session.commit()
    mapping = {int(column): name for column, name in shown.mapping.items()}
    table = services.table_of(shown, found)
    with reading():
        reach = reached(queries.get_account(shown.account_id or 0), "members.read")
        check = Check(shown.association, table, found.kind, mapping, shown.options, reach, lambda n: _tell(job, n))
        check.run()
        db.session.commit()
    _tell(job, len(table.rows))
    return check


def _tell(job: Job, done: int) -> None:
    db.session.commit()
    token = database.writing.set(True)
    try:
        job.advance(done)
    finally:
        database.writing.reset(token)


def _row(shown: RegisterImport, checked: Checked) -> dict[str, object]:
    return {
        "import_id": shown.id,
        "number": checked.row.number,
        "verdict": str(checked.verdict),
        "reasons": checked.row.reasons,
        "choice": "",
        "matched_id": checked.match.id if checked.match else None,
    }


def _compare(shown: RegisterImport, rows: list[Checked]) -> dict[int, str]:
    """The officer's choices, if every row still is what it was when they were made."""
    seen = queries.seen_rows(shown)
    same = len(seen) == len(rows) and all(_is_as_seen(checked, seen.get(checked.row.number)) for checked in rows)
    if not same:
        raise RuleError("", HAS_CHANGED)
    return {number: row.choice for number, row in seen.items()}


def _is_as_seen(checked: Checked, row: Any) -> bool:
    """The same verdict, person and fields to be filled in: what somebody wrote meanwhile is not the import's."""
    matched = checked.match.id if checked.match else None
    if row is None or (row.verdict, row.matched_id) != (checked.verdict, matched):
        return False
    return filled_by(row.reasons) == filled_by(checked.row.reasons)


def _faulty(found: Contents, done: Check) -> Contents:
    """What stays of the file: the rows that go back to the officer."""
    from dataclasses import replace

    wrong = [checked.row.index for checked in done.rows if checked.row.is_faulty]
    table = done.table
    rows, lines = [table.rows[index] for index in wrong], [table.numbers[index] for index in wrong]
    return Contents(found.kind, found.encoding, [replace(table, rows=rows, numbers=lines, damaged=set())])


@contextmanager
def _readable() -> Iterator[None]:
    """Somebody was quicker with one of the numbers: said in words."""
    try:
        yield
    except IntegrityError as error:
        raise RuleError("", HAS_CHANGED) from error
