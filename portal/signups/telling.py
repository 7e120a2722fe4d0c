"""Who has to be told something about a session they signed up for, and what: read from the rows, never noted down.

Told is whoever was sent a mail or called (`told_at`); signing up oneself counts as having heard, and so does being
added by a leader, who does it at the person's word. So nothing is lost when a mail server is away, and nobody is told
twice. Whom no mail has reached in a quarter of an hour is to be called.
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
from portal.signups.queries import FIRST_COME

DAY = timedelta(days=1)
LAST = timedelta(hours=1)  # before the start nobody is reminded any more
PATIENCE, GIVES_UP = timedelta(minutes=15), timedelta(hours=6)  # for a mail server that does not take a letter
STANDING = (SignUpState.CONFIRMED, SignUpState.OFFERED, SignUpState.WAITLISTED)


class News(Labelled):
    CANCELLED = "cancelled", lazy("It is cancelled")
    TAKEN_OUT = "taken_out", lazy("Taken out: does not need to come")
    OFFER = "offer", lazy("A place is offered, to be answered in time")
    MOVED = "moved", lazy("Time or place has changed")
    GIVEN = "given", lazy("A place was given: is expected")
    REMINDER = "reminder", lazy("Reminder: it takes place within a day")


PLACED = {SignUpState.CONFIRMED: News.GIVEN, SignUpState.WITHDRAWN: News.TAKEN_OUT}


def news_of(sign_up: SignUp, session: ActivitySession, moment: datetime) -> News | None:
    """What the person has not heard yet. A reminder is due in the last day, if nothing was heard for a day."""
    heard = sign_up.told_at or sign_up.signed_up_at
    if sign_up.person_id is None or session.starts_at <= moment:
        return None
    if session.cancelled_at is not None:
        return News.CANCELLED if sign_up.state in STANDING and heard < session.cancelled_at else None
    if sign_up.offered_until is not None and sign_up.told_at is None and sign_up.offered_until > moment:
        return News.OFFER
    if session.moved_at is not None and sign_up.state in STANDING and heard < session.moved_at:
        return News.MOVED
    if sign_up.placed_at is not None and (sign_up.told_at is None or sign_up.told_at < sign_up.placed_at):
        return PLACED.get(SignUpState(sign_up.state))
    is_near = moment + LAST < session.starts_at <= moment + DAY
    if is_near and sign_up.state == SignUpState.CONFIRMED and heard < moment - DAY:
        return News.REMINDER
    return None


def is_due(moment: datetime, waited: timedelta = timedelta()) -> ColumnElement[bool]:
    """`news_of` for the database to answer, of what has been news for as long as `waited`; the session is joined."""
    heard, session, since = func.coalesce(SignUp.told_at, SignUp.signed_up_at), ActivitySession, moment - waited
    standing = SignUp.state.in_(STANDING)
    known = or_(SignUp.placed_at.is_(None), SignUp.placed_at <= since)
    offer = and_(SignUp.told_at.is_(None), SignUp.offered_until > moment, known)
    moved = and_(standing, heard < session.moved_at, session.moved_at <= since)
    untold = or_(SignUp.told_at.is_(None), SignUp.told_at < SignUp.placed_at)
    placed = and_(SignUp.state.in_(PLACED), untold, SignUp.placed_at <= since)
    near = and_(session.starts_at > moment + LAST, session.starts_at <= since + DAY)
    reminder = and_(near, SignUp.state == SignUpState.CONFIRMED, heard < since - DAY)
    cancelled = and_(standing, heard < session.cancelled_at, session.cancelled_at <= since)
    return and_(
        SignUp.person_id.is_not(None),
        session.starts_at > moment,
        or_(cancelled, and_(session.cancelled_at.is_(None), or_(offer, moved, placed, reminder))),
    )


def list_to_mail(limit: int) -> Sequence[str]:
    """The sign-ups to be told of whose people have an address, by public_id, in the order of signing up."""
    is_tried = is_due(now(), GIVES_UP).is_not(True)
    statement = _joined(select(SignUp.public_id)).where(is_due(now()), is_tried, Person.email != "")
    return db.session.scalars(statement.order_by(SignUp.id).limit(limit)).all()


def list_to_call(session: ActivitySession, *, by_mail: bool) -> Sequence[SignUp]:
    """Those of a session whom a leader has to tell: all of them, or with mail those whom none has reached."""
    statement = _joined(select(SignUp)).where(_to_call(by_mail), SignUp.session_id == session.id)
    masked = contains_eager(SignUp.person).options(*MASKED)
    return db.session.scalars(statement.options(masked).order_by(*FIRST_COME)).all()


def sessions_to_call(account: Account, association: Association, *, by_mail: bool) -> Select[Any]:
    """The association's sessions with somebody to call, as far as the account may write in them, and how many."""
    counted: Any = select(SignUp.session_id, func.count().label("people"))
    statement = _joined(counted).where(_to_call(by_mail), SignUp.association_id == association.id)
    return visible(statement, account, "activities.write", SignUp).group_by(SignUp.session_id)


def counting_to_call(account: Account, association: Association, *, by_mail: bool) -> Select[Any]:
    """How many people are to be called, as a question for the work list."""
    sessions = sessions_to_call(account, association, by_mail=by_mail).subquery()
    return select(func.sum(sessions.c.people))


def _joined(statement: Select[Any]) -> Select[Any]:
    return statement.join(SignUp.session).join(SignUp.person).where(Person.removed_at.is_(None))


def _to_call(by_mail: bool) -> ColumnElement[bool]:
    if not by_mail:
        return is_due(now())
    no_address = and_(is_due(now()), or_(Person.email.is_(None), Person.email == ""))
    return or_(no_address, is_due(now(), PATIENCE))
