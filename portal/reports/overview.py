"""A year of an association in one view: its figures beside last year's and the mean of its siblings, and its parts.

What stands below is added up as far as the reader may see it. Of siblings nothing is told but the mean of three or
more; the association itself is not among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.core.database import read
from portal.disclosure.standing import Tree
from portal.ledger.models import DuesPeriod
from portal.ledger.queries import list_periods
from portal.offices.access import visible
from portal.reports.counts import Counts, Span, Table, listed, span_of, total
from portal.reports.figures import Scope, count, places
from portal.reports.measures import BY_KEY, FEWEST

RIGHT = "reports.read"


@dataclass(frozen=True)
class Row:
    """An association directly below with all under it; or the association itself, without what is below."""

    code: str
    name: str
    counts: Counts
    is_alone: bool = False


@dataclass(frozen=True)
class View:
    """What the page, the workbook and the document tell."""

    span: Span
    now: Counts
    before: Counts
    siblings: Sequence[Counts]
    rows: Sequence[Row]
    period: DuesPeriod | None  # of the year's dues


def view_of(account: Account, association: Association, year: int, today: date) -> View:
    """About twenty questions, however large the tree."""
    top = association.ancestors[-1] if association.ancestors else association
    span, periods, tree = span_of(year, today), list_periods(association), Tree(top, today)
    shown, seen = places(top), _seen(account, association)
    scope = Scope(top, span, account.person_id, _of_year(periods, year), tree)
    found = count(scope, shown)
    own = [place for place in shown if place.id in seen]
    early = Scope(association, span.before, account.person_id, _of_year(periods, year - 1), tree, span.is_running)
    rows = _rows(association, own, found)
    now, before = total(found.loc[[place.id for place in own]]), total(count(early, own))
    period = scope.periods[0] if scope.periods else None
    return View(span, now, before, _siblings(association, top, shown, found), rows, period)


def ordered(rows: Sequence[Row], sort: str) -> list[Row]:
    """By any figure, what there is nothing of last; as they stand where no figure is named."""
    measure = BY_KEY.get(sort.removeprefix("-"))
    if measure is None:
        return list(rows)
    known = [row for row in rows if measure.of(row.counts) is not None]
    known.sort(key=lambda row: measure.of(row.counts) or 0, reverse=sort.startswith("-"))
    return known + [row for row in rows if measure.of(row.counts) is None]


def _of_year(periods: Iterable[DuesPeriod], year: int) -> tuple[DuesPeriod, ...]:
    return tuple(one for one in periods if one.start_on.year == year)


def _seen(account: Account, association: Association) -> set[int]:
    """The associations of the branch whose figures the reader may see."""
    statement = visible(select(Association.id), account, RIGHT, Association)
    return {row[0] for row in read(statement.where(in_subtree(association.path)))}


def _by_branch(top: Association, shown: Iterable[Any], found: Table) -> dict[int, Counts]:
    """Each part of the next step with all under it, by its id; the top itself by its own."""
    depth, branches = len(top.path_ids), {}
    for place in shown:
        parts = place.path.split("/")
        branches[place.id] = int(parts[depth]) if len(parts) > depth + 1 else place.id
    return listed(found.loc[list(branches)].groupby(branches).sum())


def _rows(association: Association, own: Sequence[Any], found: Table) -> list[Row]:
    """The parts in the order of their codes, archived ones where something is counted of them; then itself."""
    sums = _by_branch(association, own, found)
    below = [place for place in own if place.parent_id == association.id]
    rows = [
        Row(place.code, place.short_name or place.name, sums[place.id])
        for place in below
        if place.archived_on is None or sums[place.id] != Counts()
    ]
    itself = Row(association.code, association.display_name, sums.get(association.id, Counts()), is_alone=True)
    return [*rows, itself] if rows and itself.counts != Counts() else rows


def _siblings(association: Association, top: Association, shown: Sequence[Any], found: Table) -> list[Counts]:
    """Of the same level under the same parent; fewer than three are nobody."""
    if top.id == association.id:
        return []
    sums = _by_branch(top, shown, found)
    beside = [
        sums[place.id]
        for place in shown
        if place.parent_id == top.id and place.id != association.id
        if place.level == association.level and place.archived_on is None
    ]
    return beside if len(beside) >= FEWEST else []
