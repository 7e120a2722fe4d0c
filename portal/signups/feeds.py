"""The private address of one's own sessions: made, revoked, looked up. Only a hash of its token is kept."""

from __future__ import annotations

import hashlib
import secrets

from sqlalchemy import select

from portal.core import audit
from portal.core.audit import Actor
from portal.core.calendar import now
from portal.core.database import db
from portal.members.places import lock_person
from portal.people.models import Person
from portal.signups.models import CalendarFeed

BYTES = 24  # 192 bits: nobody guesses it


def make(actor: Actor, person: Person) -> str:
    """A new address, by its token, which is said this once; the one of before is revoked."""
    lock_person(person)
    revoke(actor, person.id)
    token = secrets.token_urlsafe(BYTES)
    feed = CalendarFeed(person_id=person.id, token_hash=hashed(token))
    db.session.add(feed)
    db.session.flush()
    audit.record(actor, "signups.make_feed", feed)
    return token


def revoke(actor: Actor | None, person_id: int) -> None:
    """From now on it answers like one that was never made. Done twice, it is done once."""
    feed = live_feed(person_id)
    if feed is not None:
        feed.revoked_at = now()
        db.session.flush()
        audit.record(actor, "signups.revoke_feed", feed)


def live_feed(person_id: int) -> CalendarFeed | None:
    statement = select(CalendarFeed).where(CalendarFeed.person_id == person_id, CalendarFeed.revoked_at.is_(None))
    return db.session.scalar(statement)


def owner_of(token: str) -> int | None:
    """Whose feed it is; None for one that is revoked, and for one that never was."""
    statement = (
        select(CalendarFeed.person_id)
        .join(Person, Person.id == CalendarFeed.person_id)
        .where(
            CalendarFeed.token_hash == hashed(token),
            CalendarFeed.revoked_at.is_(None),
            Person.removed_at.is_(None),
        )
    )
    return db.session.scalar(statement)


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
