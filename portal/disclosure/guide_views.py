"""Guides in the office: written with a preview, ordered, ended."""

from __future__ import annotations

from typing import Any

from flask import abort, g, request

from portal.accounts.reader import me
from portal.core import web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import OrderForm, choices
from portal.core.i18n import _
from portal.core.text import render
from portal.disclosure import guide_queries, guides
from portal.disclosure.blueprint import blueprint
from portal.disclosure.forms import TEXTS, GuideForm, PlainForm
from portal.disclosure.models import Block, Guide

FORM = "disclosure/guide_form.html"


@blueprint.get("/office/<code>/disclosure/guides")
@requires("notices.read")
def office_guides(code: str) -> str:
    """The association's own by block, in their order."""
    own = guide_queries.list_own(g.association)
    blocks = [(block, [guide for guide in own if guide.block == block]) for block in Block]
    return web.page("disclosure/office_guides.html", blocks=blocks, form=OrderForm(formdata=None))


@blueprint.route("/office/<code>/disclosure/guides/new", methods=["GET", "POST"])
@requires("notices.write")
def new_guide(code: str) -> Any:
    place = g.association
    first = {"hours": place.office_hours, "place": place.address, "contact": f"{place.name} {place.phone}".strip()}
    form = _offer(GuideForm() if request.method == "POST" else GuideForm(data={**first, "block": _asked_block()}))
    return _answer(form, None)


@blueprint.route("/office/<code>/disclosure/guides/<public_id>", methods=["GET", "POST"])
@requires("notices.write")
def edit_guide(code: str, public_id: str) -> Any:
    guide = _guide(public_id)
    return _answer(_offer(GuideForm(obj=guide)), guide)


def _answer(form: GuideForm, guide: Guide | None) -> Any:
    """The form, its preview, or the guide written."""
    public_id = guide.public_id if guide else ""
    if "preview" in request.form:
        texts = {name: render(form[name].data or "") for name in guides.TEXTS if form[name].data}
        return web.page(FORM, form=form, guide=guide, html=texts)
    if not form.validate_on_submit():
        return web.form_page(FORM, form, guide=guide, html=None)
    try:
        made = guides.write_guide(me(), g.association, form.values(*TEXTS), guide)
    except RuleError as error:
        return web.refused(FORM, form, error, guide=_guide(public_id) if public_id else None, html=None)
    db.session.commit()
    return web.go("disclosure.office_guides", _("“%(name)s” is saved.", name=made.title))


@blueprint.post("/office/<code>/disclosure/guides/<public_id>/order")
@requires("notices.write")
def order_guide(code: str, public_id: str) -> Any:
    """One step up or down in its block."""
    guide, form = _guide(public_id), OrderForm()
    if not form.validate_on_submit():
        abort(400)
    guides.order_guide(me(), g.association, guide, up=form.is_up)
    db.session.commit()
    return web.go("disclosure.office_guides", _anchor=f"guide-{public_id}")


@blueprint.route("/office/<code>/disclosure/guides/<public_id>/end", methods=["GET", "POST"])
@requires("notices.write")
def end_guide(code: str, public_id: str) -> Any:
    """Asks once more: nobody reads it from now on."""
    guide, form = _guide(public_id), PlainForm()
    if not form.validate_on_submit():
        return web.form_page("disclosure/guide_end.html", form, guide=guide)
    guides.end_guide(me(), guide)
    db.session.commit()
    return web.go("disclosure.office_guides", _("“%(name)s” is not shown any more.", name=guide.title))


def _offer(form: GuideForm) -> GuideForm:
    form.link.choices = choices(guides.LINKS)
    return form


def _asked_block() -> str:
    block = request.args.get("block", "")
    return block if block in set(Block) else Block.ASK


def _guide(public_id: str) -> Guide:
    return guide_queries.get_own(g.association, public_id) or abort(404)
