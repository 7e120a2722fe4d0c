"""Which index a statement begins with: the sides of a question are counted up to a bound, the smallest leads.

On SQLite the index of a column is hidden by the sign + before it (https://sqlite.org/optoverview.html, "Disqualifying
WHERE-Clause Terms"); PostgreSQL keeps figures of every column and is left to choose.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, literal_column, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from portal.core.database import db
from portal.core.paging import LIMIT
from portal.members.models import Membership

BOUND = 2 * LIMIT  # up to so many rows are read and sorted at once; of more, the order of names is walked along
SORTED = 2_000  # people of one name who are looked up and sorted; of more, the order of their gram is walked along
CHEAPER = 5  # a row of a side is asked for its name in a fifth of the time that a found name is looked up in
FEW = 500  # rows that are asked one by one sooner than it is counted whether another side has fewer
# Beside the sides of a filter, how a list can begin.
ORDER, FOUND, WALK, BEGUN = "order", "found", "walk", "begun"
Of = Callable[[Any], Any]


class unindexed(FunctionElement[Any]):  # noqa: N801 - stands in statements like a function
    """A column without its index."""

    inherit_cache = True

    def __init__(self, column: Any) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(unindexed)
def _as_it_is(element: Any, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


@compiles(unindexed, "sqlite")
def _hidden(element: Any, compiler: Any, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"


@dataclass(frozen=True)
class Side:
    """A condition that an index could lead, given how its column is to be written; `within` is the stretch of the
    index that is read of it, where the rows of a text stand together; `whole` is all else that the list asks, where
    it is so little that counting the side is counting the list.
    """

    name: str
    condition: Callable[[Of], ColumnElement[bool]]
    leads_always: bool = False
    within: tuple[ColumnElement[bool], ...] = ()
    whole: tuple[ColumnElement[bool], ...] = ()

    @property
    def read(self) -> Select[Any]:
        return select(Membership.id).where(self.condition(as_given), *self.within, *self.whole)


class Lead(NamedTuple):
    """The name of the side to begin with, and how many rows the list has, up to the bound, where that was counted."""

    name: str
    total: int | None = None


def choose(sides: dict[str, Side], text: Any = None) -> Lead:
    """The side to begin with. `text` selects what was found by name; True leads without counting.

    What was found is counted only so far as looking it up costs less than asking the smallest side's rows. Without a
    text only SQLite is told where to begin, and nothing is counted for PostgreSQL.
    """
    if text is True:
        return Lead(FOUND)
    if text is None and db.engine.dialect.name != "sqlite":
        return Lead(ORDER)
    if text is None:
        for side in sides.values():
            if side.leads_always:
                return Lead(side.name)
    sizes = count({side.name: side.read for side in sides.values()})
    smallest = min(sizes, key=lambda name: sizes[name], default=ORDER)
    bound = sizes[smallest] // CHEAPER if smallest in sizes else SORTED
    if text is not None and bound > FEW // CHEAPER:
        found = count({FOUND: text}, bound=bound)[FOUND]
        if found < bound:
            return Lead(FOUND if found < SORTED else WALK)
    total = sizes[smallest] if smallest in sizes and sides[smallest].whole else None
    if sizes.get(smallest, BOUND) < BOUND:
        return Lead(BEGUN if sides[smallest].within else smallest, total)
    return Lead(ORDER if text is None else WALK, total)


def count(statements: dict[str, Select[Any]], text: Any = None, bound: int = 0) -> dict[str, int]:
    """How many rows each has, up to a bound, in one question."""
    asked = {FOUND: text, **statements} if text is not None else statements
    counts = [_capped(statement, bound or BOUND).label(name) for name, statement in asked.items()]
    return dict(db.session.execute(select(*counts)).one()._mapping) if counts else {}


def as_given(column: Any) -> Any:
    return column


def _capped(statement: Select[Any], bound: int) -> Any:
    inner = statement.with_only_columns(literal_column("1"), maintain_column_froms=True).limit(bound).subquery()
    return select(func.count()).select_from(inner).scalar_subquery()
