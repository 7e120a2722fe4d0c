"""How far each reviewer of a call is: what was written, what is theirs to review, what they are kept out of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from portal.commendations.models import CallState, CommendationCall, Nomination, NominationState
from portal.core.database import db
from portal.reviews import conflicts, queries
from portal.reviews.conflicts import Conflicts
from portal.reviews.models import Review, Reviewer


@dataclass(frozen=True)
class Progress:
    """One reviewer among the nominations that lie before the reviewers."""

    reviewer: Reviewer
    written: frozenset[int]  # the ids of the nominations with points of theirs that count
    waiting: tuple[Nomination, ...]
    kept_out: Conflicts

    @property
    def done(self) -> int:
        return len(self.written)

    @property
    def due(self) -> int:
        return self.done + len(self.waiting)


def is_ready(nomination: Nomination) -> bool:
    """Whether it lies before the reviewers: a person's, once the person has agreed."""
    agreed = nomination.person_id is None or nomination.consented_at is not None
    return agreed and nomination.state == NominationState.NOMINATED


def nominations(call: CommendationCall) -> list[Nomination]:
    """What lies before the reviewers of a call."""
    return [one for one in queries.nominations_in(call, NominationState.NOMINATED) if is_ready(one)]


def of_call(call: CommendationCall, reviewers: Sequence[Reviewer] | None = None) -> list[Progress]:
    """Everybody who reviews a call, or those named of them."""
    reviewers = queries.reviewers_of(call) if reviewers is None else reviewers
    shown = nominations(call)
    kept_out, written = conflicts.of_all(reviewers, shown), _written([one.id for one in reviewers])
    return [_of(one, shown, kept_out[one.id], written.get(one.id, set())) for one in reviewers]


def is_complete(rows: Sequence[Progress]) -> bool:
    """Whether nothing is waited for: there are reviewers, and each has given points to all they may."""
    return bool(rows) and not any(row.waiting for row in rows)


def waits_for(reviewing: Sequence[Reviewer]) -> int:
    """In how many of the calls that somebody reviews there are points to give still."""
    mine = [one for one in reviewing if one.call.state == CallState.REVIEW]
    return sum(bool(of_call(one.call, [one])[0].waiting) for one in mine)


def _of(reviewer: Reviewer, shown: Sequence[Nomination], kept_out: Conflicts, written: set[int]) -> Progress:
    theirs = [one for one in shown if one.id not in kept_out]
    done = frozenset(one.id for one in theirs if one.id in written)
    return Progress(reviewer, done, tuple(one for one in theirs if one.id not in written), kept_out)


def _written(reviewer_ids: Sequence[int]) -> dict[int, set[int]]:
    asked = select(Review.reviewer_id, Review.nomination_id).where(Review.reviewer_id.in_(reviewer_ids))
    found: dict[int, set[int]] = {}
    for reviewer_id, nomination_id in db.session.execute(asked):
        found.setdefault(reviewer_id, set()).add(nomination_id)
    return found
