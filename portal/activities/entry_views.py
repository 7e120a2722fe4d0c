"""Office pages that write in the log book: log an activity, correct it, strike it out, show it in public."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, abort, flash, g, redirect, request, url_for
from flask_login import current_user

from portal.activities import history, queries, services, serving, sources, suggestions, uploads
from portal.activities.blueprint import blueprint
from portal.activities.drafting import Draft
from portal.activities.forms import ReasonForm
from portal.activities.models import ActivityLog
from portal.core import web
from portal.core.access import requires
from portal.core.calendar import record_deadline
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _

WRITE = suggestions.RIGHT
FORM = "activities/form.html"
Answer = str | Response | tuple[str, int]


@blueprint.get("/office/<code>/activities/new")
@requires(WRITE)
def new(code: str) -> Any:
    """The form of the main job; for a session of the plan with what is known of it, once."""
    session, activity = request.args.get("session", ""), request.args.get("activity", "")
    source = sources.find(current_user, g.association, session, activity)
    if source is None and (session or activity):
        abort(404)
    known = serving.standing_entry(source.session.id) if source and source.session else None
    if known is not None:
        return redirect(url_for(".entry", code=code, public_id=known.public_id), 303)
    draft = Draft.start(g.association, source)
    return web.page(FORM, form=draft.form, **draft.context())


@blueprint.post("/office/<code>/activities/new")
@requires(WRITE)
def create(code: str) -> Answer:
    draft = Draft.sent(g.association)
    if draft.is_detour or not draft.validate():
        return _again(draft)
    try:
        with db.session.begin_nested():
            log = _log(draft)
    except RuleError as error:
        return _again(draft, error)
    db.session.commit()
    uploads.tidy()
    return web.go("activities.saved", code=code, public_id=log.public_id)


def _log(draft: Draft) -> ActivityLog:
    key, details = draft.form.entry_key.data or abort(400), draft.details()
    draft.renew_key(details)
    return services.log_activity(
        current_user,
        draft.association,
        details,
        entry_key=key,
        photos=draft.photos,
        publication=draft.publication(),
    )


def _again(draft: Draft, error: RuleError | None = None) -> Answer:
    """The form as it was sent, with what was asked for on the way, or with what is wrong.

    A refused attempt was undone to its savepoint, so what was loaded before is still good; nothing is committed.
    """
    if error is not None:
        draft.form.refuse(error)
    elif draft.is_detour and not draft.faults:
        return web.page(FORM, form=draft.form, **draft.context())
    elif draft.is_detour:
        draft.form.photos.errors = draft.faults
    return web.invalid(FORM, form=draft.form, **draft.context())


@blueprint.get("/office/<code>/activities/people")
@requires(WRITE)
def people(code: str) -> Answer:
    """What the search finds while one types; without htmx the form itself is searched with."""
    if not web.htmx:
        return redirect(url_for(".new", code=code), 303)  # type: ignore[return-value]
    query = request.args.get("q", "").strip()
    found = suggestions.find(current_user, g.association, query)
    return web.partial("activities/_found.html", found=found, query=query)


@blueprint.get("/office/<code>/activities/<public_id>/saved")
@requires(WRITE)
def saved(code: str, public_id: str) -> str:
    """It is in the book: its reference, and what is next."""
    log = load(public_id)
    states = queries.month_states(g.association, log.held_on.year)
    state = states[log.held_on.month - 1]
    return web.page("activities/saved.html", log=log, state=state, deadline=record_deadline(log.held_on))


@blueprint.get("/office/<code>/activities/<public_id>/edit")
@requires(WRITE)
def edit(code: str, public_id: str) -> str:
    draft = Draft.reopen(load(public_id))
    return web.page(FORM, form=draft.form, **draft.context())


@blueprint.post("/office/<code>/activities/<public_id>/edit")
@requires(WRITE)
def correct(code: str, public_id: str) -> Answer:
    draft = Draft.sent(g.association, lambda: load(public_id))
    if draft.is_detour or not draft.validate():
        return _again(draft)
    try:
        with db.session.begin_nested():
            _correct(draft)
    except services.ChangedMeanwhileError as error:
        return _both(draft, error)
    except RuleError as error:
        return _again(draft, error)
    db.session.commit()
    return web.go(".entry", _("The correction is saved. The earlier version is kept."), public_id=public_id)


def _correct(draft: Draft) -> None:
    assert draft.log is not None
    services.correct_activity(
        current_user,
        draft.log,
        draft.details(),
        revision=draft.revision,
        reason=draft.form.reason.data or "",
        photos=draft.photos,
        publication=draft.publication(),
    )


def _both(draft: Draft, error: RuleError) -> Answer:
    """Somebody else was first: what they saved beside what was typed here, and the choice which stands."""
    assert draft.log is not None
    log = load(draft.log.public_id, fresh=True)
    differing = history.differences(log.snapshot(), draft.against(log))
    draft.form.refuse(error)
    html, _status = web.invalid(FORM, form=draft.form, differing=differing, **draft.context())
    return html, 409


@blueprint.get("/office/<code>/activities/<public_id>/strike-out")
@requires(WRITE)
def ask_strike(code: str, public_id: str) -> str:
    return web.page("activities/strike.html", form=ReasonForm(), log=load(public_id))


@blueprint.post("/office/<code>/activities/<public_id>/strike-out")
@requires(WRITE)
def strike_out(code: str, public_id: str) -> Answer:
    log, form = load(public_id), ReasonForm()
    if not form.validate():
        return web.invalid("activities/strike.html", form, log=log)
    services.strike_out(current_user, log, form.reason.data or "")
    db.session.commit()
    return web.go(".entry", _("The entry is struck out. It stays in the record."), public_id=public_id)


@blueprint.post("/office/<code>/activities/<public_id>/restore")
@requires(WRITE)
def restore(code: str, public_id: str) -> Response:
    return _done(public_id, services.restore, _("The entry counts again."))


@blueprint.post("/office/<code>/activities/<public_id>/review")
@requires(WRITE)
def review(code: str, public_id: str) -> Response:
    """Somebody else than the recorder has looked through it."""
    return _done(public_id, services.review, _("The entry is reviewed."))


def _done(public_id: str, act: Callable[..., None], told: str) -> Response:
    """One thing done to an entry, or the rule against it said on the entry's page."""
    try:
        act(current_user, load(public_id))
    except RuleError as error:
        web.undo()
        flash(error.message, "error")
        return web.go(".entry", public_id=public_id)
    db.session.commit()
    return web.go(".entry", told, public_id=public_id)


@blueprint.post("/office/<code>/activities/<public_id>/public")
@requires(WRITE)
def publish(code: str, public_id: str) -> Response:
    is_public = request.form.get("is_public") == "yes"
    services.set_public(current_user, load(public_id), is_public)
    db.session.commit()
    done = _("The entry is on the public page.") if is_public else _("The entry is seen in the office only.")
    return web.go(".entry", done, public_id=public_id)


def load(public_id: str, **how: bool) -> ActivityLog:
    """The entry, if the reader may write in it; another group's or association's is not there."""
    return queries.get_entry(current_user, WRITE, g.association, public_id, **how) or abort(404)
