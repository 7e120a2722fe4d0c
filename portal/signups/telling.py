"""Who has to be told something about a session they signed up for, and what: read from the rows, never noted down.

Told is whoever was sent a mail or called (`told_at`); signing up oneself counts as having heard. So nothing is lost
when a mail server is away, and nobody is told twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.calendar import now
from portal.core.database import db
from portal.core.i18n import lazy
from portal.core.labels import Labelled
from portal.offices.access import visible
from portal.people.models import Person
from portal.people.queries import MASKED
from portal.plans.models import ActivitySession
from portal.signups.models import SignUp, SignUpState
from portal.signups.queries import FIRST_COME, OF_SESSION

DAY = timedelta(days=1)
LAST = timedelta(hours=1)  # before the start nobody is reminded any more
STANDING = (SignUpState.CONFIRMED, SignUpState.OFFERED, SignUpState.WAITLISTED)


class News(Labelled):
    CANCELLED = "cancelled", lazy("It is cancelled")
    OFFER = "offer", lazy("A place is offered, to be answered in time")
    MOVED = "moved", lazy("Time or place has changed")
    REMINDER = "reminder", lazy("Reminder: it takes place within a day")


def news_of(sign_up: SignUp, session: ActivitySession, moment: datetime) -> News | None:
    """What the person has not heard yet. A reminder is due in the last day, if nothing was heard for a day."""
    heard = sign_up.told_at or sign_up.signed_up_at
    if sign_up.person_id is None or sign_up.state not in STANDING or session.starts_at <= moment:
        return None
    if session.cancelled_at is not None:
        return News.CANCELLED if heard < session.cancelled_at else None
    if sign_up.offered_until is not None and sign_up.told_at is None and sign_up.offered_until > moment:
        return News.OFFER
    if session.moved_at is not None and heard < session.moved_at:
        return News.MOVED
    is_near = moment + LAST < session.starts_at <= moment + DAY
    if is_near and sign_up.state == SignUpState.CONFIRMED and heard < moment - DAY:
        return News.REMINDER
    return None


def is_due(moment: datetime) -> ColumnElement[bool]:
    """`news_of` for the database to answer; joined with the session."""
    heard, session = func.coalesce(SignUp.told_at, SignUp.signed_up_at), ActivitySession
    offer = and_(SignUp.told_at.is_(None), SignUp.offered_until > moment)
    near = and_(session.starts_at > moment + LAST, session.starts_at <= moment + DAY)
    reminder = and_(near, SignUp.state == SignUpState.CONFIRMED, heard < moment - DAY)
    return and_(
        SignUp.person_id.is_not(None),
        SignUp.state.in_(STANDING),
        session.starts_at > moment,
        or_(
            heard < session.cancelled_at,
            and_(session.cancelled_at.is_(None), or_(offer, heard < session.moved_at, reminder)),
        ),
    )


def list_to_mail(limit: int) -> Sequence[SignUp]:
    """Those to be told who have an address, in the order in which they signed up."""
    statement = _due().where(Person.email.is_not(None), Person.email != "").order_by(SignUp.id).limit(limit)
    return db.session.scalars(statement.options(*OF_SESSION, contains_eager(SignUp.person))).all()


def list_to_call(session: ActivitySession, *, by_mail: bool) -> Sequence[SignUp]:
    """Those of a session whom a leader has to tell: all of them, or with mail those without an address."""
    statement = _by_call(_due(), by_mail).where(SignUp.session_id == session.id).order_by(*FIRST_COME)
    return db.session.scalars(statement.options(contains_eager(SignUp.person).options(*MASKED))).all()


def sessions_to_call(account: Account, association: Association, *, by_mail: bool) -> Select[Any]:
    """The association's sessions with somebody to call, as far as the account may write in them, and how many."""
    counted: Any = select(SignUp.session_id, func.count().label("people"))
    statement = counted.join(SignUp.session).join(SignUp.person)
    statement = _by_call(statement.where(is_due(now()), SignUp.association_id == association.id), by_mail)
    return visible(statement, account, "activities.write", SignUp).group_by(SignUp.session_id)


def counting_to_call(account: Account, association: Association, *, by_mail: bool) -> Select[Any]:
    """How many people are to be called, as a question for the work list."""
    sessions = sessions_to_call(account, association, by_mail=by_mail).subquery()
    return select(func.sum(sessions.c.people))


def _due() -> Select[Any]:
    return select(SignUp).join(SignUp.session).join(SignUp.person).where(is_due(now()))


def _by_call(statement: Select[Any], by_mail: bool) -> Select[Any]:
    return statement.where(or_(Person.email.is_(None), Person.email == "")) if by_mail else statement
