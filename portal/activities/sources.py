"""What the plan tells the log book: the session, or the activity without one, and who came to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.activities.forms import LENGTHS, Tick
from portal.associations.models import Association
from portal.attendance import rules
from portal.core.calendar import now
from portal.core.database import db
from portal.core.formats import local
from portal.hours.models import Category, HoursEntry
from portal.hours.queries import list_live
from portal.people.models import Person
from portal.plans.models import Activity, ActivitySession
from portal.plans.queries import get_activity, get_office_session
from portal.signups.models import SignUp, SignUpState

RIGHT = "activities.write"
CAME = (SignUpState.ARRIVED, SignUpState.COMPLETED)


@dataclass(frozen=True)
class Source:
    """Where an entry comes from, and whom the plan expects in it; guests stand in no register."""

    activity: Activity
    session: ActivitySession | None = None
    people: Mapping[str, Person] = field(default_factory=dict)
    minutes: Mapping[str, str] = field(default_factory=dict)  # what a check-in has shown already
    learning: frozenset[str] = frozenset()  # who came to a training to learn
    guests: int = 0

    def values(self, association: Association) -> dict[str, Any]:
        """What the form begins with."""
        activity = self.activity
        known = {"kind": activity.kind, "title": activity.title, "activity": activity.public_id}
        if self.session is not None:
            return known | self._of_session(self.session, association)
        group = activity.group.public_id if activity.group else ""
        return known | {"held_on": activity.planned_on, "place": activity.place, "group": group}

    def _of_session(self, session: ActivitySession, association: Association) -> dict[str, Any]:
        length = min(int((session.ends_at - session.starts_at).total_seconds()) // 60, 1440)
        return {
            "session": session.public_id,
            "held_on": local(session.starts_at, association.time_zone).date(),
            "place": session.place or self.activity.place,
            "group": session.group.public_id if session.group else "",
            "length": str(length) if length in LENGTHS else None,
            "minutes": None if length in LENGTHS else length,
            "others_count": self.guests or None,
            "person": [
                Tick(key, volunteer=key not in self.learning, minutes=self.minutes.get(key, ""))
                for key in self.people
            ],
        }


def find(account: Account, association: Association, session: str, activity: str = "") -> Source | None:
    """The session that was held, or the activity that has none, if the account may log it here."""
    if session:
        found = get_office_session(account, RIGHT, association, session)
        if found is None or found.cancelled_at is not None or found.starts_at > now():
            return None
        return _of_session(found)
    planned = get_activity(account, RIGHT, association, activity) if activity else None
    if planned is None or planned.cancelled_at is not None or any(not s.cancelled_at for s in planned.sessions):
        return None
    return Source(planned)


def _of_session(session: ActivitySession) -> Source:
    """Who checked in; where nobody was checked in, who had a place. Time that stands already stands beside the name,
    and who came but never left is given none before somebody has looked.
    """
    shown = (joinedload(SignUp.person), joinedload(SignUp.need))
    statement = select(SignUp).where(SignUp.session_id == session.id).options(*shown)
    sign_ups = db.session.scalars(statement.order_by(SignUp.id)).all()
    came = [one for one in sign_ups if one.state in CAME]
    expected = came or [one for one in sign_ups if one.state == SignUpState.CONFIRMED]
    known = {entry.person_id: entry for entry in list_live(session.id, None)}
    people = {one.person.public_id: one.person for one in expected if one.person is not None}
    extra = [key for key in known if key not in {person.id for person in people.values()}]
    if extra:
        others = db.session.scalars(select(Person).where(Person.id.in_(extra)).order_by(Person.id))
        people |= {person.public_id: person for person in others}
    open_ended = {one.person_id for one in came if one.state == SignUpState.ARRIVED}
    minutes = {key: _minutes(known.get(person.id), person.id in open_ended) for key, person in people.items()}
    kinds = {one.person_id: rules.category_of(one) for one in expected}
    kinds |= {person_id: Category(entry.category) for person_id, entry in known.items()}
    learning = frozenset(key for key, person in people.items() if kinds[person.id] == Category.STUDY)
    return Source(session.activity, session, people, minutes, learning, sum(one.person is None for one in expected))


def _minutes(entry: HoursEntry | None, is_open: bool) -> str:
    revision = entry and (entry.waiting or entry.approved or entry.revisions[-1])
    return str(revision.minutes) if revision else "0" if is_open else ""
