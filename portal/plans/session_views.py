"""Office pages of sessions: added to an activity, shown, changed, cancelled."""

from __future__ import annotations

from typing import Any

from flask import abort, g
from flask_login import current_user

from portal.core import web
from portal.core.access import requires
from portal.core.calendar import now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _, ngettext
from portal.plans import parts, planning_views, queries, recruitment, series, services
from portal.plans.blueprint import blueprint
from portal.plans.forms import CancelSessionForm, is_for_later, offer_scope
from portal.plans.models import ActivitySession
from portal.plans.session_draft import SessionDraft

WRITE = services.RIGHT
FORM = "plans/session_form.html"


@blueprint.route("/office/<code>/plan/<public_id>/sessions/new", methods=["GET", "POST"])
@requires(WRITE)
def add_session(code: str, public_id: str) -> Any:
    """One session, or several by a pattern: its days are shown first, to be ticked."""
    draft = SessionDraft(g.association, planning_views.load(public_id))
    if draft.is_detour:
        return web.page(FORM, form=draft.form, **draft.context())
    if not draft.form.validate_on_submit():
        return web.form_page(FORM, draft.form, **draft.context())
    if not draft.is_previewed:
        return web.page(FORM, form=draft.form, **draft.context())
    context = draft.context()
    try:
        added = _add(draft)
    except RuleError as error:
        return web.refused(FORM, draft.form, error, **context)
    db.session.commit()
    said = ngettext("%(num)d session is added.", "%(num)d sessions are added.", len(added))
    return web.go("plans.activity", said, public_id=public_id)


def _add(draft: SessionDraft) -> Any:
    zone = g.association.time_zone
    return services.add_sessions(current_user, draft.activity, draft.details(), draft.chosen(), zone)


@blueprint.get("/office/<code>/sessions/<public_id>")
@requires("activities.read")
def session(code: str, public_id: str) -> str:
    """A session with what it states, what it lacks, and who signed up (told by the floor above)."""
    shown = queries.get_office_session(current_user, "activities.read", g.association, public_id) or abort(404)
    context = {
        "lacking": recruitment.missing_words(shown, shown.activity),
        "standing": recruitment.standing(shown, now()),
        "content": recruitment.content_of(shown, shown.activity),
        "parts": parts.parts_of("office", shown),
    }
    return web.page("plans/session.html", session=shown, activity=shown.activity, moment=now(), **context)


@blueprint.route("/office/<code>/sessions/<public_id>/edit", methods=["GET", "POST"])
@requires(WRITE)
def edit_session(code: str, public_id: str) -> Any:
    session = load(public_id)
    draft = SessionDraft(g.association, session.activity, session)
    if draft.is_detour:
        return web.page(FORM, form=draft.form, **draft.context())
    if not draft.form.validate_on_submit():
        return web.form_page(FORM, draft.form, **draft.context())
    context = draft.context()
    change = series.change_later if is_for_later(draft.form) else services.change_session
    try:
        change(current_user, session, draft.details())
    except RuleError as error:
        return web.refused(FORM, draft.form, error, **context)
    db.session.commit()
    return web.go("plans.session", _("The change is saved."), public_id=public_id)


@blueprint.route("/office/<code>/sessions/<public_id>/cancel", methods=["GET", "POST"])
@requires(WRITE)
def cancel_session(code: str, public_id: str) -> Any:
    session, form = load(public_id), CancelSessionForm()
    offer_scope(form, len(queries.list_later(session)))
    context = {"session": session, "activity": session.activity}
    if not form.validate_on_submit():
        return web.form_page("plans/cancel.html", form, **context)
    cancel = series.cancel_later if is_for_later(form) else services.cancel_session
    try:
        cancel(current_user, session, form.reason.data or "")
    except RuleError as error:
        return web.refused("plans/cancel.html", form, error, **context)
    db.session.commit()
    return web.go("plans.session", _("It is cancelled, and whoever signed up is told why."), public_id=public_id)


def load(public_id: str) -> ActivitySession:
    """The session, if the reader may write in it; another group's or association's is not there."""
    return queries.get_office_session(current_user, WRITE, g.association, public_id) or abort(404)
