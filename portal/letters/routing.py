"""Where a letter goes: to the association it is written to, or past whoever it is about to the one above."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.database import db
from portal.letters.sight import RIGHT
from portal.offices.access import live
from portal.offices.models import Appointment
from portal.offices.rights import Position, gives

ANSWERING = tuple(position for position in Position if gives(position, RIGHT))


@dataclass
class Desk:
    """Who may answer letters at an association by an office of its own, and who chairs it."""

    holders: set[int] = field(default_factory=set)
    chairs: set[int] = field(default_factory=set)

    def takes(self, about: Collection[int]) -> bool:
        """Whether somebody is left there whom the letter is not about, and it is not about the chair."""
        return bool(self.holders - set(about)) and not self.chairs & set(about)


def desks(association_ids: Sequence[int]) -> dict[int, Desk]:
    """The desks of several associations today; of the holders only those count who can sign in."""
    found: dict[int, Desk] = defaultdict(Desk)
    statement = (
        select(Appointment.association_id, Appointment.person_id, Appointment.position, Account.id)
        .outerjoin(Account, (Account.person_id == Appointment.person_id) & Account.disabled_at.is_(None))
        .where(
            Appointment.association_id.in_(association_ids),
            Appointment.position.in_(ANSWERING),
            Appointment.group_id.is_(None),
            live(today()),
        )
    )
    for association_id, person_id, position, account_id in db.session.execute(statement):
        desk = found[association_id]
        if account_id is not None:
            desk.holders.add(person_id)
        if position == Position.CHAIR:
            desk.chairs.add(person_id)
    return found


def place(association: Association, about: Collection[int] = (), *, past: bool = False) -> Association:
    """The nearest association, from this one up, that takes a letter about these people; `past` begins above it.

    Where nobody is left on the whole way, the topmost one keeps a letter about somebody; one about nobody waits where
    it was written to.
    """
    way = list(reversed(chain(association)))
    found, wanted = desks([one.id for one in way]), way[1:] if past and len(way) > 1 else way
    for one in wanted:
        if found[one.id].takes(about):
            return one
    return way[-1] if about or past else association


def takes(association: Association, about: Collection[int]) -> bool:
    """Whether a letter about these people can be given to the association."""
    return desks([association.id])[association.id].takes(about)


def chain(association: Association) -> Sequence[Association]:
    """The associations from the root down to this one, but for archived ones above it."""
    statement = select(Association).where(Association.id.in_(association.path_ids)).order_by(Association.path)
    return [one for one in db.session.scalars(statement) if not one.is_archived or one.id == association.id]
