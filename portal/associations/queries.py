"""Reading the tree: one association with its ancestors, children, the directory, groups."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from portal.associations import ties
from portal.associations.models import Association, Formation, Group, Level
from portal.core.database import db
from portal.core.i18n import _
from portal.core.navigation import Site

LISTED = 60  # associations shown below one street or town before the directory leads on to a page of their own
CANDIDATES = 50
ESCAPE = "\\"


def get_association(code: str) -> Association | None:
    """The association with this code, its ancestors filled in (root first)."""
    association = db.session.scalar(_by_code(), {"code": code})
    if association is not None:
        association.ancestors = list_ancestors(association)
    return association


def list_ancestors(association: Association) -> tuple[Association, ...]:
    ids = [i for i in association.path_ids if i != association.id]
    if not ids:
        return ()
    return tuple(db.session.scalars(_by_ids(), {"ids": ids}))


# Every page of an office asks these two: put together once.
@cache
def _by_code() -> Select[Association]:
    return select(Association).where(Association.code == bindparam("code"))


@cache
def _by_ids() -> Select[Association]:
    """Root first."""
    return select(Association).where(Association.id.in_(bindparam("ids", expanding=True))).order_by(Association.path)


def in_subtree(path: str, column: Any = Association.path) -> ColumnElement[bool]:
    """Associations whose path begins with `path`, as a range that an index answers ("0" follows "/")."""
    return and_(column >= path, column < path[:-1] + "0")


def get_below(association: Association, code: str) -> Association | None:
    """The association with this code if it stands below `association`, with its parent."""
    found = get_association(code)
    return found if found is not None and found.id != association.id and association.contains(found) else None


# The public id of the root of the invented federation, and of no other.
DEMONSTRATION = "yvs4x227g1rm"


def get_root() -> Association | None:
    return db.session.scalar(select(Association).where(Association.parent_id.is_(None)))


def get_parent(association: Association) -> Association | None:
    return db.session.get(Association, association.parent_id) if association.parent_id else None


def list_children(association: Association) -> Sequence[Association]:
    statement = select(Association).where(Association.parent_id == association.id, Association.archived_on.is_(None))
    return db.session.scalars(statement.order_by(Association.code)).all()


def children(association: Association, *, archived: bool = False) -> Select[Any]:
    """The associations directly below, the live or the archived ones."""
    kept = Association.archived_on.is_not(None) if archived else Association.archived_on.is_(None)
    return select(Association).where(Association.parent_id == association.id, kept).order_by(Association.code)


def count_children(association: Association, *, archived: bool = False) -> int:
    statement = children(association, archived=archived).order_by(None)
    return db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0


def count_below(association: Association) -> int:
    """Live associations below this one, itself not counted."""
    statement = select(func.count()).where(
        in_subtree(association.path), Association.id != association.id, Association.archived_on.is_(None)
    )
    return db.session.scalar(statement) or 0


def is_code_taken(code: str) -> bool:
    return db.session.scalar(select(Association.id).where(Association.code == code)) is not None


def is_name_taken(name: str, parent_id: int | None, besides: int | None = None) -> bool:
    """Whether a live association beside it has the name already."""
    statement = select(Association.id).where(
        Association.parent_id == parent_id,
        Association.name == name,
        Association.archived_on.is_(None),
        Association.id != (besides or 0),
    )
    return db.session.scalar(statement) is not None


def named(text: str) -> ColumnElement[bool]:
    """Associations whose name, short name or code holds what was typed."""
    plain = text.replace(ESCAPE, ESCAPE * 2).replace("%", ESCAPE + "%").replace("_", ESCAPE + "_")
    columns = (Association.name, Association.short_name, Association.code)
    return or_(*(column.ilike(f"%{plain}%", escape=ESCAPE) for column in columns))


def new_parents(association: Association, place: Association, text: str = "") -> Select[Any]:
    """Where a branch may move to within the subtree of `place`: not into itself, nor where it already is.

    A street's or town's association goes below a federation; a grass-roots one below either; an affiliated one
    below a grass-roots association that is not affiliated itself. The service asks the same again.
    """
    statement = select(Association).where(
        in_subtree(place.path),
        ~in_subtree(association.path),
        Association.id != association.parent_id,
        Association.archived_on.is_(None),
        _can_hold(association),
    )
    return (statement.where(named(text)) if text else statement).order_by(Association.level, Association.code)


def _can_hold(association: Association) -> ColumnElement[bool]:
    if association.level != Level.GRASSROOTS:
        return Association.level == Level.FEDERATION
    if not association.is_attached:
        return Association.level.in_((Level.FEDERATION, Level.TOWN))
    return and_(Association.level == Level.GRASSROOTS, Association.formation != Formation.AFFILIATED)


# Groups


def list_groups(association: Association) -> Sequence[Group]:
    statement = select(Group).where(Group.association_id == association.id, Group.ended_on.is_(None))
    return db.session.scalars(statement.order_by(Group.position, Group.id)).all()


def list_ended_groups(association: Association) -> Sequence[Group]:
    statement = select(Group).where(Group.association_id == association.id, Group.ended_on.is_not(None))
    return db.session.scalars(statement.order_by(Group.ended_on.desc(), Group.id)).all()


def get_group(association: Association, public_id: str) -> Group | None:
    return db.session.scalar(
        select(Group).where(Group.association_id == association.id, Group.public_id == public_id)
    )


# The directory


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


def subtree_end(path: Any) -> Any:
    """Where the range of a subtree ends, for a path in a column: "1/5/" gives "1/50"."""
    return func.substr(path, 1, func.length(path) - 1) + "0"


def get_site(name: str = "") -> Site:
    """The name and contact shown on every page: the given name, else the root association's."""
    root = db.session.execute(
        select(Association.name, Association.phone).where(Association.parent_id.is_(None))
    ).first()
    return Site(name or (root.name if root else str(_("Association portal"))), root.phone if root else "")
