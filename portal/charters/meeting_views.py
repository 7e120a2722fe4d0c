"""The notice period before the meeting, the meeting recorded, what it adopted published."""

from __future__ import annotations

from typing import Any

from flask import g, request
from flask_login import current_user

from portal.charters import adopting, queries
from portal.charters.blueprint import blueprint
from portal.charters.forms import MeetingForm, NoticeForm
from portal.charters.loading import load
from portal.charters.models import Charter
from portal.core import web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _

FORM = "charters/meeting.html"


@blueprint.route("/office/<code>/charters/<public_id>/notice-period", methods=["GET", "POST"])
@requires("notices.publish")
def put_on_notice(code: str, public_id: str) -> Any:
    """Show the final draft before the meeting."""
    charter, form = load(public_id), NoticeForm()
    if not form.is_submitted():
        form.contact.data = g.association.contact
    if not form.validate_on_submit():
        return web.form_page("charters/put_on_notice.html", form, charter=charter)
    try:
        adopting.put_on_notice(current_user, charter, form.contact.data or "")
    except RuleError as error:
        return web.refused("charters/put_on_notice.html", form, error, charter=charter)
    db.session.commit()
    return web.go("charters.office_page", _("The notice period is open."), public_id=public_id)


@blueprint.route("/office/<code>/charters/<public_id>/meeting", methods=["GET", "POST"])
@requires("notices.publish")
def meeting(code: str, public_id: str) -> Any:
    """The figures of the minutes; then what follows from them, before it is recorded."""
    charter, form = load(public_id), MeetingForm()
    if not form.is_submitted():
        form.held_on.data = today(g.association.time_zone)
    if not form.validate_on_submit():
        return web.form_page(FORM, form, charter=charter)
    if "change" in request.form:
        return web.page(FORM, form=form, charter=charter)
    try:
        adopted = adopting.check(charter, _held(form))
    except RuleError as error:
        return web.refused(FORM, form, error, charter=charter)
    return web.page("charters/meeting_check.html", form=form, charter=charter, adopted=adopted)


@blueprint.post("/office/<code>/charters/<public_id>/meeting/record")
@requires("notices.publish")
def record(code: str, public_id: str) -> Any:
    """Record it: it is never changed."""
    charter, form = load(public_id), MeetingForm()
    if queries.adoption_of(charter) is not None:  # sent twice
        return web.go("charters.office_page", public_id=public_id)
    if not form.validate():
        return web.invalid(FORM, form, charter=charter)
    try:
        made = adopting.record(current_user, charter, _held(form))
    except RuleError as error:
        return web.refused(FORM, form, error, charter=charter)
    db.session.commit()
    message = _("It is adopted.") if made.is_adopted else _("It is not adopted.")
    return web.go("charters.office_page", message, public_id=public_id)


@blueprint.post("/office/<code>/charters/<public_id>/publish")
@requires("notices.publish")
def publish(code: str, public_id: str) -> Any:
    """Publish it as a policy, or hand it to whoever reads it first."""
    charter = load(public_id)
    try:
        notice = adopting.publish(current_user, charter)
    except RuleError as error:
        web.undo()
        return web.go("charters.office_page", error.message, public_id=public_id)
    message = _told(charter, notice.status == "published")
    db.session.commit()
    return web.go("charters.office_page", message, public_id=public_id)


def _told(charter: Charter, is_published: bool) -> str:
    if is_published:
        return _("%(title)s is published.", title=charter.title)
    return _("Another officer reads it before it is published.")


def _held(form: MeetingForm) -> adopting.Meeting:
    """The meeting as it was typed; every number was given."""
    values: dict[str, Any] = form.values(*(name for name in form._fields if name != "csrf_token"))
    return adopting.Meeting(**values | {"recorded_as": values["recorded_as"] or ""})
