"""Reviewers are asked, keep out of what concerns them, and give points. Raises RuleError; never commits."""

from __future__ import annotations

from collections.abc import Mapping

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.commendations.models import CallState, CommendationCall, Nomination, NominationState
from portal.core import audit
from portal.core.calendar import now
from portal.core.database import add_single, db, hold
from portal.core.errors import RuleError
from portal.core.i18n import _, lazy
from portal.core.text import is_blank, printable
from portal.offices.access import can
from portal.people.models import Person
from portal.reviews import conflicts, progress, queries
from portal.reviews.models import DeclaredConflict, Review, Reviewer, ReviewScore

RIGHT = "commendations.decide"
LONGEST_REMARK = 1000
LEAST_REASON, LONGEST_REASON = 4, 200
REVIEWED = (CallState.OPEN, CallState.REVIEW)


def ask_reviewer(actor: Account, call: CommendationCall, person: Person) -> Reviewer:
    """Somebody reviews the call's nominations; asked again, they review again. They need an account to sign in."""
    _check_right(actor, call)
    _check_state(call, REVIEWED)
    if not queries.has_account(person.id):
        raise RuleError("person", lazy("They cannot sign in yet: hand out an account first."))
    _check_unseen(call, person)
    known = queries.find_reviewer(call.id, person.id)
    if known is not None:
        known.ended_at, known.end_reason = None, ""
        return known
    made = Reviewer(call_id=call.id, person_id=person.id, asked_by_id=actor.person_id)
    if not add_single(made):
        raise RuleError("person", lazy("They are asked already."))
    audit.record(actor, "reviews.ask", made, {"name": person.name}, person_id=person.id)
    return made


def end_reviewer(actor: Account, reviewer: Reviewer, reason: str = "") -> None:
    """They review no more. Points that they gave stay in the ranking; then a reason is needed: the minutes tell it.

    Raises RuleError by the field: reason. Who ends them may see the ranking: it does not change by it.
    """
    call = db.session.get_one(CommendationCall, reviewer.call_id)
    _check_right(actor, call)
    _check_state(call, REVIEWED)
    said = printable(reason).strip()
    if queries.has_given(reviewer) and (is_blank(said) or not LEAST_REASON <= len(said) <= LONGEST_REASON):
        raise RuleError("reason", _("Write why, in %(least)s to %(most)s characters: the minutes tell it.",
                                    least=LEAST_REASON, most=LONGEST_REASON))  # fmt: skip
    if reviewer.ended_at is None:
        reviewer.ended_at, reviewer.end_reason = now(), said[:LONGEST_REASON]
        audit.record(actor, "reviews.end", reviewer, {"reason": said}, person_id=reviewer.person_id)


def declare(actor: Account, reviewer: Reviewer, nomination: Nomination, reason: str = "") -> None:
    """A reviewer keeps out of a nomination, for a reason of their own. Said twice, it is said once; it stays."""
    _check_reviewer(actor, reviewer, nomination)
    row = DeclaredConflict(
        reviewer_id=reviewer.id, nomination_id=nomination.id, reason=printable(reason).strip()[:200]
    )
    if not add_single(row):
        return
    audit.record(actor, "reviews.declare", nomination, {}, person_id=nomination.person_id)


def write_review(
    actor: Account, reviewer: Reviewer, nomination: Nomination, points: Mapping[int, int | None], remark: str = ""
) -> Review:
    """Points for every criterion (by its id), from 0 to its most, and a remark. Written again, the latest counts.

    Raises RuleError by the criterion's field ("points-<id>"), and without a field for whoever is kept out.
    """
    call = _check_reviewer(actor, reviewer, nomination)
    _hold(call, (CallState.REVIEW,))
    if nomination.state != NominationState.NOMINATED:
        raise RuleError("", lazy("This nomination has ended."))
    kept_out = conflicts.of(reviewer, [nomination]).get(nomination.id)
    if kept_out:
        raise RuleError("", _("You are kept out of this one: %(why)s.", why=kept_out[0].label))
    _check_may_write(actor, call, reviewer, nomination)
    given = _checked(call, points)
    remark = printable(remark).strip()
    if len(remark) > LONGEST_REMARK:
        raise RuleError("remark", _("At most %(count)s characters", count=LONGEST_REMARK))
    review = _write(reviewer, nomination, given, remark)
    audit.record(actor, "reviews.write", nomination, {"points": sum(given.values())})
    return review


def _check_unseen(call: CommendationCall, person: Person) -> None:
    """Whoever decides sees the ranking unless they review: asked, or asked again, only before anybody gave points."""
    association = db.session.get_one(Association, call.association_id)
    if queries.has_points(call) and any(
        can(one, RIGHT, association, whole=True) for one in queries.accounts_of(person)
    ):
        raise RuleError(
            "person", lazy("They may have seen the ranking: who decides is asked before points are given.")
        )


def _check_may_write(actor: Account, call: CommendationCall, reviewer: Reviewer, nomination: Nomination) -> None:
    """The nominee agreed that reviewers read of it; and whoever decides does not change points with the ranking in
    sight: they see it once all their own are given.
    """
    if nomination.person_id is not None and nomination.consented_at is None:
        raise RuleError("", lazy("The nominee has not agreed yet."))
    association = db.session.get_one(Association, call.association_id)
    if can(actor, RIGHT, association, whole=True) and not progress.of_call(call, [reviewer])[0].waiting:
        raise RuleError("", lazy("You have seen the ranking: your points stand."))


def _write(reviewer: Reviewer, nomination: Nomination, given: Mapping[int, int], remark: str) -> Review:
    review = queries.find_review(reviewer.id, nomination.id)
    if review is None:
        review = Review(reviewer_id=reviewer.id, nomination_id=nomination.id, scores=[])
    known = {one.criterion_id: one for one in review.scores}
    review.remark, review.written_at = remark, now()
    for criterion_id, value in given.items():
        if criterion_id in known:
            known[criterion_id].points = value
        else:
            review.scores.append(ReviewScore(criterion_id=criterion_id, points=value))
    if not add_single(review):
        raise RuleError("", lazy("It was written already in another window. Look at the page again."))
    return review


def _checked(call: CommendationCall, points: Mapping[int, int | None]) -> dict[int, int]:
    given: dict[int, int] = {}
    for criterion in queries.criteria_of(call):
        value = points.get(criterion.id)
        if value is None or not 0 <= value <= criterion.points:
            raise RuleError(f"points-{criterion.id}", _("From 0 to %(most)s points", most=criterion.points))
        given[criterion.id] = value
    return given


def _check_reviewer(actor: Account, reviewer: Reviewer, nomination: Nomination) -> CommendationCall:
    if actor.person_id != reviewer.person_id or reviewer.ended_at is not None:
        raise RuleError("", lazy("You do not review this call."))
    if nomination.call_id != reviewer.call_id:
        raise RuleError("", lazy("This nomination belongs to another call."))
    call = db.session.get_one(CommendationCall, reviewer.call_id)
    _check_state(call, REVIEWED)
    return call


def _hold(call: CommendationCall, states: tuple[CallState, ...]) -> None:
    """The call as it is now: the meeting waits for the points that are being written."""
    hold(call, shared=True)
    _check_state(call, states)


def _check_state(call: CommendationCall, states: tuple[CallState, ...]) -> None:
    if call.state not in states:
        raise RuleError("", lazy("This call is not under review."))


def _check_right(actor: Account, call: CommendationCall) -> None:
    association = db.session.get_one(Association, call.association_id)
    if not can(actor, RIGHT, association, whole=True):
        raise RuleError("", lazy("Whoever decides commendations asks the reviewers."))
