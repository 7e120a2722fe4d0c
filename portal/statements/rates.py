"""How much of what is owed was collected, rolled up the tree: one aggregate for all of it.

Net: paid over charged less waived (what is void is not charged). Gross: paid over charged. What was written off is
not deducted: it is owed and was not collected. Where a book is closed its figures are those of that day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import load_only

from portal.associations.models import Association, Group
from portal.associations.queries import in_subtree
from portal.core.database import db
from portal.core.formats import percent
from portal.dues.models import Charge
from portal.dues.queries import STANDS
from portal.ledger.models import BookState, DuesPeriod, PeriodBook

SUMS: tuple[Any, ...] = (
    func.count(), func.coalesce(func.sum(Charge.amount_fen), 0), func.coalesce(func.sum(Charge.waived_fen), 0),
    func.coalesce(func.sum(Charge.paid_fen), 0), func.coalesce(func.sum(Charge.written_off_fen), 0),
)  # fmt: skip


@dataclass(frozen=True)
class Totals:
    """What was charged and what became of it, in fen."""

    charges: int = 0
    charged_fen: int = 0
    waived_fen: int = 0
    paid_fen: int = 0
    written_off_fen: int = 0

    def __add__(self, other: Totals) -> Totals:
        return Totals(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def due_fen(self) -> int:
        """What there is to collect."""
        return self.charged_fen - self.waived_fen

    @property
    def open_fen(self) -> int:
        return self.due_fen - self.paid_fen - self.written_off_fen

    @property
    def net(self) -> float | None:
        """The share collected; None where there is nothing to collect."""
        return self.paid_fen / self.due_fen if self.due_fen else None

    @property
    def net_shown(self) -> str:
        return percent(self.paid_fen, self.due_fen)

    @property
    def gross_shown(self) -> str:
        return percent(self.paid_fen, self.charged_fen)


NONE = Totals()


@dataclass(frozen=True)
class Row:
    """A line of the report: an association with all below it, or one by itself; now and the year before."""

    association: Association
    now: Totals
    before: Totals
    frozen: int  # in how many of its books the figures are kept as they were
    books: int  # how many associations there are charged
    is_alone: bool = False  # itself, without what is below

    @property
    def change(self) -> float | None:
        """By how many points the rate is above the year before."""
        if self.now.net is None or self.before.net is None:
            return None
        return round((self.now.net - self.before.net) * 100, 1)


@dataclass(frozen=True)
class Report:
    """The rates of an association's children, and of all together."""

    rows: list[Row]
    total: Row


def of_tree(top: Association, period: DuesPeriod, before: DuesPeriod | None = None) -> Report:
    """One row for each child with its whole subtree, one for the association's own charges, and the total."""
    periods = [one for one in (period, before) if one is not None]
    found, kept = sums_below(top, periods), frozen_below(top, periods)
    places = _places(top)
    known = found | {key: totals for key, totals in kept.items() if key in found or totals.charges}
    under = _by_child(top, places)
    children = [one for one in places if one.parent_id == top.id]
    made = [_row(child, known, kept, period, before, under[child.id]) for child in children]
    rows = [row for row in made if row.association.archived_on is None or row.now.charges]
    own = _row(top, known, kept, period, before, [top.id], is_alone=True)
    if rows and own.now.charges:
        rows.append(own)
    return Report(rows, _row(top, known, kept, period, before, [one.id for one in places]))


def sums_below(top: Association, periods: Collection[DuesPeriod]) -> dict[tuple[int, int], Totals]:
    """What stands, by period and association, in one question; of a whole federation without naming its parts."""
    statement: Select[Any] = select(Charge.period_id, Charge.association_id, *SUMS)
    statement = statement.where(Charge.period_id.in_([one.id for one in periods]), STANDS)
    if top.parent_id is not None:
        statement = statement.where(Charge.association_id.in_(select(Association.id).where(in_subtree(top.path))))
    rows = db.session.execute(statement.group_by(Charge.period_id, Charge.association_id)).all()
    return {(row[0], row[1]): Totals(*map(int, row[2:])) for row in rows}


def of_groups(association: Association, period: DuesPeriod, only: Collection[int] | None = None) -> list[Any]:
    """(group or None, totals) of an association's charges, in the order of its groups; some groups alone."""
    asked = (Charge.period_id == period.id, Charge.association_id == association.id, STANDS)
    statement: Any = select(Group, *SUMS).select_from(Charge).outerjoin(Group, Group.id == Charge.group_id)
    if only is not None:
        statement = statement.where(Charge.group_id.in_(only))
    rows = db.session.execute(statement.where(*asked).group_by(Group.id).order_by(Group.position, Group.id)).all()
    found = [(row[0], Totals(*map(int, row[1:]))) for row in rows]
    return sorted(found, key=lambda one: one[0] is None)


def total_of(totals: Iterable[Totals]) -> Totals:
    return sum(totals, NONE)


def frozen(book: PeriodBook | None) -> Totals | None:
    """The figures that were kept when a book was closed; None while it is open."""
    if book is None or book.state == BookState.OPEN or "charged_fen" not in book.figures:
        return None
    return Totals(**{one.name: int(book.figures.get(one.name, 0)) for one in fields(Totals)})


def frozen_below(top: Association, periods: Collection[DuesPeriod]) -> dict[tuple[int, int], Totals]:
    statement = select(PeriodBook).where(
        PeriodBook.period_id.in_([one.id for one in periods]), PeriodBook.state != BookState.OPEN
    )
    if top.parent_id is not None:
        statement = statement.where(PeriodBook.association_id.in_(select(Association.id).where(in_subtree(top.path))))
    shown = load_only(PeriodBook.association_id, PeriodBook.period_id, PeriodBook.state, PeriodBook.figures)
    books = db.session.scalars(statement.options(shown))
    found = {(book.period_id, book.association_id): frozen(book) for book in books}
    return {key: totals for key, totals in found.items() if totals is not None}


def _places(top: Association) -> list[Association]:
    """The association and all below, the upper ones first, in the order of their codes."""
    names = (Association.code, Association.name, Association.short_name, Association.path, Association.parent_id)
    kept = load_only(*names, Association.archived_on)
    statement = select(Association).where(in_subtree(top.path)).options(kept).order_by(Association.code)
    return list(db.session.scalars(statement))


def _by_child(top: Association, places: Iterable[Association]) -> dict[int, list[int]]:
    """The ids below each child, its own among them."""
    depth, under = len(top.path_ids), defaultdict[int, list[int]](list)
    for one in places:
        if one.id != top.id:
            under[one.path_ids[depth]].append(one.id)
    return under


def _row(
    association: Association,
    known: Mapping[tuple[int, int], Totals],
    kept: Mapping[tuple[int, int], Totals],
    period: DuesPeriod,
    before: DuesPeriod | None,
    ids: Collection[int],
    *,
    is_alone: bool = False,
) -> Row:
    now = [known[period.id, one] for one in ids if (period.id, one) in known]
    earlier = [known[before.id, one] for one in ids if (before.id, one) in known] if before else []
    closed = sum((period.id, one) in kept for one in ids if (period.id, one) in known)
    return Row(association, total_of(now), total_of(earlier), closed, len(now), is_alone)
