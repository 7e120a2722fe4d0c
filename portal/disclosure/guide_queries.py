"""Reading guides: an association's own, and for its readers those of all above it, the nearest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from portal.associations.models import Association
from portal.core.database import db
from portal.disclosure.models import Block, Guide

IN_USE = Guide.ended_on.is_(None)


def list_own(association: Association) -> Sequence[Guide]:
    """What the association keeps itself, shown or not, by block and in its order."""
    statement = select(Guide).where(Guide.association_id == association.id, IN_USE)
    return db.session.scalars(statement.order_by(Guide.position, Guide.id)).all()


def list_of_block(association: Association, block: str) -> Sequence[Guide]:
    statement = select(Guide).where(Guide.association_id == association.id, Guide.block == block, IN_USE)
    return db.session.scalars(statement.order_by(Guide.position, Guide.id)).all()


def get_own(association: Association, public_id: str) -> Guide | None:
    return db.session.scalar(
        select(Guide).where(Guide.association_id == association.id, Guide.public_id == public_id, IN_USE)
    )


def list_public(place: Association) -> dict[Block, list[Guide]]:
    """What is shown for an association by block: its own first, then those above it, the nearest first. Of two with
    one title the nearer one stands.
    """
    statement = (
        select(Guide)
        .join(Guide.association)
        .options(contains_eager(Guide.association))
        .where(Guide.association_id.in_(place.path_ids), IN_USE, Guide.is_open)
        .order_by(func.length(Association.path).desc(), Guide.position, Guide.id)
    )
    found: dict[Block, list[Guide]] = {block: [] for block in Block}
    for guide in db.session.scalars(statement):
        listed = found[Block(guide.block)]
        if all(nearer.title != guide.title for nearer in listed):
            listed.append(guide)
    return found


def get_public(block: str, public_id: str) -> Guide | None:
    """One that is shown."""
    statement = select(Guide).join(Guide.association).options(contains_eager(Guide.association))
    return db.session.scalar(
        statement.where(Guide.public_id == public_id, Guide.block == block, IN_USE, Guide.is_open)
    )


def mark_of(guides: Sequence[Guide]) -> tuple[Any, ...]:
    """What a page of guides is drawn from."""
    return tuple((guide.public_id, guide.revised_at, guide.position) for guide in guides)
