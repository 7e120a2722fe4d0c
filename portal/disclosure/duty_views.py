"""The disclosure calendar where the federation keeps it."""

from __future__ import annotations

from typing import Any

from flask import abort

from portal.accounts.reader import me
from portal.associations import list_queries
from portal.associations.models import Level
from portal.associations.topmost import topmost
from portal.core import web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import OrderForm, choices
from portal.core.i18n import _
from portal.disclosure import duties, queries
from portal.disclosure.blueprint import blueprint
from portal.disclosure.duties import Terms
from portal.disclosure.forms import DutyForm, PlainForm, subject_choices
from portal.disclosure.models import DisclosureDuty, Frequency
from portal.notices.models import NoticeKind, NoticeSubject
from portal.notices.subject_queries import list_subjects

MANAGE = "associations.manage"
FORM = "disclosure/duty_form.html"


@blueprint.get("/office/<code>/disclosure/duties")
@requires(MANAGE)
def duties_list(code: str) -> str:
    """The calendar in its order, and what ended."""
    everything = queries.list_duties(topmost().id, ended=True)
    return web.page(
        "disclosure/duties.html",
        duties=[duty for duty in everything if duty.ended_on is None],
        ended=[duty for duty in everything if duty.ended_on is not None],
        kinds=NoticeKind.labels(),
        levels=Level.labels(),
        frequencies=Frequency.labels(),
        form=OrderForm(formdata=None),
    )


@blueprint.route("/office/<code>/disclosure/duties/new", methods=["GET", "POST"])
@requires(MANAGE)
def add_duty(code: str) -> Any:
    form = _offer(DutyForm())
    if not form.is_submitted():
        form.starts_on.data, form.within_days.data = today(), duties.FIRST_DUTIES[0][-1]
    if not form.validate_on_submit():
        return web.form_page(FORM, form, duty=None)
    try:
        made = duties.add_duty(me(), topmost(), _terms(form), form.starts_on.data)  # type: ignore[arg-type]
    except RuleError as error:
        return web.refused(FORM, form, error, duty=None)
    db.session.commit()
    return web.go("disclosure.duties_list", _("“%(name)s” was added.", name=made.title))


@blueprint.route("/office/<code>/disclosure/duties/<public_id>", methods=["GET", "POST"])
@requires(MANAGE)
def change_duty(code: str, public_id: str) -> Any:
    duty = _duty(public_id)
    form = _offer(DutyForm(obj=duty))
    del form.starts_on
    if not form.is_submitted():
        form.subject.data = duty.subject.public_id if duty.subject else ""
    if not form.validate_on_submit():
        return web.form_page(FORM, form, duty=duty)
    try:
        duties.change_duty(me(), duty, _terms(form))
    except RuleError as error:
        return web.refused(FORM, form, error, duty=_duty(public_id))
    db.session.commit()
    return web.go("disclosure.duties_list", _("“%(name)s” was changed.", name=duty.title))


@blueprint.post("/office/<code>/disclosure/duties/<public_id>/order")
@requires(MANAGE)
def order_duty(code: str, public_id: str) -> Any:
    """One step up or down in the calendar."""
    duty, form = _duty(public_id), OrderForm()
    if not form.validate_on_submit():
        abort(400)
    duties.order_duty(me(), topmost(), duty, up=form.is_up)
    db.session.commit()
    return web.go("disclosure.duties_list", _anchor=f"duty-{public_id}")


@blueprint.route("/office/<code>/disclosure/duties/<public_id>/end", methods=["GET", "POST"])
@requires(MANAGE)
def end_duty(code: str, public_id: str) -> Any:
    """Asks once more: nobody owes it from now on."""
    duty, form = _duty(public_id), PlainForm()
    if not form.validate_on_submit():
        return web.form_page("disclosure/duty_end.html", form, duty=duty)
    duties.end_duty(me(), duty)
    db.session.commit()
    return web.go("disclosure.duties_list", _("“%(name)s” is owed no longer.", name=duty.title))


def _offer(form: DutyForm) -> DutyForm:
    form.kind.choices = choices(NoticeKind.labels())
    form.subject.choices = subject_choices(list_subjects(topmost().id))
    form.level.choices = choices([("", _("All associations")), *Level.labels().items()])
    return form


def _terms(form: DutyForm) -> Terms:
    subject = list_queries.get(NoticeSubject, topmost().id, form.subject.data or "")
    names = ("title", "kind", "frequency", "within_days", "basis")
    return Terms(**form.values(*names), level=form.level.data or None, subject_id=subject.id if subject else None)


def _duty(public_id: str) -> DisclosureDuty:
    duty = queries.get_duty(topmost().id, public_id)
    return duty if duty is not None and duty.ended_on is None else abort(404)
