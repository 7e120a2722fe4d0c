"""Fee plans: which is in force here and where it comes from; a new version, one withdrawn."""

from __future__ import annotations

from typing import Any

from flask import abort, g
from flask_login import current_user

from portal.core import web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import BaseForm
from portal.core.i18n import _
from portal.dues import plan_queries
from portal.dues import plans as services
from portal.dues.blueprint import blueprint
from portal.dues.forms import PlanForm
from portal.dues.models import FeePlan, Proration
from portal.ledger.queries import list_periods
from portal.members.models import MembershipKind
from portal.offices.access import can


@blueprint.get("/office/<code>/dues/plans")
@requires("dues.read", whole=True)
def plans(code: str) -> str:
    """For each kind what is due here, by whose plan, and the association's own versions."""
    day = today(g.association.time_zone)
    rows = plan_queries.list_by_kind(g.association, plan_queries.start_of(list_periods(g.association), day))
    own = [plan for row in rows for plan in row.own]
    used = plan_queries.used(own) if own else set()
    return web.page(
        "dues/plans.html", rows=rows, used=used, prorations=Proration.labels(), may_change=may("dues.record")
    )


@blueprint.route("/office/<code>/dues/plans/new/<kind_id>", methods=["GET", "POST"])
@requires("dues.record", whole=True)
def new_plan(code: str, kind_id: str) -> Any:
    """A new version for a kind; charges follow it when the period is charged again."""
    kind, form = _kind(kind_id), PlanForm()
    if not form.is_submitted():
        _begin(form, kind)
    if not form.validate_on_submit():
        return web.form_page("dues/plan_form.html", form, kind=kind)
    try:
        services.add_version(current_user, g.association, kind, **form.values())
    except RuleError as error:
        return web.refused("dues/plan_form.html", form, error, kind=kind)
    db.session.commit()
    return web.go("dues.plans", _("The fee plan is kept. Charges follow it when the period is charged again."))


@blueprint.route("/office/<code>/dues/plans/<public_id>/withdraw", methods=["GET", "POST"])
@requires("dues.record", whole=True)
def withdraw_plan(code: str, public_id: str) -> Any:
    """Asks once more: the version counts no longer."""
    plan, form = _plan(public_id), BaseForm()
    if not form.validate_on_submit():
        return web.form_page("dues/plan_withdraw.html", form, plan=plan)
    try:
        services.withdraw(current_user, plan)
    except RuleError as error:
        return web.refused("dues/plan_withdraw.html", form, error, plan=plan)
    db.session.commit()
    return web.go("dues.plans", _("The version is withdrawn."))


def _begin(form: PlanForm, kind: MembershipKind) -> None:
    """What is in force now, from the next period on."""
    day, periods = today(g.association.time_zone), list_periods(g.association)
    start = plan_queries.start_of(periods, day)
    now_on = next((row.in_force for row in plan_queries.list_by_kind(g.association, start) if row.kind is kind), None)
    form.effective_on.data = start
    if now_on is not None:
        form.amount_fen.data, form.proration.data = now_on.amount_fen, now_on.proration
        form.effective_on.data = max((one.start_on for one in periods if one.start_on > day), default=None)


def _kind(public_id: str) -> MembershipKind:
    return plan_queries.get_kind(g.association, public_id) or abort(404)


def _plan(public_id: str) -> FeePlan:
    return plan_queries.get_plan(g.association, public_id) or abort(404)


def may(right: str) -> bool:
    """Whether the reader holds the right for the whole association, not for a group of it."""
    return can(current_user, right, g.association, whole=True)
