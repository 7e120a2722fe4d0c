"""Reading a person's own sign-ups: what is to come, what is over, the calendar, sessions that fit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, case, false, literal, or_, select
from sqlalchemy.orm import joinedload

from portal.associations.models import Association
from portal.core.calendar import now
from portal.core.database import db
from portal.plans.models import ActivitySession, SessionNeed
from portal.signups.models import LIVE, SignUp, SignUpState
from portal.signups.queries import OF_SESSION

KEPT = (SignUpState.CONFIRMED, SignUpState.ARRIVED, SignUpState.COMPLETED)
MOST_OWN = 200
KEPT_IN_CALENDAR = timedelta(days=60)


def list_present(person_id: int) -> Sequence[SignUp]:
    """The person's sign-ups that stand, of sessions that are not over; cancelled ones too, the soonest first."""
    statement = (
        select(SignUp)
        .join(SignUp.session)
        .where(SignUp.person_id == person_id, SignUp.state.in_(LIVE), ActivitySession.ends_at > now())
        .options(*OF_SESSION)
        .order_by(ActivitySession.starts_at, SignUp.id)
        .limit(MOST_OWN)
    )
    return db.session.scalars(statement).all()


def past_of_person(person_id: int) -> Select[Any]:
    """What is over or was left, the latest first."""
    is_over = or_(ActivitySession.ends_at <= now(), SignUp.state.not_in(LIVE))
    return (
        select(SignUp)
        .join(SignUp.session)
        .where(SignUp.person_id == person_id, is_over)
        .options(*OF_SESSION)
        .order_by(ActivitySession.starts_at.desc(), SignUp.id.desc())
    )


def list_for_calendar(person_id: int) -> Sequence[ActivitySession]:
    """The sessions in which the person has a place, of the last weeks and to come; cancelled ones say so. One that
    is only offered is none yet.
    """
    held = select(SignUp.session_id).where(SignUp.person_id == person_id, SignUp.state.in_(KEPT))
    statement = (
        select(ActivitySession)
        .where(ActivitySession.id.in_(held), ActivitySession.ends_at > now() - KEPT_IN_CALENDAR)
        .options(joinedload(ActivitySession.activity), joinedload(ActivitySession.association))
        .order_by(ActivitySession.starts_at, ActivitySession.id)
        .limit(MOST_OWN)
    )
    return db.session.scalars(statement).all()


def fitting(
    statement: Select[Any], skills: Collection[int], paths: Collection[str], lent: Select[Any]
) -> Select[Any]:
    """Sessions to come (plans.queries.upcoming) for a volunteer: those that ask for one's skills first, then those
    for everybody, then the others, each with one's own associations first; without those that are kept to others.
    `lent` has the ids of associations that have borrowed the volunteer: what they keep to their own is shown too.
    """
    own = or_(*(literal(path).startswith(Association.path) for path in paths), false())
    wanted = select(SessionNeed.id).where(SessionNeed.session_id == ActivitySession.id)
    rank = case(
        (wanted.where(SessionNeed.skill_id.in_(skills)).exists(), 0),
        (wanted.where(SessionNeed.skill_id.is_(None)).exists(), 1),
        else_=2,
    )
    statement = statement.where(or_(ActivitySession.own_only.is_(False), own, Association.id.in_(lent)))
    near = case((Association.path.in_(paths), 0), else_=1)
    return statement.order_by(None).order_by(rank, near, ActivitySession.starts_at, ActivitySession.id)


def states_in(person_id: int, sessions: Sequence[ActivitySession]) -> dict[int, SignUp]:
    """The person's sign-ups that stand in the sessions of a page, by session."""
    asked = (
        SignUp.person_id == person_id,
        SignUp.session_id.in_([one.id for one in sessions]),
        SignUp.state.in_(LIVE),
    )
    return {one.session_id: one for one in db.session.scalars(select(SignUp).where(*asked))}
