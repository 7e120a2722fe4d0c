"""A call's steps in the office: opened, its last day put off, withdrawn, brought to review."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask_login import current_user

from portal.commendations import calls
from portal.commendations.blueprint import blueprint
from portal.commendations.forms import PlainForm, PutOffForm, WithdrawForm
from portal.commendations.loading import load, load_own, own_day
from portal.commendations.models import CallState
from portal.core import web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _


@blueprint.route("/office/<code>/commendations/calls/<public_id>/open", methods=["GET", "POST"])
@requires(calls.RIGHT)
def open_call(code: str, public_id: str) -> Any:
    """As everybody will read it; then its terms stand."""
    call = load_own(public_id, CallState.DRAFT, CallState.OPEN)
    return _step(
        "open.html", PlainForm(), public_id, lambda _form: calls.open_call(current_user, call), _("The call is open.")
    )


@blueprint.route("/office/<code>/commendations/calls/<public_id>/put-off", methods=["GET", "POST"])
@requires(calls.RIGHT)
def put_off(code: str, public_id: str) -> Any:
    """Take nominations for longer."""
    call = load_own(public_id, CallState.OPEN)

    def act(form: PutOffForm) -> None:
        calls.put_off(current_user, call, form.closes_on.data or date.min, form.reason.data or "")

    return _step("put_off.html", PutOffForm(), public_id, act, _("The last day is put off."))


@blueprint.route("/office/<code>/commendations/calls/<public_id>/withdraw", methods=["GET", "POST"])
@requires(calls.RIGHT)
def withdraw(code: str, public_id: str) -> Any:
    """Nothing comes of it."""
    call = load_own(public_id, *calls.MAY_BE_WITHDRAWN)

    def act(form: WithdrawForm) -> None:
        calls.withdraw(current_user, call, form.reason.data or "")

    return _step("withdraw.html", WithdrawForm(), public_id, act, _("The call is withdrawn."))


@blueprint.route("/office/<code>/commendations/calls/<public_id>/begin-review", methods=["GET", "POST"])
@requires(calls.RIGHT)
def begin_review(code: str, public_id: str) -> Any:
    """After the last day; from then on nothing is nominated."""
    call = load_own(public_id, CallState.OPEN, CallState.REVIEW)
    said = _("The review has begun.")
    return _step(
        "begin_review.html", PlainForm(), public_id, lambda _form: calls.begin_review(current_user, call), said
    )


def _step(template: str, form: Any, public_id: str, act: Callable[[Any], None], said: str) -> Any:
    """The page that asks; sent, the step is done and the call's page tells what comes next."""
    page = f"commendations/{template}"
    if not form.validate_on_submit():
        return web.form_page(page, form, call=load(public_id), day=own_day())
    try:
        act(form)
    except RuleError as error:
        return web.refused(page, form, error, call=load(public_id), day=own_day())
    db.session.commit()
    return web.go("commendations.office_page", said, public_id=public_id)
