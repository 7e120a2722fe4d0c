"""Registrations in the office: the list, one with what the register knows, the decision, and those from paper."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, request

from portal.accounts.reader import me
from portal.applications.desk import accept_form, list_context
from portal.associations.queries import get_group
from portal.core import access, downloads, web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _, locale
from portal.people.queries import current_notice
from portal.volunteers import desk, exports, mails, registering, registration_queries
from portal.volunteers.blueprint import blueprint
from portal.volunteers.forms import AcceptForm, DeclineForm
from portal.volunteers.models import RegistrationState, VolunteerRegistration


@blueprint.get("/office/<code>/volunteers/registrations")
@requires("volunteers.read")
def registrations(code: str) -> str:
    """What waits, the oldest first; or those in one state."""
    shown = list_context(registration_queries.sent, _state())
    return web.page("volunteers/registrations.html", states=list(RegistrationState), **shown)


@blueprint.get("/office/<code>/volunteers/registrations/list.<any(xlsx, csv):form>")
@requires("volunteers.read")
def download_registrations(code: str, form: str) -> Response:
    """The same registrations as a file; who may see them is asked again."""
    statement = registration_queries.sent.list_of(me(), g.association, _state())
    return downloads.send(form, exports.registrations(statement), "volunteers.registrations")


def _state() -> str:
    """The state that the address asks for; a word that it does not know asks for what waits."""
    state = request.args.get("state", "")
    return state if state in list(RegistrationState) else RegistrationState.SUBMITTED


@blueprint.get("/office/<code>/volunteers/registrations/<public_id>")
@requires("volunteers.read")
def registration(code: str, public_id: str) -> Any:
    """One registration, numbers masked, and whether the register knows who it is."""
    return desk.page(_registration(public_id))


@blueprint.post("/office/<code>/volunteers/registrations/<public_id>/accept")
@requires("volunteers.write")
def accept(code: str, public_id: str) -> Any:
    """Make a volunteer of who registered; the letter of appointment is issued with it."""
    found = _registration(public_id, "volunteers.write")
    matches = registration_queries.matches_of(found, access.reached("volunteers.read"))
    form = accept_form(matches, AcceptForm())
    if not form.validate_on_submit():
        return desk.page(found, status=422, accept=form)
    group = get_group(g.association, form.group.data or "")
    try:
        registering.accept(me(), found, g.association, matches, form.record.data, group, form.term_end_on.data)
    except RuleError as error:
        return _again(public_id, error, accept=form)
    db.session.commit()
    mails.tell(found)
    return web.go("volunteers.registration", _("%(name)s is a volunteer now.", name=found.name), public_id=public_id)


@blueprint.post("/office/<code>/volunteers/registrations/<public_id>/decline")
@requires("volunteers.write")
def decline(code: str, public_id: str) -> Any:
    """Decline with a reason."""
    found, form = _registration(public_id, "volunteers.write"), DeclineForm()
    if not form.validate_on_submit():
        return desk.page(found, status=422, decline=form)
    try:
        registering.decline(me(), found, form.reason.data or "")
    except RuleError as error:
        return _again(public_id, error, decline=form)
    db.session.commit()
    mails.tell(found)
    return web.go("volunteers.registration", _("The registration was declined."), public_id=public_id)


@blueprint.route("/office/<code>/volunteers/registrations/new", methods=["GET", "POST"])
@requires("volunteers.write")
def new_registration(code: str) -> Any:
    """Enter a registration from a signed paper form."""
    form, notice = desk.paper_form(), current_notice(locale())
    if not form.validate_on_submit():
        return web.form_page("volunteers/registration_new.html", form, **desk.around_paper(notice))
    try:
        made = registering.register(desk.submission(form, notice), entered_by=me())
    except RuleError as error:
        return web.refused("volunteers/registration_new.html", form, error, **desk.around_paper(notice))
    db.session.commit()
    mails.tell(_registration(made.public_id))
    message = _("The registration is entered; it can be decided now.")
    return web.go("volunteers.registration", message, public_id=made.public_id)


def _registration(public_id: str, right: str = "volunteers.read") -> VolunteerRegistration:
    """The registration, if it is one of this association's and the reader has the right for it; otherwise 404."""
    return registration_queries.sent.get(me(), g.association, public_id, right) or abort(404)


def _again(public_id: str, error: RuleError, **forms: Any) -> Any:
    """The page as it is now, the refused form with what the rule says."""
    web.undo()
    next(iter(forms.values())).refuse(error)
    return desk.page(_registration(public_id), status=422, **forms)
