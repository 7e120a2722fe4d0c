"""Courses of training: an activity of the plan with its sessions, or an entry of the log book that has no plan.

A course has one key: the id of its activity, or the id of its entry with a minus; a session likewise. Who attended
is said by the log book (everybody named in a session's entry) and by check-ins, once each; study time by approved
entries of hours. A course counts once, however many sessions it has.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, case, func, literal, or_, select, union, union_all
from sqlalchemy.orm import aliased

from portal.accounts.models import Account
from portal.activities.models import ActivityLog, ActivityParticipant
from portal.associations.models import Association, Level
from portal.associations.queries import in_subtree
from portal.core.database import db
from portal.hours.models import Category, HoursEntry, HoursRevision, RevisionState
from portal.offices.access import visible
from portal.people.models import Person
from portal.plans.kinds import ActivityKind
from portal.plans.models import Activity, ActivitySession
from portal.signups.models import SignUp

RIGHT = "activities.read"
WANTED = 4  # courses a year in a community
CAME = ("arrived", "completed")
LOGGED = (ActivityLog.removed_at.is_(None), ActivityLog.kind == ActivityKind.TRAINING)
PLANNED = (Activity.cancelled_at.is_(None), Activity.kind == ActivityKind.TRAINING)


@dataclass(frozen=True)
class Reach:
    """Whose courses are asked about: those of the association and all below it that the account may see, in a year
    (0: in any); `keys`, where there are some, are the only courses that matter.
    """

    account: Account
    association: Association
    year: int
    keys: tuple[int, ...] = ()

    def of(self, statement: Select[Any], entity: Any, day: Any = None) -> Select[Any]:
        """The statement limited to them; `day` is the column that says when."""
        here = select(Association.id).where(in_subtree(self.association.path))
        statement = visible(statement.where(entity.association_id.in_(here)), self.account, RIGHT, entity)
        return statement if day is None or not self.year else statement.where(day.between(*self._days_of(day)))

    def _days_of(self, day: Any) -> tuple[date, date]:
        first, last = date(self.year, 1, 1), date(self.year, 12, 31)
        if day.type.python_type is date:
            return first, last
        zone = ZoneInfo(self.association.time_zone)
        return datetime.combine(first, time.min, zone), datetime.combine(last, time.max, zone)

    @cached_property
    def attendance(self) -> Any:
        """Who was at which session: person, course, session, association; each once."""
        named, checked = _named(), _checked()
        if self.keys:
            named, checked = named.where(self._logs()), checked.where(ActivitySession.activity_id.in_(self._planned))
        return union(
            self.of(named, ActivityLog, ActivityLog.held_on), self.of(checked, SignUp, ActivitySession.starts_at)
        ).subquery("attendance")

    @cached_property
    def study(self) -> Any:
        """Approved study time: person, course, association, minutes."""
        studied = _studied()
        if self.keys:
            sessions = select(ActivitySession.id).where(ActivitySession.activity_id.in_(self._planned))
            logs = select(ActivityLog.id).where(self._logs())
            studied = studied.where(or_(HoursEntry.session_id.in_(sessions), HoursEntry.log_id.in_(logs)))
        return self.of(studied, HoursEntry, HoursEntry.held_on).subquery("study")

    @property
    def _planned(self) -> list[int]:
        return [key for key in self.keys if key > 0]

    def _logs(self) -> ColumnElement[bool]:
        alone = [-key for key in self.keys if key < 0]
        return or_(ActivityLog.activity_id.in_(self._planned), ActivityLog.id.in_(alone))


def courses(reach: Reach) -> Select[Any]:
    """The courses of a year, the latest first: key, address, title, day, association, how many entries are logged."""
    logged = select(func.count()).where(ActivityLog.activity_id == Activity.id, *LOGGED).scalar_subquery()
    planned = select(*_columns(Activity, Activity.id, Activity.planned_on), logged.label("logged")).where(*PLANNED)
    alone = select(*_columns(ActivityLog, -ActivityLog.id, ActivityLog.held_on), literal(1)).where(
        *LOGGED, ~_of_plan()
    )
    found = union_all(
        reach.of(planned, Activity, Activity.planned_on), reach.of(alone, ActivityLog, ActivityLog.held_on)
    ).subquery("course")
    place = aliased(Association)
    shown = (place.name.label("association"), place.short_name.label("association_short"))
    statement = select(found, *shown).join(place, place.id == found.c.association_id)
    return statement.order_by(found.c.day.desc(), found.c.public_id)


def counts_of(reach: Reach, keys: list[int]) -> dict[int, tuple[int, int]]:
    """People and study minutes of the courses with these keys; one without any is not in it."""
    if not keys:
        return {}
    asked = replace(reach, year=0, keys=tuple(keys))
    came, study = asked.attendance.c, asked.study.c
    people = _grouped(came.course, func.count(came.person_id.distinct()))
    minutes = _grouped(study.course, func.sum(study.minutes))
    return {key: (people.get(key, 0), minutes.get(key, 0)) for key in people.keys() | minutes.keys()}


def _grouped(column: Any, value: Any) -> dict[int, int]:
    return {key: int(number) for key, number in db.session.execute(select(column, value).group_by(column))}


def totals(reach: Reach) -> tuple[int, int, int]:
    """Courses held, people who attended one, study minutes."""
    logged = reach.of(_logged_keys(), ActivityLog, ActivityLog.held_on).subquery()
    held = select(func.count(logged.c.course.distinct()))
    came = select(func.count(reach.attendance.c.person_id.distinct()))
    minutes = select(func.coalesce(func.sum(reach.study.c.minutes), 0))
    asked = select(*(one.scalar_subquery() for one in (held, came, minutes)))
    courses, people, study = db.session.execute(asked).one()
    return courses, people, int(study)


def by_association(reach: Reach) -> Select[Any]:
    """Each grass-roots association of the branch: courses held, people who attended, study minutes."""
    came, study = reach.attendance.c, reach.study.c
    logged = reach.of(_logged_keys(), ActivityLog, ActivityLog.held_on).subquery()
    held = grouped(logged.c.association_id, held=func.count(logged.c.course.distinct()))
    people = grouped(came.association_id, people=func.count(came.person_id.distinct()))
    minutes = grouped(study.association_id, minutes=func.sum(study.minutes))
    counted = {"held": held.c.held, "people": people.c.people, "minutes": minutes.c.minutes}
    shown: list[Any] = [Association.code, Association.name, Association.short_name]
    statement: Select[Any] = select(*shown, *(func.coalesce(one, 0).label(name) for name, one in counted.items()))
    for part in (held, people, minutes):
        statement = statement.outerjoin(part, part.c.association_id == Association.id)
    statement = visible(statement, reach.account, RIGHT, Association).where(in_subtree(reach.association.path))
    kept = or_(Association.archived_on.is_(None), held.c.held > 0)
    return statement.where(Association.level == Level.GRASSROOTS, kept).order_by(Association.path)


def by_person(reach: Reach) -> Select[Any]:
    """Everybody who attended a course in the year, by name: courses, sessions, study minutes."""
    came = reach.attendance.c
    counted = {"courses": func.count(came.course.distinct()), "sessions": func.count(came.session.distinct())}
    return named_people(reach, grouped(came.person_id, **counted))


def named_people(reach: Reach, attended: Any) -> Select[Any]:
    """Whoever stands in `attended`, by name, with what is counted there and the study minutes."""
    minutes = grouped(reach.study.c.person_id, minutes=func.sum(reach.study.c.minutes))
    counted = [column for column in attended.c if column.name != "person_id"]
    columns: list[Any] = [Person.name, *counted, func.coalesce(minutes.c.minutes, 0).label("minutes")]
    statement = select(*columns).join(attended, attended.c.person_id == Person.id)
    return statement.outerjoin(minutes, minutes.c.person_id == Person.id).order_by(Person.sort_key, Person.id)


def grouped(by: Any, **values: Any) -> Any:
    """What is counted of each, as a table to join."""
    columns = [value.label(name) for name, value in values.items()]
    return select(by, *columns).group_by(by).subquery()


def _columns(entity: Any, key: Any, day: Any) -> list[Any]:
    place = entity.association_id.label("association_id")
    named = (entity.public_id.label("public_id"), entity.title.label("title"))
    return [key.label("course"), *named, day.label("day"), place]


def _of_plan() -> ColumnElement[bool]:
    """Whether a course of the plan stands for an entry of the log book."""
    return select(Activity.id).where(Activity.id == ActivityLog.activity_id, *PLANNED).exists()


def _key() -> Any:
    return case((_of_plan(), ActivityLog.activity_id), else_=-ActivityLog.id)


def _logged_keys() -> Select[Any]:
    columns: list[Any] = [ActivityLog.association_id, _key().label("course")]
    return select(*columns).where(*LOGGED)


def _named() -> Select[Any]:
    session = func.coalesce(ActivityLog.session_id, -ActivityLog.id).label("session")
    columns: tuple[Any, ...] = (
        ActivityParticipant.person_id,
        _key().label("course"),
        session,
        ActivityLog.association_id,
    )
    return select(*columns).join(ActivityLog, ActivityLog.id == ActivityParticipant.log_id).where(*LOGGED)


def _checked() -> Select[Any]:
    columns: tuple[Any, ...] = (
        SignUp.person_id,
        ActivitySession.activity_id,
        SignUp.session_id,
        SignUp.association_id,
    )
    return (
        select(*columns)
        .join(ActivitySession, ActivitySession.id == SignUp.session_id)
        .join(Activity, Activity.id == ActivitySession.activity_id)
        .where(*PLANNED, SignUp.person_id.is_not(None), SignUp.state.in_(CAME))
    )


def _studied() -> Select[Any]:
    key = func.coalesce(ActivitySession.activity_id, _key()).label("course")
    columns: tuple[Any, ...] = (HoursEntry.person_id, key, HoursEntry.association_id, HoursRevision.minutes)
    return (
        select(*columns)
        .join(HoursRevision, HoursRevision.entry_id == HoursEntry.id)
        .outerjoin(ActivitySession, ActivitySession.id == HoursEntry.session_id)
        .outerjoin(ActivityLog, ActivityLog.id == HoursEntry.log_id)
        .where(
            HoursEntry.category == Category.STUDY,
            HoursEntry.voided_at.is_(None),
            HoursRevision.state == RevisionState.APPROVED,
        )
    )
