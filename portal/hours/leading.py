"""Time of whoever leads there: somebody who could have shown the code, or kept the list, by which it was recorded."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select

from portal.associations.models import Association
from portal.core.database import db
from portal.hours.models import HoursEntry
from portal.offices.access import Grant
from portal.offices.models import Appointment
from portal.offices.rights import gives
from portal.plans.models import Activity, ActivitySession

LIST = "activities.write"  # by which lists are kept and codes are shown


def own_time(entries: Sequence[HoursEntry]) -> set[int]:
    """The entries, by their ids, whose person was in charge of the activity, or held an office there on the day that
    keeps its list. `entry.association` is loaded.
    """
    if not entries:
        return set()
    in_charge = _in_charge({one.session_id for one in entries if one.session_id is not None})
    held = _held({one.person_id for one in entries})
    return {
        one.id
        for one in entries
        if in_charge.get(one.session_id or 0) == one.person_id
        or any(_keeps(appointment, grant, one) for appointment, grant in held.get(one.person_id, ()))
    }


def _keeps(appointment: Appointment, grant: Grant, entry: HoursEntry) -> bool:
    """Whether an office was one of the day and reaches the list: a group's leader keeps those of the group."""
    if not appointment.is_live_on(entry.held_on) or not grant.reaches(entry.association):
        return False
    return grant.group_id in (None, entry.group_id)


def _in_charge(session_ids: Collection[int]) -> dict[int, int | None]:
    if not session_ids:
        return {}
    statement = select(ActivitySession.id, Activity.in_charge_id).join(ActivitySession.activity)
    return dict(db.session.execute(statement.where(ActivitySession.id.in_(session_ids))).all())


def _held(person_ids: Collection[int]) -> dict[int, list[tuple[Appointment, Grant]]]:
    """Offices of these people, of any day, that give the right to keep lists."""
    statement = select(Appointment, Association.path).join(Association, Association.id == Appointment.association_id)
    found: dict[int, list[tuple[Appointment, Grant]]] = {}
    for one, path in db.session.execute(statement.where(Appointment.person_id.in_(person_ids))):
        if gives(one.position, LIST):
            grant = Grant(one.position, one.association_id, path, one.covers_subtree, one.group_id)
            found.setdefault(one.person_id, []).append((one, grant))
    return found
