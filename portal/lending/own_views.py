"""A volunteer's own requests: a sister association would like to borrow me."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, request
from flask_login import current_user

from portal.core import web
from portal.core.access import signed_in
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import BaseForm
from portal.core.i18n import _
from portal.lending import queries, services
from portal.lending.blueprint import blueprint
from portal.lending.models import LendingState

ANSWERS = {"agree": LendingState.AGREED, "decline": LendingState.DECLINED}


@blueprint.get("/me/volunteer/requests")
@signed_in
def own() -> str:
    """What I was asked for, and what I answered."""
    rows = queries.list_of_person(current_user.person_id)
    return web.page("lending/own.html", rows=rows, day=today())


@blueprint.post("/me/volunteer/requests/<public_id>")
@signed_in
def own_answer(public_id: str) -> Any:
    """Yes or no; who said yes can still say no until the last day."""
    lent = queries.get_of_person(current_user.person_id, public_id) or abort(404)
    state = ANSWERS.get(request.form.get("answer", "")) or abort(400)
    if not BaseForm().validate_on_submit():
        abort(400)
    try:
        services.answer(current_user, lent, state)
    except RuleError as error:
        web.undo()
        flash(str(error), "warning")
        return web.go("lending.own")
    db.session.commit()
    agreed = _("Thank you. The association that asked sees your name and phone from now on.")
    return web.go("lending.own", agreed if state == LendingState.AGREED else _("You have said no."))
