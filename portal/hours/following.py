"""What follows for time served from what happens elsewhere: two records that became one person's."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from portal.core import audit
from portal.core.database import db
from portal.hours import keeping, overlap, services
from portal.hours.models import HoursEntry, HoursRevision, RevisionState
from portal.people import services as people
from portal.people.models import Person


@people.renamed.connect
def _follow_merge(person: Person, **_details: Any) -> None:
    """What somebody approved of a record that became their own is their own time now: it waits for somebody else. So
    does what both records served in the same hours, where together it is more than has passed: the later of the two.
    """
    if person.removed_at is not None:
        return
    statement = select(HoursEntry.id).join(HoursRevision, HoursRevision.entry_id == HoursEntry.id)
    approved = statement.where(HoursEntry.person_id == person.id, HoursRevision.state == RevisionState.APPROVED)
    own = approved.where(HoursRevision.decided_by_id == person.id).order_by(HoursEntry.id)
    for entry_id in db.session.scalars(own).all():
        _take_approval_back(keeping.hold(entry_id))
    latest = approved.where(_is_beside_other()).order_by(HoursRevision.decided_at.desc(), HoursEntry.id.desc())
    for entry_id in db.session.scalars(latest).all():
        entry = keeping.hold(entry_id)
        if not overlap.still_fits(entry):
            _take_approval_back(entry)


def _is_beside_other() -> ColumnElement[bool]:
    """An entry with another of the same person in the same hours."""
    other = aliased(HoursEntry)
    same = (other.person_id == HoursEntry.person_id, other.id != HoursEntry.id, other.voided_at.is_(None))
    return exists().where(*same, other.starts_at < HoursEntry.ends_at, other.ends_at > HoursEntry.starts_at)


def _take_approval_back(entry: HoursEntry) -> None:
    """In the row itself, so that a merge that is undone puts it back; what waits already is decided instead."""
    revision = entry.approved
    assert revision is not None
    if entry.waiting is not None:
        revision.state = RevisionState.SUPERSEDED
    else:
        revision.state, revision.decided_at, revision.decided_by_id = RevisionState.PENDING, None, None
    db.session.flush()
    audit.record(None, "hours.take_approval_back", entry, {"number": revision.number})
    services.changed.send(entry)
