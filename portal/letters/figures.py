"""Figures of letters and visits without individuals: how many came, were closed, in time, and how satisfied one is.

Counted by the database as far as the account may see it. Letters about the reader are in none of them: a number that
is one higher elsewhere would tell. Three questions, however large the tree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import Date, Select, and_, case, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.functions import FunctionElement

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.associations.queries import list_children, subtree_end
from portal.core.calendar import DEFAULT_ZONE
from portal.core.database import db
from portal.letters import sight
from portal.letters.models import Letter, LetterState
from portal.letters.queries import begin_of

SATISFIED = 4  # and 5; the middle is no praise
QUARTERS = (1, 2, 3, 4)


class local_day(FunctionElement[date]):  # noqa: N801 - reads like the functions of SQL
    """The day of a moment where the associations are, which have one zone without summer time."""

    type = Date()
    inherit_cache = True


@compiles(local_day, "sqlite")
def _of_sqlite(element: Any, compiler: Any, **kwargs: Any) -> str:
    return f"date({compiler.process(element.clauses, **kwargs)}, '+8 hours')"


@compiles(local_day, "postgresql")
def _of_postgresql(element: Any, compiler: Any, **kwargs: Any) -> str:
    return f"CAST(({compiler.process(element.clauses, **kwargs)}) AT TIME ZONE '{DEFAULT_ZONE}' AS DATE)"


@dataclass(frozen=True)
class Counts:
    """Of the letters received in a period. A rate says of how many it is one."""

    received: int = 0
    answered: int = 0  # closed ones too
    in_time: int = 0  # of those answered
    closed: int = 0
    first_visit: int = 0  # of those closed: never opened again
    rated: int = 0  # of those whose reference no officer has had in hand
    satisfied: int = 0  # of those rated
    rated_apart: int = 0  # of those that an officer entered, and so knew the reference of
    satisfied_apart: int = 0
    overdue: int = 0  # not answered, and the day has passed

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Counts)))


@dataclass(frozen=True)
class Period:
    """A year, or a quarter of it."""

    year: int
    quarter: int | None = None

    @property
    def first(self) -> date:
        return date(self.year, 3 * ((self.quarter or 1) - 1) + 1, 1)

    @property
    def after(self) -> date:
        last = 3 * (self.quarter or 4)
        return date(self.year + last // 12, last % 12 + 1, 1)

    @property
    def before(self) -> Period:
        """The same one a year earlier."""
        return Period(self.year - 1, self.quarter)


@dataclass(frozen=True)
class Figures:
    """A period of an association and all below it: by parts, in all, a year earlier, and by kind and channel."""

    period: Period
    rows: Sequence[tuple[str, Counts]]
    earlier: Counts
    kinds: dict[str, int]
    channels: dict[str, int]

    @property
    def total(self) -> Counts:
        return sum((counts for _name, counts in self.rows), Counts())


def figures_of(account: Account, association: Association, period: Period, today: date) -> Figures:
    """Letters are counted where they are dealt with now, in the period in which they came."""
    rows = _by_part(account, association, period, today)
    earlier = db.session.execute(_within(_counting(account, association, today), period.before)).one()
    kinds, channels = _by_kind(account, association, period)
    return Figures(period, rows, Counts(*map(_whole, earlier)), kinds, channels)


def _by_part(account: Account, association: Association, period: Period, today: date) -> list[tuple[str, Counts]]:
    """Each association of the next step with all below it, those without a letter too; the association itself."""
    place, part = aliased(Association), aliased(Association)
    within = and_(place.path >= part.path, place.path < subtree_end(part.path), part.parent_id == association.id)
    statement = _counting(account, association, today).add_columns(part.id).group_by(part.id)
    statement = statement.join(place, place.id == Letter.association_id).outerjoin(part, within)
    found = {row[-1]: Counts(*map(_whole, row[:-1])) for row in db.session.execute(_within(statement, period))}
    below = list_children(association)
    own = [(association.display_name, found.get(None, Counts()))]
    return own + [(one.display_name, found.get(one.id, Counts())) for one in below]


def _by_kind(account: Account, association: Association, period: Period) -> tuple[dict[str, int], dict[str, int]]:
    """One question for both: each pair of a kind and a channel."""
    columns: tuple[Any, ...] = (Letter.kind, Letter.channel, func.count())
    statement = sight.below(account, association).with_only_columns(*columns).group_by(Letter.kind, Letter.channel)
    kinds: dict[str, int] = {}
    channels: dict[str, int] = {}
    for kind, channel, count in db.session.execute(_within(statement, period)):
        kinds[kind] = kinds.get(kind, 0) + count
        channels[channel] = channels.get(channel, 0) + count
    return kinds, channels


def _within(statement: Select[Any], period: Period) -> Select[Any]:
    return statement.where(Letter.received_at >= begin_of(period.first), Letter.received_at < begin_of(period.after))


def _counting(account: Account, association: Association, today: date) -> Select[Any]:
    """What is counted, in the order of Counts.

    Whoever knows the reference of a letter can rate it, and of one that was entered in the office an officer knows
    it: so that nobody there can raise the share of the satisfied, the ratings of those are counted apart.
    """
    answered, closed = Letter.answered_at.is_not(None), Letter.state == LetterState.CLOSED
    by_writer = Letter.entered_by_id.is_(None)
    return sight.below(account, association).with_only_columns(
        func.count(),
        _sum(answered),
        _sum(and_(answered, local_day(Letter.answered_at) <= Letter.due_on)),
        _sum(closed),
        _sum(and_(closed, Letter.reopened == 0)),
        _sum(and_(by_writer, Letter.rating.is_not(None))),
        _sum(and_(by_writer, Letter.rating >= SATISFIED)),
        _sum(and_(~by_writer, Letter.rating.is_not(None))),
        _sum(and_(~by_writer, Letter.rating >= SATISFIED)),
        _sum(and_(~answered, Letter.due_on < today)),
        maintain_column_froms=True,
    )


def _sum(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


def _whole(value: Any) -> int:
    return int(value or 0)
