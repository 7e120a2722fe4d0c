"""Reading requests to borrow volunteers: what was asked, of whom, who is lent where and when."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Select, func, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.audit import AuditEntry
from portal.core.calendar import now, today
from portal.core.database import db
from portal.lending.models import LendingRequest, LendingState, LentVolunteer
from portal.offices.access import visible
from portal.people.models import Person
from portal.people.queries import MASKED
from portal.volunteers.models import Volunteer

RIGHT = "volunteers.write"
STANDING = (LendingState.ASKED, LendingState.AGREED)
ANSWERED_DAYS = 7  # so long the work list tells the borrower of an answer
# For `visible`: the same rows, reached from the side that is asked.
AS_LENDER = SimpleNamespace(association_id=LendingRequest.lender_id)
SHOWN = (
    joinedload(LendingRequest.association),
    joinedload(LendingRequest.lender),
    joinedload(LendingRequest.skill),
    selectinload(LendingRequest.lent).options(
        joinedload(LentVolunteer.request),
        joinedload(LentVolunteer.volunteer).options(
            joinedload(Volunteer.person).options(*MASKED), joinedload(Volunteer.group)
        ),
    ),
)


# Requests


def asked_by(account: Account, association: Association) -> Select[Any]:
    """What the association asked of others, the latest first."""
    statement = select(LendingRequest).where(LendingRequest.association_id == association.id)
    return visible(statement, account, RIGHT, LendingRequest).order_by(LendingRequest.id.desc())


def asked_of(account: Account, association: Association) -> Select[Any]:
    """What others asked of the association, the latest first."""
    statement = select(LendingRequest).where(LendingRequest.lender_id == association.id)
    return visible(statement, account, RIGHT, AS_LENDER).order_by(LendingRequest.id.desc())


def get_request(account: Account, association: Association, public_id: str) -> LendingRequest | None:
    """A request in which the association is one of the two sides, with all who were named."""
    sides = (asked_by(account, association), asked_of(account, association))
    statement = select(LendingRequest).where(
        LendingRequest.public_id == public_id,
        or_(*(LendingRequest.id.in_(side.order_by(None).with_only_columns(LendingRequest.id)) for side in sides)),
    )
    found: LendingRequest | None = db.session.scalar(statement.options(*SHOWN))
    return found


def is_asked_already(borrower_id: int, lender_id: int, skill_id: int, start_on: date, end_on: date) -> bool:
    """Whether the same is asked of the same association for days that overlap, and stands."""
    statement = select(LendingRequest.id).where(
        LendingRequest.association_id == borrower_id,
        LendingRequest.lender_id == lender_id,
        LendingRequest.skill_id == skill_id,
        LendingRequest.state.in_(STANDING),
        LendingRequest.start_on <= end_on,
        LendingRequest.end_on >= start_on,
    )
    return db.session.scalar(statement.limit(1)) is not None


def counting(association: Association) -> dict[str, Select[Any]]:
    """What the work list counts: to answer, named and silent, answered."""
    return {
        "lending_asked": counting_to_answer(association),
        "lending_silent": counting_unanswered(association),
        "lending_answered": counting_answered(association),
    }


def counting_to_answer(association: Association) -> Select[Any]:
    """What waits for the association's answer."""
    return select(func.count()).where(
        LendingRequest.lender_id == association.id,
        LendingRequest.state == LendingState.ASKED,
        LendingRequest.end_on >= today(),
    )


def counting_unanswered(association: Association) -> Select[Any]:
    """Volunteers whom the association named and who have not said yes or no."""
    return (
        select(func.count())
        .select_from(LentVolunteer)
        .join(LentVolunteer.request)
        .where(
            LendingRequest.lender_id == association.id,
            LendingRequest.state == LendingState.AGREED,
            LendingRequest.end_on >= today(),
            LentVolunteer.state == LendingState.ASKED,
        )
    )


def counting_answered(association: Association) -> Select[Any]:
    """The association's own requests that were answered in the last days and still lie ahead."""
    return select(func.count()).where(
        LendingRequest.association_id == association.id,
        LendingRequest.state.in_((LendingState.AGREED, LendingState.DECLINED)),
        LendingRequest.decided_at >= now() - timedelta(days=ANSWERED_DAYS),
        LendingRequest.end_on >= today(),
    )


# Who is named, and where else


def list_clashes(person_ids: Collection[int], request: LendingRequest) -> dict[int, list[LendingRequest]]:
    """Where else these people are asked or lent on days of the request, by person."""
    statement = (
        select(LentVolunteer)
        .join(LentVolunteer.request)
        .join(LentVolunteer.volunteer)
        .where(
            Volunteer.person_id.in_(person_ids),
            LentVolunteer.state.in_(STANDING),
            LendingRequest.state == LendingState.AGREED,
            LendingRequest.id != request.id,
            LendingRequest.start_on <= request.end_on,
            LendingRequest.end_on >= request.start_on,
        )
        .options(
            contains_eager(LentVolunteer.volunteer),
            contains_eager(LentVolunteer.request).joinedload(LendingRequest.association),
        )
        .order_by(LendingRequest.start_on, LendingRequest.id)
    )
    found: dict[int, list[LendingRequest]] = {}
    for lent in db.session.scalars(statement) if person_ids else ():
        found.setdefault(lent.volunteer.person_id, []).append(lent.request)
    return found


def list_named_ids(request_id: int) -> set[int]:
    """The volunteers who were named for a request, whatever they answered."""
    return set(db.session.scalars(select(LentVolunteer.volunteer_id).where(LentVolunteer.request_id == request_id)))


def list_said(lent: Sequence[LentVolunteer]) -> dict[str, AuditEntry]:
    """For answers that an officer entered: the entry of the log that tells who did and how it was said."""
    statement = select(AuditEntry).where(
        AuditEntry.target_type == LentVolunteer.__name__,
        AuditEntry.target_id.in_([one.public_id for one in lent]),
        AuditEntry.action == "lending.answer",
    )
    entries = db.session.scalars(statement.order_by(AuditEntry.id)) if lent else ()
    return {entry.target_id: entry for entry in entries if "said" in entry.changes}


def get_person(lent: LentVolunteer) -> Person:
    """The record of somebody who was named, with what lists leave out."""
    statement = select(Person).where(Person.id == lent.volunteer.person_id)
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


# A volunteer's own


def list_of_person(person_id: int) -> Sequence[LentVolunteer]:
    """What somebody was asked for, the nearest days first; what was withdrawn before the answer is not told."""
    statement = (
        select(LentVolunteer)
        .join(LentVolunteer.request)
        .join(LentVolunteer.volunteer)
        .where(
            Volunteer.person_id == person_id,
            or_(LentVolunteer.state != LendingState.WITHDRAWN, LentVolunteer.answered_at.is_not(None)),
        )
        .options(contains_eager(LentVolunteer.request).options(*SHOWN[:3]), contains_eager(LentVolunteer.volunteer))
        .order_by(LendingRequest.end_on.desc(), LentVolunteer.id.desc())
        .limit(100)
    )
    return db.session.scalars(statement).all()


def get_of_person(person_id: int, public_id: str) -> LentVolunteer | None:
    statement = (
        select(LentVolunteer)
        .join(LentVolunteer.volunteer)
        .where(Volunteer.person_id == person_id, LentVolunteer.public_id == public_id)
        .options(joinedload(LentVolunteer.request), contains_eager(LentVolunteer.volunteer))
    )
    return db.session.scalar(statement)


def count_of_person(person_id: int) -> int:
    """How many requests wait for somebody's own answer."""
    statement = (
        select(func.count())
        .select_from(LentVolunteer)
        .join(LentVolunteer.request)
        .join(LentVolunteer.volunteer)
        .where(
            Volunteer.person_id == person_id,
            LentVolunteer.state == LendingState.ASKED,
            LendingRequest.state == LendingState.AGREED,
            LendingRequest.end_on >= today(),
        )
    )
    return db.session.scalar(statement) or 0


def list_standing(volunteer_id: int) -> Sequence[LentVolunteer]:
    """Where a volunteer is asked or lent today or later."""
    statement = (
        select(LentVolunteer)
        .join(LentVolunteer.request)
        .where(
            LentVolunteer.volunteer_id == volunteer_id,
            LentVolunteer.state.in_(STANDING),
            LendingRequest.end_on >= today(),
        )
    )
    return db.session.scalars(statement).all()


def is_lent_to(person_id: int, association: Association, day: date) -> bool:
    """Whether somebody is lent to the association on a day: lender and volunteer have agreed, and it is the span."""
    lent = _lent(Volunteer.id, day).where(
        Volunteer.person_id == person_id, LendingRequest.association_id == association.id
    )
    return db.session.scalar(lent.limit(1)) is not None


def lent_people(association_id: int, day: date) -> Select[Any]:
    """The ids of all who are lent to an association on a day, as a statement for others' conditions."""
    return _lent(Volunteer.person_id, day).where(LendingRequest.association_id == association_id)


def borrowers(person_id: int, day: date) -> Select[Any]:
    """The ids of the associations to which somebody is lent on a day or later, as a statement."""
    return _lent(LendingRequest.association_id, day, coming=True).where(Volunteer.person_id == person_id)


def standing_loans(person_id: int) -> Sequence[LendingRequest]:
    """The requests by which somebody is lent today or later, with the borrower, one for each: the last to end."""
    by_id = _lent(LendingRequest.id, today(), coming=True).where(Volunteer.person_id == person_id)
    statement = select(LendingRequest).where(LendingRequest.id.in_(by_id)).order_by(LendingRequest.end_on)
    found = db.session.scalars(statement.options(joinedload(LendingRequest.association)))
    return list({one.association_id: one for one in found}.values())


def formerly_lent(association_id: int, day: date | None = None) -> Select[Any]:
    """The ids of those who had agreed to be lent to an association, on a day or from today on, and no longer are."""
    span = (
        (LendingRequest.start_on <= day, LendingRequest.end_on >= day) if day else (LendingRequest.end_on >= today(),)
    )
    lent = (
        lent_people(association_id, day)
        if day
        else _lent(Volunteer.person_id, today(), coming=True).where(LendingRequest.association_id == association_id)
    )
    gone = (LendingState.WITHDRAWN, LendingState.DECLINED)
    return (
        select(Volunteer.person_id)
        .join(LentVolunteer, LentVolunteer.volunteer_id == Volunteer.id)
        .join(LentVolunteer.request)
        .where(
            LendingRequest.association_id == association_id,
            *span,
            LentVolunteer.answered_at.is_not(None),
            LentVolunteer.state.in_(gone),
            Volunteer.person_id.not_in(lent),
        )
    )


def _lent(column: Any, day: date, *, coming: bool = False) -> Select[Any]:
    return (
        select(column)
        .select_from(LentVolunteer)
        .join(LentVolunteer.request)
        .join(LentVolunteer.volunteer)
        .where(
            true() if coming else LendingRequest.start_on <= day,
            LendingRequest.end_on >= day,
            or_(Volunteer.ended_on.is_(None), Volunteer.ended_on >= day),
            LentVolunteer.state == LendingState.AGREED,
            LendingRequest.state == LendingState.AGREED,
        )
    )
