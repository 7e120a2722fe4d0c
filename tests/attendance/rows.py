"""Rows and shortcuts for tests about attendance: a session that runs, people on its list, what stands of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from portal.associations.models import Association
from portal.core.calendar import now
from portal.core.database import db
from portal.hours.models import HoursEntry
from portal.people.models import Person
from portal.plans.models import ActivitySession
from portal.plans.queries import get_session
from portal.signups import queries
from portal.signups.models import SignUp
from tests.harness.factory import make_person
from tests.harness.service import make_activity, make_session, make_sign_up, make_volunteer

OFFICE = "/office/wangjiang/attendance"


def ago(minutes: float) -> datetime:
    return now() - timedelta(minutes=minutes)


def running(association: Association, began: float = 30, *, kind: str = "service", **values: Any) -> ActivitySession:
    """A session of two hours that began so many minutes ago, loaded as pages load it and written down."""
    group = {"group_id": values.get("group_id")}
    made = make_session(make_activity(association, kind=kind, **group), ago(began), **values)
    db.session.commit()
    found = get_session(made.public_id)
    assert found is not None
    return found


def put(session: ActivitySession, who: Person | None, state: str = "confirmed", **values: Any) -> SignUp:
    """Somebody on its list, loaded as services take it."""
    made = make_sign_up(session, who, state, **values)
    db.session.commit()
    return again(made)


def again(sign_up: SignUp) -> SignUp:
    """As the database has it now."""
    db.session.expire_all()
    session = get_session(db.session.get_one(ActivitySession, sign_up.session_id).public_id)
    assert session is not None
    found = queries.get_of_session(session, sign_up.public_id)
    assert found is not None
    return found


def came(session: ActivitySession, who: Person | None, before: float, **values: Any) -> SignUp:
    """Somebody who checked in so many minutes ago."""
    return put(session, who, "arrived", **{"in_at": ago(before), "in_origin": "leader", **values})


def helper(association: Association, name: str = "高远", **values: Any) -> Person:
    """Somebody on the association's roster."""
    person = make_person(name)
    make_volunteer(person, association, **values)
    return person


def credit(who: Person | SignUp, session: ActivitySession) -> list[tuple[int, str, str]]:
    """Minutes, origin and state of the revisions of the entry that stands, as the database has them."""
    db.session.expire_all()
    person_id = who.person_id if isinstance(who, SignUp) else who.id
    rows = db.session.query(HoursEntry).filter_by(person_id=person_id, session_id=session.id, voided_at=None)
    return [(one.minutes, one.origin, one.state) for entry in rows for one in _revisions(entry)]


def _revisions(entry: HoursEntry) -> list[Any]:
    from portal.hours.models import HoursRevision

    rows = db.session.query(HoursRevision).filter_by(entry_id=entry.id)
    return list(rows.order_by(HoursRevision.number))
