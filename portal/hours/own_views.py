"""One's own hours: what counts and what waits, by year and activity, and why each number is what it is."""

from __future__ import annotations

from itertools import groupby

from flask import abort, request
from flask_login import current_user

from portal.core import web
from portal.core.access import signed_in
from portal.hours import queries, story
from portal.hours.blueprint import blueprint
from portal.hours.models import CATEGORIES, Category


@blueprint.get("/me/hours")
@signed_in
def own_list() -> str:
    """My hours: approved and waiting, service or study, by year."""
    category = Category.STUDY if request.args.get("kind") == Category.STUDY else Category.SERVICE
    person_id = current_user.person_id
    entries = queries.list_of_person(person_id, category=category)
    years = [(year, list(found)) for year, found in groupby(entries, lambda entry: entry.held_on.year)]
    shown = {"category": category, "categories": CATEGORIES, "totals": queries.totals_of(person_id)}
    return web.page("hours/own.html", years=years, **shown)


@blueprint.get("/me/hours/<public_id>")
@signed_in
def own_why(public_id: str) -> str:
    """Why this number: who recorded it, who approved it, and what was corrected."""
    entry = queries.get_own(current_user.person_id, public_id) or abort(404)
    return web.page("hours/own_why.html", entry=entry, **story.of(entry))
