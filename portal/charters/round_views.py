"""Rounds of consultation in the office: opened, put off, closed; the final draft settled."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import g
from flask_login import current_user

from portal.charters import queries, services
from portal.charters.blueprint import blueprint
from portal.charters.forms import ExtendRoundForm, RoundForm, SettleForm
from portal.charters.loading import load
from portal.charters.models import CharterState
from portal.core import web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _

USUAL = timedelta(days=14)


@blueprint.route("/office/<code>/charters/<public_id>/open-round", methods=["GET", "POST"])
@requires("notices.publish")
def open_round(code: str, public_id: str) -> Any:
    """Let members comment on the draft."""
    charter, form = load(public_id), RoundForm()
    is_second = charter.state == CharterState.REDRAFTING
    context = {"charter": charter, "is_second": is_second, "days": services.ROUND_DAYS}
    if not form.is_submitted():
        form.opens_on.data = today(g.association.time_zone)
        form.closes_on.data = form.opens_on.data + USUAL
    if not form.validate_on_submit():
        return web.form_page("charters/open_round.html", form, **context)
    days = (form.opens_on.data or date.min, form.closes_on.data or date.min)
    try:
        services.open_round(current_user, charter, *days, form.note.data or "")
    except RuleError as error:
        return web.refused("charters/open_round.html", form, error, **context)
    db.session.commit()
    return web.go("charters.office_page", _("The consultation is open."), public_id=public_id)


@blueprint.route("/office/<code>/charters/<public_id>/extend-round", methods=["GET", "POST"])
@requires("notices.publish")
def extend_round(code: str, public_id: str) -> Any:
    """Put the last day off."""
    charter, form = load(public_id), ExtendRoundForm()
    context = {"charter": charter, "running": services.running_round(charter)}
    if not form.validate_on_submit():
        return web.form_page("charters/extend_round.html", form, **context)
    try:
        services.extend_round(current_user, charter, form.closes_on.data or date.min)
    except RuleError as error:
        return web.refused("charters/extend_round.html", form, error, **context)
    db.session.commit()
    return web.go("charters.office_page", _("The last day is put off."), public_id=public_id)


@blueprint.post("/office/<code>/charters/<public_id>/close-round")
@requires("notices.publish")
def close_round(code: str, public_id: str) -> Any:
    """Close the round; the next draft begins."""
    message = _("The round is closed. Answer the comments, and write the next draft.")
    try:
        services.close_round(current_user, load(public_id))
    except RuleError as error:
        web.undo()
        message = str(error)
    db.session.commit()
    return web.go("charters.office_page", message, public_id=public_id)


@blueprint.route("/office/<code>/charters/<public_id>/settle", methods=["GET", "POST"])
@requires("notices.publish")
def settle(code: str, public_id: str) -> Any:
    """The final draft is ready for the meeting."""
    charter, form = load(public_id), SettleForm()
    context = {"charter": charter, "unanswered": queries.count_unanswered(charter)}
    if not form.validate_on_submit():
        return web.form_page("charters/settle.html", form, **context)
    try:
        services.settle(current_user, charter, form.note.data or "")
    except RuleError as error:
        return web.refused("charters/settle.html", form, error, **context)
    db.session.commit()
    return web.go("charters.office_page", _("The final draft stands."), public_id=public_id)
