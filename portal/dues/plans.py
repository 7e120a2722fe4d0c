"""What may happen to fee plans: a new version; one that was never used is withdrawn. Never commits."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.audit import record
from portal.core.calendar import now
from portal.core.database import add_single, db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.core.money import MOST_FEN
from portal.dues import plan_queries
from portal.dues.models import FeePlan, Proration
from portal.members.models import MembershipKind


def add_version(
    actor: Account | None,
    association: Association,
    kind: MembershipKind,
    *,
    amount_fen: int,
    effective_on: date,
    proration: str = Proration.WHOLE,
    basis: str = "",
) -> FeePlan:
    """What a kind owes from periods that begin on a day on; nothing is an answer too. Earlier versions stay.

    Raises RuleError for the same once more, or a version that somebody else added in this moment.
    """
    if not 0 <= amount_fen <= MOST_FEN:
        raise RuleError("amount_fen", lazy("Enter an amount from 0 to ten million yuan."))
    known = plan_queries.list_own(association, kind)
    values = {"amount_fen": amount_fen, "effective_on": effective_on, "proration": str(Proration(proration))}
    live = [plan for plan in known if plan.withdrawn_at is None]
    if live and all(getattr(live[0], name) == value for name, value in values.items()):
        raise RuleError("", lazy("This is what the last version says already."))
    version = known[0].version + 1 if known else 1
    plan = FeePlan(association_id=association.id, kind_id=kind.id, version=version, basis=basis.strip(), **values)
    plan.created_by_id = actor.person_id if actor else None
    if not add_single(plan):
        raise RuleError("", lazy("Somebody else added a version in this moment: look at it first."))
    told = {**values, "kind": kind.name, "version": version, "effective_on": effective_on.isoformat()}
    record(actor, "dues.add_plan", plan, told)
    return plan


def withdraw(actor: Account, plan: FeePlan) -> None:
    """A plan by which nothing was charged counts no longer; it stays in the record. Used ones stay in force."""
    db.session.execute(select(FeePlan.id).where(FeePlan.id == plan.id).with_for_update())
    db.session.refresh(plan, ("withdrawn_at",))
    if plan.withdrawn_at is not None:
        raise RuleError("", lazy("This version is withdrawn already."))
    if plan_queries.used([plan]):
        raise RuleError("", lazy("Dues were charged by this version: it stays. Add a new one instead."))
    plan.withdrawn_at = now()
    db.session.flush()
    record(actor, "dues.withdraw_plan", plan, {"version": plan.version})
