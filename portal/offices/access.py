"""The one rule of who may do what where: live appointments give rights, on an association or its subtree."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, false, or_, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.associations.queries import get_association, in_subtree
from portal.core.calendar import today
from portal.core.database import db
from portal.offices.models import Appointment
from portal.offices.rights import GUARDED, gives, may_give, only_reads, rights_of
from portal.people.models import Affiliation, AffiliationKind, Person


@dataclass(frozen=True)
class Grant:
    """What one live appointment gives."""

    position: str
    association_id: int
    path: str
    covers_subtree: bool
    group_id: int | None
    is_archived: bool = False

    def reaches(self, association: Association) -> bool:
        """Whether it holds at the association, be it only for a group of it."""
        return self.association_id == association.id or self.reaches_below(association)

    def reaches_below(self, association: Association) -> bool:
        """Whether it holds there and at every association below."""
        if not self.covers_subtree or self.group_id is not None or not self.path:
            return False
        return association.path.startswith(self.path)

    def includes(self, other: Grant) -> bool:
        """Whether everything that `other` reaches is reached by this one."""
        if self.group_id is not None:
            return other.group_id == self.group_id
        if self.covers_subtree:
            return bool(self.path) and other.path.startswith(self.path)
        return self.association_id == other.association_id and not (other.covers_subtree and other.group_id is None)

    def opens(self, held: Affiliation, right: str) -> bool:
        """Whether it gives a right over somebody whose record is held so: of one row, what `_places` asks of many."""
        if not gives(self.position, right):
            return False
        if not only_reads(right) and (self.is_archived or (self.group_id is None and held.association.is_archived)):
            return False
        if self.group_id is not None:
            return self.group_id == held.group_id
        if self.covers_subtree and self.path:
            return held.association.path.startswith(self.path)
        return self.association_id == held.association_id


def grants_of(account: Account) -> list[Grant]:
    """The account's grants as of today: one query, kept with the account object for the request."""
    day = today()
    kept: tuple[date, list[Grant]] | None = account.__dict__.get("_grants")
    if kept is None or kept[0] != day:
        kept = account.__dict__["_grants"] = (day, _load_grants(account.person_id, day))
    return kept[1]


def forget_grants(account: Account) -> None:
    """Ask again, after an appointment was granted or ended."""
    account.__dict__.pop("_grants", None)


def live(day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Appointments in force on a day."""
    return and_(Appointment.start_on <= day, in_force_or_coming(day))


def in_force_or_coming(day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Appointments that have not ended on a day. One that was withdrawn before it began has ended before that."""
    return or_(Appointment.end_on.is_(None), Appointment.end_on >= day)


def _load_grants(person_id: int, day: date, *, coming: bool = False) -> list[Grant]:
    """What the person's live appointments give; with `coming`, also those that have not begun."""
    found = db.session.execute(_appointments(coming=coming), {"person": person_id, "day": day})
    return [Grant(*row) for row in found]


@cache
def _appointments(*, coming: bool) -> Select[Any]:
    """What a grant is made of. Every page of an office asks it: put together once."""
    day = bindparam("day", type_=Date)
    return (
        select(Appointment.position, Appointment.association_id, Association.path, Appointment.covers_subtree)
        .add_columns(Appointment.group_id, Association.archived_on.is_not(None))
        .join(Association, Association.id == Appointment.association_id)
        .where(Appointment.person_id == bindparam("person"), in_force_or_coming(day) if coming else live(day))
        .order_by(Appointment.start_on, Appointment.id)
    )


def place(code: str) -> Association | None:
    """The association that an office address names."""
    return get_association(code)


def can(account: Account, right: str, association: Association, *, whole: bool = False) -> bool:
    """Whether the account holds the right at the association; `whole` asks for more than a group of it.

    A group leader holds the rights of the position for the group: `can` says yes, `group_ids` says for which
    groups, `visible` limits the rows. An archived association can only be read.
    """
    if association.is_archived and not only_reads(right):
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
        for theirs in _load_grants(person_id, today(), coming=True)
        for right in rights_of(theirs.position)
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


def group_ids(account: Account, right: str, association: Association) -> list[int] | None:
    """The groups to which the right is limited at the association; None when it holds for all of it.

    Empty when the right is not held there at all.
    """
    if not can(account, right, association):
        return []
    here = [g for g in grants_of(account) if gives(g.position, right) and g.reaches(association)]
    if any(grant.group_id is None for grant in here):
        return None
    return sorted({grant.group_id for grant in here if grant.group_id is not None})


def lacking(
    account: Account, position: str, association: Association, *, below: bool = False, oneself: bool = False
) -> list[str]:
    """Rights of a position that the account may not pass on at the association; empty when it may grant it.

    Nobody grants what they lack, over the whole reach: with `below` each right, and the right to grant, must be
    held over the subtree. To oneself nothing is handed on (`HANDED_ON_BY`): a chair becomes no treasurer.
    """
    passes = gives if oneself else may_give
    reaching = [
        grant
        for grant in grants_of(account)
        if grant.group_id is None and (grant.reaches_below(association) if below else grant.reaches(association))
    ]
    if association.is_archived or not any(gives(grant.position, "appointments.grant") for grant in reaching):
        return rights_of(position)
    return [right for right in rights_of(position) if not any(passes(grant.position, right) for grant in reaching)]


def subtree(path: str) -> ColumnElement[bool]:
    """Associations whose path begins with `path`, as a range that an index answers."""
    return in_subtree(path)


def _places(grants: Iterable[Grant], column: Any, group_column: Any, archived: bool) -> ColumnElement[bool]:
    """The rows of `column` (an association id) that the grants reach, of archived associations too or not."""
    parts: list[ColumnElement[bool]] = []
    for grant in grants:
        if grant.group_id is not None:
            parts.append(group_column == grant.group_id if group_column is not None else false())
        elif grant.covers_subtree and grant.path:
            below = select(Association.id).where(subtree(grant.path))
            parts.append(column.in_(below if archived else below.where(Association.archived_on.is_(None))))
        else:
            parts.append(column == grant.association_id)
    return or_(false(), *parts)


def _giving(account: Account, right: str, archived: bool) -> list[Grant]:
    """The grants that give a right. What stands below an archived association is archived too."""
    grants = [grant for grant in grants_of(account) if gives(grant.position, right)]
    return grants if archived else [grant for grant in grants if not grant.is_archived]


def visible(
    statement: Select[Any], account: Account, right: str, entity: Any, *, also_archived: bool = False
) -> Select[Any]:
    """The statement, limited to the rows of `entity` that the account may see by `right`.

    Works for Association, Person (through live affiliations) and every table with an association_id; a group
    leader sees what belongs to the group. Every list, count, export, search and download goes through it.
    A right that changes something reaches no archived association, unless `also_archived`: there it reads.
    """
    if entity is Person:
        return statement.where(reached(account, right))
    archived = also_archived or only_reads(right)
    grants = _giving(account, right, archived)
    if entity is Association:
        return statement.where(_places((g for g in grants if g.group_id is None), Association.id, None, archived))
    return statement.where(_places(grants, entity.association_id, getattr(entity, "group_id", None), archived))


def reached(account: Account, right: str) -> ColumnElement[bool]:
    """The people an account may see by a right, as a condition for the queries of portal.people."""
    archived = only_reads(right)
    held = select(Affiliation.id).where(
        Affiliation.person_id == Person.id,
        or_(Affiliation.end_on.is_(None), Affiliation.end_on >= today()),
        _places(_giving(account, right, archived), Affiliation.association_id, Affiliation.group_id, archived),
    )
    return held.exists()


def sight(account: Account) -> Callable[[Affiliation], bool]:
    """Of the ways in which a person's record is held, those that the account reads at their own place: what somebody
    is elsewhere is that place's to know. An officer is known wherever the account has a right at all.
    """
    grants = grants_of(account)

    def sees(held: Affiliation) -> bool:
        if held.kind == AffiliationKind.OFFICER and any(grant.reaches(held.association) for grant in grants):
            return True
        return any(grant.opens(held, right) for grant in grants for right in ("members.read", "volunteers.read"))

    return sees


# What an office gives over one person, in the order in which it is told.
OVER_A_PERSON = ("members.read", "members.read_sensitive", "members.write")


@dataclass(frozen=True)
class Sight:
    """An appointment of today by which somebody sees a person's record, and the rights that it gives over it."""

    appointment: Appointment
    rights: tuple[str, ...]


def who_sees(person_id: int) -> list[Sight]:
    """Every live appointment that gives `members.read` over the person: `reached`, asked from the other end."""
    held = _holding(person_id)
    places = {place for one in held for place in one.association.path_ids}
    groups = {one.group_id for one in held if one.group_id is not None}
    statement = (
        select(Appointment)
        .where(live(today()), or_(Appointment.association_id.in_(places), Appointment.group_id.in_(groups)))
        .options(joinedload(Appointment.person), joinedload(Appointment.association), joinedload(Appointment.group))
        .order_by(Appointment.start_on, Appointment.id)
    )
    found = [Sight(each, _over(_grant(each), held)) for each in db.session.scalars(statement)]
    return [sight for sight in found if OVER_A_PERSON[0] in sight.rights]


def _holding(person_id: int) -> list[Affiliation]:
    """The rows by which associations hold the person's record today, as `reached` has them."""
    statement = select(Affiliation).where(
        Affiliation.person_id == person_id, or_(Affiliation.end_on.is_(None), Affiliation.end_on >= today())
    )
    return list(db.session.scalars(statement.options(joinedload(Affiliation.association))))


def _grant(held: Appointment) -> Grant:
    place = held.association
    return Grant(held.position, place.id, place.path, held.covers_subtree, held.group_id, place.is_archived)


def _over(grant: Grant, held: list[Affiliation]) -> tuple[str, ...]:
    return tuple(right for right in OVER_A_PERSON if any(grant.opens(one, right) for one in held))
