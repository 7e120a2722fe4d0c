"""Passing a letter on to another association, and its answer in public: pages of their own."""

from __future__ import annotations

from typing import Any

from flask import abort, request
from sqlalchemy import select

from portal.accounts.reader import me
from portal.associations.models import Association
from portal.associations.queries import get_association, get_parent, in_subtree, named
from portal.core import web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _
from portal.core.paging import paginate
from portal.letters import desk, mails, publishing, services
from portal.letters.act_views import gone_on
from portal.letters.blueprint import blueprint
from portal.letters.models import Letter, StepKind
from portal.letters.moves import may
from portal.letters.office_forms import ActForm, PassOnForm, PublishForm
from portal.letters.sight import RIGHT

LISTED = 30


@blueprint.get("/office/<code>/letters/<public_id>/pass-on")
@requires(RIGHT)
def ask_pass_on(code: str, public_id: str) -> Any:
    """To the association above, or to one below: found by name where there are many."""
    return _pass_on_page(desk.load(public_id), PassOnForm(formdata=None))


@blueprint.post("/office/<code>/letters/<public_id>/pass-on")
@requires(RIGHT)
def pass_on(code: str, public_id: str) -> Any:
    """Pass it on; when it is due stays."""
    letter, form = desk.load(public_id), PassOnForm()
    if not form.validate_on_submit():
        return _pass_on_page(letter, form)
    try:
        to = services.pass_on(me(), letter, get_association(form.to.data), form.note.data or "")
    except RuleError as error:
        web.undo()
        form.refuse(error)
        return _pass_on_page(desk.load(public_id), form)
    db.session.commit()
    mails.tell(letter, StepKind.PASSED_ON)
    return gone_on(public_id, _("The letter is with %(name)s now. It is due as before.", name=to.name))


def _pass_on_page(letter: Letter, form: PassOnForm) -> Any:
    here = db.session.get_one(Association, letter.association_id)
    words = request.args.get("q", "").strip()[:60]
    below = select(Association).where(
        in_subtree(here.path), Association.id != here.id, Association.archived_on.is_(None)
    )
    page = paginate((below.where(named(words)) if words else below).order_by(Association.path), 1, LISTED)
    shown = {"letter": letter, "above": get_parent(here), "page": page, "words": words}
    return web.form_page("letters/pass_on.html", form, **shown)


@blueprint.get("/office/<code>/letters/<public_id>/publish")
@requires(RIGHT)
def ask_publish(code: str, public_id: str) -> Any:
    """Question and answer, to be edited until no name is left in them."""
    letter = _publishable(public_id)
    form = PublishForm(formdata=None, question=letter.body, answer=letter.answer)
    return web.page("letters/publish.html", form=form, letter=letter)


@blueprint.post("/office/<code>/letters/<public_id>/publish")
@requires(RIGHT)
def publish(code: str, public_id: str) -> Any:
    """Publish it, if the writer agreed and no name stands in it."""
    letter, form = _publishable(public_id), PublishForm()
    if not form.validate_on_submit():
        return web.invalid("letters/publish.html", form, letter=letter)
    try:
        publishing.publish(me(), letter, form.question.data or "", form.answer.data or "")
    except RuleError as error:
        return web.refused("letters/publish.html", form, error, letter=letter)
    db.session.commit()
    return web.go("letters.show", _("The answer is published."), public_id=public_id)


@blueprint.post("/office/<code>/letters/<public_id>/unpublish")
@requires(RIGHT)
def unpublish(code: str, public_id: str) -> Any:
    """Take it out of public again."""
    letter, form = desk.load(public_id), ActForm()
    try:
        publishing.unpublish(me(), letter)
    except RuleError as error:
        web.undo()
        form.refuse(error)
        return desk.letter_page(desk.load(public_id), form)
    db.session.commit()
    return web.go("letters.show", _("The answer is no longer public."), public_id=public_id)


def _publishable(public_id: str) -> Letter:
    """An answered letter whose writer agreed; of others the page is not there."""
    letter = desk.load(public_id)
    if not (letter.may_publish and may(letter, StepKind.PUBLISHED)):
        abort(404)
    return letter
