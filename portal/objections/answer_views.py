"""Objections in the office: entered from paper, read and answered by who may, the name looked at with a reason."""

from __future__ import annotations

import secrets
from typing import Any

from flask import abort, g
from flask_login import current_user

from portal.applications.interview import private
from portal.core import web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.objections import objecting, queries
from portal.objections.blueprint import blueprint
from portal.objections.forms import AnswerForm, PaperForm, RevealForm
from portal.objections.models import NoticePeriod, Objection, ObjectionState
from portal.objections.object_views import given


@blueprint.route("/office/<code>/notice-periods/<public_id>/objections/new", methods=["GET", "POST"])
@requires("notices.write")
def enter(code: str, public_id: str) -> Any:
    """Enter an objection from paper."""
    period, form = _period(public_id), PaperForm()
    if not form.is_submitted():
        form.key.data, form.received_on.data = secrets.token_urlsafe(16), today(g.association.time_zone)
    if not form.validate_on_submit():
        return web.form_page("objections/paper.html", form, period=period)
    known: dict[str, Any] = {"key": (form.key.data or "")[:64] or None, "received_on": form.received_on.data}
    try:
        made = objecting.record_objection(period, given(form), entered_by=current_user, **known)
    except RuleError as error:
        return web.refused("objections/paper.html", form, error, period=period)
    db.session.commit()
    message = _("The objection is entered. Its reference is %(reference)s.", reference=made.reference.upper())
    return web.go("objections.office_page", message, public_id=public_id)


@blueprint.get("/office/<code>/notice-periods/<public_id>/objections/<objection_id>")
@requires("objections.answer")
def objection(code: str, public_id: str, objection_id: str) -> Any:
    """What somebody has against it, for who may answer it; the name only where it stands in the open."""
    period = _period(public_id)
    return _page(period, _objection(period, objection_id))


@blueprint.post("/office/<code>/notice-periods/<public_id>/objections/<objection_id>/answer")
@requires("objections.answer")
def answer(code: str, public_id: str, objection_id: str) -> Any:
    """Answer it with a reason."""
    period = _period(public_id)
    found, form = _objection(period, objection_id), AnswerForm()
    if not form.validate():
        return _page(period, found, answer=form)
    try:
        objecting.answer(current_user, period, found, form.outcome.data, form.answer.data or "")
    except RuleError as error:
        return _again(public_id, objection_id, error, answer=form)
    db.session.commit()
    return web.go("objections.office_page", _("The objection is answered."), public_id=public_id)


@blueprint.post("/office/<code>/notice-periods/<public_id>/objections/<objection_id>/name")
@requires("objections.answer")
def reveal(code: str, public_id: str, objection_id: str) -> Any:
    """Name and phone, once, for a reason that whoever objected can read."""
    period = _period(public_id)
    found, form = _objection(period, objection_id), RevealForm()
    if not form.validate():
        return _page(period, found, reveal=form)
    try:
        known = objecting.reveal(current_user, period, found, form.reason.data or "")
    except RuleError as error:
        return _again(public_id, objection_id, error, reveal=form)
    db.session.commit()
    return _page(period, found, status=200, known=known)


def _page(
    period: NoticePeriod, found: Objection, *, status: int = 422, known: tuple[str, str] | None = None, **forms: Any
) -> Any:
    context = {
        "period": period,
        "objection": found,
        "known": known,
        "conflict": objecting.conflict_of(current_user, period, found),
        "outcomes": ObjectionState.labels(),
        "answering": forms.get("answer") or AnswerForm(formdata=None),
        "revealing": forms.get("reveal") or RevealForm(formdata=None),
    }
    refused = next(iter(forms.values()), None)
    if refused is None:
        return private(web.page("objections/objection.html", form=None, **context))
    page, _status = web.invalid("objections/objection.html", refused, **context)
    return private((page, status))


def _again(public_id: str, objection_id: str, error: RuleError, **forms: Any) -> Any:
    """The page as it is now, the refused form with what the rule says."""
    web.undo()
    next(iter(forms.values())).refuse(error)
    period = _period(public_id)
    return _page(period, _objection(period, objection_id), **forms)


def _period(public_id: str) -> NoticePeriod:
    return queries.get_period(current_user, g.association, public_id) or abort(404)


def _objection(period: NoticePeriod, public_id: str) -> Objection:
    return queries.get_objection(period, public_id) or abort(404)
