"""Reading stars and certificates: the table in force on a day, who asked and who has what, what was issued."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.associations.queries import get_root, in_subtree
from portal.certificates.models import ServiceCertificate, StarGrant, StarLevel, StarState, StarTable
from portal.core.database import db
from portal.hours.models import Category, HoursEntry, HoursRevision, RevisionState
from portal.offices.access import visible
from portal.people.models import Person
from portal.people.queries import MASKED

Seen = Callable[[Any, str, Any], Any]  # limits a statement to the rows that the reader may see by a right
WITH_PERSON = (joinedload(StarGrant.person).options(*MASKED), joinedload(StarGrant.association))


def root_of(association: Association) -> Association:
    """The federation that keeps the table and the numbers."""
    return db.session.get_one(Association, association.path_ids[0])


# The table of stars


def table_on(root_id: int, day: date) -> StarTable | None:
    """The version in force on a day, with its levels from one star up."""
    statement = select(StarTable).where(StarTable.association_id == root_id, StarTable.effective_on <= day)
    newest = statement.order_by(StarTable.effective_on.desc(), StarTable.version.desc()).limit(1)
    return db.session.scalars(newest.options(selectinload(StarTable.levels))).first()


def first_table_on(root_id: int | None, day: date) -> StarTable | None:
    """The same of a federation that nobody named: there is one in an installation."""
    root = get_root() if root_id is None else None
    known = root_id or (root.id if root else None)
    return table_on(known, day) if known else None


def list_tables(root_id: int) -> Sequence[StarTable]:
    """Every version, the latest first."""
    statement = select(StarTable).where(StarTable.association_id == root_id).options(selectinload(StarTable.levels))
    return db.session.scalars(statement.order_by(StarTable.version.desc())).all()


def count_granted_by_table(root_id: int) -> dict[int, int]:
    """How many stars were granted by each version."""
    statement = (
        select(StarGrant.table_id, func.count())
        .join(StarTable, StarTable.id == StarGrant.table_id)
        .where(StarTable.association_id == root_id, StarGrant.state == StarState.GRANTED)
        .group_by(StarGrant.table_id)
    )
    return dict(db.session.execute(statement).all())


def minutes_for(table_id: int, stars: int) -> int | None:
    """What so many stars take by a version."""
    statement = select(StarLevel.minutes).where(StarLevel.table_id == table_id, StarLevel.stars == stars)
    return db.session.scalar(statement)


def minutes_by_table(table_ids: Sequence[int]) -> dict[tuple[int, int], int]:
    """What each number of stars takes, by version and stars."""
    statement = select(StarLevel.table_id, StarLevel.stars, StarLevel.minutes)
    rows = db.session.execute(statement.where(StarLevel.table_id.in_(set(table_ids)))) if table_ids else ()
    return {(table_id, stars): minutes for table_id, stars, minutes in rows}


# Stars


def entries_below(person_id: int, association: Association) -> Select[Any]:
    """Somebody's service at the association and below it that counts, the latest first."""
    here = select(Association.id).where(in_subtree(association.path))
    approved = exists().where(HoursRevision.entry_id == HoursEntry.id, HoursRevision.state == RevisionState.APPROVED)
    counted = (HoursEntry.category == Category.SERVICE, HoursEntry.voided_at.is_(None), approved)
    statement = select(HoursEntry).where(HoursEntry.person_id == person_id, *counted)
    loaded = (selectinload(HoursEntry.revisions), joinedload(HoursEntry.association, innerjoin=True))
    statement = statement.where(HoursEntry.association_id.in_(here)).options(*loaded)
    return statement.order_by(HoursEntry.held_on.desc(), HoursEntry.id.desc())


def list_stars(person_id: int) -> Sequence[StarGrant]:
    """Everything that somebody asked for, the latest first."""
    statement = select(StarGrant).where(StarGrant.person_id == person_id).options(joinedload(StarGrant.association))
    return db.session.scalars(statement.order_by(StarGrant.id.desc())).all()


def list_stars_within(person_id: int, seen: Seen) -> Sequence[StarGrant]:
    """The same as far as an officer may see it."""
    statement = select(StarGrant).where(StarGrant.person_id == person_id).options(joinedload(StarGrant.association))
    return db.session.scalars(seen(statement.order_by(StarGrant.id.desc()), "volunteers.read", StarGrant)).all()


def highest_star(person_id: int) -> int:
    """The stars that somebody has; 0 for none."""
    statement = select(func.max(StarGrant.stars)).where(
        StarGrant.person_id == person_id, StarGrant.state == StarState.GRANTED
    )
    return db.session.scalar(statement) or 0


def get_own_star(person_id: int, public_id: str) -> StarGrant | None:
    statement = select(StarGrant).where(StarGrant.person_id == person_id, StarGrant.public_id == public_id)
    return db.session.scalar(statement)


def stars_of(account: Account, association: Association, right: str = "volunteers.read") -> Select[Any]:
    """What was asked for at the association and below it, as far as the officer may see it."""
    here = select(Association.id).where(in_subtree(association.path))
    return visible(select(StarGrant).where(StarGrant.association_id.in_(here)), account, right, StarGrant)


def requests(account: Account, association: Association, state: str) -> Select[Any]:
    """Requests in a state: those that wait with the oldest first, the others with the latest decision first."""
    statement = stars_of(account, association).where(StarGrant.state == state).options(*WITH_PERSON)
    order = StarGrant.id if state == StarState.ASKED else StarGrant.decided_at.desc()
    return statement.order_by(order, StarGrant.id)


def get_request(
    account: Account, association: Association, public_id: str, right: str = "volunteers.read"
) -> StarGrant | None:
    """A request of the association or below it; None when it is not the officer's to see."""
    statement = stars_of(account, association, right).where(StarGrant.public_id == public_id)
    found: StarGrant | None = db.session.scalar(statement.options(*WITH_PERSON))
    return found


def starred(account: Account, association: Association, stars: int = 0) -> Select[Any]:
    """The highest star of everybody who has one, most stars first; `stars` asks for one number of them."""
    latest = (
        select(StarGrant.person_id, func.max(StarGrant.stars).label("stars"))
        .where(StarGrant.state == StarState.GRANTED)
        .group_by(StarGrant.person_id)
        .subquery()
    )
    tie = (latest.c.person_id == StarGrant.person_id) & (latest.c.stars == StarGrant.stars)
    statement = stars_of(account, association).join(latest, tie).join(StarGrant.person)
    statement = statement.where(StarGrant.state == StarState.GRANTED)
    if stars:
        statement = statement.where(StarGrant.stars == stars)
    return statement.options(*WITH_PERSON).order_by(StarGrant.stars.desc(), Person.sort_key, StarGrant.id)


def counting_requests(account: Account, association: Association, besides: int | None = None) -> Select[Any]:
    """How many wait at the association itself, as a question for the work list; one's own is for somebody else."""
    waiting = select(func.count(StarGrant.id)).where(
        StarGrant.association_id == association.id, StarGrant.state == StarState.ASKED
    )
    if besides is not None:
        waiting = waiting.where(StarGrant.person_id != besides)
    return visible(waiting, account, "volunteers.write", StarGrant)


# Certificates of service


def list_certificates(person_id: int, limit: int | None = None) -> Sequence[ServiceCertificate]:
    """Everything that was issued for somebody, the latest first."""
    statement = select(ServiceCertificate).where(ServiceCertificate.person_id == person_id)
    shown = statement.options(joinedload(ServiceCertificate.association), joinedload(ServiceCertificate.code))
    return db.session.scalars(shown.order_by(ServiceCertificate.id.desc()).limit(limit)).all()


def list_in_force(person_id: int) -> Sequence[ServiceCertificate]:
    """Those that nothing superseded, the latest first."""
    statement = select(ServiceCertificate).where(
        ServiceCertificate.person_id == person_id, ServiceCertificate.superseded_at.is_(None)
    )
    statement = statement.options(joinedload(ServiceCertificate.association))
    return db.session.scalars(statement.order_by(ServiceCertificate.id.desc())).all()


def list_certificates_within(person_id: int, seen: Seen, limit: int) -> Sequence[ServiceCertificate]:
    """The latest of somebody, as far as an officer may see them."""
    statement = select(ServiceCertificate).where(ServiceCertificate.person_id == person_id)
    statement = statement.options(joinedload(ServiceCertificate.association))
    statement = seen(statement.order_by(ServiceCertificate.id.desc()), "volunteers.read", ServiceCertificate)
    return db.session.scalars(statement.limit(limit)).all()


def get_own_certificate(person_id: int, public_id: str) -> ServiceCertificate | None:
    statement = select(ServiceCertificate).where(
        ServiceCertificate.person_id == person_id, ServiceCertificate.public_id == public_id
    )
    return db.session.scalar(statement.options(joinedload(ServiceCertificate.code)))


def issued(account: Account, association: Association, right: str = "volunteers.read", text: str = "") -> Select[Any]:
    """What was issued in the name of the association and of those below it, the latest first; of a name or number."""
    here = select(Association.id).where(in_subtree(association.path))
    statement = select(ServiceCertificate).where(ServiceCertificate.association_id.in_(here))
    loaded = (joinedload(ServiceCertificate.association), joinedload(ServiceCertificate.code))
    statement = statement.options(*loaded).order_by(ServiceCertificate.id.desc())
    if text:
        printed = ServiceCertificate.snapshot["name"].as_string()
        by_number = ServiceCertificate.number.contains(text.upper(), autoescape=True)
        statement = statement.where(or_(printed.contains(text, autoescape=True), by_number))
    return visible(statement, account, right, ServiceCertificate)


def get_certificate(
    account: Account, association: Association, public_id: str, right: str = "volunteers.read"
) -> ServiceCertificate | None:
    """One of them; None when it is not the officer's to see."""
    statement = issued(account, association, right).where(ServiceCertificate.public_id == public_id)
    found: ServiceCertificate | None = db.session.scalar(statement.order_by(None))
    return found
