"""What everybody reads of a charter: its way, the draft, the difference to the one before, comments and answers."""

from __future__ import annotations

import secrets
from typing import Any

from flask import abort, request
from flask_login import current_user

from portal.associations.queries import get_association
from portal.charters import commenting, queries, showing
from portal.charters.blueprint import blueprint
from portal.charters.forms import CommentForm
from portal.charters.models import Charter, CharterKind, CharterState, ConsultationRound
from portal.charters.moves import CONSULTING
from portal.core import web
from portal.core.access import public, signed_in
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import choices
from portal.core.i18n import _
from portal.core.paging import page_number, paginate
from portal.core.shared import shared
from portal.core.text import printable
from portal.transparency.models import ChainKind
from portal.transparency.queries import proof_of

BEGINNING = 24  # characters by which a paragraph is named in a choice


@blueprint.get("/charters", strict_slashes=False)
@public
@shared
def public_list() -> str:
    """Charters under way, then those adopted or given up; `association` limits them to one and those below it."""
    code = printable(request.args.get("association", ""))
    place = (get_association(code) or abort(404)) if code else None
    page = paginate(queries.public_rows(place.path if place else None), page_number(), scalars=False)
    kinds, states = CharterKind.labels(), CharterState.labels()
    return web.page("charters/list.html", page=page, place=place, kinds=kinds, states=states, tones=showing.TONES)


@blueprint.get("/charters/<public_id>")
@public
@shared
def public_page(public_id: str) -> str:
    """The whole way; the draft that stands, or the one that `draft` asks for; comments once their round is over."""
    charter = _charter(public_id)
    shown = showing.choose(showing.read(charter), request.args.get("draft", type=int), settled_only=True)
    day = today(charter.association.time_zone)
    context = showing.around(shown)
    return web.page(
        "charters/public.html",
        **context,
        day=day,
        takes=_takes(context["running"], day),
        mine=[one for one in shown.comments if current_user.is_authenticated and one.person_id == _me()],
        entry=proof_of(public_id, kind=ChainKind.CHARTER),
    )


@blueprint.route("/charters/<public_id>/comment", methods=["GET", "POST"])
@signed_in
def comment(public_id: str) -> Any:
    """A member's comment on a paragraph, or on the whole."""
    charter, form = _charter(public_id), CommentForm()
    offer(form, charter)
    if not form.is_submitted():
        form.key.data, form.paragraph.data = secrets.token_urlsafe(16), request.args.get("paragraph", "")
    context = {"charter": charter, "may": queries.is_member(_me(), charter.association)}
    if not form.validate_on_submit():
        return web.form_page("charters/comment.html", form, **context)
    try:
        commenting.comment(charter, _me(), said(form), key=key_of(form))
    except RuleError as error:
        return web.refused("charters/comment.html", form, error, **context)
    db.session.commit()
    return web.go("charters.public_page", _("Your comment was sent."), public_id=public_id, _anchor="mine")


def offer(form: CommentForm, charter: Charter) -> None:
    """The paragraphs of the draft that is consulted on, each by how it begins."""
    draft = queries.get_draft(charter, CONSULTING.get(charter.state, 0))  # type: ignore[call-overload]
    rows = queries.paragraphs_of(draft) if draft else []
    named = [(one.public_id, _beginning(one.body)) for one in rows if not one.is_heading]
    form.paragraph.choices = choices([("", _("The whole")), *named])


def said(form: CommentForm) -> commenting.Said:
    """What was typed, as the service takes it."""
    chosen = {"body": form.body.data or "", "paragraph": form.paragraph.data or ""}
    return commenting.Said(**chosen, shows_name=bool(form.shows_name.data))


def key_of(form: CommentForm) -> str | None:
    return (form.key.data or "")[:64] or None


def _takes(running: ConsultationRound | None, day: Any) -> bool:
    return running is not None and running.opens_on <= day <= running.closes_on


def _beginning(body: str) -> str:
    line = body.splitlines()[0]
    return line if len(line) <= BEGINNING else f"{line[:BEGINNING]}…"


def _me() -> int:
    return int(current_user.person_id)


def _charter(public_id: str) -> Charter:
    return queries.get_public(public_id) or abort(404)
