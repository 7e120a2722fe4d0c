"""What may happen to an import: begin, name columns, choose, start work, discard. Raises RuleError; never commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import CursorResult, delete, update

from portal.associations.models import Association
from portal.core.audit import Actor, record
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.core.jobs import Job, open_job
from portal.core.text import printable
from portal.imports import contents, fields, queries
from portal.imports.contents import Contents, Table
from portal.imports.models import ImportRow, ImportState, RegisterImport, RememberedColumn, RowVerdict

REMEMBERED_LENGTH = 20
CHECKABLE = (ImportState.UPLOADED, ImportState.CHECKED, ImportState.FAILED)


def begin(actor: Any, association: Association, file_name: str, found: Contents, key: str) -> RegisterImport:
    """A file was read and is kept; nothing of it is in the register yet."""
    shown = RegisterImport(
        association_id=association.id,
        account_id=actor.id,
        file_name=" ".join(printable(file_name).split())[-120:],
        file_key=key,
        details={"kind": found.kind, "encoding": found.encoding, "sheet": 0},
    )
    db.session.add(shown)
    db.session.flush()
    record(actor, "imports.upload", shown, {"kind": found.kind})
    return shown


def table_of(shown: RegisterImport, found: Contents) -> Table:
    """The sheet that was chosen."""
    return found.tables[min(int(shown.details.get("sheet", 0)), len(found.tables) - 1)]


def choose_sheet(shown: RegisterImport, found: Contents, position: int) -> None:
    """Take another sheet of the workbook; what was said of the columns is said anew."""
    if shown.state != ImportState.UPLOADED or not 0 <= position < len(found.tables):
        raise RuleError("", lazy("This sheet cannot be chosen."))
    shown.details = {**shown.details, "sheet": position}
    shown.mapping = {}


def name_columns(shown: RegisterImport, table: Table, mapping: dict[int, str], options: dict[str, Any]) -> None:
    """Say which column is which field, and what stands in where a row says nothing.

    Raises RuleError for a column that is not there or lies over the boundary, a field named twice, no column of
    names, or a day of joining to come. What was said is remembered for the association's next file.
    """
    known = dict(table.columns)
    named = {column: name for column, name in mapping.items() if name}
    if (
        queries.standing(shown) not in CHECKABLE
        or not set(mapping) <= set(known)
        or not set(named.values()) <= set(fields.FIELDS)
    ):
        raise RuleError("", lazy("These columns cannot be taken in."))
    for column, name in named.items():
        if list(named.values()).index(name) < list(named).index(column):
            raise RuleError(f"column_{column}", lazy("Another column is this field already: each field once."))
    if "name" not in named.values():
        raise RuleError("", lazy("Say which column holds the names."))
    if date.fromisoformat(options["joined_on"]) > today():
        raise RuleError("joined_on", lazy("The day of joining cannot lie in the future."))
    shown.mapping = {str(column): name for column, name in named.items()}
    shown.options = options
    _remember(shown.association_id, [(heading, mapping.get(column, "")) for column, heading in known.items()])


def _remember(association_id: int, said: list[tuple[str, str]]) -> None:
    """Keep what short headings mean; a long one, or one with a number in it, may be somebody's data. Of a
    heading that stands twice the column counts that is taken.
    """
    plain = {
        heading: name
        for heading, name in sorted(said, key=lambda pair: bool(pair[1]))
        if 0 < len(heading) <= REMEMBERED_LENGTH and not any(c.isdecimal() for c in heading)
    }
    here = RememberedColumn.association_id == association_id
    db.session.execute(delete(RememberedColumn).where(here, RememberedColumn.heading.in_(plain)))
    rows = [
        RememberedColumn(association_id=association_id, heading=heading, field=name)
        for heading, name in plain.items()
    ]
    db.session.add_all(rows)


def start(
    actor: Any, shown: RegisterImport, begun: ImportState, kind: str, allowed: Sequence[str], total: int
) -> Job:
    """Hand an import to background work, once: whoever comes second is told that it is under way.

    Commit, then send the task of `kind`.
    """
    job = open_job(kind, actor.id, total)
    moved = update(RegisterImport).where(RegisterImport.id == shown.id, RegisterImport.state.in_(allowed))
    moved = moved.where(RegisterImport.job_id.is_not_distinct_from(shown.job_id))
    result = db.session.execute(moved.values(state=begun, job_id=job.id, account_id=actor.id))
    assert isinstance(result, CursorResult)
    if result.rowcount != 1:
        raise RuleError("", lazy("This is under way, or done already."))
    db.session.refresh(shown)
    return job


def choose(row: ImportRow, choice: str) -> None:
    """What is to become of a row that is perhaps in the register: the same person, a new one, or left out."""
    if row.verdict != RowVerdict.POSSIBLE or choice not in ("new", "same", "skip"):
        raise RuleError("", lazy("There is nothing to choose for this row."))
    if choice == "new" and row.is_numbered:
        raise RuleError("", lazy("The identity number is in the register: this cannot be a new person."))
    row.choice = choice


def choose_all(rows: Sequence[ImportRow], choice: str) -> int:
    """The same choice for every row that has none; returns for how many."""
    chosen = [row for row in rows if not row.choice and not (choice == "new" and row.is_numbered)]
    for row in chosen:
        choose(row, choice)
    return len(chosen)


def check_ready(shown: RegisterImport) -> None:
    """Raises RuleError unless the import was checked, every choice is made, and something is left to do."""
    if shown.state != ImportState.CHECKED:
        raise RuleError("", lazy("This is under way, or done already."))
    if queries.count_undecided(shown):
        raise RuleError("", lazy("Choose for every row that is perhaps in the register first."))
    if not sum(shown.counts.get(verdict, 0) for verdict in ("new", "same", "possible")):
        raise RuleError("", lazy("Every row is faulty: there is nothing to take in."))


def record_taken(actor: Actor, shown: RegisterImport) -> None:
    record(actor, "imports.take_in", shown, {name: shown.counts[name] for name in ("entered", "joined", "filled")})


def discard(actor: Actor | None, shown: RegisterImport) -> str | None:
    """Let go of an import that is not taken in; returns the key of its file, to be removed after the commit."""
    if queries.standing(shown) not in CHECKABLE:
        raise RuleError("", lazy("This import can no longer be discarded."))
    key, shown.file_key, shown.state = shown.file_key, None, ImportState.DISCARDED
    db.session.execute(delete(ImportRow).where(ImportRow.import_id == shown.id))
    record(actor, "imports.discard", shown)
    return key


def release_old(before: Any) -> list[str]:
    """Let go of the files that have lain for their days; imports that were never finished are discarded."""
    keys = []
    for shown in queries.list_unfinished(before):
        keys.append(str(shown.file_key))
        if shown.state in (ImportState.DONE, ImportState.UNDONE):
            shown.file_key = None
        elif queries.standing(shown) in CHECKABLE:
            discard(None, shown)
    contents.remove_old()
    return keys
