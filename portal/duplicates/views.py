"""People who stand in the register twice: the queue, a pair side by side, told apart, merged, undone."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, g, redirect, url_for
from flask_login import current_user

from portal.core import access, downloads, web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.feature import Feature
from portal.core.i18n import _
from portal.core.paging import page_number, paginate
from portal.duplicates import desk, exports, queries, services
from portal.duplicates.forms import MergeForm
from portal.duplicates.models import PersonMerge

blueprint = Blueprint("duplicates", __name__)

feature = Feature("duplicates", blueprint)


@blueprint.get("/office/<code>/duplicates")
@requires("members.write")
def queue(code: str) -> str:
    """Pairs of records that look like one person."""
    statement = queries.pairs(access.reached(desk.RIGHT), g.association)
    page = paginate(statement, page_number(), scalars=False)
    return web.page("duplicates/queue.html", page=page, signs=desk.signs)


@blueprint.get("/office/<code>/duplicates/told-apart")
@requires("members.write")
def told_apart(code: str) -> str:
    """Pairs that were told apart here, to be taken back."""
    statement = queries.told_apart(access.reached(desk.RIGHT), g.association)
    return web.page("duplicates/told_apart.html", page=paginate(statement, page_number(), scalars=False))


@blueprint.get("/office/<code>/duplicates/merges")
@requires("members.write")
def merges(code: str) -> str:
    """What was merged here, to be looked at and undone."""
    page = paginate(queries.merges(access.reached(desk.RIGHT), g.association), page_number())
    return web.page("duplicates/merges.html", page=page)


@blueprint.get("/office/<code>/duplicates/list.<any(xlsx, csv):form>")
@requires("members.write")
def download(code: str, form: str) -> Response:
    """The pairs of the queue as a file."""
    statement = queries.pairs(access.reached(desk.RIGHT), g.association)
    return downloads.send(form, exports.pairs(statement), "duplicates.queue")


@blueprint.get("/office/<code>/duplicates/told-apart.<any(xlsx, csv):form>")
@requires("members.write")
def told_apart_file(code: str, form: str) -> Response:
    """What was told apart, as a file."""
    statement = queries.told_apart(access.reached(desk.RIGHT), g.association)
    return downloads.send(form, exports.told_apart(statement, g.association.time_zone), "duplicates.told_apart")


@blueprint.get("/office/<code>/duplicates/merges.<any(xlsx, csv):form>")
@requires("members.write")
def merges_file(code: str, form: str) -> Response:
    """What was merged, as a file."""
    statement = queries.merges(access.reached(desk.RIGHT), g.association)
    return downloads.send(form, exports.merges(statement, g.association.time_zone), "duplicates.merges")


@blueprint.get("/office/<code>/duplicates/<first_id>/<second_id>")
@requires("members.write")
def pair(code: str, first_id: str, second_id: str) -> Any:
    """Both records side by side, and what can be done."""
    done = desk.find_merge(first_id, second_id)
    if done is not None:
        return redirect(url_for("duplicates.merged", public_id=done.public_id))
    shown = desk.load_pair(first_id, second_id)
    form = desk.merge_form(shown)
    return web.page("duplicates/pair.html", form=form, **desk.context(shown, first_id, second_id))


@blueprint.post("/office/<code>/duplicates/<first_id>/<second_id>/told-apart")
@requires("members.write")
def tell_apart(code: str, first_id: str, second_id: str) -> Any:
    """They are two people."""
    one, other = desk.load_pair(first_id, second_id).people
    services.tell_apart(current_user, g.association, one, other)
    db.session.commit()
    return web.go("duplicates.queue", _("They are two people: the pair is not asked about again."))


@blueprint.post("/office/<code>/duplicates/told-apart/<public_id>/take-back")
@requires("members.write")
def take_back(code: str, public_id: str) -> Any:
    """They may be one person after all."""
    found = queries.get_told_apart_by(access.reached(desk.RIGHT), g.association, public_id)
    services.take_back(current_user, found or abort(404))
    db.session.commit()
    return web.go("duplicates.queue", _("Taken back: the pair stands in the queue again."))


@blueprint.get("/office/<code>/duplicates/<first_id>/<second_id>/check")
@requires("members.write")
def check(code: str, first_id: str, second_id: str) -> Any:
    """What the merge would do, before it is done."""
    shown = desk.load_pair(first_id, second_id)
    form, context = desk.merge_form(shown), desk.context(shown, first_id, second_id)
    if shown.obstacle is not None or not form.validate():
        return web.invalid("duplicates/pair.html", form, **context)
    return web.page("duplicates/check.html", **context, **desk.outcome(shown, form))


@blueprint.post("/office/<code>/duplicates/<first_id>/<second_id>/merge")
@requires("members.write")
def merge(code: str, first_id: str, second_id: str) -> Any:
    """Make the two records one. Somebody else may have done it a moment ago."""
    done = desk.find_merge(first_id, second_id)
    if done is not None:
        return web.go("duplicates.merged", _("The two records were merged already."), public_id=done.public_id)
    shown = desk.load_pair(first_id, second_id)
    form = desk.merge_form(shown, MergeForm)
    if not form.validate():
        return web.invalid("duplicates/pair.html", form, **desk.context(shown, first_id, second_id))
    return _merge(shown, form, first_id, second_id)


def _merge(shown: desk.Pair, form: MergeForm, first_id: str, second_id: str) -> Any:
    kept, gone, choice = desk.chosen(shown, form)
    try:
        done = services.merge(current_user, g.association, kept, gone, choice)
    except RuleError as error:
        return desk.refuse(first_id, second_id, form, error)
    db.session.commit()
    return web.go("duplicates.merged", _("The two records are one now."), public_id=done.public_id)


@blueprint.get("/office/<code>/duplicates/merges/<public_id>")
@requires("members.write")
def merged(code: str, public_id: str) -> str:
    """One merge: what became of the two records, and the way back."""
    return web.page("duplicates/merged.html", merge=_found(public_id), error=None)


def _found(public_id: str) -> PersonMerge:
    found = queries.get_merge(access.reached(desk.RIGHT), g.association, public_id)
    return found or abort(404)


@blueprint.post("/office/<code>/duplicates/merges/<public_id>/undo")
@requires("members.write")
def undo(code: str, public_id: str) -> Any:
    """Two records again, unless something that came later stands in the way."""
    found = _found(public_id)
    try:
        services.undo_merge(current_user, found, found.kept, found.gone)
    except RuleError as error:
        web.undo()
        return web.page("duplicates/merged.html", merge=_found(public_id), error=error), 422
    db.session.commit()
    return web.go("duplicates.queue", _("The merge was undone: there are two records again."))
