"""Reviewers of a call in the office: found by name and asked, and ended."""

from __future__ import annotations

from typing import Any

from flask import g, request

from portal.accounts.reader import me
from portal.core import web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _, lazy
from portal.reviews import asking, queries, services
from portal.reviews.blueprint import blueprint
from portal.reviews.forms import EndForm, PlainForm
from portal.reviews.loading import load, load_reviewer

FOUND = 20
FIND, END = "reviews/find_reviewer.html", "reviews/end_reviewer.html"


@blueprint.route("/office/<code>/reviews/<public_id>/reviewers/new", methods=["GET", "POST"])
@requires(services.RIGHT, whole=True)
def ask_reviewer(code: str, public_id: str) -> Any:
    """Found among the people with an account; asked with one button."""
    call, form = load(public_id), PlainForm()
    if not form.validate_on_submit():
        return web.form_page("reviews/_found.html" if web.htmx else FIND, form, call=call, **_found(call))
    try:
        person = asking.get(g.association, request.form.get("person", ""))
        if person is None:
            raise RuleError("", lazy("Choose somebody from the list."))
        services.ask_reviewer(me(), call, person)
    except RuleError as error:
        web.undo()
        call = load(public_id)
        return web.refused(FIND, form, error, call=call, **_found(call))
    db.session.commit()
    return web.go("reviews.call_page", _("%(name)s reviews this call.", name=person.name), public_id=public_id)


@blueprint.route("/office/<code>/reviews/<public_id>/reviewers/<reviewer_id>/end", methods=["GET", "POST"])
@requires(services.RIGHT, whole=True)
def end_reviewer(code: str, public_id: str, reviewer_id: str) -> Any:
    """They review no more; points that they gave count, and then it is said why."""
    shown = _ending(public_id, reviewer_id)
    form = EndForm() if shown["has_given"] else PlainForm()
    if not form.validate_on_submit():
        return web.form_page(END, form, **shown)
    try:
        services.end_reviewer(me(), shown["reviewer"], form.data.get("reason") or "")
    except RuleError as error:
        web.undo()
        return web.refused(END, form, error, **_ending(public_id, reviewer_id))
    db.session.commit()
    return web.go("reviews.call_page", _("They review this call no more."), public_id=public_id)


def _ending(public_id: str, reviewer_id: str) -> dict[str, Any]:
    call = load(public_id)
    reviewer = load_reviewer(call, reviewer_id)
    return {"call": call, "reviewer": reviewer, "has_given": queries.has_given(reviewer)}


def _found(call: Any) -> dict[str, Any]:
    """What was typed, who answers to it, and who reviews already."""
    text = request.values.get("q", "").strip()[:60]
    found = asking.find(g.association, text, FOUND)
    known = {one.person_id for one in queries.reviewers_of(call)}
    return {"text": text, "found": found, "places": asking.places(g.association, found), "known": known}
