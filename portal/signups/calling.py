"""Calling those who signed up: their numbers, each look recorded, and who has heard."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core import audit
from portal.core.calendar import now
from portal.core.database import db
from portal.core.formats import date_long, local
from portal.core.i18n import _
from portal.people import services as people
from portal.people.models import Person
from portal.plans.models import ActivitySession
from portal.signups.models import LIVE, SignUp
from portal.signups.queries import FIRST_COME
from portal.signups.telling import News, news_of

AFTER = timedelta(days=2)  # things left behind, a bill to settle; later there is nothing to call about


def list_reachable(session: ActivitySession) -> Sequence[SignUp]:
    """Those who come, wait, have an offer, were taken out or were missed there, until two days after the end."""
    if session.ends_at + AFTER < now():
        return []
    statement = (
        select(SignUp)
        .join(SignUp.person)
        .where(SignUp.session_id == session.id, or_(SignUp.state.in_(LIVE), SignUp.placed_at.is_not(None)))
        .where(Person.removed_at.is_(None))
        .options(contains_eager(SignUp.person))
        .order_by(*FIRST_COME)
    )
    return db.session.scalars(statement).all()


def reveal_phones(
    actor: Account, session: ActivitySession, sign_ups: Sequence[SignUp], association: Association
) -> dict[int, str]:
    """The phones of those who signed up, by sign-up, for whoever leads the session. Whoever signs up reads before
    that this is so; each look is recorded, and the person can read it.
    """
    day = date_long(local(session.starts_at, association.time_zone).date())
    reason = _("Call about “%(title)s” on %(day)s", title=session.activity.title, day=day)
    found: dict[int, str] = {}
    for one in sign_ups:
        if one.person is not None and one.person.phone_last4:
            found[one.id] = people.reveal(actor, one.person, "phone", reason, association)
    return found


def mark_told(actor: Account, session: ActivitySession, ids: Collection[str]) -> int:
    """Those who were called have heard what there was to say; returns how many. Marked again, it is as it was."""
    chosen = [one for one in list_reachable(session) if one.public_id in ids]
    moment = now()
    for one in chosen:
        if news_of(one, session, moment) == News.REMINDER:
            session.reminded_at = session.reminded_at or moment
        one.told_at = moment
    if chosen:
        audit.record(actor, "signups.told", session, {"people": len(chosen)})
    return len(chosen)
