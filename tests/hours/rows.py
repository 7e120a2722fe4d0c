"""What the tests of hours share: what somebody served, the state of an entry."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from portal.accounts.models import Account
from portal.core.calendar import today
from portal.core.database import db
from portal.hours import services
from portal.hours.models import HoursEntry, HoursRevision
from portal.hours.services import Served
from portal.people.models import Person
from tests.activities.rows import make_log


def served(person: Person, log: Any = None, **values: Any) -> Served:
    """Two hours of yesterday for an entry of the log book."""
    known = {
        "person": person,
        "association_id": log.association_id if log else 0,
        "log_id": log.id if log and "session_id" not in values else None,
        "held_on": today() - timedelta(days=1),
        "title": "江边步道清洁",
        "minutes": 120,
        **values,
    }
    return Served(**known)


def recorded(actor: Account | None, person: Person, place: Any, minutes: int = 120, **values: Any) -> HoursEntry:
    """An entry that waits, of an entry of the log book of its own."""
    log = make_log(place)
    entry = services.record(actor, served(person, log, minutes=minutes, **values), origin="entered")
    db.session.commit()
    return entry


def states(entry: HoursEntry) -> list[tuple[int, str]]:
    """Minutes and state of each revision, as the database has them."""
    rows = db.session.query(HoursRevision.minutes, HoursRevision.state).filter_by(entry_id=entry.id)
    return [tuple(row) for row in rows.order_by(HoursRevision.number)]


def revision(entry: HoursEntry, number: int = 0) -> HoursRevision:
    """A revision by number; the last one unless said otherwise."""
    rows = db.session.query(HoursRevision).filter_by(entry_id=entry.id).order_by(HoursRevision.number).all()
    return rows[number - 1]
