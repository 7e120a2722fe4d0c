"""One's own hours: what counts and what waits, by year and activity, and why each number is what it is."""

from __future__ import annotations

from datetime import date

from flask import abort, request
from flask_login import current_user

from portal.core import web
from portal.core.access import signed_in
from portal.core.calendar import today
from portal.hours import queries, story
from portal.hours.blueprint import blueprint
from portal.hours.models import Category


@blueprint.get("/me/hours")
@signed_in
def own_list() -> str:
    """My hours, service or study, of one year (the latest): what is approved and what waits."""
    category = Category.STUDY if request.args.get("kind") == Category.STUDY else Category.SERVICE
    person_id, asked = current_user.person_id, request.args.get("year", "")
    years = queries.years_of(person_id, category)
    latest = next(iter(years), today().year)
    year = next((one for one in years if str(one) == asked), latest)
    span = {"start": date(year, 1, 1), "end": date(year, 12, 31)}
    entries = queries.list_of_person(person_id, category=category, **span)
    shown = {"category": category, "totals": queries.totals_of(person_id), "years": years, "year": year}
    struck_out = queries.list_struck_out(person_id, category)
    return web.page("hours/own.html", entries=entries, struck_out=struck_out, **shown)


@blueprint.get("/me/hours/<public_id>")
@signed_in
def own_why(public_id: str) -> str:
    """Why this number: who recorded it, who approved it, and what was corrected."""
    entry = queries.get_own(current_user.person_id, public_id) or abort(404)
    return web.page("hours/own_why.html", entry=entry, **story.of(entry))
