"""Reading attendance: a session's list with its figures, lists that are open, what waits to be looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.attendance.rules import LATE
from portal.core.calendar import now
from portal.core.database import db
from portal.core.formats import local
from portal.lending.queries import lent_people
from portal.offices.access import reached, visible
from portal.people.models import Person
from portal.people.queries import MASKED, affiliated, people
from portal.plans.models import Activity, ActivitySession, SessionNeed
from portal.signups.models import HOLDING, SignUp, SignUpState
from portal.volunteers.models import Volunteer

RIGHT = "activities.write"
AHEAD = timedelta(days=7)
FOUND = 12
BY_NAME = (SignUp.person_id.is_(None), Person.sort_key, SignUp.guest_name, SignUp.id)
OF_SESSION = (
    joinedload(SignUp.session).joinedload(ActivitySession.activity),
    joinedload(SignUp.session).joinedload(ActivitySession.association),
    joinedload(SignUp.need).joinedload(SessionNeed.skill),
)


@dataclass(frozen=True)
class Figures:
    """How many of a session's list stand where."""

    expected: int = 0
    here: int = 0
    out: int = 0
    absent: int = 0

    @property
    def came(self) -> int:
        return self.here + self.out

    @property
    def all(self) -> int:
        return self.expected + self.came + self.absent


def figures_of(states: Counter[str]) -> Figures:
    expected = states[SignUpState.CONFIRMED] + states[SignUpState.OFFERED]
    return Figures(expected, states[SignUpState.ARRIVED], states[SignUpState.COMPLETED], states[SignUpState.NO_SHOW])


def figures_of_rows(sign_ups: Sequence[SignUp]) -> Figures:
    return figures_of(Counter(one.state for one in sign_ups))


def list_of(session: ActivitySession) -> Sequence[SignUp]:
    """Whoever holds a place, by name, guests last."""
    return db.session.scalars(of_session(session)).all()


def of_session(session: ActivitySession) -> Select[Any]:
    """The same as a statement; numbers are not read."""
    return (
        select(SignUp)
        .outerjoin(SignUp.person)
        .where(SignUp.session_id == session.id, SignUp.state.in_(HOLDING))
        .options(contains_eager(SignUp.person).options(*MASKED), *OF_SESSION)
        .order_by(*BY_NAME)
    )


def count_waiting(session: ActivitySession) -> int:
    """How many are on the waiting list."""
    asked = (SignUp.session_id == session.id, SignUp.state == SignUpState.WAITLISTED)
    return db.session.scalar(select(func.count()).where(*asked)) or 0


# Sessions


def list_near(account: Account, association: Association) -> Sequence[ActivitySession]:
    """Sessions of the association that run now or begin within a week, the soonest first."""
    moment = now()
    asked = (ActivitySession.ends_at > moment - LATE, ActivitySession.starts_at < moment + AHEAD)
    return _sessions(account, association, asked, (ActivitySession.starts_at, ActivitySession.id))


def list_open(account: Account, association: Association) -> Sequence[ActivitySession]:
    """Sessions that are over and whose lists nobody closed, the latest first."""
    asked = (ActivitySession.ends_at <= now() - LATE, _has_open_list())
    return _sessions(account, association, asked, (ActivitySession.starts_at.desc(), ActivitySession.id))


def _sessions(
    account: Account, association: Association, asked: Any, order: Any, limit: int = 50
) -> Sequence[ActivitySession]:
    statement = (
        select(ActivitySession)
        .join(ActivitySession.activity)
        .where(ActivitySession.association_id == association.id, *_standing(), *asked)
        .options(contains_eager(ActivitySession.activity))
    )
    shown: Select[Any] = visible(statement, account, RIGHT, ActivitySession)
    return db.session.scalars(shown.order_by(*order).limit(limit)).all()


def _standing() -> tuple[ColumnElement[bool], ...]:
    return ActivitySession.cancelled_at.is_(None), Activity.cancelled_at.is_(None), Activity.opened_at.is_not(None)


def _has_open_list() -> ColumnElement[bool]:
    expected = (SignUp.session_id == ActivitySession.id, SignUp.state == SignUpState.CONFIRMED)
    return select(SignUp.id).where(*expected).exists()


def figures_of_all(sessions: Sequence[ActivitySession]) -> dict[int, Figures]:
    """The figures of the lists of a page, in one query, by the ids of the sessions."""
    statement = (
        select(SignUp.session_id, SignUp.state, func.count())
        .where(SignUp.session_id.in_([one.id for one in sessions]))
        .group_by(SignUp.session_id, SignUp.state)
    )
    states: dict[int, Counter[str]] = {one.id: Counter() for one in sessions}
    for session_id, state, count in db.session.execute(statement):
        states[session_id][state] = count
    return {key: figures_of(found) for key, found in states.items()}


def counting_open(account: Account, association: Association) -> Select[Any]:
    """How many lists of sessions that are over nobody closed."""
    statement = select(func.count(ActivitySession.id)).join(ActivitySession.activity)
    asked = (ActivitySession.association_id == association.id, ActivitySession.ends_at <= now() - LATE)
    return visible(statement.where(*asked, *_standing(), _has_open_list()), account, RIGHT, ActivitySession)


def counting(account: Account, association: Association) -> dict[str, Select[Any]]:
    """What waits here for whoever keeps the lists."""
    return {"open_lists": counting_open(account, association), "odd": counting_odd(account, association)}


# What waits to be looked at


def _is_odd(moment: datetime) -> ColumnElement[bool]:
    """Marked so, or checked in to a session whose time for checking out is over."""
    lost = and_(SignUp.state == SignUpState.ARRIVED, ActivitySession.ends_at <= moment - LATE)
    return or_(SignUp.review != "", lost)


def odd(account: Account, association: Association) -> Select[Any]:
    """Attendances of the association that an officer must look at before minutes are made of them, oldest first."""
    statement = _odd(select(SignUp), account, association).options(
        contains_eager(SignUp.session).contains_eager(ActivitySession.activity),
        contains_eager(SignUp.session).joinedload(ActivitySession.association),
        contains_eager(SignUp.person).options(*MASKED),
        joinedload(SignUp.need).joinedload(SessionNeed.skill),
    )
    return statement.order_by(ActivitySession.starts_at, Person.sort_key, SignUp.id)


def counting_odd(account: Account, association: Association) -> Select[Any]:
    return _odd(select(func.count(SignUp.id)), account, association)


def _odd(statement: Select[Any], account: Account, association: Association) -> Select[Any]:
    joined = statement.join(SignUp.session).join(ActivitySession.activity).join(SignUp.person)
    joined = joined.where(SignUp.association_id == association.id, _is_odd(now()), *_standing())
    return visible(joined, account, RIGHT, SignUp)


def get_odd(account: Account, association: Association, public_id: str) -> SignUp | None:
    """One of the association's attendances, odd or looked at meanwhile."""
    statement = (
        select(SignUp)
        .where(SignUp.public_id == public_id, SignUp.association_id == association.id, SignUp.person_id.is_not(None))
        .options(*OF_SESSION, joinedload(SignUp.person))
    )
    found: SignUp | None = db.session.scalar(visible(statement, account, RIGHT, SignUp))
    return found


# Somebody who is not on the list


def find_helpers(account: Account, session: ActivitySession, text: str) -> Sequence[Person]:
    """Volunteers whom the account may add to a session, by name, initials or the last four digits of the phone."""
    if not text.strip():
        return []
    statement = people(text).where(_addable(account, session)).options(*MASKED)
    return db.session.scalars(statement.limit(FOUND)).all()


def get_helpers(account: Account, session: ActivitySession, ids: Sequence[str]) -> Sequence[Person]:
    """Those of the people whom the account may add to a session, in the order of the ids."""
    if not ids:
        return []
    statement = people().where(Person.public_id.in_(ids), _addable(account, session))
    found = {one.public_id: one for one in db.session.scalars(statement)}
    return [found[key] for key in dict.fromkeys(ids) if key in found]


def _addable(account: Account, session: ActivitySession) -> ColumnElement[bool]:
    """Of the association's own, as far as the account sees them; or lent to it on the day, whoever's they are."""
    place = session.association
    serving = select(Volunteer.id).where(Volunteer.person_id == Person.id, Volunteer.ended_on.is_(None))
    lent = lent_people(place.id, local(session.starts_at, place.time_zone).date())
    return or_(and_(reached(account, RIGHT), affiliated(place), serving.exists()), Person.id.in_(lent))
