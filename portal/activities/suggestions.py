"""What the entry form offers so that less is typed: recent names and places, people who often take part."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select

from portal.accounts.models import Account
from portal.activities.models import ActivityLog, ActivityParticipant
from portal.activities.queries import NEWEST, STANDS
from portal.associations.models import Association, Group
from portal.core.calendar import today
from portal.core.database import db
from portal.core.i18n import _
from portal.offices.access import group_ids, reached, visible
from portal.people.models import Affiliation, Consent, ConsentPurpose, Person
from portal.people.queries import SHOWN, affiliated, live, people

RIGHT = "activities.write"
RECENT = timedelta(days=180)
LATEST = 60
SHOWN_WORDS = 12
OFFERED = 12
OFFERED_TO_LEADER = 40


def recent_words(account: Account, association: Association) -> tuple[list[str], list[str]]:
    """Names and places of the latest entries that the account may see here, each once."""
    statement: Any = select(ActivityLog.title, ActivityLog.place)
    statement = statement.where(ActivityLog.association_id == association.id, STANDS)
    statement = visible(statement, account, "activities.read", ActivityLog).order_by(*NEWEST)
    rows = db.session.execute(statement.limit(LATEST)).all()
    titles, places = (list(dict.fromkeys(row[n] for row in rows if row[n])) for n in (0, 1))
    return titles[:SHOWN_WORDS], places[:SHOWN_WORDS]


def materials() -> list[str]:
    """What associations hand out and put up most."""
    return [_("Leaflets"), _("Banners"), _("Small gifts"), _("Display boards"), _("Booklets"), _("Cloth bags")]


def list_groups(account: Account, association: Association) -> Sequence[Group]:
    """The groups that the account may log for."""
    statement = select(Group).where(Group.association_id == association.id, Group.ended_on.is_(None))
    limited_to = group_ids(account, RIGHT, association)
    if limited_to is not None:
        statement = statement.where(Group.id.in_(limited_to))
    return db.session.scalars(statement.order_by(Group.position, Group.id)).all()


def recent_people(account: Account, association: Association) -> Sequence[Person]:
    """Who took part most often in the last half year, the most often first; to a group leader, the whole group.

    Only people whom the account may log here.
    """
    since = today(association.time_zone) - RECENT
    times = (
        select(ActivityParticipant.person_id, func.count().label("times"))
        .join(ActivityParticipant.log)
        .where(ActivityLog.association_id == association.id, ActivityLog.held_on >= since)
        .group_by(ActivityParticipant.person_id)
        .subquery()
    )
    limited_to = group_ids(account, RIGHT, association)
    own = select(Affiliation.person_id).where(Affiliation.group_id.in_(limited_to or []), live())
    statement = (
        people()
        .outerjoin(times, times.c.person_id == Person.id)
        .where(reached(account, RIGHT), affiliated(association))
        .where(or_(times.c.times > 0, Person.id.in_(own)))
        .order_by(None)
        .order_by(func.coalesce(times.c.times, 0).desc(), Person.sort_key, Person.id)
        .options(*SHOWN)
    )
    return db.session.scalars(statement.limit(OFFERED if limited_to is None else OFFERED_TO_LEADER)).all()


def agreeing(persons: Sequence[Person]) -> set[int]:
    """Ids of those who agree to photos of them in public today."""
    statement = select(Consent.person_id).where(
        Consent.person_id.in_([person.id for person in persons]),
        Consent.purpose == ConsentPurpose.PHOTO,
        Consent.withdrawn_at.is_(None),
    )
    return set(db.session.scalars(statement)) if persons else set()
