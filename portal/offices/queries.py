"""Reading terms and appointments: who holds what, who held it, who may be appointed, who is shown."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

from sqlalchemy import Date, Select, bindparam, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.audit import AuditEntry
from portal.core.calendar import today
from portal.core.database import db
from portal.offices.access import in_force_or_coming, live
from portal.offices.models import Appointment, Term
from portal.offices.rights import GRANTERS, Position
from portal.people.models import Affiliation, AffiliationKind, Consent, ConsentPurpose, Person
from portal.people.queries import live as live_affiliation

RANK = {position: number for number, position in enumerate(Position)}


def by_position(appointments: Sequence[Appointment]) -> list[Appointment]:
    """Chair first, then as the table of positions has it; leaders in the order of their groups."""
    return sorted(appointments, key=lambda held: (RANK[Position(held.position)], _group_order(held), held.start_on))


def _group_order(held: Appointment) -> tuple[int, int]:
    return (held.group.position, held.group.id) if held.group else (-1, -1)


def appointments() -> Select[Any]:
    """Appointments with what a line about one shows."""
    return (
        select(Appointment)
        .join(Appointment.person)
        .options(contains_eager(Appointment.person), joinedload(Appointment.group), joinedload(Appointment.term))
    )


def list_officers(association: Association, on: date) -> list[Appointment]:
    """Whoever held an office at the association on a day, group leaders too."""
    found = db.session.scalars(appointments().where(Appointment.association_id == association.id, live(on)))
    return by_position(found.all())


def list_holders(association: Association, on: date) -> dict[str, list[str]]:
    """The names of those who hold each position on a day."""
    statement = select(Appointment.position, Person.name).join(Person, Person.id == Appointment.person_id)
    held: dict[str, list[str]] = {}
    for position, name in db.session.execute(
        statement.where(Appointment.association_id == association.id, live(on)).order_by(Appointment.start_on)
    ):
        held.setdefault(position, []).append(name)
    return held


def list_coming(association: Association, on: date) -> list[Appointment]:
    """Appointments that begin after a day."""
    statement = appointments().where(
        Appointment.association_id == association.id, Appointment.start_on > on, in_force_or_coming(on)
    )
    return by_position(db.session.scalars(statement).all())


def past(association: Association, on: date) -> Select[Any]:
    """Appointments that had ended by a day, the latest first; what was withdrawn is among them."""
    return (
        appointments()
        .where(Appointment.association_id == association.id, Appointment.end_on < on)
        .order_by(Appointment.end_on.desc(), Appointment.id.desc())
    )


def get_appointment(association: Association, public_id: str) -> Appointment | None:
    statement = appointments().where(Appointment.association_id == association.id, Appointment.public_id == public_id)
    return db.session.scalars(statement).first()


def list_appointments_of(person: Person, *, live: bool = False) -> list[Appointment]:
    """Every office that a person holds, will hold or held, with its association; the present ones first.

    With `live` only those in force today.
    """
    day = today()
    statement = (
        select(Appointment)
        .join(Appointment.association)
        .options(contains_eager(Appointment.association), joinedload(Appointment.group), joinedload(Appointment.term))
        .where(Appointment.person_id == person.id)
        .order_by(Appointment.start_on.desc(), Appointment.id.desc())
    )
    found = [held for held in db.session.scalars(statement) if held.is_live_on(day) or not live]
    return sorted(found, key=lambda held: (held.has_ended_by(day), not held.is_live_on(day)))


def list_held_beside(person_id: int, association_id: int) -> Sequence[Appointment]:
    """A person's appointments at an association that were not withdrawn."""
    statement = select(Appointment).where(
        Appointment.person_id == person_id,
        Appointment.association_id == association_id,
        or_(Appointment.end_on.is_(None), Appointment.end_on >= Appointment.start_on),
    )
    return db.session.scalars(statement).all()


def list_granters(association: Association, on: date, besides: Collection[int]) -> list[Appointment]:
    """Appointments, but for those named, by which somebody who can sign in may grant here on a day."""
    statement = (
        select(Appointment)
        .join(Account, Account.person_id == Appointment.person_id)
        .where(
            Appointment.position.in_(GRANTERS),
            Appointment.group_id.is_(None),
            Appointment.id.not_in(besides),
            live(on),
            or_(
                Appointment.association_id == association.id,
                Appointment.association_id.in_(association.path_ids) & Appointment.covers_subtree.is_(True),
            ),
            Account.disabled_at.is_(None),
        )
    )
    return list(db.session.scalars(statement))


# Terms


def list_terms(association: Association) -> Sequence[Term]:
    statement = select(Term).where(Term.association_id == association.id)
    return db.session.scalars(statement.order_by(Term.start_on.desc())).all()


def get_term(association: Association, public_id: str) -> Term | None:
    return db.session.scalar(select(Term).where(Term.association_id == association.id, Term.public_id == public_id))


def count_by_term(association: Association, on: date) -> dict[int, tuple[int, int]]:
    """How many appointments each term has, and how many of them have not ended; withdrawn ones left out."""
    statement = (
        select(Appointment.term_id, func.count(), func.count().filter(in_force_or_coming(on)))
        .where(
            Appointment.association_id == association.id,
            Appointment.term_id.is_not(None),
            or_(Appointment.end_on.is_(None), Appointment.end_on >= Appointment.start_on),
        )
        .group_by(Appointment.term_id)
    )
    return {row[0]: (row[1], row[2]) for row in db.session.execute(statement) if row[0] is not None}


def list_of_term(term: Term) -> list[Appointment]:
    """The appointments of a term, those that were withdrawn left out."""
    statement = appointments().where(
        Appointment.term_id == term.id,
        or_(Appointment.end_on.is_(None), Appointment.end_on >= Appointment.start_on),
    )
    return by_position(db.session.scalars(statement).all())


@dataclass(frozen=True)
class Records:
    """What an office keeps, in numbers."""

    members: int
    volunteers: int
    officers: int
    entries: int  # of the audit log since the term began


def count_records(association: Association, term: Term) -> Records:
    """What passes on with an office: the people it holds records of, and its log."""
    statement = (
        select(Affiliation.kind, func.count())
        .where(Affiliation.association_id == association.id, live_affiliation())
        .group_by(Affiliation.kind)
    )
    counts = dict(db.session.execute(statement).all())
    began = datetime.combine(term.start_on, time(), UTC)
    entries = select(func.count()).where(AuditEntry.association_id == association.id, AuditEntry.at >= began)
    return Records(
        members=counts.get(AffiliationKind.MEMBER, 0),
        volunteers=counts.get(AffiliationKind.VOLUNTEER, 0),
        officers=counts.get(AffiliationKind.OFFICER, 0),
        entries=db.session.scalar(entries) or 0,
    )


def has_account(person: Person) -> bool:
    """Whether the person can sign in, or has an account that waits for its one-time code."""
    statement = select(Account.id).where(Account.person_id == person.id, Account.disabled_at.is_(None))
    return db.session.scalar(statement) is not None


def accounts_of(person_ids: Collection[int]) -> dict[int, Account]:
    found = db.session.scalars(select(Account).where(Account.person_id.in_(person_ids)))
    return {account.person_id: account for account in found}


def name_of(person_id: int | None) -> str | None:
    return db.session.scalar(select(Person.name).where(Person.id == person_id)) if person_id else None


# Who is shown


def consenting(person_ids: Collection[int]) -> set[int]:
    """Those of the people who agree today to their name being shown in public."""
    statement = select(Consent.person_id).where(
        Consent.person_id.in_(person_ids),
        Consent.purpose == ConsentPurpose.PUBLIC_NAME,
        Consent.withdrawn_at.is_(None),
    )
    return set(db.session.scalars(statement))


@dataclass(frozen=True)
class PublicOfficer:
    """What everybody may read of an officer."""

    position: str
    name: str
    group_id: int | None

    @property
    def position_label(self) -> str:
        return Position(self.position).label


def list_public_officers(association: Association) -> list[PublicOfficer]:
    """Officers of today who agreed to be shown: flagged, and with a live consent to their name in public."""
    found = db.session.execute(_public_officers(), {"association": association.id, "day": today()})
    return sorted((PublicOfficer(*row) for row in found), key=lambda officer: RANK[Position(officer.position)])


@cache
def _public_officers() -> Select[str, str, int | None]:
    """Every public page of an association asks it: put together once."""
    return (
        select(Appointment.position, Person.name, Appointment.group_id)
        .join(Person, Person.id == Appointment.person_id)
        .join(Consent, Consent.person_id == Person.id)
        .where(
            Appointment.association_id == bindparam("association"),
            Appointment.is_public.is_(True),
            live(bindparam("day", type_=Date)),
            Consent.purpose == ConsentPurpose.PUBLIC_NAME,
            Consent.withdrawn_at.is_(None),
            Person.removed_at.is_(None),
        )
        .order_by(Person.sort_key)
    )
