"""Reading for a leader: who of the roster can be added, and which sessions have somebody to call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.database import db
from portal.core.formats import local
from portal.lending.queries import lent_people
from portal.people.models import Person
from portal.people.queries import MASKED, people
from portal.plans.models import ActivitySession
from portal.signups import telling
from portal.signups.models import LIVE, SignUp
from portal.volunteers.models import Volunteer
from portal.volunteers.queries import roster

FOUND = 12
MOST_CALLED = 100


def search_roster(
    account: Account, association: Association, session: ActivitySession, text: str
) -> Sequence[Person]:
    """Volunteers of the roster, as far as the account may see it, or lent on the day, who are not signed up for the
    session.
    """
    there = select(SignUp.person_id).where(
        SignUp.session_id == session.id, SignUp.state.in_(LIVE), SignUp.person_id.is_not(None)
    )
    statement = people(text).where(_served(account, association, session), Person.id.not_in(there))
    return db.session.scalars(statement.options(*MASKED).limit(FOUND)).all()


def get_of_roster(
    account: Account, association: Association, session: ActivitySession, public_id: str
) -> Person | None:
    """Somebody of the roster that the account may see, or lent on the day."""
    statement = select(Person).where(Person.public_id == public_id, Person.removed_at.is_(None))
    return db.session.scalar(statement.where(_served(account, association, session)))


def _served(account: Account, association: Association, session: ActivitySession) -> ColumnElement[bool]:
    here: Select[Any] = roster(account, association).where(Volunteer.ended_on.is_(None))
    lent = lent_people(association.id, local(session.starts_at, association.time_zone).date())
    return or_(Person.id.in_(here.with_only_columns(Volunteer.person_id)), Person.id.in_(lent))


def list_to_call(account: Account, association: Association, *, by_mail: bool) -> list[tuple[ActivitySession, int]]:
    """Sessions with somebody to call, and how many, the soonest first."""
    counted = telling.sessions_to_call(account, association, by_mail=by_mail).subquery()
    statement = (
        select(ActivitySession, counted.c.people)
        .join(counted, counted.c.session_id == ActivitySession.id)
        .options(joinedload(ActivitySession.activity), joinedload(ActivitySession.association))
        .order_by(ActivitySession.starts_at, ActivitySession.id)
        .limit(MOST_CALLED)
    )
    return [(session, count) for session, count in db.session.execute(statement)]
