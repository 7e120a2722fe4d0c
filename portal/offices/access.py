"""The one rule of who may do what where: live appointments give rights, on an association or its subtree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.associations.queries import get_association
from portal.core.calendar import today
from portal.core.database import db
from portal.offices.models import Appointment
from portal.offices.rights import GUARDED, RIGHTS, gives, may_give
from portal.people.models import Affiliation, Person


@dataclass(frozen=True)
class Grant:
    """What one live appointment gives."""

    position: str
    association_id: int
    path: str
    covers_subtree: bool
    group_id: int | None

    def reaches(self, association: Association) -> bool:
        if self.association_id == association.id:
            return True
        return self.covers_subtree and self.group_id is None and association.path.startswith(self.path)

    def includes(self, other: Grant) -> bool:
        """Whether everything that `other` reaches is reached by this one."""
        if self.group_id is not None:
            return other.group_id == self.group_id
        if self.covers_subtree:
            return other.path.startswith(self.path)
        return self.association_id == other.association_id and not (other.covers_subtree and other.group_id is None)


def grants_of(account: Account) -> list[Grant]:
    """The account's grants as of today: one query, kept with the account object for the request."""
    kept: list[Grant] | None = account.__dict__.get("_grants")
    if kept is None:
        kept = account.__dict__["_grants"] = _load_grants(account.person_id)
    return kept


def forget_grants(account: Account) -> None:
    """Ask again, after an appointment was granted or ended."""
    account.__dict__.pop("_grants", None)


def _load_grants(person_id: int, *, coming: bool = False) -> list[Grant]:
    """What the person's live appointments give; with `coming`, also those that have not begun."""
    day = today()
    statement = (
        select(
            Appointment.position,
            Appointment.association_id,
            Association.path,
            Appointment.covers_subtree,
            Appointment.group_id,
        )
        .join(Association, Association.id == Appointment.association_id)
        .where(
            Appointment.person_id == person_id,
            true() if coming else Appointment.start_on <= day,
            or_(Appointment.end_on.is_(None), Appointment.end_on >= day),
        )
        .order_by(Appointment.start_on)
    )
    return [Grant(*row) for row in db.session.execute(statement)]


def place(code: str) -> Association | None:
    """The association that an office address names."""
    return get_association(code)


def can(account: Account, right: str, association: Association, *, whole: bool = False) -> bool:
    """Whether the account holds the right at the association; `whole` asks for more than a group of it.

    An archived association can only be read.
    """
    if association.is_archived and not right.endswith(".read") and right != "office.enter":
        return False
    return any(
        gives(grant.position, right) and grant.reaches(association) and not (whole and grant.group_id)
        for grant in grants_of(account)
    )


def knows(account: Account, association: Association) -> bool:
    return any(grant.reaches(association) for grant in grants_of(account))


def covers(account: Account, person_id: int) -> bool:
    """Whether the account holds every right that the person holds or will hold, wherever the person does.

    Asked before a one-time code is handed out: whoever has the code has the rights of its account.
    """
    return all(
        any(may_give(mine.position, right) and mine.includes(theirs) for mine in grants_of(account))
        for theirs in _load_grants(person_id, coming=True)
        for right in RIGHTS
        if gives(theirs.position, right)
    )


def is_guarded(account: Account) -> bool:
    """Whether the account holds a right for which a second factor can be required, anywhere."""
    return any(gives(grant.position, right) for grant in grants_of(account) for right in GUARDED)


def first_office(account: Account) -> str | None:
    """The code of the association of the account's oldest live appointment."""
    grants = grants_of(account)
    if not grants:
        return None
    return db.session.scalar(select(Association.code).where(Association.id == grants[0].association_id))


def rights_at(account: Account, association: Association) -> set[str]:
    return {right for right in RIGHTS if can(account, right, association)}


def group_ids(account: Account, right: str, association: Association) -> list[int] | None:
    """The groups to which the right is limited at the association; None when it holds for all of it."""
    here = [g for g in grants_of(account) if gives(g.position, right) and g.reaches(association)]
    if any(grant.group_id is None for grant in here):
        return None
    return [grant.group_id for grant in here if grant.group_id is not None]


def subtree(path: str) -> ColumnElement[bool]:
    """Associations whose path begins with `path`, as a range that an index answers ("0" follows "/")."""
    return and_(Association.path >= path, Association.path < path[:-1] + "0")


def _places(grants: Iterable[Grant], column: Any, group_column: Any) -> ColumnElement[bool]:
    """The rows of `column` (an association id) that the grants reach."""
    parts: list[ColumnElement[bool]] = []
    for grant in grants:
        if grant.group_id is not None:
            parts.append(group_column == grant.group_id if group_column is not None else false())
        elif grant.covers_subtree:
            parts.append(column.in_(select(Association.id).where(subtree(grant.path))))
        else:
            parts.append(column == grant.association_id)
    return or_(false(), *parts)


def visible(statement: Select[Any], account: Account, right: str, entity: Any) -> Select[Any]:
    """The statement, limited to the rows of `entity` that the account may see by `right`.

    Works for Association, Person (through live affiliations) and every table with an association_id; a group
    leader sees what belongs to the group. Every list, count, export, search and download goes through it.
    """
    grants = [grant for grant in grants_of(account) if gives(grant.position, right)]
    if entity is Person:
        return statement.where(_person_reached(grants))
    if entity is Association:
        return statement.where(_places((g for g in grants if g.group_id is None), Association.id, None))
    return statement.where(_places(grants, entity.association_id, getattr(entity, "group_id", None)))


def reached(account: Account, right: str) -> ColumnElement[bool]:
    """The people an account may see by a right, as a condition for the queries of portal.people."""
    return _person_reached([grant for grant in grants_of(account) if gives(grant.position, right)])


def _person_reached(grants: list[Grant]) -> ColumnElement[bool]:
    held = select(Affiliation.id).where(
        Affiliation.person_id == Person.id,
        or_(Affiliation.end_on.is_(None), Affiliation.end_on >= today()),
        _places(grants, Affiliation.association_id, Affiliation.group_id),
    )
    return held.exists()
