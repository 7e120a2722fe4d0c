"""What may happen to a file and to a line: named, matched once, set aside, brought back. Never commits.

Only whoever records the dues of the whole association does any of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import update

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.bank import contents, queries, reasons
from portal.bank.fields import FIELDS
from portal.bank.matching import Match, Why
from portal.bank.models import BankFile, BankLine, FileState, LineState
from portal.bank.reading import Table
from portal.core import audit
from portal.core.calendar import now
from portal.core.database import change, db, hold
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.core.jobs import Job, open_job
from portal.core.text import printable
from portal.dues.models import Charge
from portal.offices.access import can
from portal.payments import many
from portal.payments import services as payments
from portal.payments.models import Method, Payment
from portal.people.models import Person

RIGHT = payments.RIGHT
OPEN = (FileState.UPLOADED, FileState.CHECKED, FileState.FAILED)
REASON = 200
REMEMBERED_LENGTH = 20


def may(actor: Account, association: Association) -> bool:
    return can(actor, RIGHT, association, whole=True)


def check_may(actor: Account, association: Association) -> None:
    if not may(actor, association):
        raise RuleError("", lazy("The bank is kept by whoever records the dues of the whole association."))


def begin(
    actor: Account, association: Association, name: str, digest: str, table: Table, key: str, method: str
) -> BankFile:
    """A file was read and is kept; no line of it is in the books yet."""
    check_may(actor, association)
    file = BankFile(
        association_id=association.id,
        name=" ".join(printable(name).split())[-120:],
        digest=digest,
        file_key=key,
        method=method,
        details={
            "kind": table.kind, "encoding": table.encoding, "headings": table.headings, "rows": len(table.rows),
        },
        taken_by_id=actor.person_id,
    )  # fmt: skip
    db.session.add(file)
    db.session.flush()
    audit.record(actor, "bank.upload", file, {"name": file.name}, association_id=association.id)
    return file


def name_columns(file: BankFile, mapping: dict[int, str], method: str) -> None:
    """Say which column holds what. Raises RuleError unless there is a day, and an amount that came in."""
    headings: list[str] = file.details["headings"]
    named = {column: field for column, field in mapping.items() if field}
    _hold(file)
    if queries.standing(file) not in OPEN:
        raise RuleError("", lazy("This file is under way, or taken in already."))
    _check_named(named, len(headings))
    if method not in (Method.TRANSFER, Method.MOBILE):
        raise RuleError("method", lazy("Choose how the money came."))
    file.method, file.columns = method, {str(column): field for column, field in sorted(named.items())}
    said = {heading: mapping.get(column, "") for column, heading in enumerate(headings) if _is_plain(heading)}
    file.details = {**file.details, "said": said}


def _hold(file: BankFile) -> None:
    """As it is by now; nobody begins with it before this transaction ends."""
    hold(file, "state", "job_id", "file_key")


def _check_named(named: dict[int, str], width: int) -> None:
    if not all(0 <= column < width for column in named) or not set(named.values()) <= set(FIELDS):
        raise RuleError("", lazy("These columns cannot be taken in."))
    seen: set[str] = set()
    for column, field in sorted(named.items()):
        if field in seen and field != "memo":
            raise RuleError(f"column_{column}", lazy("Another column is this field already: each field once."))
        seen.add(field)
    if "date" not in seen:
        raise RuleError("", lazy("Say which column holds the day of the booking."))
    if not seen & {"credit", "amount"}:
        raise RuleError("", lazy("Say which column holds the amount that came in."))


def _is_plain(heading: str) -> bool:
    """A long heading, or one with a number in it, may be somebody's data: it is not remembered."""
    return 0 < len(heading) <= REMEMBERED_LENGTH and not any(c.isdecimal() for c in heading)


def start(actor: Account, file: BankFile, begun: FileState, kind: str) -> Job:
    """Hand the file to background work, once. Commit, then send the task of `kind`."""
    check_may(actor, file.association)
    job = open_job(kind, actor.id, int(file.details["rows"]))
    moved = update(BankFile).where(BankFile.id == file.id, BankFile.state == file.state)
    moved = moved.where(BankFile.job_id.is_not_distinct_from(file.job_id))
    is_open = queries.standing(file) in OPEN and contents.has(file.file_key)
    if not is_open or change(moved.values(state=begun, job_id=job.id, taken_by_id=actor.person_id)) != 1:
        raise RuleError("", lazy("This is under way, or done already."))
    db.session.refresh(file)
    return job


def record_taken(actor: Account, file: BankFile) -> None:
    told = {"lines": file.lines, "known": file.known, "faulty": file.faulty}
    audit.record(actor, "bank.take_in", file, told, association_id=file.association_id)


def discard(actor: Account | None, file: BankFile) -> str | None:
    """Let go of a file that is not taken in; the key of its contents, to be removed after the commit."""
    _hold(file)
    if queries.standing(file) not in OPEN or queries.counts_by_file([file]):
        raise RuleError("", lazy("This file can no longer be discarded."))
    key, file.file_key, file.state = file.file_key, None, FileState.DISCARDED
    audit.record(actor, "bank.discard", file, association_id=file.association_id)
    return key


def release_old(files: Sequence[BankFile]) -> None:
    """Files that nobody finished with in their days hold nothing any more."""
    begun = queries.counts_by_file(files)
    for file in files:
        if file.state != FileState.DONE and file.id not in begun:
            file.state = FileState.DISCARDED
        contents.remove(file.file_key)
        file.file_key = None


def match(
    actor: Account | None,
    line: BankLine,
    payer: Person,
    parts: Sequence[tuple[Charge, int]],
    on: date,
    *,
    method: str,
    how: str = "by_hand",
    note: str = "",
) -> Payment:
    """The line is somebody's payment: recorded once, settling the parts; the rest is credit. Load `line.association`.

    Raises RuleError: somebody settled the line meanwhile, or by what payments refuse; then nothing was written.
    """
    association = line.association
    if actor is not None:
        check_may(actor, association)
    with db.session.begin_nested():
        move(actor, line, LineState.WAITING, state=LineState.MATCHED, reason=reasons.kept(Why(how)))
        db.session.refresh(line, ["payment_id"])  # it may have been another payment meanwhile, that was taken back
        payment = payments.record(
            actor, association, payer=payer, amount_fen=line.amount_fen, received_on=on, method=method,
            key=_key(line), settles=list(parts),
            bank_reference=_reference(line), note=note,
        )  # fmt: skip
        change(update(BankLine).where(BankLine.id == line.id).values(payment_id=payment.id))
    db.session.expire(line, ["payment_id"])
    told = {"line": line.public_id, "how": how}
    audit.record(actor, "bank.match", line, told, person_id=payer.id, association_id=association.id)
    return payment


def match_all(actor: Account, association: Association, found: Mapping[int, Match]) -> None:
    """Lines of which is sure whose they are, by their ids: payments of one moment, all or none.

    Raises RuleError or IntegrityError where one of them cannot be; then nothing was written.
    """
    with db.session.begin_nested():
        lines = queries.hold_waiting(found)
        if len(lines) != len(found):
            raise RuleError("", lazy("Somebody settled this line meanwhile."))
        wanted = [_sure(line, found[line.id]) for line in lines]
        made = many.record_all(actor, association, wanted)
        by = {"state": str(LineState.MATCHED), "decided_at": now(), "decided_by_id": actor.person_id}
        rows = [
            {**by, "id": line.id, "payment_id": payment.id, "reason": reasons.kept(Why(found[line.id].how))}
            for line, payment in zip(lines, made, strict=True)
        ]
        db.session.execute(update(BankLine), rows)
        told = ({"line": line.public_id, "how": found[line.id].how} for line in lines)
        about = [(line, changes, found[line.id].payer_id) for line, changes in zip(lines, told, strict=True)]
        audit.record_all(actor, "bank.match", about, association.id)


def _sure(line: BankLine, match: Match) -> many.Sure:
    return many.Sure(
        payer_id=match.payer_id, amount_fen=line.amount_fen, received_on=line.booked_on, method=line.file.method,
        key=_key(line), bank_reference=line.reference or line.fingerprint,
        parts={part.charge_id: part.open_fen for part in match.parts},
    )  # fmt: skip


def _key(line: BankLine) -> str:
    """A line is one payment; after that was taken back, another."""
    return f"bank:{line.public_id}" + (f":{line.payment_id}" if line.payment_id else "")


def _reference(line: BankLine) -> str:
    """The bank's number, unless it has none, or a payment of that number stands."""
    taken = not line.reference or queries.is_recorded(line.association_id, line.reference)
    return line.fingerprint if taken else line.reference


def set_aside(actor: Account, line: BankLine, reason: str) -> None:
    """It is no dues: a refund, interest, rent. The reason stays with it."""
    check_may(actor, line.association)
    plain = reason.strip()
    if not plain or len(plain) > REASON:
        raise RuleError("reason", lazy("Say in a few words what the money is."))
    move(actor, line, LineState.WAITING, state=LineState.SET_ASIDE, reason=plain)
    audit.record(actor, "bank.set_aside", line, {"reason": plain}, association_id=line.association_id)


def bring_back(actor: Account, line: BankLine) -> None:
    """What was set aside waits again."""
    check_may(actor, line.association)
    move(actor, line, LineState.SET_ASIDE, state=LineState.WAITING, reason=reasons.kept(Why("back")))
    audit.record(actor, "bank.bring_back", line, association_id=line.association_id)


def move(actor: Account | None, line: BankLine, now_is: LineState, **values: Any) -> None:
    """One conditional update: of two at once the second changes nothing, and says so."""
    moved = update(BankLine).where(BankLine.id == line.id, BankLine.state == now_is)
    by = {"decided_at": now(), "decided_by_id": actor.person_id if actor else None}
    if change(moved.values(**by, **values)) != 1:
        raise RuleError("", lazy("Somebody settled this line meanwhile."))
    db.session.expire(line, ["state", "reason", "decided_at", "decided_by_id"])
