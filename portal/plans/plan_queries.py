"""Reading an association's plan: the year's list, its figures, a month, what is overdue, what can be copied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from portal.accounts.models import Account
from portal.associations.models import Association, Group
from portal.core.calendar import now, record_deadline, today, working_days_between
from portal.core.database import db
from portal.core.formats import local
from portal.offices.access import visible
from portal.plans.models import Activity, ActivitySession, SessionNeed
from portal.plans.queries import PLANNED_FIRST, SOONEST, STANDS, state_column

NEEDED = (SessionNeed.wanted, SessionNeed.taken)


@dataclass(frozen=True)
class Filter:
    """What the year's plan is asked for; what is left out is not asked."""

    year: int
    state: str = ""
    kind: str = ""
    group: str = ""


def list_plan(account: Account, association: Association, wanted: Filter) -> Select[Any]:
    """The activities of the association's year that the account may see, in the order of their days."""
    statement = visible(select(Activity), account, "activities.read", Activity)
    asked = [
        Activity.association_id == association.id,
        Activity.planned_on.between(date(wanted.year, 1, 1), date(wanted.year, 12, 31)),
    ]
    if wanted.state:
        asked.append(state_column(now()) == wanted.state)
    if wanted.kind:
        asked.append(Activity.kind == wanted.kind)
    if wanted.group:
        asked.append(Group.public_id == wanted.group)
    statement = statement.outerjoin(Group, Activity.group_id == Group.id).where(*asked)
    return statement.options(contains_eager(Activity.group)).order_by(*PLANNED_FIRST)


@dataclass(frozen=True)
class Figures:
    """What is counted of an activity: sessions that stand, places wanted and taken in them, when the last one is."""

    sessions: int = 0
    wanted: int = 0
    taken: int = 0
    last: datetime | None = None


def figures_of(activities: Sequence[Activity], session: Session | None = None) -> dict[int, Figures]:
    """The figures of the activities of a page, in one query, by their ids."""
    ids = [one.id for one in activities]
    needs = select(SessionNeed.session_id, *(func.sum(column).label(column.key) for column in NEEDED))
    needs = (
        needs.join(SessionNeed.session).where(ActivitySession.activity_id.in_(ids)).group_by(SessionNeed.session_id)
    )
    counted = needs.subquery()
    statement = (
        select(
            ActivitySession.activity_id,
            func.count(),
            func.coalesce(func.sum(counted.c.wanted), 0),
            func.coalesce(func.sum(counted.c.taken), 0),
            func.max(ActivitySession.starts_at),
        )
        .outerjoin(counted, counted.c.session_id == ActivitySession.id)
        .where(ActivitySession.activity_id.in_(ids), STANDS)
        .group_by(ActivitySession.activity_id)
    )
    rows = (session or db.session).execute(statement)
    found = {key: Figures(count, int(wanted), int(taken), last) for key, count, wanted, taken, last in rows}
    return {key: found.get(key, Figures()) for key in ids}


@dataclass(frozen=True)
class Overdue:
    """An activity whose day has passed: nothing was done with it, or it was held and is not logged. Either way it
    is logged by `deadline`, ten working days after the day (order 67), if it was held.
    """

    activity: Activity
    was_held: bool
    deadline: date
    days_left: int


def overdue(account: Account, right: str, association: Association) -> Select[Any]:
    """Activities of the association whose day has passed, neither logged nor cancelled, the oldest first."""
    waiting = or_(_was_not_held(association), _was_held())
    return _waiting(account, right, association).where(waiting).order_by(*PLANNED_FIRST)


def counting_overdue(account: Account, right: str, association: Association) -> dict[str, Select[Any]]:
    """The questions of the work list: how many were not held, or held and not logged, and the oldest day of each."""
    not_held = _waiting(account, right, association).where(_was_not_held(association))
    held = _waiting(account, right, association).where(_was_held())
    return {
        "not_held": not_held.with_only_columns(func.count()),
        "not_held_since": not_held.with_only_columns(func.min(Activity.planned_on)),
        "not_logged": held.with_only_columns(func.count()),
        "not_logged_since": held.with_only_columns(func.min(Activity.ends_at)),
    }


def _waiting(account: Account, right: str, association: Association) -> Select[Any]:
    statement = select(Activity).where(
        Activity.association_id == association.id, Activity.cancelled_at.is_(None), Activity.logged_at.is_(None)
    )
    return visible(statement, account, right, Activity)


def _was_not_held(association: Association) -> ColumnElement[bool]:
    """Planned, never opened, and its day is over."""
    day, is_over = today(association.time_zone), or_(Activity.ends_at.is_(None), Activity.ends_at <= now())
    return and_(Activity.opened_at.is_(None), Activity.planned_on < day, is_over)


def _was_held() -> ColumnElement[bool]:
    return and_(Activity.opened_at.is_not(None), Activity.ends_at <= now())


def list_copied(association: Association, sources: Sequence[Activity], year: int) -> dict[int, Activity]:
    """Which of the activities stand in the plan of a year already, by the id of the one they were copied from."""
    statement = select(Activity).where(
        Activity.association_id == association.id, Activity.entry_key.in_([copy_key(one, year) for one in sources])
    )
    return {one.copied_from_id or 0: one for one in db.session.scalars(statement)}


def copy_key(source: Activity, year: int) -> str:
    """Under this key an activity is copied into a year, once."""
    return f"copy:{source.public_id}:{year}"


def list_sources(account: Account, association: Association, year: int, limit: int = 300) -> Sequence[Activity]:
    """The activities of a year that the account may plan anew: all but those cancelled."""
    statement = select(Activity).where(
        Activity.association_id == association.id,
        Activity.planned_on.between(date(year, 1, 1), date(year, 12, 31)),
        Activity.cancelled_at.is_(None),
    )
    statement = visible(statement.options(joinedload(Activity.group)), account, "activities.write", Activity)
    return db.session.scalars(statement.order_by(*PLANNED_FIRST).limit(limit)).all()


def list_overdue(account: Account, right: str, association: Association, limit: int = 20) -> list[Overdue]:
    """What the plan still waits for, with its clock."""
    day = today(association.time_zone)
    found = []
    for activity in db.session.scalars(overdue(account, right, association).limit(limit)):
        ended = local(activity.ends_at, association.time_zone).date() if activity.ends_at else activity.planned_on
        deadline = record_deadline(ended)
        left = working_days_between(day, deadline)
        was_held = activity.opened_at is not None
        found.append(Overdue(activity, was_held, deadline, min(left, -1) if deadline < day else left))
    return found


def list_between(
    account: Account, association: Association, start: datetime, end: datetime, limit: int = 1000
) -> Sequence[ActivitySession]:
    """The association's sessions that begin in [start, end), those cancelled too, in their order."""
    statement = (
        select(ActivitySession)
        .join(ActivitySession.activity)
        .where(
            ActivitySession.association_id == association.id,
            ActivitySession.starts_at >= start,
            ActivitySession.starts_at < end,
        )
        .options(contains_eager(ActivitySession.activity))
    )
    statement = visible(statement, account, "activities.read", ActivitySession)
    return db.session.scalars(statement.order_by(*SOONEST).limit(limit)).all()


def list_without_session(
    account: Account, association: Association, start: date, end: date, limit: int = 1000
) -> Sequence[Activity]:
    """The association's activities planned in [start, end) that have no session, not even one that was cancelled."""
    statement = select(Activity).where(
        Activity.association_id == association.id,
        Activity.planned_on >= start,
        Activity.planned_on < end,
        ~Activity.sessions.any(),
    )
    statement = visible(statement, account, "activities.read", Activity)
    return db.session.scalars(statement.order_by(*PLANNED_FIRST).limit(limit)).all()


def lock_plan(association: Association) -> None:
    """Whoever copies into the association's plan waits for whoever does so already."""
    db.session.execute(select(Association.id).where(Association.id == association.id).with_for_update())
