"""Calls in the office: the list, one of them, drafted, changed; the feature as the house sees it."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, request
from flask_login import current_user

from portal.commendations import (
    calls,
    candidate_views,
    editing,
    exports,
    following,
    kind_views,
    nomination_views,
    public_views,
    put_forward_views,
    queries,
    retention,
    showing,
    step_views,
    suggest_views,
    suggestion_views,
    tabs,
)
from portal.commendations.blueprint import blueprint
from portal.commendations.loading import load, load_own, own_day
from portal.commendations.models import CallState, NominationState
from portal.commendations.terms import Terms, next_year, revision_of, terms_of
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.feature import Entry, Feature
from portal.core.i18n import _, lazy, lazy_pgettext
from portal.core.paging import page_number, paginate

__all__ = [
    "blueprint", "candidate_views", "feature", "following", "kind_views", "nomination_views", "public_views",
    "put_forward_views", "showing", "step_views", "suggest_views", "suggestion_views", "tabs",
]  # fmt: skip

FORM = "commendations/form.html"
feature = Feature(
    "commendations",
    blueprint,
    own=(Entry(lazy("Nominate somebody"), "commendations.own_suggestions", 19),),
    office=(
        Entry(
            lazy_pgettext("office", "Commendations"), "commendations.office_list", 64, queries.READ,
            also=("reviews", "honours"),
        ),
    ),
    jobs=(retention.forget,),
)  # fmt: skip


@blueprint.get("/office/<code>/commendations")
@requires(queries.READ)
def office_list(code: str) -> str:
    """The association's own calls, and those of associations above it in which it nominates."""
    page = paginate(queries.office_rows(current_user, g.association), page_number(), scalars=False)
    above = queries.calls_above(g.association)
    return web.page("commendations/office_list.html", page=page, above=above, day=own_day())


@blueprint.get("/office/<code>/commendations/list.<any(xlsx, csv):form>")
@requires(queries.READ)
def download(code: str, form: str) -> Response:
    """The association's own calls as a file."""
    rows = queries.office_rows(current_user, g.association)
    return downloads.send(form, exports.calls(rows, own_day()), "commendations.office_list")


@blueprint.route("/office/<code>/commendations/calls/new", methods=["GET", "POST"])
@requires(calls.RIGHT)
def new(code: str) -> Any:
    """A draft; `copy` names a call of ours to begin with, a year later."""
    form = editing.form_of(g.association, _copied(), own_day())
    if form.is_detour:
        return web.page(FORM, form=form, call=None)
    if not form.validate_on_submit():
        return web.form_page(FORM, form, call=None)
    key = (form.entry_key.data or "")[:64] or None
    try:
        made = calls.draft(current_user, g.association, editing.terms_typed(form, g.association), key)
    except RuleError as error:
        return web.refused(FORM, form, error, call=None)
    db.session.commit()
    return web.go("commendations.office_page", _("The draft is saved."), public_id=made.public_id)


@blueprint.get("/office/<code>/commendations/calls/<public_id>")
@requires(queries.READ)
def office_page(code: str, public_id: str) -> str:
    """How it stands, what comes next, how many are nominated by state, its terms."""
    call = load(public_id)
    is_own = call.association_id == g.association.id
    counts = queries.count_nominations(call, None if is_own else g.association.id)
    shown = {"day": own_day(), "is_own": is_own, "counts": counts, "states": NominationState.labels()}
    lacking = showing.lacking(call, own_day()) if call.state == CallState.DRAFT else None
    return web.page("commendations/office_page.html", call=call, lacking=lacking, **shown)


@blueprint.route("/office/<code>/commendations/calls/<public_id>/edit", methods=["GET", "POST"])
@requires(calls.RIGHT)
def edit(code: str, public_id: str) -> Any:
    """Other terms for a draft."""
    call = load_own(public_id, CallState.DRAFT)
    form = editing.form_of(g.association, terms_of(call), revision=revision_of(call))
    if form.is_detour:
        return web.page(FORM, form=form, call=call)
    if not form.validate_on_submit():
        return web.form_page(FORM, form, call=call)
    try:
        calls.change(current_user, call, editing.terms_typed(form, g.association), form.revision.data)
    except RuleError as error:
        return web.refused(FORM, form, error, **editing.beside(form, load(public_id), error))
    db.session.commit()
    return web.go("commendations.office_page", _("The draft is saved."), public_id=public_id)


def _copied() -> Terms | None:
    asked = request.args.get("copy", "")
    if not asked:
        return None
    call = queries.get_call(current_user, g.association, asked)
    if call is None or call.association_id != g.association.id:
        abort(404)
    return next_year(call, own_day())
