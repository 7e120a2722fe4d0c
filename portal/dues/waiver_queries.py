"""Reading waivers and write-offs: what waits, what was decided, those of a charge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.associations import ties
from portal.associations.models import Association
from portal.associations.queries import in_subtree
from portal.core.database import db
from portal.core.i18n import ngettext
from portal.dues.models import Charge, Waiver, WaiverState
from portal.ledger.models import DuesPeriod
from portal.members.models import Membership, MembershipCover
from portal.offices.access import visible

RIGHT = "dues.read"
SHOWN = (
    joinedload(Waiver.association),
    joinedload(Waiver.asker),
    joinedload(Waiver.decider),
    joinedload(Waiver.charge).options(
        joinedload(Charge.period), joinedload(Charge.payer), joinedload(Charge.association),
        joinedload(Charge.membership).options(joinedload(Membership.person), joinedload(Membership.kind)),
    ),
)  # fmt: skip


def listing(account: Account, association: Association, state: str, kind: str = "") -> Select[Any]:
    """Those of the association and below that the account may see: what waits oldest first, else the latest."""
    below = select(Association.id).where(in_subtree(association.path))
    statement = visible(select(Waiver), account, RIGHT, Waiver).where(Waiver.association_id.in_(below))
    for column, value in ((Waiver.state, state), (Waiver.kind, kind)):
        if value:
            statement = statement.where(column == value)
    return statement.order_by(Waiver.id if state == WaiverState.ASKED else Waiver.id.desc())


def get_waiver(account: Account, association: Association, public_id: str) -> Waiver | None:
    """One of them with what its page shows."""
    statement = listing(account, association, "").where(Waiver.public_id == public_id)
    found: Waiver | None = db.session.scalar(statement.options(*SHOWN))
    return found


def list_of_charge(charge_id: int) -> Sequence[Waiver]:
    """Every waiver and write-off that was asked for of a charge."""
    statement = select(Waiver).where(Waiver.charge_id == charge_id).order_by(Waiver.id)
    return db.session.scalars(statement.options(joinedload(Waiver.asker), joinedload(Waiver.decider))).all()


def list_concerned(charge: Charge) -> set[int]:
    """Who pays a charge, and whose membership it is for."""
    covered = select(MembershipCover.person_id).where(MembershipCover.membership_id == charge.membership_id)
    holder = select(Membership.person_id).where(Membership.id == charge.membership_id)
    return {charge.payer_id, *db.session.scalars(holder.union_all(covered))}


def approved_of(charge_id: int) -> Sequence[Waiver]:
    """What counts as let off of a charge."""
    kept = (Waiver.charge_id == charge_id, Waiver.state == WaiverState.APPROVED)
    return db.session.scalars(select(Waiver).where(*kept).options(joinedload(Waiver.association))).all()


def counting_waiting(association: Association) -> Select[Any]:
    """What waits at the association and below for the second signature."""
    below = select(Association.id).where(in_subtree(association.path))
    waits = (Waiver.state == WaiverState.ASKED, Waiver.association_id.in_(below))
    return select(func.count()).select_from(Waiver).where(*waits)


@ties.stays_open
def _tell_open(association: Association) -> str:
    """Nobody signs in an archived association."""
    count = ties.count_at(association, Waiver, Waiver.state == WaiverState.ASKED)
    return ngettext("%(num)d waiver to sign", "%(num)d waivers to sign", count) if count else ""


def count_waiting_of(association: Association, period: DuesPeriod) -> int:
    """What waits of the association's charges of a period."""
    statement = select(func.count()).select_from(Waiver).join(Waiver.charge)
    kept = (Waiver.state == WaiverState.ASKED, Charge.association_id == association.id, Charge.period_id == period.id)
    return db.session.scalar(statement.where(*kept, Charge.voided_at.is_(None))) or 0
