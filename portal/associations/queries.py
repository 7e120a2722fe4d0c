"""Reading the tree: one association with its ancestors, children, the directory, groups."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from portal.associations.models import Association, Group
from portal.core.database import db
from portal.core.i18n import _
from portal.core.navigation import Site


def get_association(code: str) -> Association | None:
    """The association with this code, its ancestors filled in (root first)."""
    association = db.session.scalar(select(Association).where(Association.code == code))
    if association is not None:
        association.ancestors = list_ancestors(association)
    return association


def list_ancestors(association: Association) -> tuple[Association, ...]:
    ids = [i for i in association.path_ids if i != association.id]
    if not ids:
        return ()
    return tuple(db.session.scalars(select(Association).where(Association.id.in_(ids)).order_by(Association.path)))


def get_root() -> Association | None:
    return db.session.scalar(select(Association).where(Association.parent_id.is_(None)))


def list_children(association: Association) -> Sequence[Association]:
    statement = select(Association).where(Association.parent_id == association.id, Association.archived_on.is_(None))
    return db.session.scalars(statement.order_by(Association.code)).all()


def list_groups(association: Association) -> Sequence[Group]:
    statement = select(Group).where(Group.association_id == association.id, Group.ended_on.is_(None))
    return db.session.scalars(statement.order_by(Group.position, Group.id)).all()


def get_site(name: str = "") -> Site:
    """The name and contact shown on every page: the given name, else the root association's."""
    root = db.session.execute(
        select(Association.name, Association.phone).where(Association.parent_id.is_(None))
    ).first()
    return Site(name or (root.name if root else str(_("Association portal"))), root.phone if root else "")
