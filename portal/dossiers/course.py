"""One course: its sessions, and who attended how many of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.activities.models import ActivityLog
from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.core.database import db
from portal.core.formats import local
from portal.dossiers.training import LOGGED, PLANNED, RIGHT, Reach, grouped, named_people
from portal.offices.access import visible
from portal.plans.models import Activity, ActivitySession


@dataclass(frozen=True)
class Session:
    """A session of a course: when, where, the entry of the log book that stands for it."""

    day: date
    starts_at: datetime | None
    ends_at: datetime | None
    place: str
    log: ActivityLog | None


@dataclass(frozen=True)
class Course:
    """An activity of the plan, or an entry of the log book alone."""

    key: int
    title: str
    day: date
    association: Association
    sessions: Sequence[Session]
    activity: Activity | None = None

    @property
    def years(self) -> list[int]:
        return sorted({session.day.year for session in self.sessions} or {self.day.year})


def get_course(account: Account, association: Association, public_id: str) -> Course | None:
    """A course of the association or below it, as far as the account may see it."""
    activity = _one(account, association, Activity, public_id, PLANNED)
    if activity is not None:
        title, day = activity.title, activity.planned_on
        return Course(activity.id, title, day, activity.association, _sessions(activity), activity)
    log = _one(account, association, ActivityLog, public_id, LOGGED)
    if log is None:
        return None
    alone = Session(log.held_on, None, None, log.place, log)
    return Course(-log.id, log.title, log.held_on, log.association, [alone])


def _one(account: Account, association: Association, entity: Any, public_id: str, asked: Any) -> Any:
    here = select(Association.id).where(in_subtree(association.path))
    statement = select(entity).where(entity.public_id == public_id, entity.association_id.in_(here), *asked)
    loaded = joinedload(entity.association, innerjoin=True)
    return db.session.scalar(visible(statement, account, RIGHT, entity).options(loaded))


def _sessions(activity: Activity) -> list[Session]:
    """Sessions that were not cancelled, each with its entry; and entries of the activity that have none."""
    logs = db.session.scalars(select(ActivityLog).where(ActivityLog.activity_id == activity.id, *LOGGED)).all()
    of_session = {log.session_id: log for log in logs if log.session_id is not None}
    statement = select(ActivitySession).where(
        ActivitySession.activity_id == activity.id, ActivitySession.cancelled_at.is_(None)
    )
    held = [
        Session(local(one.starts_at).date(), one.starts_at, one.ends_at, one.place, of_session.get(one.id))
        for one in db.session.scalars(statement.order_by(ActivitySession.starts_at, ActivitySession.id))
    ]
    alone = [Session(log.held_on, None, None, log.place, log) for log in logs if log.session_id is None]
    return sorted([*held, *alone], key=lambda one: one.day)


def attendees(account: Account, course: Course) -> Select[Any]:
    """Who attended, by name: person, sessions attended, study minutes."""
    reach = Reach(account, course.association, 0, (course.key,))
    came = reach.attendance.c
    return named_people(reach, grouped(came.person_id, sessions=func.count(came.session.distinct())))
