"""What follows for time served from what happens elsewhere: two records that became one person's."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from portal.core import audit
from portal.core.database import db
from portal.hours import keeping, services
from portal.hours.models import HoursEntry, HoursRevision, RevisionState
from portal.people import services as people
from portal.people.models import Person


@people.renamed.connect
def _follow_merge(person: Person, **_details: Any) -> None:
    """What somebody approved of a record that became their own is their own time now: it waits for somebody else."""
    if person.removed_at is not None:
        return
    own = (HoursEntry.person_id == person.id, HoursRevision.decided_by_id == person.id)
    statement = select(HoursEntry.id).join(HoursRevision, HoursRevision.entry_id == HoursEntry.id)
    approved = statement.where(*own, HoursRevision.state == RevisionState.APPROVED).order_by(HoursEntry.id)
    for entry_id in db.session.scalars(approved).all():
        _take_approval_back(keeping.hold(entry_id))


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
