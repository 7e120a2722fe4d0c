"""Reading reviewers, reviews, the ranking, meetings and what is on notice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import Select, case, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.commendations.models import (
    CallCategory,
    CallCriterion,
    CallState,
    CommendationCall,
    Nomination,
    NominationState,
)
from portal.commendations.nomination_queries import SHOWN
from portal.core.database import db
from portal.people.models import Person
from portal.reviews import conflicts
from portal.reviews.models import DeclaredConflict, Review, Reviewer, ReviewScore, SelectionMeeting, Showing

# In the order in which they wait for the office.
IN_HAND = (CallState.REVIEW, CallState.CHOSEN, CallState.SHOWN, CallState.OPEN, CallState.DECIDED)


@dataclass(frozen=True)
class Ranked:
    """A nomination with its place: the mean of its reviewers' points (None without a review), how many reviewed it,
    how many were kept out. Equal points share a place, and the next one follows after them (1, 2, 2, 4).
    """

    nomination: Nomination
    rank: int | None
    points: Fraction | None
    reviews: int
    kept_out: int


def has_account(person_id: int) -> bool:
    return bool(db.session.scalar(select(exists().where(Account.person_id == person_id))))


def accounts_of(person: Person) -> Sequence[Account]:
    return db.session.scalars(select(Account).where(Account.person_id == person.id)).all()


def has_points(call: CommendationCall) -> bool:
    """Whether anybody gave points in the call already."""
    given = exists().where(Review.reviewer_id == Reviewer.id, Reviewer.call_id == call.id)
    return bool(db.session.scalar(select(given)))


def find_reviewer(call_id: int, person_id: int) -> Reviewer | None:
    asked = (Reviewer.call_id == call_id, Reviewer.person_id == person_id)
    return db.session.scalar(select(Reviewer).where(*asked))


def reviewers_of(call: CommendationCall) -> Sequence[Reviewer]:
    """Everybody who reviews a call now."""
    asked = (Reviewer.call_id == call.id, Reviewer.ended_at.is_(None))
    statement = select(Reviewer).where(*asked).options(joinedload(Reviewer.person))
    return db.session.scalars(statement.order_by(Reviewer.id)).all()


def counted_of(call: CommendationCall) -> Sequence[Reviewer]:
    """Everybody whose points count: who reviews it now, and who gave points and was ended since."""
    gave = exists().where(Review.reviewer_id == Reviewer.id)
    asked = (Reviewer.call_id == call.id, or_(Reviewer.ended_at.is_(None), gave))
    statement = select(Reviewer).where(*asked).options(joinedload(Reviewer.person))
    return db.session.scalars(statement.order_by(Reviewer.id)).all()


def has_given(reviewer: Reviewer) -> bool:
    """Whether a reviewer gave points to anybody."""
    return bool(db.session.scalar(select(exists().where(Review.reviewer_id == reviewer.id))))


def list_own(person_id: int) -> Sequence[Reviewer]:
    """The calls that somebody reviews."""
    asked = (Reviewer.person_id == person_id, Reviewer.ended_at.is_(None))
    call = joinedload(Reviewer.call).joinedload(CommendationCall.association)
    return db.session.scalars(select(Reviewer).where(*asked).options(call).order_by(Reviewer.id.desc())).all()


def calls_in_hand(association: Association) -> Select[Any]:
    """The association's own calls from their opening on, those under review first, the decided ones last."""
    order = case({state: place for place, state in enumerate(IN_HAND)}, value=CommendationCall.state)
    asked = (CommendationCall.association_id == association.id, CommendationCall.state.in_(IN_HAND))
    statement = select(CommendationCall).where(*asked).options(joinedload(CommendationCall.association))
    return statement.order_by(order, CommendationCall.closes_on.desc(), CommendationCall.id.desc())


def list_in_hand(association: Association) -> Sequence[CommendationCall]:
    """Those of them that are not decided."""
    going_on = CommendationCall.state != CallState.DECIDED
    return db.session.scalars(calls_in_hand(association).where(going_on)).all()


def remarks_of(call: CommendationCall) -> Sequence[Review]:
    """What reviewers of a call wrote beside their points, with who wrote it."""
    asked = (Reviewer.call_id == call.id, Review.remark != "")
    who = contains_eager(Review.reviewer).joinedload(Reviewer.person)
    statement = select(Review).join(Review.reviewer).where(*asked).options(who)
    return db.session.scalars(statement.order_by(Review.id)).all()


def declared_of(call: CommendationCall) -> Mapping[tuple[int, int], str]:
    """Why reviewers keep out of nominations, in their words, by the ids of both."""
    asked = select(DeclaredConflict.reviewer_id, DeclaredConflict.nomination_id, DeclaredConflict.reason)
    rows = db.session.execute(
        asked.join(Reviewer, Reviewer.id == DeclaredConflict.reviewer_id).where(Reviewer.call_id == call.id)
    )
    return {(reviewer_id, nomination_id): reason for reviewer_id, nomination_id, reason in rows}


def find_review(reviewer_id: int, nomination_id: int) -> Review | None:
    asked = (Review.reviewer_id == reviewer_id, Review.nomination_id == nomination_id)
    return db.session.scalar(select(Review).where(*asked).options(selectinload(Review.scores)))


def points_of(reviewer: Reviewer) -> Mapping[int, int]:
    """What a reviewer gave each nomination in all."""
    statement = select(Review.nomination_id, func.sum(ReviewScore.points)).join(Review.scores)
    rows = db.session.execute(statement.where(Review.reviewer_id == reviewer.id).group_by(Review.nomination_id))
    return {nomination_id: int(value) for nomination_id, value in rows}


def criteria_of(call: CommendationCall) -> Sequence[CallCriterion]:
    statement = select(CallCriterion).where(CallCriterion.call_id == call.id)
    return db.session.scalars(statement.order_by(CallCriterion.position)).all()


def categories_of(call: CommendationCall) -> Sequence[CallCategory]:
    statement = select(CallCategory).where(CallCategory.call_id == call.id).options(joinedload(CallCategory.kind))
    return db.session.scalars(statement.order_by(CallCategory.position)).all()


def nominations_in(call: CommendationCall, *states: NominationState) -> Sequence[Nomination]:
    """The call's nominations in these states, by category and name."""
    statement = select(Nomination).where(Nomination.call_id == call.id, Nomination.state.in_(states)).options(*SHOWN)
    return db.session.scalars(statement.order_by(Nomination.category_id, Nomination.name, Nomination.id)).all()


def ranking(call: CommendationCall, nominations: Sequence[Nomination]) -> dict[int, list[Ranked]]:
    """By category's id, the best first. Points of whoever is kept out, by now or since, do not count."""
    reviewers = counted_of(call)
    kept_out = conflicts.of_all(reviewers, nominations)
    given = _points(call)
    by_category: dict[int, list[Ranked]] = defaultdict(list)
    for one in nominations:
        counted = [given[who.id, one.id] for who in reviewers
                   if (who.id, one.id) in given and one.id not in kept_out[who.id]]  # fmt: skip
        mean = Fraction(sum(counted), len(counted)) if counted else None
        out = sum(one.id in kept_out[who.id] for who in reviewers if who.ended_at is None)
        by_category[one.category_id].append(Ranked(one, None, mean, len(counted), out))
    return {category_id: _placed(rows) for category_id, rows in by_category.items()}


def meetings_of(call: CommendationCall) -> Sequence[SelectionMeeting]:
    """The meetings that chose, the latest first."""
    statement = select(SelectionMeeting).where(SelectionMeeting.call_id == call.id)
    return db.session.scalars(statement.order_by(SelectionMeeting.number.desc())).all()


def showing_of(call: CommendationCall) -> Showing | None:
    """What is on notice now, or was last, with its meeting and notice period."""
    told = (joinedload(Showing.period), joinedload(Showing.meeting))
    statement = select(Showing).where(Showing.call_id == call.id).options(*told)
    return db.session.scalar(statement.order_by(Showing.id.desc()).limit(1))


def _points(call: CommendationCall) -> dict[tuple[int, int], int]:
    """What each reviewer gave each nomination in all."""
    statement = (
        select(Review.reviewer_id, Review.nomination_id, func.sum(ReviewScore.points))
        .join(Review.reviewer).join(Review.scores).where(Reviewer.call_id == call.id)
        .group_by(Review.reviewer_id, Review.nomination_id)
    )  # fmt: skip
    rows = db.session.execute(statement)
    return {(reviewer_id, nomination_id): int(value) for reviewer_id, nomination_id, value in rows}


def _placed(rows: list[Ranked]) -> list[Ranked]:
    """Ranked by points, most first; without a review they stand last and have no place."""
    ordered = sorted(rows, key=lambda row: (row.points is None, -(row.points or 0), row.nomination.name))
    placed: list[Ranked] = []
    for position, row in enumerate(ordered, start=1):
        before = placed[-1] if placed else None
        shared = before is not None and before.points == row.points
        rank = None if row.points is None else before.rank if before is not None and shared else position
        placed.append(Ranked(row.nomination, rank, row.points, row.reviews, row.kept_out))
    return placed
