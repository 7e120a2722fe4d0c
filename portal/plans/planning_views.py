"""Office pages that write the plan: an activity planned, changed, opened, cancelled; festival days."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, g, request
from flask_login import current_user

from portal.core import web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.plans import festivals, queries, services
from portal.plans.blueprint import blueprint
from portal.plans.draft import Draft
from portal.plans.forms import FestivalForm, ReasonForm
from portal.plans.models import Activity

WRITE = services.RIGHT
FORM = "plans/form.html"


@blueprint.route("/office/<code>/plan/new", methods=["GET", "POST"])
@requires(WRITE)
def new(code: str) -> Any:
    draft = Draft(g.association)
    if not draft.form.validate_on_submit():
        return web.form_page(FORM, draft.form, activity=None)
    try:
        key = draft.form.entry_key.data or abort(400)
        planned = services.plan(current_user, g.association, draft.details(), entry_key=key)
    except RuleError as error:
        return web.refused(FORM, draft.form, error, activity=None)
    db.session.commit()
    return web.go("plans.activity", _("It is in the plan."), public_id=planned.public_id)


@blueprint.route("/office/<code>/plan/<public_id>/edit", methods=["GET", "POST"])
@requires(WRITE)
def edit(code: str, public_id: str) -> Any:
    activity = load(public_id)
    draft = Draft(g.association, activity)
    if not draft.form.validate_on_submit():
        return web.form_page(FORM, draft.form, activity=activity)
    try:
        services.change(current_user, activity, draft.details())
    except RuleError as error:
        return web.refused(FORM, draft.form, error, activity=activity)
    db.session.commit()
    return web.go("plans.activity", _("The change is saved."), public_id=public_id)


@blueprint.post("/office/<code>/plan/<public_id>/open")
@requires(WRITE)
def open_activity(code: str, public_id: str) -> Response:
    """Refused, it says on the activity's own page what is missing."""
    try:
        services.open_activity(current_user, load(public_id))
    except RuleError as error:
        return _say(error, "plans.activity", public_id=public_id)
    db.session.commit()
    return web.go("plans.activity", _("It is open for sign-up."), public_id=public_id)


@blueprint.route("/office/<code>/plan/<public_id>/cancel", methods=["GET", "POST"])
@requires(WRITE)
def cancel(code: str, public_id: str) -> Any:
    activity, form = load(public_id), ReasonForm()
    if not form.validate_on_submit():
        return web.form_page("plans/cancel.html", form, activity=activity, session=None)
    try:
        services.cancel_activity(current_user, activity, form.reason.data or "")
    except RuleError as error:
        return web.refused("plans/cancel.html", form, error, activity=activity, session=None)
    db.session.commit()
    return web.go("plans.activity", _("It is cancelled, and whoever signed up is told why."), public_id=public_id)


@blueprint.route("/office/<code>/plan/festivals", methods=["GET", "POST"])
@requires(WRITE)
def festival_days(code: str) -> Any:
    """The days that the plan names beside its months; the association's own can be added and removed."""
    form = FestivalForm()
    days = festivals.days_of(today(g.association.time_zone).year, queries.list_own_days(g.association))
    if not form.validate_on_submit():
        return web.form_page("plans/festivals.html", form, days=days)
    try:
        services.add_festival(current_user, g.association, **form.values())
    except RuleError as error:
        return web.refused("plans/festivals.html", form, error, days=days)
    db.session.commit()
    return web.go("plans.festival_days", _("The day is added."))


@blueprint.post("/office/<code>/plan/festivals/remove")
@requires(WRITE)
def remove_festival(code: str) -> Response:
    """Removing a day that is gone already changes nothing."""
    wanted = request.form.get("day", "")
    try:
        for one in queries.list_own_days(g.association):
            if one.public_id == wanted:
                services.remove_festival(current_user, g.association, one)
    except RuleError as error:
        return _say(error, "plans.festival_days")
    db.session.commit()
    return web.go("plans.festival_days", _("The day is removed."))


def _say(error: RuleError, endpoint: str, **values: str) -> Response:
    """A refusal of a button that has no form: it stands on the page to which it leads back."""
    web.undo()
    flash(str(error), "error")
    return web.go(endpoint, **values)


def load(public_id: str) -> Activity:
    """The activity, if the reader may write in it; another group's or association's is not there."""
    return queries.get_activity(current_user, WRITE, g.association, public_id) or abort(404)
