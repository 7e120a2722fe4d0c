"""What the entry form offers so that less is typed: recent names and places, people who often take part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, exists, func, or_, select

from portal.accounts.models import Account
from portal.activities.models import ActivityLog, ActivityParticipant
from portal.activities.queries import NEWEST, STANDS
from portal.associations.models import Association, Group
from portal.core.calendar import today
from portal.core.database import db
from portal.core.i18n import _, pgettext
from portal.offices.access import group_ids, reached, visible
from portal.people.models import Affiliation, AffiliationKind, Consent, ConsentPurpose, Person
from portal.people.queries import affiliated, live, people

RIGHT = "activities.write"
RECENT = timedelta(days=180)
FOUND = 20
LATEST = 60
SHOWN_WORDS = 12
OFFERED = 12
OFFERED_TO_LEADER = 40


@dataclass(frozen=True)
class Card:
    """Somebody as the form shows them: plain values, which outlive the transaction."""

    id: str
    name: str
    phone_end: str | None = None
    group: str | None = None
    is_volunteer: bool = False
    agrees: bool = False

    @property
    def note(self) -> str:
        """What tells namesakes apart: the group, and the end of the phone number."""
        phone = pgettext("phone", "…%(digits)s", digits=self.phone_end) if self.phone_end else ""
        return " · ".join(part for part in (self.group, phone) if part)


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


def find(account: Account, association: Association, text: str) -> list[Card]:
    """People whom the account may log here, by name, initials or the last four digits of the phone."""
    return _cards(people(text), account, association, FOUND) if text.strip() else []


def named(account: Account, association: Association, ids: Sequence[str]) -> list[Card]:
    """Those of the people whom the account may log here."""
    return _cards(people().where(Person.public_id.in_(ids)), account, association, len(ids)) if ids else []


def load(ids: Sequence[str]) -> dict[str, Person]:
    """The people themselves, once their cards have shown that they may be logged."""
    if not ids:
        return {}
    found = db.session.scalars(select(Person).where(Person.public_id.in_(ids)))
    return {person.public_id: person for person in found}


def often_there(account: Account, association: Association) -> list[Card]:
    """Who took part most often in the last half year, the most often first; to a group leader, the whole group."""
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
        .where(or_(times.c.times > 0, Person.id.in_(own)))
        .order_by(None)
        .order_by(func.coalesce(times.c.times, 0).desc(), Person.sort_key, Person.id)
    )
    return _cards(statement, account, association, OFFERED if limited_to is None else OFFERED_TO_LEADER)


def _cards(statement: Select[Any], account: Account, association: Association, limit: int) -> list[Card]:
    """The people of a statement whom the account may log here, with what the form shows of them, in one query."""
    held = (Affiliation.person_id == Person.id, Affiliation.association_id == association.id, live())
    agrees = (Consent.purpose == ConsentPurpose.PHOTO, Consent.withdrawn_at.is_(None))
    group = select(Group.name).join(Affiliation, Affiliation.group_id == Group.id).where(*held)
    statement = statement.where(reached(account, RIGHT), affiliated(association)).with_only_columns(
        Person.public_id,
        Person.name,
        Person.phone_last4,
        group.order_by(Affiliation.start_on).limit(1).scalar_subquery(),
        exists().where(*held, Affiliation.kind == AffiliationKind.VOLUNTEER),
        exists().where(Consent.person_id == Person.id, *agrees),
    )
    return [Card(*row) for row in db.session.execute(statement.limit(limit))]
