"""Reading an association's plan: the year's list, its figures, a month, what is overdue, what can be copied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from portal.accounts.models import Account
from portal.associations.models import Association, Group
from portal.core.calendar import now, record_deadline, today, working_days_between
from portal.core.database import db
from portal.core.formats import local
from portal.offices.access import visible
from portal.plans.models import Activity, ActivitySession, SessionNeed
from portal.plans.queries import PLANNED_FIRST, SOONEST, STANDS, state_column


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
    needs = (
        select(
            SessionNeed.session_id,
            func.sum(SessionNeed.wanted).label("wanted"),
            func.sum(SessionNeed.taken).label("taken"),
        )
        .join(ActivitySession, ActivitySession.id == SessionNeed.session_id)
        .where(ActivitySession.activity_id.in_([one.id for one in activities]))
        .group_by(SessionNeed.session_id)
        .subquery()
    )
    statement = (
        select(
            ActivitySession.activity_id,
            func.count(),
            func.coalesce(func.sum(needs.c.wanted), 0),
            func.coalesce(func.sum(needs.c.taken), 0),
            func.max(ActivitySession.starts_at),
        )
        .outerjoin(needs, needs.c.session_id == ActivitySession.id)
        .where(ActivitySession.activity_id.in_([one.id for one in activities]), STANDS)
        .group_by(ActivitySession.activity_id)
    )
    rows = (session or db.session).execute(statement)
    found = {key: Figures(count, int(wanted), int(taken), last) for key, count, wanted, taken, last in rows}
    return {one.id: found.get(one.id, Figures()) for one in activities}


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
    moment, day = now(), today(association.time_zone)
    has_ended = and_(Activity.ends_at.is_not(None), Activity.ends_at <= moment)
    not_held = and_(
        Activity.opened_at.is_(None),
        Activity.planned_on < day,
        or_(Activity.ends_at.is_(None), Activity.ends_at <= moment),
    )
    statement = select(Activity).where(
        Activity.association_id == association.id,
        Activity.cancelled_at.is_(None),
        Activity.logged_at.is_(None),
        or_(not_held, and_(Activity.opened_at.is_not(None), has_ended)),
    )
    return visible(statement, account, right, Activity).order_by(*PLANNED_FIRST)


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
    """The association's activities planned in [start, end) for which no session stands."""
    statement = select(Activity).where(
        Activity.association_id == association.id,
        Activity.planned_on >= start,
        Activity.planned_on < end,
        Activity.ends_at.is_(None),
    )
    statement = visible(statement, account, "activities.read", Activity)
    return db.session.scalars(statement.order_by(*PLANNED_FIRST).limit(limit)).all()


def lock_plan(association: Association) -> None:
    """Whoever copies into the association's plan waits for whoever does so already."""
    db.session.execute(select(Association.id).where(Association.id == association.id).with_for_update())
