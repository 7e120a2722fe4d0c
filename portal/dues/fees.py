"""What is due by the fee plans: which plan is in force where, and what it comes to for a part of the period.

A plan holds where it was made and everywhere below that has none of its own for the kind. Of several at one
association the latest counts among those for periods that begin as this one does, or earlier.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import aliased

from portal.associations.models import Association
from portal.dues.models import FeePlan, Proration
from portal.ledger.models import DuesPeriod
from portal.members.models import Membership

MONTHS_IN_A_YEAR = 12


@dataclass(frozen=True)
class Span:
    """The parts into which a period falls: the first days of its calendar months, and of its second half."""

    start: date
    end: date

    @property
    def months(self) -> list[date]:
        first, last = (_month_number(day) for day in (self.start, self.end))
        return [date(*_year_and_month(number), 1) for number in range(first, last + 1)]

    @property
    def second_half(self) -> date:
        """By months where it is made of an even number of them, by days otherwise."""
        months, next_day = self.months, self.end + timedelta(days=1)
        if self.start.day == next_day.day == 1 and len(months) % 2 == 0:
            return months[len(months) // 2]
        return self.start + timedelta(days=((self.end - self.start).days + 2) // 2)


def span_of(period: DuesPeriod) -> Span:
    return Span(period.start_on, period.end_on)


def _month_number(day: date) -> int:
    return day.year * MONTHS_IN_A_YEAR + day.month - 1


def _year_and_month(number: int) -> tuple[int, int]:
    return number // MONTHS_IN_A_YEAR, number % MONTHS_IN_A_YEAR + 1


def plans_in_force(places: ColumnElement[bool], day: date) -> CTE:
    """For each association of `places` and each kind the plan of a period that begins on a day.

    Columns: association_id, kind_id, plan_id, amount_fen, proration.
    """
    ranked = _ranked(places, day).subquery("ranked")
    names = ("association_id", "kind_id", "plan_id", "amount_fen", "proration")
    found = select(*(ranked.c[name] for name in names)).where(ranked.c.place == 1).cte("in_force")
    return found.prefix_with("MATERIALIZED", dialect="postgresql")  # or it is worked out for each member


def _ranked(places: ColumnElement[bool], day: date) -> Select[Any]:
    """Every plan that reaches one of the associations, the nearest and latest first."""
    owner = aliased(Association, name="owner")
    nearest = (func.length(owner.path).desc(), FeePlan.effective_on.desc(), FeePlan.version.desc())
    place = func.row_number().over(partition_by=(Association.id, FeePlan.kind_id), order_by=nearest)
    columns: list[Any] = [
        Association.id.label("association_id"), FeePlan.kind_id, FeePlan.id.label("plan_id"), FeePlan.amount_fen,
        FeePlan.proration, place.label("place"),
    ]  # fmt: skip
    above = func.substr(Association.path, 1, func.length(owner.path)) == owner.path
    statement = select(*columns).select_from(FeePlan).join(owner, owner.id == FeePlan.association_id)
    return statement.join(Association, above).where(places, *for_periods_from(day))


def for_periods_from(day: date) -> tuple[ColumnElement[bool], ...]:
    """Plans that count for a period that begins on a day."""
    return FeePlan.withdrawn_at.is_(None), FeePlan.effective_on <= day


def amount_due(plan: Any, span: Span) -> ColumnElement[int]:
    """What a membership owes by a plan in force, in whole fen: a part of a fen is nobody's."""
    share = Membership.joined_on >= span.second_half
    halves = case((share, plan.c.amount_fen // 2), else_=plan.c.amount_fen)
    months = plan.c.amount_fen * _months_of(span) // len(span.months)
    stays = or_(Membership.ended_on.is_(None), Membership.ended_on >= span.end)
    whole = and_(Membership.joined_on <= span.start, stays)  # nearly everybody: nothing is counted for them
    parts = {Proration.HALVES: halves, Proration.MONTHS: months}
    shares = ((plan.c.proration == str(key), part) for key, part in parts.items())
    return case((whole, plan.c.amount_fen), *shares, else_=plan.c.amount_fen)


def _months_of(span: Span) -> ColumnElement[int]:
    """In how many calendar months of the period somebody is a member."""
    left: Any = literal(len(span.months))
    for month in span.months[1:]:
        left = (
            left - case((Membership.joined_on >= month, 1), else_=0) - case((Membership.ended_on < month, 1), else_=0)
        )
    return left  # type: ignore[no-any-return]
