"""Cash is counted as it is handed over; a hand-over, its slip to sign, and how it is declared void."""

from __future__ import annotations

import secrets
from typing import Any

from flask import abort, g, request

from portal.accounts.reader import me
from portal.core import web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.formats import money
from portal.core.i18n import _
from portal.handovers import queries, services
from portal.handovers.blueprint import blueprint
from portal.handovers.forms import CountForm, VoidForm
from portal.handovers.list_views import load, load_collector
from portal.handovers.models import HandOver
from portal.handovers.services import Counted
from portal.people.models import Person

COUNT = "handovers/count.html"


@blueprint.route("/office/<code>/dues/hand-overs/collectors/<public_id>/count", methods=["GET", "POST"])
@requires("dues.record", whole=True)
def count(code: str, public_id: str) -> Any:
    """What was expected, what was counted, and why they differ."""
    person = load_collector(public_id)
    form = _form(person)
    if not form.validate_on_submit() or "add" in request.form:
        return _page(form, person)
    try:
        made = services.record(me(), g.association, person, _counted(form))
    except RuleError as error:
        web.undo()
        form.refuse(error)
        return _page(_anew(form, load_collector(public_id)), load_collector(public_id))
    db.session.commit()
    told = _("%(name)s handed over %(fen)s yuan.", name=person.name, fen=money(made.counted_fen))
    return web.go(".hand_over", told, public_id=made.public_id)


@blueprint.get("/office/<code>/dues/hand-overs/<public_id>")
@requires("dues.read")
def hand_over(code: str, public_id: str) -> str:
    """What was counted, the payments in it, and whether it stands."""
    found = load(public_id)
    context = {"payments": queries.payments_of(found), "may_void": _may_void(found)}
    return web.page("handovers/hand_over.html", hand_over=found, **context)


@blueprint.get("/office/<code>/dues/hand-overs/<public_id>/slip")
@requires("dues.read")
def slip(code: str, public_id: str) -> str:
    """To print: both sign it."""
    found = load(public_id)
    return web.page("handovers/slip.html", hand_over=found, payments=queries.payments_of(found))


@blueprint.route("/office/<code>/dues/hand-overs/<public_id>/void", methods=["GET", "POST"])
@requires("dues.read")
def void(code: str, public_id: str) -> Any:
    """Why it does not count; the collector holds the money again."""
    found, form = load(public_id), VoidForm()
    if not _may_void(found):
        abort(403)
    if not form.validate_on_submit():
        return web.form_page("handovers/void.html", form, hand_over=found)
    try:
        services.void(me(), found, form.reason.data or "")
    except RuleError as error:
        return web.refused("handovers/void.html", form, error, hand_over=load(public_id))
    db.session.commit()
    return web.go(".hand_over", _("The hand-over is void: the collector holds the money again."), public_id=public_id)


def _form(person: Person) -> CountForm:
    """As it was sent; opened anew with what the books expect, and a key of its own."""
    if request.method == "POST":
        return CountForm()
    kept = {"on": today(g.association.time_zone), "key": secrets.token_urlsafe(12)}
    return CountForm(formdata=None, data={**kept, "expected": str(queries.held_fen(g.association.id, person.id))})


def _anew(form: CountForm, person: Person) -> CountForm:
    """What is expected now, for whoever counts again after looking at the list."""
    form.expected.data = str(queries.held_fen(g.association.id, person.id))
    return form


def _counted(form: CountForm) -> Counted:
    return Counted(
        expected_fen=form.expected_fen,
        counted_fen=form.counted.data or 0,
        handed_on=form.on.data or today(g.association.time_zone),
        key=form.key.data or "",
        note=form.note.data or "",
    )


def _page(form: CountForm, person: Person) -> Any:
    """What is expected is said again; what the pieces come to, where they were added up without a script."""
    if "add" in request.form:
        form.counted.errors = ()
        form.counted.raw_data = None
        form.counted.data = form.pieces_fen or form.counted.data
        return web.page(COUNT, form=form, person=person)
    return web.form_page(COUNT, form, person=person)


def _may_void(found: HandOver) -> bool:
    if found.voided_at is not None:
        return False
    try:
        services.check_may_void(me(), found)
    except RuleError:
        return False
    return True
