"""Opening balances of members: checked first, then entered; one entered in error is void."""

from __future__ import annotations

from typing import Any

from flask import abort, g, request
from flask_login import current_user

from portal.core import web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import choices
from portal.core.i18n import _, ngettext
from portal.dues import charge_queries, openings, services
from portal.dues.blueprint import blueprint
from portal.dues.forms import OpeningsForm, VoidForm
from portal.dues.models import Charge, ChargeOrigin
from portal.ledger.models import DuesPeriod
from portal.ledger.queries import list_periods

RIGHT = "dues.record"


def _form() -> tuple[OpeningsForm, Any]:
    form, periods = OpeningsForm(), _periods()
    form.period.choices = choices((one.public_id, one.name) for one in periods)
    return form, periods


@blueprint.route("/office/<code>/dues/openings", methods=["GET", "POST"])
@requires(RIGHT, whole=True)
def bring_in(code: str) -> Any:
    """First what the lines say and what is wrong with them, then they are entered."""
    form, periods = _form()
    if not form.validate_on_submit():
        return web.form_page("dues/openings.html", form, sheet=None)
    period = next(one for one in periods if one.public_id == form.period.data)
    try:
        sheet = openings.read(g.association, period, str(form.lines.data))
        if sheet.faults or request.form.get("settle") != "yes":
            show = web.invalid if sheet.faults else web.page
            return show("dues/openings.html", form=form, sheet=sheet)
        made = openings.bring_in(current_user, g.association, period, sheet.arrears, form.note.data or "")
    except RuleError as error:
        return web.refused("dues/openings.html", form, error, sheet=None)
    db.session.commit()
    done = ngettext("%(num)d opening balance was entered.", "%(num)d opening balances were entered.", len(made))
    return web.go("dues.charges", done, period=period.public_id)


@blueprint.route("/office/<code>/dues/charges/<period_id>/<membership_id>/void", methods=["GET", "POST"])
@requires(RIGHT, whole=True)
def void_opening(code: str, period_id: str, membership_id: str) -> Any:
    """Asks once more: an opening balance that was entered in error stands no longer."""
    found, form = _opening(period_id, membership_id), VoidForm()
    if not form.validate_on_submit():
        return web.form_page("dues/void.html", form, charge=found)
    try:
        services.void_opening(current_user, found, str(form.reason.data))
    except RuleError as error:
        return web.refused("dues/void.html", form, error, charge=found)
    db.session.commit()
    known = {"period_id": period_id, "membership_id": membership_id}
    return web.go("dues.charge", _("The opening balance is void."), **known)


def _periods() -> list[DuesPeriod]:
    """Those that have begun, the ones that are over first: dues from before were due in one of them."""
    day = today(g.association.time_zone)
    begun = [one for one in list_periods(g.association) if one.start_on <= day]
    return sorted(begun, key=lambda one: one.end_on >= day)


def _opening(period_id: str, membership_id: str) -> Charge:
    """An opening balance of this association that stands."""
    found = charge_queries.list_of(current_user, g.association, period_id, membership_id)
    mine = (one for one in found if one.association_id == g.association.id and one.voided_at is None)
    return next((one for one in mine if one.origin == ChargeOrigin.OPENING), None) or abort(404)
