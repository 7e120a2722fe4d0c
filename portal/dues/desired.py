"""What is charged beside what is owed by the plans: who is to be charged, which charges no longer fit, and why.

Owed by whoever is a member in the period (from joining to the last day) and not suspended for the whole of it, where
the membership is now; a charge that stands for the period stays at the association that made it. A household's or an
organisation's membership is one charge. Opening balances stay as they were entered.

Of a charge that stands, amount and kind are followed; who pays is followed while nothing was settled of it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    not_,
    null,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.core.database import BigInt, UTCDateTime
from portal.core.i18n import lazy_pgettext
from portal.core.labels import Labelled
from portal.dues import fees
from portal.dues.models import Charge, ChargeOrigin, FeePlan, VoidReason
from portal.dues.queries import OPEN_FEN, STANDS
from portal.ledger.models import BookState, DuesPeriod, PeriodBook
from portal.members.models import EndReason, Membership
from portal.register.drivers import unindexed

KIND = unindexed(Membership.kind_id)  # most members are of one kind: the places lead
PAYER = func.coalesce(Membership.payer_id, Membership.person_id)  # who pays for a membership


class Finding(Labelled):
    """What charging finds of a membership or of a charge that stands."""

    NEW = "new", lazy_pgettext("charging", "Newly charged")
    CHANGED = "changed", lazy_pgettext("charging", "Changed: amount, payer or kind")
    LEFT = "left", lazy_pgettext("charging", "Void: no member in this period")
    FREE_NOW = "free_now", lazy_pgettext("charging", "Void: no longer charged by the fee plan")
    UNCHANGED = "unchanged", lazy_pgettext("charging", "Unchanged")
    SUSPENDED = "suspended", lazy_pgettext("charging", "Not charged: suspended for the whole period")
    NO_PLAN = "no_plan", lazy_pgettext("charging", "Not charged: no fee plan for this kind")
    FREE = "free", lazy_pgettext("charging", "Not charged: the fee plan says nothing is due")
    ELSEWHERE = "elsewhere", lazy_pgettext("charging", "Not charged: another association has charged it")


OF_CHARGES = (Finding.CHANGED, Finding.LEFT, Finding.FREE_NOW, Finding.UNCHANGED)
DIFFERING = (Finding.CHANGED, Finding.LEFT, Finding.FREE_NOW)
LEFT_OUT = (Finding.NO_PLAN, Finding.SUSPENDED, Finding.FREE, Finding.ELSEWHERE)


# The columns of a charge that `Comparison.to_charge` gives.
COLUMNS = (
    "association_id", "group_id", "period_id", "membership_id", "payer_id", "plan_id", "origin", "amount_fen",
    "due_on", "created_at",
)  # fmt: skip
AT = bindparam("place_id", type_=BigInt)
MOMENT = bindparam("moment", type_=UTCDateTime())
_old = aliased(FeePlan, name="old_plan")
_standing = aliased(Charge, name="standing")


def open_in(period: DuesPeriod) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Associations where the period can be charged: not archived, neither their book of it closed nor a later one."""
    closed = exists().where(
        PeriodBook.association_id == Association.id,
        PeriodBook.period_id == DuesPeriod.id,
        PeriodBook.state != BookState.OPEN.value,
        DuesPeriod.start_on >= period.start_on,
    )
    return Association.archived_on.is_(None), ~closed


class Comparison:
    """A period beside the register: of an association with all below it, or of that of the parameter `place_id`;
    in the latter case as a part of a `branch`, if one is named.
    """

    def __init__(self, period: DuesPeriod, path: str | None = None, branch: str = "") -> None:
        live = (*open_in(period), in_subtree(path)) if path else (Association.id == AT,)
        self.period = period
        self.plan = fees.plans_in_force(and_(*live), period.start_on)
        self.due: Any = fees.amount_due(self.plan, fees.span_of(period))
        self._places = select(Association.id).where(*live) if path else None
        self._branch = select(Association.id).where(*open_in(period), in_subtree(branch)) if branch else None

    def _at(self, column: Any) -> ColumnElement[bool]:
        return column == AT if self._places is None else column.in_(self._places)  # type: ignore[no-any-return]

    def _asked(self, column: Any) -> ColumnElement[bool]:
        """Whether it lies in all that is asked about."""
        return self._at(column) if self._branch is None else column.in_(self._branch)

    def members(self) -> Select[Any]:
        """Memberships without a charge: (membership_id, place_id, finding, due, charge_id)."""
        finding = case(
            (self._rests, Finding.SUSPENDED.value),
            (self.plan.c.plan_id.is_(None), Finding.NO_PLAN.value),
            (self.due == 0, Finding.FREE.value),
            else_=Finding.NEW.value,
        )
        statement = self._with_plan(
            _row(Membership.association_id, finding, self.due, cast(null(), BigInt)), Membership.association_id
        )
        return statement.where(self._at(Membership.association_id), *self._takes_part, not_(self._is_charged))

    def charges(self) -> Select[Any]:
        """Charges that stand: (membership_id, place_id, finding, due, charge_id)."""
        statement = _row(Charge.association_id, self._of_charge, self.due, Charge.id)
        statement = statement.join(Charge, Charge.membership_id == Membership.id).outerjoin(
            _old, _old.id == Charge.plan_id
        )
        statement = self._with_plan(statement, Charge.association_id)
        return statement.where(self._at(Charge.association_id), Charge.period_id == self.period.id, STANDS)

    def elsewhere(self) -> Select[Any]:
        """Members here whose charge stands at an association that is not asked about."""
        finding, there = literal(Finding.ELSEWHERE.value), self._standing(_standing.association_id)
        fen, charge_id = self._standing(_standing.amount_fen), self._standing(_standing.id)
        statement = _row(Membership.association_id, finding, fen, charge_id)
        return statement.where(self._at(Membership.association_id), not_(self._asked(there)))

    def to_charge(self, *, again: bool = False, first: bool = False) -> Select[Any]:
        """New charges by COLUMNS, of the parameters `place_id` and `moment`; with `again`, of the memberships whose
        charge was made void as changed in that moment, wherever they are now; with `first`, nobody being charged yet.
        """
        is_here = Membership.association_id == AT
        group = case((is_here, Membership.group_id))
        due_on = case((Membership.joined_on > self.period.due_on, Membership.joined_on), else_=self.period.due_on)
        columns: list[Any] = [
            AT, group, literal(self.period.id), Membership.id, PAYER, self.plan.c.plan_id,
            literal(ChargeOrigin.PLAN.value), self.due, due_on, MOMENT,
        ]  # fmt: skip
        statement = select(*columns).join(
            self.plan, and_(self.plan.c.kind_id == KIND, self.plan.c.association_id == AT)
        )
        whom = Membership.id.in_(_changed_at(self.period)) if again else is_here
        statement = statement.where(whom, *self._takes_part, not_(self._rests), self.due > 0)
        return statement if first else statement.where(not_(self._is_charged))

    def _with_plan(self, statement: Select[Any], place: Any) -> Select[Any]:
        of_it = and_(self.plan.c.kind_id == KIND, self.plan.c.association_id == place)
        return statement.outerjoin(self.plan, of_it)

    @property
    def _takes_part(self) -> tuple[ColumnElement[bool], ...]:
        """A member on a day of the period. What was entered in error never was."""
        last = or_(Membership.ended_on.is_(None), Membership.ended_on >= self.period.start_on)
        real = or_(Membership.end_reason.is_(None), Membership.end_reason != EndReason.IN_ERROR)
        return Membership.joined_on <= self.period.end_on, last, real

    @property
    def _rests(self) -> ColumnElement[bool]:
        return and_(Membership.suspended_on.is_not(None), Membership.suspended_on <= self.period.start_on)

    @property
    def _is_charged(self) -> ColumnElement[bool]:
        return self._standing(_standing.id).is_not(None)

    def _standing(self, column: Any) -> ScalarSelect[Any]:
        """Of the charge that stands, asked of each member by the index: a join, and EXISTS, PostgreSQL would make one
        against all of the period.
        """
        here = (_standing.membership_id == Membership.id, _standing.period_id == self.period.id)
        found = select(column).where(*here, _standing.voided_at.is_(None))
        return found.correlate(Membership).scalar_subquery()

    @property
    def _of_charge(self) -> ColumnElement[str]:
        untouched = Charge.amount_fen == OPEN_FEN
        other = or_(
            self.due != Charge.amount_fen,
            _old.kind_id != Membership.kind_id,
            and_(untouched, Charge.payer_id != PAYER),
        )
        return case(
            (Charge.origin == ChargeOrigin.OPENING.value, Finding.UNCHANGED.value),
            (or_(not_(and_(*self._takes_part)), self._rests), Finding.LEFT.value),
            (func.coalesce(self.due, 0) == 0, Finding.FREE_NOW.value),
            (other, Finding.CHANGED.value),
            else_=Finding.UNCHANGED.value,
        )


def _row(place: Any, finding: Any, due: Any, charge_id: Any) -> Select[Any]:
    columns: list[Any] = [
        Membership.id.label("membership_id"), place.label("place_id"), finding.label("finding"), due.label("due"),
        charge_id.label("charge_id"),
    ]  # fmt: skip
    return select(*columns).select_from(Membership)


def _changed_at(period: DuesPeriod) -> Select[Any]:
    """The memberships whose charge at the association of the parameter became void in a moment, to be replaced."""
    gone = (_standing.association_id == AT, _standing.period_id == period.id, _standing.voided_at == MOMENT)
    return select(_standing.membership_id).where(*gone, _standing.void_reason == VoidReason.CHANGED.value)
