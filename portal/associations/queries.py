"""Reading the tree: one association with its ancestors, children, groups."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select

from portal.associations.models import Association, Formation, Group, Level
from portal.core.database import db
from portal.core.i18n import _
from portal.core.navigation import Site

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


def subtree_end(path: Any) -> Any:
    """Where the range of a subtree ends, for a path in a column: "1/5/" gives "1/50"."""
    return func.substr(path, 1, func.length(path) - 1) + "0"


def get_site(name: str = "") -> Site:
    """The name and contact shown on every page: the given name, else the root association's."""
    root = db.session.execute(
        select(Association.name, Association.phone).where(Association.parent_id.is_(None))
    ).first()
    return Site(name or (root.name if root else str(_("Association portal"))), root.phone if root else "")
