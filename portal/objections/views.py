"""Notice periods in the office: the list, one of them, opened, put off, withdrawn, decided."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from flask import Response, abort, g, request
from flask_login import current_user

from portal.core import downloads, web
from portal.core.access import can, requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.feature import Feature
from portal.core.i18n import _
from portal.core.paging import page_number, paginate
from portal.core.text import render
from portal.objections import answer_views, exports, object_views, public_views, queries, retention, services
from portal.objections.blueprint import blueprint
from portal.objections.forms import DecideForm, ExtendForm, PeriodForm, WithdrawForm
from portal.objections.models import Matter, NoticePeriod, ObjectionState, PeriodState

__all__ = ["answer_views", "blueprint", "feature", "object_views", "public_views", "retention"]

feature = Feature("objections", blueprint)
SAID = ("matter", "title", "body", "contact", "entry_key")


@blueprint.get("/office/<code>/notice-periods")
@requires("notices.read")
def office_list(code: str) -> str:
    """The association's own, the latest first, as the address filters them."""
    page = paginate(queries.office_rows(current_user, g.association, _state()), page_number(), scalars=False)
    shown = {"state": _state(), "states": PeriodState.labels(), "matters": Matter.labels(), "day": _today()}
    return web.page("objections/office_list.html", page=page, **shown)


@blueprint.get("/office/<code>/notice-periods/list.<any(xlsx, csv):form>")
@requires("notices.read")
def download(code: str, form: str) -> Response:
    """The same list as a file."""
    statement = queries.office_rows(current_user, g.association, _state())
    return downloads.send(form, exports.periods(statement, _today()), "objections.office_list")


@blueprint.route("/office/<code>/notice-periods/new", methods=["GET", "POST"])
@requires("notices.publish")
def new(code: str) -> Any:
    """What is to be decided; then the page that shows it with its first and last day."""
    form = PeriodForm()
    if not form.is_submitted():
        form.entry_key.data, form.matter.data = secrets.token_urlsafe(16), Matter.COMMENDATION.value
        form.contact.data = g.association.contact
    if "change" in request.form:
        return web.page("objections/form.html", form=form)
    return _checked(form) if form.validate_on_submit() else web.form_page("objections/form.html", form)


@blueprint.post("/office/<code>/notice-periods/open")
@requires("notices.publish")
def open_period(code: str) -> Any:
    """Open it, with the days that were shown. Sent twice, it opens once."""
    form = PeriodForm()
    if not form.validate():
        return web.invalid("objections/form.html", form)
    known = queries.period_by_key(form.entry_key.data or "")
    if known is None and form.until.data != services.days_from(g.association)[1].isoformat():
        return _checked(form)  # the day has changed meanwhile, and with it the dates
    try:
        made = services.open_period(current_user, g.association, **form.values(*SAID))
    except RuleError as error:
        return web.refused("objections/form.html", form, error)
    db.session.commit()
    return web.go("objections.office_page", _("The notice period is open."), public_id=made.public_id)


@blueprint.get("/office/<code>/notice-periods/<public_id>")
@requires("notices.read")
def office_page(code: str, public_id: str) -> str:
    """How it stands, the objections to it, and what can be done."""
    period, day = load(public_id), _today()
    objections, may_answer = queries.list_objections(period), can("objections.answer")
    shown = {"outcomes": ObjectionState.labels(), "matters": Matter.labels()}
    waiting = sum(one.state == ObjectionState.RECEIVED for one in objections)
    runs = public_views.is_running(period, day)
    context = {"objections": objections, "waiting": waiting, "may_answer": may_answer, "runs": runs, "day": day}
    return web.page("objections/office_page.html", period=period, **context, **shown)


@blueprint.route("/office/<code>/notice-periods/<public_id>/extend", methods=["GET", "POST"])
@requires("notices.publish")
def extend(code: str, public_id: str) -> Any:
    """Put the last day off."""
    period, form = load(public_id), ExtendForm()
    if not form.validate_on_submit():
        return web.form_page("objections/extend.html", form, period=period)
    try:
        services.extend(current_user, period, form.end_on.data or date.min, form.reason.data or "")
    except RuleError as error:
        return web.refused("objections/extend.html", form, error, period=period)
    db.session.commit()
    return web.go("objections.office_page", _("The last day is put off."), public_id=public_id)


@blueprint.route("/office/<code>/notice-periods/<public_id>/withdraw", methods=["GET", "POST"])
@requires("notices.publish")
def withdraw(code: str, public_id: str) -> Any:
    """Take back what was shown."""
    period, form = load(public_id), WithdrawForm()
    if not form.validate_on_submit():
        return web.form_page("objections/withdraw.html", form, period=period)
    try:
        services.withdraw(current_user, period, form.decision.data or "")
    except RuleError as error:
        return web.refused("objections/withdraw.html", form, error, period=period)
    db.session.commit()
    return web.go("objections.office_page", _("The notice period is withdrawn."), public_id=public_id)


@blueprint.route("/office/<code>/notice-periods/<public_id>/decide", methods=["GET", "POST"])
@requires("notices.publish")
def decide(code: str, public_id: str) -> Any:
    """Decide as shown, or not."""
    period, form = load(public_id), DecideForm()
    if not form.validate_on_submit():
        return web.form_page("objections/decide.html", form, period=period)
    act = services.pass_ if form.outcome.data == PeriodState.PASSED else services.stop
    try:
        act(current_user, period, form.decision.data or "")
    except RuleError as error:
        return web.refused("objections/decide.html", form, error, period=period)
    db.session.commit()
    return web.go("objections.office_page", _("The decision is published."), public_id=public_id)


def _checked(form: PeriodForm) -> str:
    """As everybody will see it, with the days as they are computed now."""
    first, last = services.days_from(g.association)
    form.until.data = last.isoformat()
    shown = {"first": first, "last": last, "html": render(form.body.data or ""), "matters": Matter.labels()}
    return web.page("objections/open.html", form=form, **shown)


def load(public_id: str) -> NoticePeriod:
    """The notice period, if it is this association's."""
    return queries.get_period(current_user, g.association, public_id) or abort(404)


def _state() -> str:
    state = request.args.get("state", "")
    return state if state in list(PeriodState) else ""


def _today() -> date:
    return today(g.association.time_zone)
