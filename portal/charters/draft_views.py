"""Writing a draft in the office, paragraph by paragraph."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, request
from flask_login import current_user

from portal.charters import drafting, queries
from portal.charters.blueprint import blueprint
from portal.charters.forms import ParagraphForm
from portal.charters.loading import load
from portal.charters.models import Charter, CharterDraft
from portal.charters.moves import WRITING
from portal.core import web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import OrderForm

FORM = "charters/paragraph.html"


@blueprint.get("/office/<code>/charters/<public_id>/draft")
@requires("notices.write")
def draft(code: str, public_id: str) -> Any:
    """All paragraphs of the draft in hand, each with the ways to change it."""
    charter = load(public_id)
    found = _in_hand(charter)
    if found is None:
        return web.go("charters.office_page", public_id=public_id)
    rows = queries.paragraphs_of(found)
    return web.page("charters/draft.html", charter=charter, draft=found, paragraphs=rows, form=OrderForm())


@blueprint.route("/office/<code>/charters/<public_id>/draft/add", methods=["GET", "POST"])
@requires("notices.write")
def add(code: str, public_id: str) -> Any:
    """Put a paragraph in; `after` names the one that it follows."""
    charter, form, after = load(public_id), ParagraphForm(), request.args.get("after", "")
    if not form.validate_on_submit():
        return web.form_page(FORM, form, charter=charter, paragraph=None)
    try:
        made = drafting.add(current_user, charter, form.body.data or "", is_heading=_heads(form), after=after)
    except RuleError as error:
        return web.refused(FORM, form, error, charter=charter, paragraph=None)
    db.session.commit()
    return web.go("charters.draft", public_id=public_id, _anchor=made.public_id)


@blueprint.route("/office/<code>/charters/<public_id>/draft/<paragraph_id>", methods=["GET", "POST"])
@requires("notices.write")
def rewrite(code: str, public_id: str, paragraph_id: str) -> Any:
    """Change a paragraph."""
    charter, form = load(public_id), ParagraphForm()
    found = _in_hand(charter)
    paragraph = (queries.get_paragraph(found, paragraph_id) if found else None) or abort(404)
    if not form.is_submitted():
        form.body.data, form.is_heading.data = paragraph.body, paragraph.is_heading
    if not form.validate_on_submit():
        return web.form_page(FORM, form, charter=charter, paragraph=paragraph)
    try:
        drafting.rewrite(current_user, charter, paragraph_id, form.body.data or "", is_heading=_heads(form))
    except RuleError as error:
        return web.refused(FORM, form, error, charter=charter, paragraph=paragraph)
    db.session.commit()
    return web.go("charters.draft", public_id=public_id, _anchor=paragraph_id)


@blueprint.post("/office/<code>/charters/<public_id>/draft/<paragraph_id>/move")
@requires("notices.write")
def shift(code: str, public_id: str, paragraph_id: str) -> Response:
    """One place up or down."""
    charter, form = _with_paragraph(public_id, paragraph_id), OrderForm()
    if not form.validate():
        abort(400)
    return _done(
        public_id, lambda: drafting.shift(current_user, charter, paragraph_id, is_up=form.is_up), paragraph_id
    )


@blueprint.post("/office/<code>/charters/<public_id>/draft/<paragraph_id>/remove")
@requires("notices.write")
def remove(code: str, public_id: str, paragraph_id: str) -> Response:
    """Take a paragraph out."""
    charter = _with_paragraph(public_id, paragraph_id)
    return _done(public_id, lambda: drafting.remove(current_user, charter, paragraph_id))


def _done(public_id: str, act: Any, anchor: str | None = None) -> Response:
    """Back to the draft; what was refused is said there."""
    message: Any = None
    try:
        act()
    except RuleError as error:
        web.undo()
        message = error.message
    db.session.commit()
    return web.go("charters.draft", message, public_id=public_id, _anchor=anchor)


def _with_paragraph(public_id: str, paragraph_id: str) -> Charter:
    """The charter, if the draft in hand has the paragraph; one that stands meanwhile is refused with words."""
    charter = load(public_id)
    found = _in_hand(charter)
    if found is not None and queries.get_paragraph(found, paragraph_id) is None:
        abort(404)
    return charter


def _heads(form: ParagraphForm) -> bool:
    return bool(form.is_heading.data)


def _in_hand(charter: Charter) -> CharterDraft | None:
    """The draft that is being written, to look at."""
    number = WRITING.get(charter.state)  # type: ignore[call-overload]
    found = queries.get_draft(charter, number) if number else None
    return found if found is not None and found.settled_at is None else None
