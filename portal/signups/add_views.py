"""A leader adds somebody of the roster, or a guest by name."""

from __future__ import annotations

from typing import Any

from flask import abort, g, request
from flask_login import current_user

from portal.core import web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.people.models import Person
from portal.plans.models import ActivitySession, SessionNeed
from portal.signups import office_queries, services
from portal.signups.blueprint import blueprint
from portal.signups.forms import AddForm, GuestForm
from portal.signups.models import SignUpState
from portal.signups.office_views import WRITE, load

PAGE = "signups/add.html"


@blueprint.route("/office/<code>/sessions/<public_id>/sign-ups/add", methods=["GET", "POST"])
@requires(WRITE)
def add(code: str, public_id: str) -> Any:
    """Found by name; a clash is let pass for a reason."""
    session = load(public_id)
    form, context = _forms(session)
    if not form.validate_on_submit():
        return web.form_page(PAGE, form, **context)
    person, need = _chosen(session, form.person.data), _need(session, form.need.data)
    try:
        reason = form.override_reason.data or ""
        made = services.sign_up(current_user, session, person, need, override_reason=reason, by_office=True)
    except RuleError as error:
        return web.refused(PAGE, form, error, **{**context, "clashes": error.field == "override_reason"})
    db.session.commit()
    if made.state == SignUpState.WAITLISTED:
        return web.go("signups.add", _("%(name)s is on the waiting list.", name=person.name), public_id=public_id)
    return web.go("signups.add", _("%(name)s comes.", name=person.name), public_id=public_id)


@blueprint.post("/office/<code>/sessions/<public_id>/sign-ups/guest")
@requires(WRITE)
def add_guest(code: str, public_id: str) -> Any:
    session = load(public_id)
    _form, context = _forms(session)
    form: GuestForm = context["guest"]
    if not form.validate_on_submit():
        return web.form_page(PAGE, **{**context, "form": form})
    try:
        services.add_guest(current_user, session, _need(session, form.need.data), form.name.data or "")
    except RuleError as error:
        return web.refused(PAGE, error=error, **{**context, "form": form})
    db.session.commit()
    return web.go("signups.add", _("%(name)s comes as a guest.", name=form.name.data), public_id=public_id)


def _forms(session: ActivitySession) -> tuple[AddForm, dict[str, Any]]:
    """Both forms of the page, each reading only what was sent to it, and who was found."""
    query = request.values.get("q", "").strip()[:40]
    found = office_queries.search_roster(current_user, g.association, session, query) if query else []
    needs = [(need.public_id, _label(need)) for need in session.needs]
    is_guest = request.endpoint == "signups.add_guest"
    form = AddForm(formdata=None) if is_guest else AddForm()
    guest = GuestForm() if is_guest else GuestForm(formdata=None)
    form.offer(((one.public_id, one.name) for one in found), needs)
    guest.offer(needs)
    context = {"session": session, "adding": form, "guest": guest, "found": found, "query": query, "clashes": False}
    return form, context


def _label(need: SessionNeed) -> str:
    name = need.skill.name if need.skill else _("Anybody")
    return _("%(place)s (%(taken)s of %(wanted)s)", place=name, taken=need.taken, wanted=need.wanted)


def _chosen(session: ActivitySession, public_id: str | None) -> Person:
    return office_queries.get_of_roster(current_user, g.association, session, public_id or "") or abort(404)


def _need(session: ActivitySession, public_id: str | None) -> SessionNeed:
    return next((need for need in session.needs if need.public_id == public_id), None) or abort(400)
