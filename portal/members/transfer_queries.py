"""Reading transfers: those of an association, and where a membership may go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload

from portal.associations.models import Association, Level
from portal.associations.queries import in_subtree, named
from portal.core.database import db
from portal.members.models import Membership, Transfer, TransferState
from portal.members.queries import SIDES

LISTED = 30


def transfers(association: Association) -> Select[Any]:
    """The transfers that give from an association or take to it, the latest first, with what both sides may see."""
    shown = joinedload(Transfer.membership).options(
        joinedload(Membership.person), joinedload(Membership.kind), joinedload(Membership.association)
    )
    return select(Transfer).where(_sides(association)).options(shown, *SIDES).order_by(Transfer.id.desc())


def as_listed(association: Association) -> Select[Any]:
    """The same in the order of their page: what waits here, what waits elsewhere, what was decided."""
    place = case((to_answer(association), 0), (waits_elsewhere(association), 1), else_=2)
    return transfers(association).order_by(None).order_by(place, Transfer.id.desc())


def _sides(association: Association) -> ColumnElement[bool]:
    return or_(Transfer.from_association_id == association.id, Transfer.to_association_id == association.id)


def get_transfer(association: Association, public_id: str) -> Transfer | None:
    return db.session.scalars(transfers(association).where(Transfer.public_id == public_id)).first()


def to_answer(association: Association) -> ColumnElement[bool]:
    """Transfers that the other side has proposed to an association."""
    return and_(Transfer.state == TransferState.PROPOSED, Transfer.proposed_by_association_id != association.id)


def waits_elsewhere(association: Association) -> ColumnElement[bool]:
    """Transfers that an association has proposed and that the other side has not answered."""
    return and_(Transfer.state == TransferState.PROPOSED, Transfer.proposed_by_association_id == association.id)


def counting_to_answer(association: Association) -> Select[Any]:
    """How many transfers wait for this association's answer."""
    return select(func.count(Transfer.id)).where(_sides(association), to_answer(association))


def list_places(association: Association, text: str = "") -> Sequence[Association]:
    """Where a membership of an association may go: its neighbours, or by a part of the name in the federation."""
    root = f"{association.path_ids[0]}/"
    statement = select(Association).where(
        in_subtree(root),
        Association.archived_on.is_(None),
        Association.id != association.id,
        Association.level == Level.GRASSROOTS,
    )
    if text:
        statement = statement.where(named(text))
    else:
        statement = statement.where(Association.parent_id == association.parent_id)
    return db.session.scalars(statement.order_by(Association.code).limit(LISTED)).all()
