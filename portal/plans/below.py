"""The plans of an association and of all below it in a year: how many activities stand how, by branch and month.

Counted by the database in one question, as far as the reader may see totals; nobody is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import and_, case, extract, func, select
from sqlalchemy.orm import aliased

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.associations.queries import children, in_subtree, subtree_end
from portal.core.calendar import now
from portal.core.database import db
from portal.offices.access import visible
from portal.plans.models import Activity, ActivityState
from portal.plans.queries import state_column

RIGHT = "reports.read"
MONTHS = range(1, 13)
STANDING = tuple(state for state in ActivityState if state is not ActivityState.CANCELLED)
Counts = dict[tuple[int, str], int]  # by month and state


@dataclass(frozen=True)
class Branch:
    """An association of the next step with all below it, or the association itself."""

    name: str
    code: str
    counts: Counts = field(default_factory=dict)

    def of(self, month: int | None = None, state: str = "") -> int:
        """How many in a month (in the year), in a state (all that were not cancelled)."""
        states = (state,) if state else STANDING
        return sum(n for (at, how), n in self.counts.items() if how in states and month in (None, at))


def branches(account: Account, association: Association, year: int) -> list[Branch]:
    """The association first, if it plans anything itself, then those of the next step, those without a plan too."""
    below = list_below(account, association)
    found = _count(account, association, year)
    itself = found.get(None, {})
    first = [Branch(association.display_name, association.code, itself)] if itself or not below else []
    return first + [Branch(one.display_name, one.code, found.get(one.id, {})) for one in below]


def list_below(account: Account, association: Association) -> Sequence[Association]:
    """The associations directly below whose totals the account may see."""
    return db.session.scalars(visible(children(association), account, RIGHT, Association)).all()


def total(rows: Sequence[Branch], name: str) -> Branch:
    counts: Counts = {}
    for row in rows:
        for key, number in row.counts.items():
            counts[key] = counts.get(key, 0) + number
    return Branch(name, "", counts)


def _count(account: Account, association: Association, year: int) -> dict[int | None, Counts]:
    """By the branch of the next step; of the association's own activities it is none."""
    moment, month = now(), extract("month", Activity.planned_on)
    place, branch = aliased(Association), aliased(Association)
    within = and_(place.path >= branch.path, place.path < subtree_end(branch.path))
    here = select(Association.id).where(in_subtree(association.path))
    standing = [func.sum(case((state_column(moment) == state.value, 1), else_=0)) for state in ActivityState]
    statement: Any = (
        select(branch.id, month, *standing)
        .select_from(Activity)
        .join(place, place.id == Activity.association_id)
        .outerjoin(branch, and_(branch.parent_id == association.id, within))
        .where(
            Activity.association_id.in_(here),
            Activity.planned_on.between(date(year, 1, 1), date(year, 12, 31)),
        )
        .group_by(branch.id, month)
    )
    found: dict[int | None, Counts] = {}
    for key, at, *numbers in db.session.execute(visible(statement, account, RIGHT, Activity)):
        counts = {(int(at), str(state)): int(n) for state, n in zip(ActivityState, numbers, strict=True) if n}
        found.setdefault(key, {}).update(counts)
    return found
