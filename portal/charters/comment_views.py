"""Comments in the office: entered from paper, answered."""

from __future__ import annotations

import secrets
from typing import Any

from flask import abort, g
from flask_login import current_user

from portal.charters import commenting, queries
from portal.charters.blueprint import blueprint
from portal.charters.forms import AnswerForm, PaperCommentForm
from portal.charters.loading import load
from portal.charters.models import Charter, CharterComment
from portal.charters.public_views import key_of, offer, said
from portal.core import web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _


@blueprint.route("/office/<code>/charters/<public_id>/comments/new", methods=["GET", "POST"])
@requires("notices.write")
def enter_comment(code: str, public_id: str) -> Any:
    """Enter a member's comment from paper."""
    charter, form = load(public_id), PaperCommentForm()
    offer(form, charter)
    if not form.is_submitted():
        form.key.data = secrets.token_urlsafe(16)
    if not form.validate_on_submit():
        return web.form_page("charters/paper.html", form, charter=charter)
    try:
        person_id = _member(form.who.data or "")
        commenting.comment(charter, person_id, said(form), key=key_of(form), entered_by=current_user)
    except RuleError as error:
        return web.refused("charters/paper.html", form, error, charter=charter)
    db.session.commit()
    return web.go("charters.office_page", _("The comment is entered."), public_id=public_id)


@blueprint.route("/office/<code>/charters/<public_id>/comments/<comment_id>", methods=["GET", "POST"])
@requires("notices.write")
def comment_page(code: str, public_id: str, comment_id: str) -> Any:
    """A comment, its paragraph, and the answer."""
    charter, form = load(public_id), AnswerForm()
    found = queries.get_comment(charter, comment_id) or abort(404)
    context = _about(charter, found)
    if not form.is_submitted():
        form.outcome.data, form.answer.data = found.outcome, found.answer
    if not form.validate_on_submit():
        return web.form_page("charters/answer.html", form, **context)
    try:
        commenting.answer(current_user, charter, found, form.outcome.data, form.answer.data or "")
    except RuleError as error:
        return web.refused("charters/answer.html", form, error, **context)
    db.session.commit()
    return web.go("charters.office_page", _("The comment is answered."), public_id=public_id, _anchor="comments")


def _about(charter: Charter, found: CharterComment) -> dict[str, Any]:
    draft = queries.get_draft(charter, found.round.number)
    rows = queries.paragraphs_of(draft) if draft else []
    paragraph = next((one for one in rows if one.id == found.paragraph_id), None)
    return {"charter": charter, "comment": found, "paragraph": paragraph}


def _member(words: str) -> int:
    """The one member with this number or name. Raises RuleError("who")."""
    found = queries.members_called(g.association, " ".join(words.split()))
    if not found:
        raise RuleError("who", _("No member has this number or name."))
    if len(found) > 1:
        raise RuleError("who", _("More than one member has this name: enter the member number."))
    return found[0].id
