"""The honour roll: what everybody reads. A name stands on it with consent only; whoever wants none is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from portal.associations.models import Association
from portal.commendations.models import CommendationKind
from portal.core.database import db
from portal.honours.models import Honour
from portal.honours.queries import SHOWN, STANDS, kinds_of, of_part, within, years_of


@dataclass(frozen=True)
class Asked:
    """A year of the roll, of one kind or of all, in a part of the federation or in all of it."""

    year: int
    kind: str = ""  # its public id
    place: Association | None = None

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        found = [STANDS, within(self.year), *_part(self.place)]
        if self.kind:
            kinds = select(CommendationKind.id).where(CommendationKind.public_id == self.kind)
            found.append(Honour.kind_id.in_(kinds))
        return found


def years(place: Association | None = None) -> list[int]:
    """The years in which something was given, the latest first."""
    return years_of(STANDS, *_part(place))


def kinds(year: int, place: Association | None = None) -> Sequence[CommendationKind]:
    """What was given in a year."""
    return kinds_of(STANDS, within(year), *_part(place))


def rows(asked: Asked) -> Select[Any]:
    """Those who are named, by kind, association and name."""
    statement = select(Honour).join(Honour.kind).join(Honour.of).where(Honour.is_public, *asked.conditions)
    ordered = (CommendationKind.position, CommendationKind.id, Association.code, Honour.name, Honour.id)
    return statement.options(*SHOWN).order_by(*ordered)


def count(asked: Asked, *, named: bool) -> Mapping[int, int]:
    """How many of each kind are named, or do not wish to be, by the kind's id."""
    statement = select(Honour.kind_id, func.count(Honour.id)).where(Honour.is_public.is_(named), *asked.conditions)
    return dict(db.session.execute(statement.group_by(Honour.kind_id)).all())


def get_public(public_id: str) -> Honour | None:
    """One that stands on the roll."""
    asked = (Honour.public_id == public_id, STANDS, Honour.is_public)
    return db.session.scalar(select(Honour).where(*asked).options(*SHOWN, joinedload(Honour.call)))


def has_any(place: Association) -> bool:
    """Whether the roll of a part of the federation names somebody."""
    return db.session.scalar(select(Honour.id).where(of_part(place), STANDS, Honour.is_public).limit(1)) is not None


def _part(place: Association | None) -> list[ColumnElement[bool]]:
    return [] if place is None else [of_part(place)]
