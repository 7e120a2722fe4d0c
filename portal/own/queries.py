"""Reading one's own: requests and who decides them, what waits, what one took part in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal.activities.models import ActivityLog, ActivityParticipant
from portal.applications.models import MembershipApplication
from portal.associations.models import Association
from portal.associations.queries import get_parent, get_root, in_subtree
from portal.core.calendar import today
from portal.core.database import ALPHABET, db
from portal.hours.models import HoursEntry
from portal.own.models import PersonalRequest, RequestState
from portal.people.models import Affiliation, AffiliationKind, Consent

SHOWN = (joinedload(PersonalRequest.person), joinedload(PersonalRequest.association))
MISREAD = str.maketrans("oil", "011")  # the alphabet of references lacks letters that are mistaken for others
HELD_AS = tuple(AffiliationKind)  # a member's association decides before a volunteer's, and that before an officer's


def deciding_association(person_id: int) -> Association | None:
    """Who decides the person's requests: the association of the membership, else another that holds the record.

    Of somebody whom no association holds any more the last one decides; of somebody never held, the topmost. In
    place of one that was archived the next above it decides.
    """
    statement = select(Affiliation).where(Affiliation.person_id == person_id)
    held = db.session.scalars(statement.options(joinedload(Affiliation.association))).all()
    day = today()

    def rank(one: Affiliation) -> tuple[Any, ...]:
        is_over = one.end_on is not None and one.end_on < day
        ended = -one.end_on.toordinal() if one.end_on and is_over else 0
        return (is_over, ended, HELD_AS.index(AffiliationKind(one.kind)), -one.start_on.toordinal(), -one.id)

    found = min(held, key=rank).association if held else get_root()
    while found is not None and found.is_archived:
        found = get_parent(found)
    return found


def own_requests(person_id: int) -> Sequence[PersonalRequest]:
    """Every request of a person, the latest first."""
    statement = select(PersonalRequest).where(PersonalRequest.person_id == person_id).options(*SHOWN)
    return db.session.scalars(statement.order_by(PersonalRequest.id.desc()).limit(100)).all()


def get_own_request(person_id: int, public_id: str) -> PersonalRequest | None:
    statement = select(PersonalRequest).where(
        PersonalRequest.person_id == person_id, PersonalRequest.public_id == public_id
    )
    return db.session.scalar(statement.options(*SHOWN))


def open_request(person_id: int, kind: str) -> PersonalRequest | None:
    """The request of a kind that waits; at most one does."""
    statement = select(PersonalRequest).where(
        PersonalRequest.person_id == person_id,
        PersonalRequest.kind == kind,
        PersonalRequest.state == RequestState.OPEN,
    )
    return db.session.scalar(statement.options(*SHOWN))


def get_by_reference(reference: str) -> PersonalRequest | None:
    """A request by what stands on its confirmation, however it is typed: 60 random bits, for whoever has them."""
    plain = "".join(mark for mark in reference.lower().translate(MISREAD) if mark in ALPHABET)
    return db.session.scalar(select(PersonalRequest).where(PersonalRequest.public_id == plain).options(*SHOWN))


def requests_below(reach: Select[Any], association: Association, state: str | None = None) -> Select[Any]:
    """The requests within `reach` that the association or one below it decides; those that wait longest first."""
    statement = reach.join(PersonalRequest.association).where(in_subtree(association.path)).options(*SHOWN)
    if state == RequestState.OPEN:
        return statement.where(PersonalRequest.state == state).order_by(PersonalRequest.id)
    return statement.where(PersonalRequest.state != RequestState.OPEN).order_by(PersonalRequest.id.desc())


def get_request(reach: Select[Any], association: Association, public_id: str) -> PersonalRequest | None:
    """One of them."""
    statement = reach.join(PersonalRequest.association).where(in_subtree(association.path)).options(*SHOWN)
    return db.session.scalars(statement.where(PersonalRequest.public_id == public_id)).first()


def counting_open(reach: Select[Any], association: Association, besides: int) -> Select[Any]:
    """How many wait here and below, those of one person left out: nobody decides the own request."""
    waiting = reach.join(PersonalRequest.association).where(
        in_subtree(association.path),
        PersonalRequest.state == RequestState.OPEN,
        PersonalRequest.person_id != besides,
    )
    return waiting.with_only_columns(func.count(), maintain_column_froms=True)


def list_applications(person_id: int) -> Sequence[MembershipApplication]:
    """Applications that became, or are known to be, this person's, the latest first."""
    statement = select(MembershipApplication).where(MembershipApplication.person_id == person_id)
    statement = statement.options(joinedload(MembershipApplication.association)).limit(5)
    return db.session.scalars(statement.order_by(MembershipApplication.id.desc())).all()


def participations(person_id: int) -> Select[Any]:
    """Entries of log books in which the person is named, the latest first."""
    return (
        select(ActivityParticipant)
        .join(ActivityParticipant.log)
        .where(ActivityParticipant.person_id == person_id, ActivityLog.removed_at.is_(None))
        .options(contains_eager(ActivityParticipant.log).joinedload(ActivityLog.association))
        .order_by(ActivityLog.held_on.desc(), ActivityLog.id.desc())
    )


def count_activities(person_id: int) -> int:
    """In how many activities somebody took part."""
    statement = select(func.count()).select_from(ActivityParticipant).join(ActivityParticipant.log)
    statement = statement.where(ActivityParticipant.person_id == person_id, ActivityLog.removed_at.is_(None))
    return db.session.scalar(statement) or 0


def hours_by_log(person_id: int, logs: Sequence[ActivityLog]) -> dict[int | None, HoursEntry]:
    """The time that the person has by these entries of log books, by the entry's row."""
    sources = {log.session_id: log.id for log in logs if log.session_id is not None}
    asked = or_(HoursEntry.log_id.in_([log.id for log in logs]), HoursEntry.session_id.in_(sources))
    statement = select(HoursEntry).where(asked, HoursEntry.person_id == person_id, HoursEntry.voided_at.is_(None))
    found = db.session.scalars(statement.options(selectinload(HoursEntry.revisions))).all()
    return {entry.log_id if entry.session_id is None else sources[entry.session_id]: entry for entry in found}


def list_consents(person_id: int) -> Sequence[Consent]:
    """Every consent that was ever given, the latest first."""
    statement = select(Consent).where(Consent.person_id == person_id)
    return db.session.scalars(statement.order_by(Consent.given_at.desc(), Consent.id.desc()).limit(200)).all()
