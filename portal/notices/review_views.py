"""Office pages between the check of a draft and its publication: review by another officer, and the moment set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import g, request
from flask_login import current_user

from portal.core import web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.formats import datetime_local
from portal.core.i18n import _
from portal.notices import services
from portal.notices.blueprint import blueprint
from portal.notices.drafting import Answer
from portal.notices.forms import ReviewForm, ScheduleForm
from portal.notices.listing import whole
from portal.notices.models import Notice
from portal.notices.writing_views import PUBLISH, WRITE, checked_again, load


@blueprint.post("/office/<code>/notices/<public_id>/submit")
@requires(WRITE)
def submit(code: str, public_id: str) -> Answer:
    """Hand the draft that was checked to another officer."""
    said = _("Another officer with the right to publish reads it now.")
    return _step(public_id, lambda notice, seen: services.submit(current_user, notice, **seen), said)


@blueprint.post("/office/<code>/notices/<public_id>/take-back")
@requires(WRITE)
def take_back(code: str, public_id: str) -> Answer:
    """It need not be read yet."""
    said = _("It is a draft again.")
    return _step(public_id, lambda notice, _seen: services.take_back(current_user, notice), said)


@blueprint.post("/office/<code>/notices/<public_id>/review")
@requires(PUBLISH)
def review(code: str, public_id: str) -> Answer:
    """Approve the draft that was read, or send it back with a note."""
    form = ReviewForm()
    if not form.validate():
        return checked_again(public_id, form=form)
    is_approved, note = form.decision.data == "approve", form.note.data or ""
    decide = services.approve if is_approved else services.send_back
    said = _("Approved: it can be published.") if is_approved else _("Sent back with your note.")
    return _step(public_id, lambda notice, seen: decide(current_user, notice, note=note, **seen), said, form)


@blueprint.post("/office/<code>/notices/<public_id>/schedule")
@requires(PUBLISH)
def schedule(code: str, public_id: str) -> Answer:
    """Let it be published at a moment to come, by the association's own clock."""
    form = ScheduleForm()
    if not form.validate():
        return checked_again(public_id, form=form)
    zone = g.association.time_zone
    at = datetime.combine(form.day.data or today(zone), form.at.data or datetime.min.time(), ZoneInfo(zone))
    said = _("It is published by itself on %(time)s.", time=datetime_local(at, zone))
    return _step(public_id, lambda notice, seen: services.schedule(current_user, notice, at, **seen), said, form)


@blueprint.post("/office/<code>/notices/<public_id>/unschedule")
@requires(PUBLISH)
def unschedule(code: str, public_id: str) -> Answer:
    """It waits for somebody to publish it."""
    said = _("It is not published by itself any more.")
    return _step(public_id, lambda notice, _seen: services.unschedule(current_user, notice), said)


def _step(public_id: str, act: Callable[[Notice, dict[str, Any]], Any], said: Any, form: Any = None) -> Answer:
    """Do what was asked to the draft that was seen, and show how far it is now."""
    number, revision = whole(request.form.get("number", "")), request.form.get("revision", "")
    try:
        with db.session.begin_nested():
            act(load(public_id), {"number": number, "revision": revision})
    except RuleError as error:
        if form is not None and error.field in form:
            form.refuse(error)
            return checked_again(public_id, form=form)
        return checked_again(public_id, error)
    db.session.commit()
    return web.go(".check", said, public_id=public_id)
