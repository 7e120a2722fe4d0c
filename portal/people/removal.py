"""A record at its end: at the person's own request nothing stays by which anybody could tell who it was."""

from __future__ import annotations

from sqlalchemy import select

from portal.core import search
from portal.core.audit import Actor, record
from portal.core.calendar import now, today
from portal.core.database import db
from portal.people import services
from portal.people.models import REMOVED_NAMES, Affiliation, ConsentPurpose, Person

EMPTY = (
    "sex", "birth_on", "identity_number", "identity_index", "identity_last4", "phone", "phone_index", "phone_last4",
    "email", "guardian_phone",
)  # fmt: skip


def remove_person(actor: Actor, person: Person, language: str) -> None:
    """Release the person everywhere, withdraw every consent, and put a neutral word in place of the name.

    Personal Information Protection Law of the PRC, article 47. Rows that refer to the person stay, and so do all
    sums; records that were merged into this one are emptied with it. Raises nothing: what stands against it is
    asked before (own.deletion).
    """
    held = select(Affiliation).where(Affiliation.person_id == person.id, Affiliation.end_on.is_(None))
    for affiliation in db.session.scalars(held).all():
        services.release(actor, affiliation, today())
    for purpose in ConsentPurpose:
        services.withdraw_consent(actor, person, purpose)
    record(actor, "people.remove", person, person_id=person.id)
    for one in [person, *merged_into(person)]:
        _empty(one, REMOVED_NAMES[language])


def merged_into(person: Person) -> list[Person]:
    """The records that were made one with this one, and those that were made one with them."""
    found: list[Person] = []
    wanted = [person.id]
    while wanted:
        gone = db.session.scalars(select(Person).where(Person.merged_into_id.in_(wanted))).all()
        wanted = [one.id for one in gone]
        found += gone
    return found


def _empty(person: Person, name: str) -> None:
    for field in EMPTY:
        setattr(person, field, None)
    person.residence = person.guardian_name = ""
    person.name, person.sort_key = name, search.sort_key(name)
    person.removed_at = person.removed_at or now()
    db.session.flush()
    services.unfile_name(person)
    services.renamed.send(person)
