"""Applications in the office: the list, one with what the register knows, the decision, and those from paper."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, request
from flask_login import current_user

from portal.accounts.reader import me
from portal.applications import apply_views, desk, exports, follow_views, mails, queries, retention, services
from portal.applications.accepting import accept as accept_application
from portal.applications.blueprint import blueprint
from portal.applications.forms import AcceptForm, AskForm, DeclineForm, LookForm
from portal.applications.models import ApplicationState, MembershipApplication
from portal.associations.queries import get_group
from portal.core import access, downloads, web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.feature import Entry, Feature
from portal.core.i18n import _, lazy, locale
from portal.people.queries import current_notice

__all__ = ["apply_views", "blueprint", "feature", "follow_views"]

feature = Feature(
    "applications",
    blueprint,
    public=(Entry(lazy("Join"), "applications.start", 35),),
    jobs=(retention.forget,),
)


@blueprint.get("/office/<code>/applications")
@requires("members.read")
def office_list(code: str) -> str:
    """What waits, the oldest first; or those in one state."""
    shown = desk.list_context(queries.sent, _state())
    return web.page("applications/list.html", states=list(ApplicationState), **shown)


@blueprint.get("/office/<code>/applications/list.<any(xlsx, csv):form>")
@requires("members.read")
def download(code: str, form: str) -> Response:
    """The same applications as a file; who may see them is asked again."""
    statement = queries.sent.list_of(current_user, g.association, _state())
    return downloads.send(form, exports.applications(statement), "applications.office_list")


def _state() -> str | None:
    """The state that the address asks for; a word that it does not know asks for what waits."""
    state = request.args.get("state")
    return state if state in list(ApplicationState) else None


@blueprint.get("/office/<code>/applications/<public_id>")
@requires("members.read")
def show(code: str, public_id: str) -> Any:
    """One application, numbers masked, and whether the register knows the applicant."""
    return desk.page(_application(public_id))


@blueprint.post("/office/<code>/applications/<public_id>/reveal")
@requires("members.read_sensitive")
def reveal(code: str, public_id: str) -> Any:
    """A number or phone in clear, for a reason that the applicant can read."""
    application, form = _application(public_id, "members.read_sensitive"), LookForm()
    if not form.validate_on_submit():
        return desk.page(application, status=422, look=form)
    try:
        value = services.reveal(me(), application, str(form.field.data), str(form.why.data))
    except RuleError as error:
        return _again(public_id, error, look=form)
    db.session.commit()
    return desk.page(application, revealed={form.field.data: value})


@blueprint.post("/office/<code>/applications/<public_id>/accept")
@requires("members.write")
def accept(code: str, public_id: str) -> Any:
    """Make the applicant a member."""
    application = _application(public_id, "members.write")
    matches = queries.list_matches(application, access.reached("members.read"))
    form = desk.accept_form(matches, AcceptForm())
    if not form.validate_on_submit():
        return desk.page(application, status=422, accept=form)
    group = get_group(g.association, form.group.data or "")
    try:
        made = accept_application(me(), application, matches, form.record.data, group, form.joined_on.data)
    except RuleError as error:
        return _again(public_id, error, accept=form)
    db.session.commit()
    mails.tell(application)
    message = _("%(name)s is a member now, number %(number)s.", name=application.name, number=made.number)
    return web.go("applications.show", message, public_id=public_id)


@blueprint.post("/office/<code>/applications/<public_id>/ask")
@requires("members.write")
def ask(code: str, public_id: str) -> Any:
    """Ask the applicant for more."""
    application, form = _application(public_id, "members.write"), AskForm()
    if not form.validate_on_submit():
        return desk.page(application, status=422, ask=form)
    try:
        services.ask(me(), application, form.question.data or "")
    except RuleError as error:
        return _again(public_id, error, ask=form)
    db.session.commit()
    mails.tell(application)
    return web.go("applications.show", _("The question stands on the applicant's page."), public_id=public_id)


@blueprint.post("/office/<code>/applications/<public_id>/decline")
@requires("members.write")
def decline(code: str, public_id: str) -> Any:
    """Decline with a reason."""
    application, form = _application(public_id, "members.write"), DeclineForm()
    if not form.validate_on_submit():
        return desk.page(application, status=422, decline=form)
    try:
        services.decline(me(), application, form.reason.data or "")
    except RuleError as error:
        return _again(public_id, error, decline=form)
    db.session.commit()
    mails.tell(application)
    return web.go("applications.show", _("The application was declined."), public_id=public_id)


@blueprint.route("/office/<code>/applications/new", methods=["GET", "POST"])
@requires("members.write")
def new(code: str) -> Any:
    """Enter an application from a signed paper form."""
    form, notice = desk.paper_form(), current_notice(locale())
    if not form.validate_on_submit():
        return desk.paper_page(form, notice)
    try:
        made = services.apply(desk.submission(form, notice), entered_by=me())
    except RuleError as error:
        return web.refused("applications/paper.html", form, error, notice=notice)
    db.session.commit()
    mails.tell(_application(made.public_id))
    return web.go(
        "applications.show", _("The application is entered; it can be decided now."), public_id=made.public_id
    )


def _application(public_id: str, right: str = "members.read") -> MembershipApplication:
    """The application, if it is one of this association's and the reader has the right for it; otherwise 404."""
    return queries.sent.get(me(), g.association, public_id, right) or abort(404)


def _again(public_id: str, error: RuleError, **forms: Any) -> Any:
    """The page as it is now, the refused form with what the rule says."""
    web.undo()
    next(iter(forms.values())).refuse(error)
    return desk.page(_application(public_id), status=422, **forms)


@blueprint.app_template_global("applications_waiting")
def applications_waiting() -> int | None:
    """How many wait for a decision here, for the tab of the register."""
    return queries.sent.count_waiting(me(), g.association) or None if "association" in g else None
