"""The versions of an entry: what each correction changed, by whom and why, in words for the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.activities.models import ActivityLog, ActivityRevision
from portal.core.audit import AuditEntry
from portal.core.database import db
from portal.core.formats import NOTHING, date_long, minutes
from portal.core.i18n import _, lazy, lazy_pgettext, pgettext
from portal.people.models import Person
from portal.plans.kinds import ActivityKind

FIELDS = {
    "kind": lazy_pgettext("activity", "Kind"),
    "title": lazy_pgettext("activity", "Name"),
    "held_on": lazy("Date"),
    "place": lazy("Place"),
    "minutes": lazy("Length"),
    "group": lazy("Group"),
    "participants": lazy("Who took part"),
    "others_count": lazy("Others who took part"),
    "materials": lazy("Handed out"),
    "summary": lazy("Summary"),
    "is_public": lazy("Public page"),
    "photos": lazy("Photos"),
}


@dataclass(frozen=True)
class Difference:
    """A field of two versions that differ."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Correction:
    """One correction: which version it replaced, who made it, when, why, and what it changed."""

    number: int
    editor_id: int | None
    editor: str
    at: datetime
    reason: str
    changes: list[Difference]


def list_corrections(log: ActivityLog) -> list[Correction]:
    """The corrections of an entry, newest first."""
    statement = select(ActivityRevision).where(ActivityRevision.log_id == log.id)
    statement = statement.options(joinedload(ActivityRevision.editor)).order_by(ActivityRevision.number.desc())
    revisions = db.session.scalars(statement).all()
    if not revisions:
        return []
    later = [log.snapshot(), *(revision.snapshot for revision in revisions)]
    names = _names(later)
    return [
        Correction(
            number=revision.number,
            editor_id=revision.replaced_by,
            editor=revision.editor.name if revision.editor else NOTHING,
            at=revision.replaced_at,
            reason=revision.reason,
            changes=_differences(revision.snapshot, after, names),
        )
        for revision, after in zip(revisions, later, strict=False)
    ]


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    """What two snapshots of an entry say differently."""
    return _differences(before, after, _names([before, after]))


def last_strike(log: ActivityLog) -> AuditEntry | None:
    """Who struck the entry out last, when and why."""
    statement = select(AuditEntry).where(
        AuditEntry.target_type == "ActivityLog",
        AuditEntry.target_id == log.public_id,
        AuditEntry.action == "activities.strike_out",
    )
    return db.session.scalars(statement.order_by(AuditEntry.id.desc()).limit(1)).first()


def _names(snapshots: Iterable[dict[str, Any]]) -> dict[str, str]:
    """The names, as they are today, of all who stand in the snapshots."""
    ids = {row[0] for one in snapshots for row in one["participants"]}
    if not ids:
        return {}
    rows = db.session.execute(select(Person.public_id, Person.name).where(Person.public_id.in_(ids)))
    return {row.public_id: row.name for row in rows}


def _differences(before: dict[str, Any], after: dict[str, Any], names: dict[str, str]) -> list[Difference]:
    found = []
    for field, label in FIELDS.items():
        old, new = before[field], after[field]
        if old == new:
            continue
        if field == "participants":
            common = [row for row in old if row in new]
            old, new = ([row for row in rows if row not in common] for rows in (old, new))
        found.append(Difference(str(label), _words(field, old, names), _words(field, new, names)))
    return found


def _words(field: str, value: Any, names: dict[str, str]) -> str:
    """A value of a snapshot as it is read."""
    between = pgettext("between names", ", ")
    if field == "participants":
        return str(between.join(_participation(row, names) for row in value)) or NOTHING
    if field == "materials":
        return str(between.join(f"{name} × {count}" for name, count in value)) or NOTHING
    if field == "kind":
        return ActivityKind(value).label
    if field == "held_on":
        return date_long(date.fromisoformat(value))
    if field == "minutes":
        return minutes(value) if value else NOTHING
    if field == "is_public":
        return str(_("shown") if value else _("not shown"))
    return str(value) or NOTHING


def _participation(row: Sequence[Any], names: dict[str, str]) -> str:
    """A name; for a volunteer with the time served."""
    person, is_volunteer, served = row
    name = names.get(person, NOTHING)
    return str(_("%(name)s (volunteer, %(time)s)", name=name, time=minutes(served))) if is_volunteer else name
