"""Reading the plan: an activity, a session, the year's list, what is to come and what is overdue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal.accounts.models import Account
from portal.associations import ties
from portal.associations.models import Association, Group
from portal.associations.queries import in_subtree
from portal.core.calendar import now
from portal.core.database import db
from portal.core.i18n import ngettext
from portal.offices.access import group_ids, visible
from portal.plans.models import Activity, ActivitySession, ActivityState, FestivalDay, SessionNeed
from portal.volunteers.models import Skill, SkillKind

PLANNED_FIRST = (Activity.planned_on, Activity.id)
SOONEST = (ActivitySession.starts_at, ActivitySession.id)
STANDS = ActivitySession.cancelled_at.is_(None)
LOADED = (joinedload(ActivitySession.association), selectinload(ActivitySession.needs).joinedload(SessionNeed.skill))


@dataclass(frozen=True)
class Wanted:
    """What a volunteer looks for among the sessions to come."""

    path: str = ""  # a branch of the tree
    place: str = ""
    skill: str = ""  # its public id
    start: datetime | None = None
    end: datetime | None = None


# States


def state_column(moment: datetime) -> ColumnElement[str]:
    """`Activity.state_at` for the database to answer."""
    held = and_(Activity.ends_at.is_not(None), Activity.ends_at <= moment)
    return case(
        (Activity.cancelled_at.is_not(None), ActivityState.CANCELLED.value),
        (Activity.logged_at.is_not(None), ActivityState.LOGGED.value),
        (Activity.opened_at.is_(None), ActivityState.PLANNED.value),
        (held, ActivityState.HELD.value),
        else_=ActivityState.OPEN.value,
    )


@ties.stays_open
def _tell_open(association: Association) -> str:
    to_come = ActivitySession.ends_at > now()
    opened = ActivitySession.activity.has(and_(Activity.opened_at.is_not(None), Activity.cancelled_at.is_(None)))
    count = ties.count_at(association, ActivitySession, to_come, STANDS, opened)
    return ngettext("%(num)d session to come", "%(num)d sessions to come", count) if count else ""


# Activities


def get_activity(account: Account, right: str, association: Association, public_id: str) -> Activity | None:
    """One activity of the association with its sessions, if the account may see it by the right."""
    statement = (
        select(Activity)
        .where(Activity.public_id == public_id, Activity.association_id == association.id)
        .options(
            joinedload(Activity.association),
            joinedload(Activity.group),
            joinedload(Activity.in_charge),
            selectinload(Activity.sessions).options(*LOADED),
        )
    )
    found: Activity | None = db.session.scalar(visible(statement, account, right, Activity))
    return found


def find_by_key(entry_key: str | None) -> Activity | None:
    """The activity that a form with this key has made."""
    if not entry_key:
        return None
    return db.session.scalar(select(Activity).where(Activity.entry_key == entry_key))


def list_groups(account: Account, right: str, association: Association) -> Sequence[Group]:
    """The groups of the association for which the account holds the right."""
    statement = select(Group).where(Group.association_id == association.id, Group.ended_on.is_(None))
    limited_to = group_ids(account, right, association)
    if limited_to is not None:
        statement = statement.where(Group.id.in_(limited_to))
    return db.session.scalars(statement.order_by(Group.position, Group.id)).all()


# Sessions


def get_session(public_id: str) -> ActivitySession | None:
    """One session with its activity, association and needs, whoever asks."""
    statement = select(ActivitySession).where(ActivitySession.public_id == public_id)
    return db.session.scalar(statement.options(joinedload(ActivitySession.activity), *LOADED))


def get_public_session(public_id: str) -> ActivitySession | None:
    """The same once its activity was opened for sign-up; a cancelled one stays, with its reason."""
    session = get_session(public_id)
    return session if session is not None and session.activity.opened_at is not None else None


def get_office_session(
    account: Account, right: str, association: Association, public_id: str
) -> ActivitySession | None:
    """One session of the association, if the account may see it by the right."""
    statement = select(ActivitySession).where(
        ActivitySession.public_id == public_id, ActivitySession.association_id == association.id
    )
    loaded = (joinedload(ActivitySession.activity), joinedload(ActivitySession.group), *LOADED)
    found: ActivitySession | None = db.session.scalar(
        visible(statement.options(*loaded), account, right, ActivitySession)
    )
    return found


def list_later(session: ActivitySession) -> Sequence[ActivitySession]:
    """The later sessions of its series that stand and have not begun, in their order."""
    if session.series is None:
        return []
    statement = select(ActivitySession).where(
        ActivitySession.series == session.series,
        ActivitySession.activity_id == session.activity_id,
        ActivitySession.starts_at > session.starts_at,
        ActivitySession.starts_at > now(),
        STANDS,
    )
    loaded = statement.options(joinedload(ActivitySession.activity), *LOADED)
    return db.session.scalars(loaded.order_by(*SOONEST)).all()


def upcoming(wanted: Wanted | None = None) -> Select[Any]:
    """Sessions for which everybody may still sign up (full ones too: they have a waiting list), the soonest first."""
    asked = wanted or Wanted()
    moment = now()
    conditions = [
        ActivitySession.deadline_at > moment,
        ActivitySession.starts_at > moment,
        STANDS,
        Activity.opened_at.is_not(None),
        Activity.cancelled_at.is_(None),
        Association.archived_on.is_(None),
        *_asked(asked),
    ]
    return (
        select(ActivitySession)
        .join(ActivitySession.activity)
        .join(ActivitySession.association)
        .where(*conditions)
        .options(
            contains_eager(ActivitySession.activity),
            contains_eager(ActivitySession.association),
            selectinload(ActivitySession.needs).joinedload(SessionNeed.skill),
        )
        .order_by(*SOONEST)
    )


def _asked(wanted: Wanted) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    if wanted.path:
        asked.append(in_subtree(wanted.path))
    if wanted.place:
        words = (ActivitySession.place, Association.name)
        asked.append(or_(*(column.icontains(wanted.place, autoescape=True) for column in words)))
    if wanted.skill:
        needed = select(SessionNeed.id).join(Skill, Skill.id == SessionNeed.skill_id)
        asked.append(
            needed.where(SessionNeed.session_id == ActivitySession.id, Skill.public_id == wanted.skill).exists()
        )
    if wanted.start:
        asked.append(ActivitySession.starts_at >= wanted.start)
    if wanted.end:
        asked.append(ActivitySession.starts_at < wanted.end)
    return asked


def last_session(account: Account, activity: Activity) -> ActivitySession | None:
    """The latest session of the activity, of the one that it was copied from, or else of its association: its texts
    can be taken over.
    """
    of = ActivitySession.activity_id
    near = case((of == activity.id, 0), (of == activity.copied_from_id, 1), else_=2)
    statement = (
        select(ActivitySession)
        .where(ActivitySession.association_id == activity.association_id, STANDS)
        .options(selectinload(ActivitySession.needs).joinedload(SessionNeed.skill))
        .order_by(near, ActivitySession.id.desc())
        .limit(1)
    )
    found: ActivitySession | None = db.session.scalar(visible(statement, account, "activities.read", ActivitySession))
    return found


def list_skills(association: Association) -> Sequence[Skill]:
    """The skills that the association's federation keeps."""
    statement = select(Skill).where(
        Skill.association_id == association.path_ids[0], Skill.kind == SkillKind.SKILL, Skill.ended_on.is_(None)
    )
    return db.session.scalars(statement.order_by(Skill.position, Skill.id)).all()


def find_session(activity: Activity, starts_at: datetime, ends_at: datetime, place: str) -> ActivitySession | None:
    """The activity's session at this time and place, if it stands: sending a form twice makes one."""
    statement = select(ActivitySession).where(
        ActivitySession.activity_id == activity.id,
        ActivitySession.starts_at == starts_at,
        ActivitySession.ends_at == ends_at,
        ActivitySession.place == place,
        STANDS,
    )
    return db.session.scalar(statement.options(selectinload(ActivitySession.needs)))


def lock(activity: Activity) -> None:
    """Whoever adds to the activity's sessions or cancels one of them waits for whoever does so already."""
    db.session.execute(select(Activity.id).where(Activity.id == activity.id).with_for_update())


def span_of(activity: Activity) -> tuple[datetime | None, datetime | None]:
    """When its first session begins and its last one ends, those cancelled left out."""
    statement = select(func.min(ActivitySession.starts_at), func.max(ActivitySession.ends_at))
    start, end = db.session.execute(statement.where(ActivitySession.activity_id == activity.id, STANDS)).one()
    return start, end


def count_standing(activity: Activity) -> int:
    """Its sessions that were not cancelled."""
    statement = select(func.count()).where(ActivitySession.activity_id == activity.id, STANDS)
    return db.session.scalar(statement) or 0


# Festival days


def list_own_days(association: Association) -> Sequence[FestivalDay]:
    """The days that the association has added to the portal's own."""
    statement = select(FestivalDay).where(FestivalDay.association_id == association.id)
    return db.session.scalars(statement.order_by(FestivalDay.month, FestivalDay.day, FestivalDay.id)).all()
