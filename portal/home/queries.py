"""Figures of the front page, and what waits in an office today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import distinct, func, select

from portal.accounts.models import Account
from portal.activities import queries as activities
from portal.activities.figures import Figures, figures_of
from portal.associations.models import Association, Level
from portal.associations.queries import get_root, in_subtree
from portal.core.database import db
from portal.core.recent import recent
from portal.members.models import Membership
from portal.members.queries import live as in_force
from portal.people.models import Affiliation, AffiliationKind
from portal.people.queries import live


@dataclass(frozen=True)
class Counts:
    """People of a branch of the tree today."""

    members: int
    volunteers: int


def count_people(path: str) -> Counts:
    """Totals that everybody may see: members and volunteers of a branch, each person counted once."""
    people = (
        select(Affiliation.kind, func.count(distinct(Affiliation.person_id)))
        .join(Association, Association.id == Affiliation.association_id)
        .where(in_subtree(path), live())
        .group_by(Affiliation.kind)
    )
    by_kind = {row[0]: row[1] for row in db.session.execute(people)}
    return Counts(by_kind.get(AffiliationKind.MEMBER, 0), by_kind.get(AffiliationKind.VOLUNTEER, 0))


def count_memberships(path: str) -> int:
    """Memberships of a branch in force today. One can cover a household, so that there are fewer than members."""
    here = select(func.count()).select_from(Membership).join(Association, Association.id == Membership.association_id)
    return db.session.scalar(here.where(in_subtree(path), in_force())) or 0


def count_grassroots(path: str) -> int:
    """Grass-roots associations of a branch that are open."""
    here = (in_subtree(path), Association.archived_on.is_(None), Association.level == Level.GRASSROOTS)
    return db.session.scalar(select(func.count()).select_from(Association).where(*here)) or 0


@dataclass(frozen=True)
class FrontFigures:
    """The totals of the front page: open grass-roots associations, people, and a year's activities."""

    associations: int
    members: int
    volunteers: int
    activities: int
    courses: int
    service_minutes: int


def front_figures(day: date) -> FrontFigures | None:
    """The front page's totals, None before there is an association.

    Counting them reads the whole year, so they are kept for a minute.
    """
    return recent(f"front:{day.year}", lambda: _count_front_figures(day.year))


def _count_front_figures(year: int) -> FrontFigures | None:
    root = get_root()
    if root is None:
        return None
    people = count_people(root.path)
    done = activities.count_figures(root.path, year)
    return FrontFigures(count_grassroots(root.path), people.members, people.volunteers, **done)


def latest_entries(account: Account, association: Association) -> list[tuple[Any, Figures]]:
    """The newest entries of the log book that the officer may see, with their figures."""
    statement = activities.list_entries(account, association, activities.Filter()).limit(5)
    logs = db.session.scalars(statement).all()
    figures = figures_of(logs) if logs else {}
    return [(log, figures[log.id]) for log in logs]
