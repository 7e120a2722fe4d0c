"""Reading the lists that an association keeps in its own order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import func, select

from portal.associations.models import Listed
from portal.core.database import db

Row = TypeVar("Row", bound=Listed)


def in_use(model: type[Row], keeper_id: int, *asked: Any) -> Sequence[Row]:
    """Those that can be chosen today, in their order."""
    kept = select(model).where(model.association_id == keeper_id, model.ended_on.is_(None), *asked)
    return db.session.scalars(kept.order_by(model.position, model.id)).all()


def ended(model: type[Row], keeper_id: int) -> Sequence[Row]:
    """Those that cannot be chosen any more, the latest first."""
    kept = select(model).where(model.association_id == keeper_id, model.ended_on.is_not(None))
    return db.session.scalars(kept.order_by(model.ended_on.desc(), model.id)).all()


def get(model: type[Row], keeper_id: int, public_id: str) -> Row | None:
    """One of the list, ended or not."""
    return db.session.scalar(select(model).where(model.association_id == keeper_id, model.public_id == public_id))


def count_by(model: type[Listed], named_by: Any, keeper_id: int, *asked: Any) -> dict[int, int]:
    """How many rows name each of the list, by its id; `named_by` is their column that does."""
    named = select(named_by, func.count()).join(model, model.id == named_by)
    found = named.where(model.association_id == keeper_id, *asked).group_by(named_by)
    return dict(db.session.execute(found).all())
