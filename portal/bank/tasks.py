"""The background work of a file: look at it, take it in, match what waits. Each ends in one state."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from portal.associations.models import Association
from portal.bank import contents, queries, services, taking
from portal.bank.models import BankFile, FileState
from portal.bank.reading import Line, Reader
from portal.core.calendar import now, today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.core.jobs import Job, queue, working_on
from portal.core.statistics import refresh_statistics
from portal.imports.queries import get_account, portions

PORTION = 500
SHOWN = 1_000  # so many faulty rows are told one by one


@queue.task
def check(job_id: str, file_id: int) -> None:
    """Say what would be new, what is known, what is left out, and what cannot be read."""
    with working_on(job_id) as job, _ending(file_id) as file:
        reader, rows = _open(file)
        new = new_fen = alike = 0
        for portion in portions(reader.read(rows), PORTION):
            known = queries.known_of(file.association_id, [line.fingerprint for line in portion])
            fresh = [line for line in portion if line.fingerprint not in known]
            new, new_fen = new + len(fresh), new_fen + sum(line.amount_fen for line in fresh)
            alike += _count_alike(file, fresh)
            job.advance(reader.count.lines + reader.count.left_out)
        count = reader.count
        found = {"new": new, "new_fen": new_fen, "alike": alike, "passed": count.passed, "lines": count.lines}
        faults = [list(fault) for fault in count.faults[:SHOWN]]
        file.details = {**file.details, "found": {**found, "left_out": count.left_out, "faulty": len(count.faults)},
                        "faults": faults}  # fmt: skip
        file.state = FileState.CHECKED


@queue.task
def take_in(job_id: str, file_id: int, account_id: int) -> None:
    """Every line that is not there yet, then the matches. What is committed stays; done again, it goes on."""
    old = None
    with working_on(job_id) as job, _ending(file_id) as file:
        actor = get_account(account_id)
        services.check_may(actor, file.association)
        reader, rows = _open(file)
        taking.write(file, reader.read(rows), partial(_advance, job))
        _note(file, reader)
        db.session.commit()
        _match(job, file.association_id, account_id, queries.waiting_ids(file.association_id, file_id))
        file = queries.file_of(file_id)
        faulty = {fault.number for fault in reader.count.faults}
        old, file.file_key = file.file_key, _keep_faulty(file, faulty) if faulty else None
        file.state, file.taken_at = FileState.DONE, now()
        services.record_taken(get_account(account_id), file)
    contents.remove(old)


@queue.task
def match_again(job_id: str, association_id: int, account_id: int) -> None:
    """What waits is looked at once more: charges may be there by now, or names mended."""
    with working_on(job_id) as job:
        ids = queries.waiting_ids(association_id)
        job.total = len(ids)
        matched = _match(job, association_id, account_id, ids)
        job.result = {"matched": matched, "waiting": len(ids) - matched}


@queue.task
def clear_old() -> None:
    """Let go of what nobody finished with in seven days."""
    services.release_old(queries.list_stale(now() - contents.KEPT_FOR))


def _match(job: Job, association_id: int, account_id: int, ids: list[int]) -> int:
    """How many of these lines became payments."""
    matcher, actor = taking.Matcher(db.session.get_one(Association, association_id)), get_account(account_id)
    job.total = max(job.total, job.done + len(ids))
    tell, matched = partial(_advance, job), 0
    for number, portion in enumerate(portions(ids, PORTION), 1):
        matched += matcher.match(actor, portion, tell)
        if number & (number - 1) == 0:  # as often as the tables may have doubled
            refresh_statistics()
    return matched


def _advance(job: Job, count: int) -> None:
    job.advance(job.done + count)


def _open(file: BankFile) -> tuple[Reader, Iterator]:  # type: ignore[type-arg]
    headings = contents.headings(file.file_key)
    if headings is None:
        raise RuleError("", _("The file is no longer here: upload it again."))
    mapping = {int(column): field for column, field in file.columns.items()}
    reader = Reader(headings, mapping, today(file.association.time_zone))
    return reader, contents.rows(file.file_key)


def _count_alike(file: BankFile, fresh: list[Line]) -> int:
    """New lines that are like one of another file in day, amount and name: perhaps the same money, told otherwise."""
    there = queries.alike(file.association_id, {line.booked_on for line in fresh})
    return sum((line.booked_on, line.amount_fen, line.name) in there for line in fresh if line.name)


def _note(file: BankFile, reader: Reader) -> None:
    """What the file came to. Lines that are of this file are new, however often it was begun."""
    count = reader.count
    file.lines, file.faulty, file.left_out = count.lines, len(count.faults), count.left_out
    file.known = count.lines - sum(queries.counts_by_file([file]).get(file.id, {}).values())
    file.details = {**file.details, "faults": [list(fault) for fault in count.faults[:SHOWN]]}


def _keep_faulty(file: BankFile, faulty: set[int]) -> str:
    """Of the file stays what goes back to the officer."""
    rows = (row for row in contents.rows(file.file_key) if row.number in faulty)
    return contents.keep(file.details["headings"], rows)


@contextmanager
def _ending(file_id: int) -> Iterator[BankFile]:
    """What goes wrong leaves the file stopped half-way."""
    try:
        yield queries.file_of(file_id)
    except Exception:
        db.session.rollback()
        queries.file_of(file_id).state = FileState.FAILED
        db.session.commit()
        raise
