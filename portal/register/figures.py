"""Totals of the register without individuals: by association, by month, by age, by kind.

Everything is counted by the database over a whole tree; a page takes five questions, however many members there are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, extract, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from portal.associations.models import Association
from portal.associations.queries import in_subtree, subtree_end
from portal.core.calendar import today
from portal.core.database import db
from portal.members.models import Membership, MembershipKind, MembershipStay, Transfer, TransferState
from portal.register.drivers import unindexed
from portal.register.queries import BANDS, UNKNOWN_AGE, born, reaches_beyond

MONTHS = 13  # so that this month stands beside that of last year


@dataclass(frozen=True)
class Place:
    """An association of the next step with all below it, or the association itself."""

    code: str
    name: str
    members: int


@dataclass
class Month:
    """What happened in a month, and how many members there were after its last day (of this month: today)."""

    first: date
    joined: int = 0
    left: int = 0
    moved_in: int = 0
    moved_out: int = 0
    members: int = 0


@dataclass(frozen=True)
class Figures:
    total: int
    places: list[Place]
    months: list[Month]
    ages: dict[str, int]
    kinds: list[tuple[str, int]]


Here = Callable[[Any], ColumnElement[bool]]


def figures_of(association: Association) -> Figures:
    """The figures of an association and all below it, as of today."""
    here = _here(association)
    places = _by_place(association, here)
    total = sum(place.members for place in places)
    return Figures(total, places, _by_month(here, total), _by_age(here), _by_kind(here))


def _here(association: Association) -> Here:
    """Rows at the association or below it; of a tree without anything outside, all of them."""
    if not reaches_beyond(association.path):
        return lambda column: column.is_not(None)
    return lambda column: column.in_(select(Association.id).where(in_subtree(association.path)))


def _in_force() -> ColumnElement[bool]:
    """As `members.queries.live`, for a statement that reads them all: no index helps, and SQLite must take none."""
    ended = unindexed(Membership.ended_on)
    return or_(ended.is_(None), ended >= today())


def _by_place(association: Association, here: Here) -> list[Place]:
    """Members of the association itself, if it has any, then of each branch of its next step."""
    at = (
        select(Membership.association_id, func.count().label("number"))
        .where(_in_force(), here(Membership.association_id))
        .group_by(Membership.association_id)
        .subquery()
    )
    branch = aliased(Association)
    shown = (branch.id, branch.code, branch.name, branch.short_name)
    counted = (
        select(*shown, func.coalesce(func.sum(at.c.number), 0))
        .join(Association, and_(Association.path >= branch.path, Association.path < subtree_end(branch.path)))
        .outerjoin(at, at.c.association_id == Association.id)
        .where(branch.parent_id == association.id)
        .group_by(*shown)
        .order_by(branch.code)
    )
    below = [Place(code, short or name, int(n)) for _id, code, name, short, n in db.session.execute(counted)]
    own = select(func.count()).where(_in_force(), Membership.association_id == association.id)
    itself = Place(association.code, association.display_name, db.session.scalar(own) or 0)
    return ([itself] if itself.members or not below else []) + below


def _by_month(here: Here, total: int) -> list[Month]:
    """Who joined, left and moved across the border, month by month; the members counted back from today."""
    months = {(day.year, day.month): Month(day) for day in _months(today())}
    since = next(iter(months.values())).first
    for name, year, month, number in db.session.execute(union_all(*_events(here, since))):
        setattr(months[int(year), int(month)], name, number)
    left = total
    for one in reversed(months.values()):
        one.members = left
        left += one.left + one.moved_out - one.joined - one.moved_in
    return list(months.values())


def _months(day: date) -> list[date]:
    """The first days of this month and those before it, the oldest first."""
    first, found = day.replace(day=1), []
    for _step in range(MONTHS):
        found.append(first)
        first = (first - timedelta(days=1)).replace(day=1)
    return found[::-1]


def _events(here: Here, since: date) -> list[Select[Any]]:
    """What changed the number of members: a membership counts where it was on the day."""
    earlier = aliased(MembershipStay)  # of one that was moved on the day of joining, two began on it
    began = exists().where(earlier.membership_id == MembershipStay.membership_id, earlier.id < MembershipStay.id)
    first = exists().where(
        MembershipStay.membership_id == Membership.id,
        MembershipStay.start_on == Membership.joined_on,
        here(MembershipStay.association_id),
        ~began,
    )
    to, away = here(Transfer.to_association_id), here(Transfer.from_association_id)
    moved = (Transfer.state == TransferState.ACCEPTED, Transfer.effective_on.between(since, today()))
    gone = (Membership.ended_on.between(since, today() - timedelta(days=1)), here(Membership.association_id))
    return [
        _monthly("joined", Membership.joined_on, Membership.joined_on >= since, first),
        _monthly("left", Membership.ended_on, *gone),
        _monthly("moved_in", Transfer.effective_on, *moved, to, ~away),
        _monthly("moved_out", Transfer.effective_on, *moved, away, ~to),
    ]


def _monthly(name: str, column: Any, *conditions: ColumnElement[bool]) -> Select[Any]:
    year, month = extract("year", column), extract("month", column)
    columns: tuple[Any, ...] = (literal(name), year, month, func.count())
    return select(*columns).where(*conditions).group_by(year, month)


def _by_age(here: Here) -> dict[str, int]:
    """Members by age; organisations have none."""
    day = today()
    band = case(*((born(name, day), literal(name)) for name in BANDS), else_=UNKNOWN_AGE)
    people = select(band.label("band")).select_from(Membership).join(Membership.person)
    people = people.where(_in_force(), Membership.organisation_name == "", here(Membership.association_id))
    rows = people.subquery()
    found: dict[str, int] = dict(db.session.execute(select(rows.c.band, func.count()).group_by(rows.c.band)).all())
    return {name: found.get(name, 0) for name in (*BANDS, UNKNOWN_AGE)}


def _by_kind(here: Here) -> list[tuple[str, int]]:
    numbers = (
        select(Membership.kind_id, func.count().label("number"))
        .where(_in_force(), here(Membership.association_id))
        .group_by(Membership.kind_id)
        .subquery()
    )
    kinds = select(MembershipKind.name, numbers.c.number).join(numbers, numbers.c.kind_id == MembershipKind.id)
    return [(name, number) for name, number in db.session.execute(kinds.order_by(MembershipKind.position))]
