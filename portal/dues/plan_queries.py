"""Reading fee plans: which is in force at an association and where it comes from, and its own versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from portal.associations.models import Association
from portal.core.database import db
from portal.dues.models import Charge, FeePlan
from portal.ledger.models import DuesPeriod
from portal.members.models import MembershipKind
from portal.members.queries import root_id


@dataclass
class OfKind:
    """A kind of member: the plan in force here, if there is one, and the association's own versions, latest first."""

    kind: MembershipKind
    in_force: FeePlan | None = None
    coming: FeePlan | None = None  # the next that will be
    own: list[FeePlan] = field(default_factory=list)


def list_by_kind(association: Association, day: date) -> list[OfKind]:
    """Every kind of the federation with its plan for a period that begins on a day; ended ones only if planned."""
    found = {kind.id: OfKind(kind) for kind in list_kinds(association)}
    for plan in _reaching(association):
        row = found[plan.kind_id]
        if plan.association_id == association.id:
            row.own.append(plan)
        if plan.withdrawn_at is None:
            _take(row, plan, day)
    return [row for row in found.values() if row.kind.ended_on is None or row.in_force or row.own]


def _take(row: OfKind, plan: FeePlan, day: date) -> None:
    """Plans come nearest first, of one association the latest first: the same order as in `fees`."""
    if plan.effective_on <= day:
        row.in_force = row.in_force or plan
    elif row.in_force is None:
        row.coming = plan


def hold(association: Association) -> None:
    """The plans that reach an association: none is withdrawn before this transaction ends."""
    kept = (FeePlan.association_id.in_(association.path_ids), FeePlan.withdrawn_at.is_(None))
    held = select(FeePlan.id).where(*kept).order_by(FeePlan.id).with_for_update(read=True)
    db.session.execute(held)


def _reaching(association: Association) -> Sequence[FeePlan]:
    """All plans of an association and of those above it, the nearest and latest first."""
    statement = select(FeePlan).where(FeePlan.association_id.in_(association.path_ids))
    plans = db.session.scalars(statement.options(joinedload(FeePlan.association))).all()
    return sorted(plans, key=lambda one: (len(one.association.path), one.effective_on, one.version), reverse=True)


def list_kinds(association: Association) -> Sequence[MembershipKind]:
    """Every kind of the federation, those in use first."""
    statement = select(MembershipKind).where(MembershipKind.association_id == root_id(association))
    order = (MembershipKind.ended_on.is_not(None), MembershipKind.position, MembershipKind.id)
    return db.session.scalars(statement.order_by(*order)).all()


def get_kind(association: Association, public_id: str) -> MembershipKind | None:
    kept = MembershipKind.association_id == root_id(association)
    return db.session.scalar(select(MembershipKind).where(kept, MembershipKind.public_id == public_id))


def get_plan(association: Association, public_id: str) -> FeePlan | None:
    """One of the association's own plans."""
    kept = (FeePlan.association_id == association.id, FeePlan.public_id == public_id)
    return db.session.scalar(select(FeePlan).where(*kept).options(joinedload(FeePlan.kind)))


def list_own(association: Association, kind: MembershipKind) -> Sequence[FeePlan]:
    """The association's own versions for a kind, the latest first."""
    kept = (FeePlan.association_id == association.id, FeePlan.kind_id == kind.id)
    return db.session.scalars(select(FeePlan).where(*kept).order_by(FeePlan.version.desc())).all()


def used(plans: Sequence[FeePlan]) -> set[int]:
    """Which of the plans something was charged by."""
    is_used = exists().where(Charge.plan_id == FeePlan.id)
    return set(db.session.scalars(select(FeePlan.id).where(FeePlan.id.in_([one.id for one in plans]), is_used)))


def start_of(periods: Sequence[DuesPeriod], day: date) -> date:
    """The day from which plans are asked: the first day of the period in which the day lies, or the day itself."""
    return next((one.start_on for one in periods if one.start_on <= day <= one.end_on), day)
