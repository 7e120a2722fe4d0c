"""Charters in the office: the list, one begun, one with its way, given up."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response, g, request
from flask_login import current_user

from portal.charters import (
    comment_views,
    draft_views,
    exports,
    meeting_views,
    moves,
    public_views,
    queries,
    round_views,
    services,
    showing,
    standing,
)
from portal.charters.blueprint import blueprint
from portal.charters.forms import AbandonForm, BeginForm
from portal.charters.loading import load
from portal.charters.models import CharterKind, CharterState
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.feature import Feature
from portal.core.i18n import _
from portal.core.paging import page_number, paginate

__all__ = [
    "blueprint", "comment_views", "draft_views", "feature", "meeting_views", "public_views", "round_views",
    "standing",
]  # fmt: skip

feature = Feature("charters", blueprint)


@blueprint.get("/office/<code>/charters")
@requires("notices.read")
def office_list(code: str) -> str:
    """The association's own, the latest first."""
    page = paginate(queries.office_rows(current_user, g.association), page_number(), scalars=False)
    kinds, states = CharterKind.labels(), CharterState.labels()
    return web.page("charters/office_list.html", page=page, kinds=kinds, states=states, tones=showing.TONES)


@blueprint.get("/office/<code>/charters/list.<any(xlsx, csv):form>")
@requires("notices.read")
def download(code: str, form: str) -> Response:
    """The same list as a file."""
    rows = queries.office_rows(current_user, g.association)
    return downloads.send(form, exports.charters(rows, g.association.time_zone), "charters.office_list")


@blueprint.route("/office/<code>/charters/new", methods=["GET", "POST"])
@requires("notices.write")
def new(code: str) -> Any:
    """Begin a first draft."""
    form = BeginForm()
    if not form.is_submitted():
        form.entry_key.data, form.kind.data = secrets.token_urlsafe(16), CharterKind.CHARTER.value
    if not form.validate_on_submit():
        return web.form_page("charters/new.html", form)
    try:
        made = services.begin(current_user, g.association, **_begun(form))
    except RuleError as error:
        return web.refused("charters/new.html", form, error)
    db.session.commit()
    return web.go("charters.draft", _("The draft is begun."), public_id=made.public_id)


@blueprint.get("/office/<code>/charters/<public_id>")
@requires("notices.read")
def office_page(code: str, public_id: str) -> str:
    """Its way, what comes next, the text as it stands, the comments."""
    charter = load(public_id)
    shown = showing.choose(showing.read(charter), request.args.get("draft", type=int), settled_only=False)
    context = showing.around(shown) | {"day": today(g.association.time_zone), "unanswered": _unanswered(shown)}
    may = {act: moves.can_move(charter, act) for act in moves.MOVES}
    return web.page("charters/office_page.html", may=may, writes=charter.state in moves.WRITING, **context)


@blueprint.route("/office/<code>/charters/<public_id>/abandon", methods=["GET", "POST"])
@requires("notices.publish")
def abandon(code: str, public_id: str) -> Any:
    """Give it up."""
    charter, form = load(public_id), AbandonForm()
    if not form.validate_on_submit():
        return web.form_page("charters/abandon.html", form, charter=charter)
    try:
        services.abandon(current_user, charter, form.reason.data or "")
    except RuleError as error:
        return web.refused("charters/abandon.html", form, error, charter=charter)
    db.session.commit()
    return web.go("charters.office_page", _("The charter is given up."), public_id=public_id)


def _begun(form: BeginForm) -> dict[str, Any]:
    """What was typed, as the service takes it. Raises RuleError where there is nothing to begin with."""
    known: dict[str, Any] = {name: form[name].data or "" for name in ("kind", "title", "reason")}
    known["entry_key"] = (form.entry_key.data or "")[:64] or None
    if form.source.data == "in_force":
        known["follows"] = queries.in_force(g.association.id, known["kind"])
        if known["follows"] is None:
            raise RuleError("source", _("None of this kind is in force here. Paste its text."))
    elif form.source.data == "pasted":
        known["pasted"] = form.pasted.data or ""
        if not known["pasted"]:
            raise RuleError("pasted", _("Paste the text, or begin with an empty page."))
    return known


def _unanswered(shown: showing.Shown) -> int:
    """Comments of rounds that are closed."""
    return sum(one.outcome is None and one.round.closed_at is not None for one in shown.comments)
