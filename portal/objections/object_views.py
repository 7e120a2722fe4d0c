"""Objecting, on a phone: one short form, check your answers, sent; followed by its reference, without an account."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response, abort, request
from flask_login import current_user

from portal.applications import limits
from portal.applications.following import Following
from portal.applications.interview import SendForm, private
from portal.core import web
from portal.core.access import public
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.objections import objecting, queries
from portal.objections.blueprint import blueprint
from portal.objections.forms import FollowForm, ObjectionForm
from portal.objections.models import NoticePeriod, Objection
from portal.objections.public_views import is_running

MOST = 20  # from one address in an hour
MANY = lazy("Many objections came from this connection within an hour. Please wait an hour, or come to the office.")
FORM = "objections/object.html"

following = Following[Objection](
    name="objections",
    counted_as="objection",
    by_reference=queries.objection_by_reference,
    form=FollowForm,
    missing=lazy("There is no objection with this reference. Compare it with your note."),
)


@blueprint.get("/notice-periods/<public_id>/object")
@public
def object_to(public_id: str) -> Any:
    """What it takes, and the form."""
    period = _running(public_id)
    form = ObjectionForm(formdata=None)
    form.key.data = secrets.token_urlsafe(16)
    if current_user.is_authenticated:
        form.name.data = current_user.name
    return private(web.page(FORM, form=form, period=period))


@blueprint.post("/notice-periods/<public_id>/object")
@public
def check(public_id: str) -> Any:
    """Everything that was said, before it is sent; or the form again, to change something."""
    period, form = _running(public_id), ObjectionForm()
    if not form.validate():
        return private(web.invalid(FORM, form, period=period))
    template = FORM if "change" in request.form else "objections/check.html"
    return private(web.page(template, form=form, period=period))


@blueprint.post("/notice-periods/<public_id>/object/send")
@public
def send(public_id: str) -> Any:
    """Send it. Sent twice, it is one objection under one reference."""
    period, form = queries.get_running(public_id) or abort(404), ObjectionForm()
    key = (form.key.data or "")[:64] or None
    known = queries.objection_by_key(key) if key else None
    if known is not None and known.period_id == period.id:
        return web.go("objections.sent", reference=known.reference)
    if not form.validate():
        return private(web.invalid(FORM, form, period=period))
    try:
        limits.count("objection", request.remote_addr, MOST, MANY)
        made = objecting.record_objection(period, given(form), key=key, person_id=_person_id())
    except RuleError as error:
        return private(web.refused(FORM, form, error, period=period))
    db.session.commit()
    return web.go("objections.sent", reference=made.reference)


@blueprint.get("/objections")
@public
def follow() -> Any:
    return web.page("objections/follow.html", form=FollowForm(formdata=None))


@blueprint.post("/objections")
@public
def find() -> Any:
    return following.find()


@blueprint.get("/objections/<reference>")
@public
def stands(reference: str) -> Any:
    """How an objection stands, for whoever has the reference: the name masked, and who looked at it."""
    found = following.load(reference)
    looks = queries.list_looks(found)
    return private(web.page("objections/stands.html", objection=found, period=found.period, looks=looks))


@blueprint.get("/objections/<reference>/sent")
@public
def sent(reference: str) -> Any:
    """The confirmation: the reference, and what happens next."""
    found = following.load(reference)
    return private(web.page("objections/sent.html", objection=found, period=found.period, form=SendForm()))


def given(form: ObjectionForm) -> objecting.Given:
    """What was typed, as the service takes it."""
    said = {"body": form.body.data or "", "name": form.name.data or ""}
    return objecting.Given(**said, phone=form.phone.data or None, in_the_open=form.shown.data == "open")


def _running(public_id: str) -> NoticePeriod:
    """The notice period if objections to it are taken; else its page says how it stands."""
    period = queries.get_running(public_id) or abort(404)
    if not is_running(period, today(period.association.time_zone)):
        abort(_over(public_id))
    return period


def _over(public_id: str) -> Response:
    return web.go("objections.public_page", public_id=public_id)


def _person_id() -> int | None:
    return current_user.person_id if current_user.is_authenticated else None
