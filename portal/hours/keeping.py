"""The rows of time served: held while they change, begun, revised, decided; the rules stand in services."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Account
from portal.core import audit
from portal.core.calendar import now
from portal.core.database import change, db
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.hours.models import HoursEntry, HoursRevision, RevisionState


def hold(entry_id: int) -> HoursEntry:
    return held(HoursEntry.id == entry_id)[0]


def held(*asked: ColumnElement[bool]) -> list[HoursEntry]:
    """Entries with their revisions as they are now; nobody else changes them until this transaction ends."""
    statement = select(HoursEntry).where(*asked).order_by(HoursEntry.id).with_for_update(of=HoursEntry)
    loaded = (selectinload(HoursEntry.revisions), joinedload(HoursEntry.association, innerjoin=True))
    statement = statement.options(*loaded).execution_options(populate_existing=True)
    return list(db.session.scalars(statement))


def begin(
    actor: Account | None, known: dict[str, Any], minutes: int, origin: str, reason: str, moment: datetime
) -> HoursEntry:
    """An entry with these facts, and its first revision."""
    entry = HoursEntry(created_at=moment, **known)
    entry.revisions = [_revision(actor, entry, minutes, origin, reason, moment, 1)]
    db.session.add(entry)
    return entry


def _revision(
    actor: Account | None, entry: HoursEntry, minutes: int, origin: str, reason: str, moment: datetime, number: int
) -> HoursRevision:
    known = {"association_id": entry.association_id, "group_id": entry.group_id, "recorded_at": moment}
    by = actor.person_id if actor else None
    return HoursRevision(
        number=number, minutes=minutes, origin=origin, reason=reason, recorded_by_id=by, state="pending", **known
    )


def add(actor: Account | None, entry: HoursEntry, minutes: int, origin: str, reason: str) -> HoursRevision:
    """The next revision; what waited until now is replaced by it."""
    if entry.waiting is not None:
        entry.waiting.decided_at, entry.waiting.state = now(), RevisionState.SUPERSEDED
        db.session.flush()
    revision = _revision(actor, entry, minutes, origin, reason.strip(), now(), entry.revisions[-1].number + 1)
    entry.revisions.append(revision)
    db.session.flush()
    told = {"minutes": [entry.revisions[-2].minutes, minutes], "origin": str(origin), "reason": reason.strip()}
    audit.record(actor, "hours.correct", entry, told)
    return revision


def withdraw(actor: Account | None, entry: HoursEntry, reason: str) -> HoursRevision:
    """Back to the number that is approved: what waits is taken back."""
    assert entry.waiting is not None
    assert entry.approved is not None
    told = {"minutes": [entry.waiting.minutes, entry.approved.minutes], "reason": reason.strip()}
    entry.waiting.decided_at, entry.waiting.state = now(), RevisionState.SUPERSEDED
    db.session.flush()
    audit.record(actor, "hours.withdraw", entry, told)
    return entry.approved


def reopen(actor: Account | None, entry: HoursEntry) -> None:
    """What was approved waits again, as the word of whoever recorded it; what waits already is decided instead."""
    before = entry.approved
    if before is None:
        return
    before.state = RevisionState.SUPERSEDED
    db.session.flush()
    if entry.waiting is None:
        again = add(actor, entry, before.minutes, before.origin, before.reason)
        again.recorded_by_id = before.recorded_by_id
        db.session.flush()


def decide(actor: Account, revision: HoursRevision, state: RevisionState, reason: str = "") -> None:
    """One conditional update: of two decisions at once the second changes no row, and says so."""
    values = {"state": state, "decided_at": now(), "decided_by_id": actor.person_id, "decision_reason": reason}
    statement = update(HoursRevision).where(HoursRevision.id == revision.id, *undecided())
    if change(statement.values(**values)) != 1:
        raise RuleError("", _("Somebody decided this meanwhile."))


def undecided() -> Iterable[ColumnElement[bool]]:
    stands = exists().where(HoursEntry.id == HoursRevision.entry_id, HoursEntry.voided_at.is_(None))
    return HoursRevision.state == RevisionState.PENDING, stands
