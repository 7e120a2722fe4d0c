"""Reading the directory: associations with their totals, and what stands below each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from portal.associations import ties
from portal.associations.models import Association, Formation, Level
from portal.associations.queries import in_subtree, named, subtree_end
from portal.core.database import db

LISTED = 60  # associations shown below one street or town before the directory leads on to a page of their own


@dataclass
class Listed:
    """An association as the directory shows it: plain columns, totals, and what stands below it."""

    id: int
    code: str
    name: str
    level: str
    formation: str | None
    parent_id: int | None
    path: str
    above: str = ""
    members: int = 0
    count: int = 0  # associations below it, all of them
    below: list[Listed] = field(default_factory=list)

    @property
    def is_grassroots(self) -> bool:
        return self.level == Level.GRASSROOTS

    @property
    def kind_label(self) -> str:
        """Its formation, or its level above the grass roots."""
        return Formation(self.formation).label if self.formation else Level(self.level).label


_COLUMNS = (
    Association.id,
    Association.code,
    Association.name,
    Association.level,
    Association.formation,
    Association.parent_id,
    Association.path,
)
_UPPER_FIRST = (Association.level == Level.GRASSROOTS, Association.code)


def listed_below(association: Association, text: str = "", *, archived: bool = False) -> Any:
    """What stands directly below, streets and towns before the grass roots; with a text, the branch by name."""
    kept = Association.archived_on.is_not(None) if archived else Association.archived_on.is_(None)
    if text:
        return find(text, kept).where(in_subtree(association.path), Association.id != association.id)
    return select(*_COLUMNS).where(Association.parent_id == association.id, kept).order_by(*_UPPER_FIRST)


def find(text: str, kept: ColumnElement[bool] | None = None) -> Any:
    """Live associations anywhere by a part of their name, each with the name of the one above."""
    parent = aliased(Association)
    return (
        select(*_COLUMNS, func.coalesce(parent.name, "").label("above"))
        .outerjoin(parent, parent.id == Association.parent_id)
        .where(Association.archived_on.is_(None) if kept is None else kept, named(text))
        .order_by(*_UPPER_FIRST)
    )


def fill(rows: Sequence[Any], *, with_below: bool = True) -> list[Listed]:
    """Rows of `listed_below` or `find` with their totals and, unless told otherwise, what stands below each."""
    listed = [Listed(*row) for row in rows]
    below = _list_below(listed) if with_below else {}
    shown = [*listed, *(row for rows in below.values() for row in rows)]
    upper = [row.id for row in shown if not row.is_grassroots]
    totals = {
        **ties.ask().members([row.id for row in shown if row.is_grassroots]),
        **ties.ask().members_below(upper),
    }
    counts = _count_below(upper)
    for row in shown:
        row.members, row.count = totals.get(row.id, 0), counts.get(row.id, 0)
    for row in listed:
        row.below = _nested(below.get(row.id, []))
    return listed


def _nested(rows: Sequence[Listed]) -> list[Listed]:
    """An association that is attached to another of the list stands below it."""
    by_id = {row.id: row for row in rows}
    for row in rows:
        if row.parent_id in by_id:
            by_id[row.parent_id].below.append(row)
    return [row for row in rows if row.parent_id not in by_id]


def _list_below(tops: Sequence[Listed]) -> dict[int, list[Listed]]:
    """What stands below each: all of a street or town, the next step of a federation; each list is cut short."""
    steps = [row.id for row in tops if row.level == Level.FEDERATION]
    whole = [row.id for row in tops if row.level != Level.FEDERATION]
    below: dict[int, list[Listed]] = {row.id: [] for row in tops}
    for ids, one_step in ((steps, True), (whole, False)):
        if ids:
            for row in db.session.execute(_cut_below(one_step=one_step), {"ids": ids, "most": LISTED}):
                below[row.top_id].append(Listed(*row[2:]))
    return below


# Every page of the directory asks these two: put together once, for putting them together costs more than asking.
@cache
def _cut_below(*, one_step: bool) -> Select[Any]:
    top = aliased(Association)
    lies_below = Association.parent_id == top.id if one_step else _lies_below(top)
    number = func.row_number().over(partition_by=top.id, order_by=Association.code)
    statement = select(top.id.label("top_id"), number.label("number"), *_COLUMNS).join(top, lies_below)
    wanted = top.id.in_(bindparam("ids", expanding=True))
    numbered = statement.where(wanted, Association.archived_on.is_(None)).subquery()
    return select(numbered).where(numbered.c.number <= bindparam("most")).order_by(numbered.c.code)


@cache
def _counts_below() -> Select[int, int]:
    top = aliased(Association)
    return (
        select(top.id, func.count())
        .select_from(top)
        .join(Association, _lies_below(top))
        .where(top.id.in_(bindparam("ids", expanding=True)), Association.archived_on.is_(None))
        .group_by(top.id)
    )


def _count_below(ids: Collection[int]) -> dict[int, int]:
    """How many live associations stand below each."""
    return dict(db.session.execute(_counts_below(), {"ids": list(ids)}).all()) if ids else {}


def _lies_below(top: Any) -> ColumnElement[bool]:
    """`in_subtree` for a path that stands in a column, the association itself left out."""
    return and_(Association.path > top.path, Association.path < subtree_end(top.path))
