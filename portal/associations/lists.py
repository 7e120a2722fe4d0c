"""The lists that an association keeps in its own order: groups; of a federation, kinds and skills. Never commits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy.exc import IntegrityError

from portal.associations.models import Listed
from portal.core.audit import Actor, record
from portal.core.database import db
from portal.core.errors import RuleError

Row = TypeVar("Row", bound=Listed)


def end_of(rows: Sequence[Listed]) -> int:
    """The place of what is added to those in use."""
    return max((row.position for row in rows), default=-1) + 1


def order(actor: Actor | None, action: str, rows: Sequence[Row], row: Row, *, up: bool) -> None:
    """Change places with the one before or after it; at either end nothing happens."""
    ordered = list(rows)
    here = ordered.index(row)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(ordered):
        return
    ordered[here], ordered[there] = ordered[there], ordered[here]
    for position, each in enumerate(ordered):
        each.position = position
    record(actor, action, row, {"position": [here, there]})


def write(row: Listed, taken: Any, **values: Any) -> None:
    """Two officers may choose the same name in the same moment; the table keeps it single."""
    try:
        with db.session.begin_nested():
            for name, value in values.items():
                setattr(row, name, value)
            db.session.add(row)
    except IntegrityError:
        raise RuleError("name", taken) from None


def restore(row: Row, rows: Sequence[Row], taken: Any) -> None:
    """In use again at the end of the list, unless another has its name by now."""
    if any(other.name == row.name for other in rows):
        raise RuleError("", taken)
    row.ended_on, row.position = None, end_of(rows)
