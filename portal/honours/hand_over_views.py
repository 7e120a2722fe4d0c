"""Certificates and medals are handed over: the list to print and to sign, the day of one, and of many at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from flask import Response, abort, g

from portal.accounts.reader import me
from portal.core import downloads, web
from portal.core.access import requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _, ngettext
from portal.core.paging import count_rows
from portal.honours import exports, listing, queries, services
from portal.honours.blueprint import blueprint
from portal.honours.forms import HandOverForm, PlainForm
from portal.honours.loading import load_given
from portal.honours.models import Honour

MOST_ON_PAPER = 1000


@blueprint.get("/office/<code>/honours/medals")
@requires(queries.READ)
def medals(code: str) -> str:
    """The list for the ceremony: who receives what, with room to sign; in the order of the associations."""
    form = listing.filter_form()
    statement = queries.medals_of(me(), g.association, listing.wanted(form)).limit(MOST_ON_PAPER)
    rows = db.session.scalars(statement).all()
    context = {"title": _heading(form), "number_of": exports.number_of, "asked": listing.asked()}
    context |= {"day": today(g.association.time_zone), "most": MOST_ON_PAPER}
    return web.page("honours/medals.html", rows=rows, **context)


@blueprint.get("/office/<code>/honours/medals.<any(xlsx, csv):form>")
@requires(queries.READ)
def medals_file(code: str, form: str) -> Response:
    """The same as a file."""
    wanted = listing.wanted(listing.filter_form())
    return downloads.send(form, exports.medals(queries.medals_of(me(), g.association, wanted)), "honours.medals")


@blueprint.route("/office/<code>/honours/hand-over", methods=["GET", "POST"])
@requires(services.RIGHT, whole=True)
def hand_over_all(code: str) -> Any:
    """All that the list shows and nobody has received yet, on one day."""
    chosen = listing.filter_form()
    statement = queries.medals_of(me(), g.association, _waiting(chosen))
    count = count_rows(statement, MOST_ON_PAPER + 1) or abort(404)
    form = HandOverForm(data={"handed_on": today(g.association.time_zone)})
    context = {"count": min(count, MOST_ON_PAPER), "asked": listing.asked(), "title": _heading(chosen)}
    if not form.validate_on_submit():
        return web.form_page("honours/hand_over_all.html", form, **context)
    try:
        done = services.hand_over(me(), _waiting_rows(statement), form.handed_on.data or date.min)
    except RuleError as error:
        return web.refused("honours/hand_over_all.html", form, error, **context)
    db.session.commit()
    said = ngettext("%(num)d is marked as handed over.", "%(num)d are marked as handed over.", done)
    return web.go("honours.office_list", said, **listing.asked())


@blueprint.route("/office/<code>/honours/<public_id>/hand-over", methods=["GET", "POST"])
@requires(services.RIGHT, whole=True)
def hand_over(code: str, public_id: str) -> Any:
    """The day on which the holder received certificate or medal."""
    honour = load_given(public_id, standing=True)
    form = HandOverForm(data={"handed_on": today(g.association.time_zone)})
    if not form.validate_on_submit():
        return web.form_page("honours/hand_over.html", form, honour=honour)
    try:
        services.hand_over(me(), [honour], form.handed_on.data or date.min)
    except RuleError as error:
        return web.refused("honours/hand_over.html", form, error, honour=load_given(public_id))
    db.session.commit()
    return web.go("honours.office_page", _("Marked as handed over."), public_id=public_id)


@blueprint.post("/office/<code>/honours/<public_id>/take-back")
@requires(services.RIGHT, whole=True)
def take_back(code: str, public_id: str) -> Any:
    """It was marked by mistake."""
    honour = load_given(public_id)
    if not PlainForm().validate_on_submit():
        abort(400)
    services.take_back(me(), honour)
    db.session.commit()
    return web.go("honours.office_page", _("Marked as not handed over."), public_id=public_id)


def _waiting(form: Any) -> queries.Filter:
    return replace(listing.wanted(form), side=queries.GIVEN, state="waiting")


def _waiting_rows(statement: Any) -> list[Honour]:
    """Held, so that a revocation of this moment waits or is seen."""
    held = statement.limit(MOST_ON_PAPER).with_for_update(of=Honour, key_share=True)
    return list(db.session.scalars(held.execution_options(populate_existing=True)))


def _heading(form: Any) -> str:
    """What the list is of: the call chosen, or the year."""
    named = {choice.value: choice.label for choice in form.call.choices}
    return str(named[form.call.data] if form.call.data else form.year.data or "")
