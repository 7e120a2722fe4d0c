"""Reading applications: those of an office, one by its reference, what the register knows already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import SignInAttempt
from portal.applications.models import ApplicationDraft, ApplicationMessage, ApplicationState, MembershipApplication
from portal.applications.sent import Sent
from portal.associations import ties
from portal.associations.models import Association, Level
from portal.associations.queries import in_subtree, named
from portal.core.database import db
from portal.core.i18n import ngettext
from portal.people.models import Person
from portal.people.queries import SHOWN as AFFILIATIONS
from portal.people.queries import get_by_identity, look_alikes

OPEN = tuple(state.value for state in ApplicationState if state.is_open)
SHOWN = (
    joinedload(MembershipApplication.association),
    joinedload(MembershipApplication.kind),
    joinedload(MembershipApplication.group),
    joinedload(MembershipApplication.membership),
)
sent = Sent(MembershipApplication, "members.read", OPEN, SHOWN)


@ties.stays_open
def _tell_open(association: Association) -> str:
    count = ties.count_at(association, MembershipApplication, MembershipApplication.state.in_(OPEN))
    return ngettext("%(num)d undecided application", "%(num)d undecided applications", count) if count else ""


def list_messages(application: MembershipApplication) -> Sequence[ApplicationMessage]:
    statement = select(ApplicationMessage).where(ApplicationMessage.application_id == application.id)
    return db.session.scalars(statement.order_by(ApplicationMessage.id)).all()


@dataclass(frozen=True)
class Match:
    """A record that is perhaps the applicant's. Of one that the officer may not see nothing but this is told."""

    person: Person
    has_number: bool  # the same identity number: certainly the same person
    is_reached: bool


def list_matches(application: Any, reach: ColumnElement[bool]) -> list[Match]:
    """Records with the same identity number anywhere, and those alike that the officer may see.

    A number stands in the register once, so whoever holds the number must learn that it is there. That a namesake
    with the same birthday is a member elsewhere is nobody's business.
    """
    found: list[Match] = []
    owner = get_by_identity(application.identity_number) if application.identity_number else None
    if owner is not None and owner.removed_at is None:
        found.append(Match(owner, True, _is_reached(owner, reach)))
    for person in look_alikes(application.name, application.phone, application.birth_on):
        differs = application.identity_number and person.identity_number
        if not differs and (owner is None or person.id != owner.id) and _is_reached(person, reach):
            found.append(Match(person, False, True))
    return found


def _is_reached(person: Person, reach: ColumnElement[bool]) -> bool:
    """Whether the officer may see the record; loads its affiliations for display."""
    found = db.session.scalar(select(Person).where(Person.id == person.id, reach).options(*AFFILIATIONS))
    return found is not None


def get_person(person_id: int) -> Person:
    return db.session.get_one(Person, person_id)


def is_joinable(association: Association | None) -> bool:
    """Whether one can apply to it: an open association of the grass roots."""
    return association is not None and association.level == Level.GRASSROOTS and not association.is_archived


def joinable(under: Association | None, text: str) -> Select[Any]:
    """Associations that one can apply to, below one of the tree or by a part of the name."""
    statement = select(Association).where(Association.level == Level.GRASSROOTS, Association.archived_on.is_(None))
    if under is not None:
        statement = statement.where(in_subtree(under.path))
    return (statement.where(named(text)) if text else statement).order_by(Association.code)


def list_streets() -> Sequence[Association]:
    """Streets and towns, to begin the choice with."""
    statement = select(Association).where(Association.level == Level.TOWN, Association.archived_on.is_(None))
    return db.session.scalars(statement.order_by(Association.code).limit(200)).all()


def get_draft(token_hash: str, since: datetime) -> ApplicationDraft | None:
    statement = select(ApplicationDraft).where(
        ApplicationDraft.token_hash == token_hash, ApplicationDraft.updated_at > since
    )
    return db.session.scalar(statement)


def count_since(key: str, address: str, since: datetime) -> int:
    """How often an address did something, as `limits` counts it."""
    statement = select(func.count()).where(
        SignInAttempt.login_hash == key, SignInAttempt.address_hash == address, SignInAttempt.at > since
    )
    return db.session.scalar(statement) or 0
