"""What the fast-entry screen asks: who is meant by what was typed, what they owe, what was entered today."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.database import db
from portal.core.search import query_grams
from portal.dues import queries as dues
from portal.dues.models import Charge
from portal.members.models import Membership, MembershipCover
from portal.offices.access import live, reached, visible
from portal.offices.models import Appointment
from portal.offices.rights import GRANTS
from portal.payments import queries
from portal.payments.models import Payment
from portal.payments.rules import RIGHT
from portal.people.models import Person
from portal.people.queries import MASKED, affiliated, exactly, people

FOUND, LOOKED_AT, ENTERED, DOORS = 8, 100, 10, 300
LATELY = timedelta(days=90)  # whoever led a group until then may still bring money


@dataclass
class Payer:
    """Somebody who pays: what they owe and for whom, what they have to the good, their member numbers, and the
    organisations whose contact they are.
    """

    person: Person
    charges: list[Charge] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    stands_for: list[str] = field(default_factory=list)
    credit_fen: int = 0

    @property
    def owes_fen(self) -> int:
        return sum(charge.open_fen for charge in self.charges)


@dataclass(frozen=True)
class Today:
    """What one officer entered today: the latest, how many, the sums by collector and method."""

    rows: Sequence[Payment]
    count: int
    total_fen: int
    sums: Sequence[tuple[str | None, str, int, int]]  # collector, method, how many, fen


def suggest(account: Account, association: Association, text: str, besides: Collection[int] = ()) -> list[Payer]:
    """Whom the text may mean: those who owe something first, then other members."""
    statement = _meant(association, text)
    if statement is None:
        return []
    statement = statement.where(_within_reach(account, association), Person.id.not_in(list(besides)))
    found = db.session.scalars(statement.options(*MASKED).limit(LOOKED_AT)).unique().all()
    payers = [payer for payer in load(account, association, found) if payer.numbers or payer.charges]
    return sorted(payers, key=lambda payer: not payer.charges)[:FOUND]


def list_owing(account: Account, association: Association) -> list[Payer]:
    """Who owes something within the account's reach, by name, at most DOORS: a group's leader goes from door to door
    with it.
    """
    who = owing(account, association).with_only_columns(Charge.payer_id)
    statement = select(Person).where(Person.id.in_(who), Person.removed_at.is_(None)).options(*MASKED)
    found = db.session.scalars(statement.order_by(Person.sort_key, Person.id).limit(DOORS)).all()
    return load(account, association, found)


def get_payers(account: Account, association: Association, public_ids: Sequence[str]) -> list[Payer]:
    """The people of an address, in its order, with what they owe and have to the good; others are left out."""
    if not public_ids:
        return []
    wanted = (Person.public_id.in_(public_ids), Person.removed_at.is_(None), _within_reach(account, association))
    found = db.session.scalars(select(Person).where(*wanted).options(*MASKED)).all()
    payers = load(account, association, sorted(found, key=lambda person: public_ids.index(person.public_id)))
    for payer in payers:
        payer.credit_fen = queries.credit_fen(association, payer.person.id)
    return payers


def load(account: Account, association: Association, persons: Sequence[Person]) -> list[Payer]:
    """The same people with what they owe within the account's reach, and their member numbers."""
    payers = {person.id: Payer(person) for person in persons}
    _add_charges(account, association, payers)
    _add_numbers(association, payers)
    return list(payers.values())


def list_owed(account: Account, association: Association, person: Person) -> list[Charge]:
    """What somebody owes within the account's reach, the oldest first."""
    payer = Payer(person)
    _add_charges(account, association, {person.id: payer})
    return payer.charges


def _add_charges(account: Account, association: Association, payers: dict[int, Payer]) -> None:
    """For themselves and for whom they pay."""
    about = or_(Charge.payer_id.in_(payers), Membership.person_id.in_(payers))
    statement = owing(account, association).join(Charge.membership).where(about).options(*dues.SHOWN)
    for charge in db.session.scalars(dues.oldest_first(statement)):
        payer = payers.get(charge.payer_id) or payers[charge.membership.person_id]
        payer.charges.append(charge)


def owing(account: Account, association: Association) -> Select[Any]:
    """Charges of the association of which something is open, within the reach of whoever collects."""
    statement = select(Charge).where(Charge.association_id == association.id, *dues.IS_OPEN)
    return visible(statement, account, RIGHT, Charge)


def list_collectors(association: Association) -> list[Person]:
    """Who takes cash and hands it over: the leaders of its groups, of today and until lately."""
    taking = [position for position, rights in GRANTS.items() if RIGHT in rights]
    day = today(association.time_zone)
    held = (Appointment.association_id == association.id, Appointment.group_id.is_not(None))
    lately = or_(live(day), and_(Appointment.end_on < day, Appointment.end_on >= day - LATELY))
    ids = select(Appointment.person_id).where(*held, Appointment.position.in_(taking), lately)
    statement = select(Person).where(Person.id.in_(ids), Person.removed_at.is_(None))
    return list(db.session.scalars(statement.order_by(Person.sort_key, Person.id)))


def entered_today(account: Account, association: Association) -> Today:
    """What the account recorded since midnight, taken back or not; the sums are of what stands."""
    mine = (
        Payment.association_id == association.id,
        Payment.recorded_by_id == account.person_id,
        Payment.recorded_at >= midnight(association),
    )
    rows = select(Payment).where(*mine).order_by(Payment.id.desc()).limit(ENTERED).options(*queries.SHOWN)
    sums = _sums(mine)
    return Today(db.session.scalars(rows).all(), sum(row[2] for row in sums), sum(row[3] for row in sums), sums)


def midnight(association: Association) -> datetime:
    """When the day began there."""
    zone = ZoneInfo(association.time_zone)
    return datetime.combine(today(association.time_zone), time.min, zone).astimezone(UTC)


def _sums(mine: tuple[ColumnElement[bool], ...]) -> list[tuple[str | None, str, int, int]]:
    collector = select(Person.name).where(Person.id == Payment.collector_id).scalar_subquery()
    by = (collector.label("collector"), Payment.method)
    statement = select(*by, func.count(), func.sum(Payment.amount_fen)).where(*mine, queries.STANDS)
    rows = db.session.execute(statement.group_by(Payment.collector_id, *by).order_by(Payment.method, "collector"))
    return [(name, method, int(count), int(fen)) for name, method, count, fen in rows]


def _within_reach(account: Account, association: Association) -> ColumnElement[bool]:
    """Who owes something here that the account may collect, whoever holds the record by now, and its members."""
    open_here = owing(account, association)
    return or_(
        Person.id.in_(open_here.with_only_columns(Charge.payer_id)),
        Person.id.in_(open_here.join(Charge.membership).with_only_columns(Membership.person_id)),
        and_(affiliated(association), reached(account, RIGHT)),
    )


def _meant(association: Association, text: str) -> Select[Any] | None:
    """People by name or initials, by phone, by a membership's number or its last digits, by whom or what their
    membership is for; None for nothing typed.
    """
    plain = text.replace(" ", "").upper()
    here = (Membership.person_id == Person.id, Membership.association_id == association.id)
    if any(character.isdecimal() for character in plain):
        numbered, called = exists().where(*here, Membership.number.endswith(plain, autoescape=True)), exactly(text)
        return people().where(numbered if called is None else or_(numbered, called))
    if not query_grams(text):
        return None
    named = people(text).with_only_columns(Person.id).order_by(None)
    covered = select(MembershipCover.membership_id).where(
        MembershipCover.person_id.in_(named), MembershipCover.end_on.is_(None)
    )
    firm = and_(Membership.organisation_name != "", Membership.organisation_name.contains(text, autoescape=True))
    stands_for = exists().where(*here, or_(Membership.id.in_(covered), firm))
    return people().where(or_(Person.id.in_(named), stands_for))


def _add_numbers(association: Association, payers: dict[int, Payer]) -> None:
    statement = select(Membership).where(
        Membership.person_id.in_(payers), Membership.association_id == association.id, Membership.ended_on.is_(None)
    )
    for membership in db.session.scalars(statement.options(joinedload(Membership.group)).order_by(Membership.id)):
        payer = payers[membership.person_id]
        payer.numbers.append(membership.number)
        if membership.organisation_name:
            payer.stands_for.append(membership.organisation_name)
        if membership.group is not None and membership.group.name not in payer.groups:
            payer.groups.append(membership.group.name)
