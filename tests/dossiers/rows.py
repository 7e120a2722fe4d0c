"""Rows for tests of dossiers: approved time, evaluations, stars."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.associations.models import Association
from portal.certificates.models import StarGrant, StarTable
from portal.core.calendar import now
from portal.core.database import db
from portal.dossiers.models import Evaluation
from portal.hours.models import HoursEntry, HoursRevision
from portal.people.models import Person
from portal.volunteers.models import Volunteer
from tests.activities.rows import make_log
from tests.harness.factory import _add


def volunteer_of(person: Person) -> Volunteer:
    return db.session.query(Volunteer).filter_by(person_id=person.id).one()


def served(person: Person, association: Association, minutes: int, held_on: date, **values: Any) -> HoursEntry:
    """Time by an entry of the log book; approved unless state says otherwise."""
    state = values.pop("state", "approved")
    log = values.pop("log", None) or make_log(association, held_on=held_on)
    known = {
        "person_id": person.id,
        "association_id": association.id,
        "log_id": log.id,
        "held_on": held_on,
        "title": log.title,
        "place": log.place,
        "content": "清理河岸",
        "in_charge": "黄淑兰",
        **values,
    }
    entry = _add(HoursEntry(**known))
    decided = None if state == "pending" else now()
    place = {"association_id": entry.association_id, "group_id": entry.group_id}
    _add(HoursRevision(entry_id=entry.id, number=1, minutes=minutes, origin="entered", state=state,
                       decided_at=decided, **place))  # fmt: skip
    return entry


def starred(person: Person, association: Association, stars: int = 1) -> StarGrant:
    root = association.path_ids[0]
    table = db.session.query(StarTable).filter_by(association_id=root).first() or _add(
        StarTable(association_id=root, version=1, effective_on=date(2021, 2, 1))
    )
    known = {"table_id": table.id, "minutes": 6000, "state": "granted", "decided_at": now()}
    return _add(StarGrant(person_id=person.id, association_id=association.id, stars=stars, **known))


def evaluated(volunteer: Volunteer, remarks: str = "守时可靠", **values: Any) -> Evaluation:
    known = {"start_on": date(2026, 1, 1), "end_on": date(2026, 6, 30), "grade": "good", "remarks": remarks}
    place = {"association_id": volunteer.association_id, "group_id": volunteer.group_id}
    return _add(Evaluation(volunteer_id=volunteer.id, **place, **{**known, **values}))
