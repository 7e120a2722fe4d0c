"""What lies on the desk of a call under review: how far it is, what the meeting chose, what is on notice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from portal.commendations.models import CallCategory, CallState, CommendationCall, Nomination, NominationState
from portal.objections.models import NoticePeriod, ObjectionState, PeriodState
from portal.objections.queries import count_in, list_objections
from portal.offices.queries import list_holders
from portal.offices.rights import Position
from portal.reviews import progress, queries
from portal.reviews.models import Review, SelectionMeeting
from portal.reviews.progress import Progress


@dataclass(frozen=True)
class Line:
    """A nomination in the ranking, as it is now or as it lay before the meeting."""

    nomination: Nomination
    rank: int | None
    points: float | None
    reviews: int
    kept_out: int | None = None
    is_chosen: bool = False


@dataclass(frozen=True)
class Step:
    """Where a call stands on its way from nominations to the decision, and how far the notice period is."""

    call: CommendationCall
    rows: Sequence[Progress]
    period: NoticePeriod | None
    objections: int
    unanswered: int
    chosen: int
    day: date

    @property
    def name(self) -> str:
        """A word for what comes next."""
        if self.call.state == CallState.OPEN:
            return "nominations" if self.day <= self.call.closes_on else "begin"
        if self.call.state == CallState.REVIEW:
            return "ask" if not self.rows else "meeting" if progress.is_complete(self.rows) else "points"
        if self.call.state == CallState.CHOSEN:
            return "show" if self.chosen else "anew"
        return self._of_period() if self.call.state == CallState.SHOWN else str(self.call.state)

    def _of_period(self) -> str:
        assert self.period is not None
        if self.period.state in (PeriodState.STOPPED, PeriodState.WITHDRAWN):
            return "stopped"
        if self.period.state == PeriodState.OPEN and self.day <= self.period.end_on:
            return "notice"
        if not self.chosen:
            return "anew"
        return "objections" if self.unanswered else "decide"

    @property
    def days_left(self) -> int:
        return (self.period.end_on - self.day).days if self.period is not None else 0

    @property
    def done(self) -> int:
        return sum(not row.waiting for row in self.rows)


def step_of(call: CommendationCall, day: date) -> Step:
    """How a call stands today."""
    showing = queries.showing_of(call) if call.state in (CallState.SHOWN, CallState.DECIDED) else None
    period = showing.period if showing else None
    rows = progress.of_call(call) if call.state in (CallState.OPEN, CallState.REVIEW) else []
    objections = len(list_objections(period)) if period else 0
    waiting = count_in(period, ObjectionState.RECEIVED) if period else 0
    chosen = len(queries.nominations_in(call, NominationState.CHOSEN))
    return Step(call, rows, period, objections, waiting, chosen, day)


def ranked(call: CommendationCall) -> list[tuple[CallCategory, list[Line]]]:
    """Category by category, the best first: what stands before the meeting."""
    shown = queries.nominations_in(call, NominationState.NOMINATED)
    found = queries.ranking(call, shown)
    return [(one, [_line(row) for row in found.get(one.id, [])]) for one in queries.categories_of(call)]


def as_it_was(call: CommendationCall, meeting: SelectionMeeting) -> list[tuple[CallCategory, list[Line]]]:
    """The same as it lay before a meeting, with what it chose; names are those that stand in the register now."""
    known = {one.public_id: one for one in queries.nominations_in(call, *NominationState)}
    lines = [
        Line(known[row["nomination"]], row["rank"], row["points"], row["reviews"], None, row["chosen"])
        for row in meeting.chosen
    ]
    by_category = {one.id: [line for line in lines if line.nomination.category_id == one.id]
                   for one in queries.categories_of(call)}  # fmt: skip
    return [(one, by_category[one.id]) for one in queries.categories_of(call)]


def remarks(call: CommendationCall) -> dict[int, list[Review]]:
    """What reviewers who review still wrote beside their points, by nomination."""
    found: dict[int, list[Review]] = {}
    for review in queries.remarks_of(call):
        found.setdefault(review.nomination_id, []).append(review)
    return found


def who_decides(call: CommendationCall, day: date) -> str:
    """The names of those in the chair; empty where it is vacant."""
    return "、".join(list_holders(call.association, day).get(Position.CHAIR, []))


def _line(row: queries.Ranked) -> Line:
    return Line(row.nomination, row.rank, shown_points(row.points), row.reviews, row.kept_out)


def shown_points(points: Fraction | None) -> float | None:
    return None if points is None else round(float(points), 2)
